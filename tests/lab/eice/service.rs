//! The service behind the endpoints: websockets over TLS, relayed to the instances.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use aws_smithy_types::base64;
use sha1::{Digest, Sha1};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_websockets::CloseCode;

use super::super::clock::{self, Clock};
use super::relay::Tunnel;
use super::request::{self, Rejection};
use super::{API, TunnelFault, backend, beside, certified};
use crate::lab::authority::Authority;
use crate::lab::fake_aws::FakeAws;
use crate::lab::instances;
use crate::lab::ports;

/// Runs until the process ends.
pub(crate) struct Service {
    authority: Authority,
}

/// What all connections share.
struct Shared {
    aws: Arc<FakeAws>,
    tls: TlsAcceptor,
    /// The real port of the instances: 22, if it was free.
    ssh: u16,
    backend: SocketAddr,
}

impl Service {
    /// Listens at this address, on port 443 or its replacement.
    pub(crate) fn open(
        address: Ipv4Addr,
        directory: PathBuf,
        aws: Arc<FakeAws>,
        ssh: u16,
    ) -> io::Result<Self> {
        let authority = Authority::make(directory)?;
        let tls = TlsAcceptor::from(Arc::new(authority.server(&certified())?));
        let bind = |address: Ipv4Addr, port| {
            let listener = std::net::TcpListener::bind((address, port))?;
            listener.set_nonblocking(true)?;
            Ok::<_, io::Error>(listener)
        };
        let tls_port = ports::real(ports::TLS);
        let (server, mute) = (
            bind(address, tls_port)?,
            bind(beside(address, 2), tls_port)?,
        );
        let backend = bind(Ipv4Addr::LOCALHOST, 0)?;
        let api = API.map(|name| format!("DNS:{name}")).join(",");
        authority.serve_at((beside(address, 3), tls_port), Arc::clone(&aws), &api)?;
        let shared = Shared {
            aws,
            tls,
            ssh,
            backend: backend.local_addr()?,
        };
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = { runtime }.enable_all().build().expect("a runtime");
            let local = tokio::task::LocalSet::new();
            runtime.block_on(local.run_until(serve(Arc::new(shared), server, mute, backend)));
        });
        Ok(Self { authority })
    }

    /// The certificate of its authority, for AWS_CA_BUNDLE.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.authority.certificate()
    }
}

async fn serve(
    shared: Arc<Shared>,
    server: std::net::TcpListener,
    mute: std::net::TcpListener,
    backend: std::net::TcpListener,
) {
    let [server, mute, backend] =
        [server, mute, backend].map(|it| TcpListener::from_std(it).expect("a listener"));
    let mut silent_streams = Vec::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = server.accept() => {
                let shared = Arc::clone(&shared);
                tokio::task::spawn_local(async move { connection(stream, &shared).await });
            }
            Ok((stream, _)) = mute.accept() => silent_streams.push(stream),
            Ok((stream, _)) = backend.accept() => {
                tokio::task::spawn_local(backend::serve(stream));
            }
        }
    }
}

async fn connection(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = shared.tls.accept(stream).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let (request, checked) = request::read(&String::from_utf8_lossy(&head), shared.ssh);
    let owner = request.access_key.clone();
    let (number, fault, clock, has_sshd) = shared.aws.with_state(&owner, |state| {
        state.tunnels.push(request.clone());
        let has_sshd = state.power.has_sshd(&request.address);
        let number = state.tunnels.len() - 1;
        (number, state.tunnel_fault, state.clock, has_sshd)
    });
    let end = match (checked, fault) {
        (_, Some(TunnelFault::Hang)) => stream
            .read_to_end(&mut Vec::new())
            .await
            .map(|_| "hung".into()),
        (_, Some(TunnelFault::HangUp)) => stream.shutdown().await.map(|()| "hung up".into()),
        (_, Some(TunnelFault::Refuse(status, body))) => {
            refuse(&mut stream, clock, status, body).await
        }
        (Err(rejection), _) => refuse(&mut stream, clock, rejection.0, &json(&rejection)).await,
        (Ok(address), fault) => {
            let key = match fault {
                Some(TunnelFault::WrongKey) => "another",
                _ => &request.key,
            };
            switch(&mut stream, key).await?;
            let address = has_sshd.then_some(address);
            Ok(tunnel(stream, address, &request, fault, shared).await)
        }
    };
    let end = end.unwrap_or_else(|error| error.to_string());
    shared
        .aws
        .with_state(&owner, |state| state.tunnels[number].end = end);
    Ok(())
}

fn json((_, code, message): &Rejection) -> String {
    serde_json::json!({ "ErrorCode": code, "Message": message }).to_string()
}

async fn refuse(
    stream: &mut TlsStream<TcpStream>,
    clock: Clock,
    status: u16,
    body: &str,
) -> io::Result<String> {
    let answer = format!(
        "HTTP/1.1 {status} No\r\nDate: {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        clock::http(clock.now()),
        body.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    Ok(format!("refused with {status}"))
}

async fn switch(stream: &mut TlsStream<TcpStream>, key: &str) -> io::Result<()> {
    let digest = Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\nx-amzn-RequestId: lab\r\n\r\n",
        base64::encode(digest)
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.flush().await
}

async fn tunnel(
    stream: TlsStream<TcpStream>,
    address: Option<IpAddr>,
    request: &request::TunnelRequest,
    fault: Option<TunnelFault>,
    shared: &Shared,
) -> String {
    let target = address.map(|address| match request.port {
        3389 => shared.backend,
        _ => SocketAddr::new(instances::in_vpc(address), shared.ssh),
    });
    let mut tunnel = Tunnel::new(stream, fault);
    if let Some(target) = target
        && let Ok(mut target) = TcpStream::connect(target).await
    {
        return tunnel.run(&mut target, request.duration).await;
    }
    let reason = "Unable to connect to target";
    let _ = tunnel.close(CloseCode::INTERNAL_SERVER_ERROR, reason).await;
    reason.to_owned()
}
