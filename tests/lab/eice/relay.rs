//! A tunnel: a websocket and the TCP connection behind it.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use futures_core::Stream;
use futures_sink::Sink;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_websockets::{CloseCode, Config, Message, ServerBuilder, WebSocketStream};

use super::TunnelFault;

const HOUR: Duration = Duration::from_hours(1);

pub(super) struct Tunnel<S> {
    socket: WebSocketStream<S>,
    fault: Option<TunnelFault>,
    /// Bytes sent to the client so far.
    sent: u64,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Tunnel<S> {
    pub(super) fn new(stream: S, fault: Option<TunnelFault>) -> Self {
        let config = match fault {
            Some(TunnelFault::Fragments) => Config::default().frame_size(1000),
            _ => Config::default(),
        };
        Self {
            socket: ServerBuilder::new().config(config).serve(stream),
            fault,
            sent: 0,
        }
    }

    /// Relays until the tunnel ends, and tells how it ended.
    pub(super) async fn run(&mut self, target: &mut TcpStream, duration: Option<u64>) -> String {
        match self.relay(target, duration).await {
            Ok(end) => end,
            Err(error) => error.to_string(),
        }
    }

    async fn relay(&mut self, target: &mut TcpStream, duration: Option<u64>) -> io::Result<String> {
        target.set_nodelay(true)?;
        let (mut from, mut to) = target.split();
        let mut buffer = vec![0; 64 * 1024];
        let limit = Instant::now() + duration.map_or(HOUR, Duration::from_secs);
        if matches!(self.fault, Some(TunnelFault::Text)) {
            self.send(Message::text("hello")).await?;
        }
        if matches!(self.fault, Some(TunnelFault::TooLong)) {
            self.send(Message::binary(vec![0; 1 << 20])).await?;
        }
        while matches!(self.fault, Some(TunnelFault::Pings)) {
            for _ in 0..500 {
                self.send(Message::ping(vec![0; 125])).await?;
            }
            sleep(Duration::from_millis(6)).await;
        }
        loop {
            let end = tokio::select! {
                message = next(&mut self.socket) => self.take(message, &mut to).await?,
                read = from.read(&mut buffer) => match read? {
                    0 => {
                        self.close(CloseCode::NORMAL_CLOSURE, "").await?;
                        Some("closed by the instance".to_owned())
                    }
                    bytes => self.give(&buffer[..bytes]).await?,
                },
                () = sleep_until(limit) => {
                    let reason = "Max tunnel duration reached";
                    self.close(CloseCode::NORMAL_CLOSURE, reason).await?;
                    Some("over".to_owned())
                }
            };
            if let Some(end) = end {
                return Ok(end);
            }
        }
    }

    /// Passes on a message of the client, subject to the fault. Tells how the tunnel ended, if it
    /// did.
    async fn take(
        &mut self,
        message: Option<Result<Message, tokio_websockets::Error>>,
        to: &mut (impl AsyncWrite + Unpin),
    ) -> io::Result<Option<String>> {
        let Some(message) = message else {
            return Ok(Some("dropped by the client".to_owned()));
        };
        let message = message.map_err(io::Error::other)?;
        if message.is_close() {
            let code = message.as_close().map(|(code, _)| u16::from(code));
            let _ = next(&mut self.socket).await;
            return Ok(Some(format!("closed by the client with {code:?}")));
        }
        if message.is_binary() {
            if let Some(TunnelFault::SlowReader(time)) = self.fault {
                sleep(time).await;
            }
            to.write_all(message.as_payload()).await?;
        }
        Ok(None)
    }

    /// Sends bytes to the client, subject to the fault. Tells how the tunnel ended, if it did.
    async fn give(&mut self, bytes: &[u8]) -> io::Result<Option<String>> {
        let left = |limit: u64| usize::try_from(limit - self.sent).unwrap_or(usize::MAX);
        match self.fault {
            Some(TunnelFault::SlowWriter(time)) => sleep(time).await,
            Some(TunnelFault::DropAfter(limit)) if bytes.len() >= left(limit) => {
                self.send(Message::binary(bytes[..left(limit)].to_vec()))
                    .await?;
                return Ok(Some("dropped by the service".into()));
            }
            Some(TunnelFault::CloseAfter(limit, code, reason)) if bytes.len() >= left(limit) => {
                self.send(Message::binary(bytes[..left(limit)].to_vec()))
                    .await?;
                let code = CloseCode::try_from(code).expect("a close code");
                self.close(code, reason).await?;
                return Ok(Some("closed by the service".into()));
            }
            Some(TunnelFault::Fragments) => self.send(Message::ping(&b"between"[..])).await?,
            _ => {}
        }
        self.sent += bytes.len() as u64;
        self.send(Message::binary(bytes.to_vec())).await?;
        Ok(None)
    }

    pub(super) async fn close(&mut self, code: CloseCode, reason: &str) -> io::Result<()> {
        self.send(Message::close(Some(code), reason)).await?;
        // A reset would discard what is still in flight.
        let rest = async { while let Some(Ok(_)) = next(&mut self.socket).await {} };
        let _ = tokio::time::timeout(Duration::from_secs(5), rest).await;
        Ok(())
    }

    async fn send(&mut self, message: Message) -> io::Result<()> {
        let socket = &mut self.socket;
        let all = async {
            poll_fn(|cx| Pin::new(&mut *socket).poll_ready(cx)).await?;
            Pin::new(&mut *socket).start_send(message)?;
            poll_fn(|cx| Pin::new(&mut *socket).poll_flush(cx)).await
        };
        all.await.map_err(io::Error::other)
    }
}

async fn next<S: AsyncRead + AsyncWrite + Unpin>(
    socket: &mut WebSocketStream<S>,
) -> Option<Result<Message, tokio_websockets::Error>> {
    poll_fn(|cx| Pin::new(&mut *socket).poll_next(cx)).await
}
