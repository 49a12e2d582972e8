//! The service behind the endpoints: TLS, HTTP and websockets, to whatever the instance has.

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

/// The service, open as long as the process lives.
pub(crate) struct Service {
    authority: Authority,
}

/// What every connection needs.
struct Place {
    region: Arc<FakeAws>,
    tls: TlsAcceptor,
    /// Where the instances' sshd listens, which is 22 if that could be had.
    ssh: u16,
    backend: SocketAddr,
}

impl Service {
    /// Opens it at port 443 of this address, or the one in its place.
    pub(crate) fn open(
        address: Ipv4Addr,
        directory: PathBuf,
        region: Arc<FakeAws>,
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
        let (door, mute) = (
            bind(address, tls_port)?,
            bind(beside(address, 2), tls_port)?,
        );
        let back = bind(Ipv4Addr::LOCALHOST, 0)?;
        let api = API.map(|name| format!("DNS:{name}")).join(",");
        authority.serve_at((beside(address, 3), tls_port), Arc::clone(&region), &api)?;
        let place = Place {
            region,
            tls,
            ssh,
            backend: back.local_addr()?,
        };
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = { runtime }.enable_all().build().expect("a runtime");
            let local = tokio::task::LocalSet::new();
            runtime.block_on(local.run_until(serve(Arc::new(place), door, mute, back)));
        });
        Ok(Self { authority })
    }

    /// The certificate of who signs its own, for AWS_CA_BUNDLE.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.authority.certificate()
    }
}

async fn serve(
    place: Arc<Place>,
    door: std::net::TcpListener,
    mute: std::net::TcpListener,
    back: std::net::TcpListener,
) {
    let [door, mute, back] =
        [door, mute, back].map(|it| TcpListener::from_std(it).expect("a listener"));
    let mut kept = Vec::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = door.accept() => {
                let place = Arc::clone(&place);
                tokio::task::spawn_local(async move { connection(stream, &place).await });
            }
            Ok((stream, _)) = mute.accept() => kept.push(stream),
            Ok((stream, _)) = back.accept() => {
                tokio::task::spawn_local(backend::serve(stream));
            }
        }
    }
}

async fn connection(stream: TcpStream, place: &Place) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = place.tls.accept(stream).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let (request, checked) = request::read(&String::from_utf8_lossy(&head), place.ssh);
    let owner = request.access_key.clone();
    let (number, fault, clock) = place.region.with_state(&owner, |state| {
        state.tunnels.push(request.clone());
        (state.tunnels.len() - 1, state.tunnel_fault, state.clock)
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
        (Err(no), _) => refuse(&mut stream, clock, no.0, &json(&no)).await,
        (Ok(address), fault) => {
            let key = match fault {
                Some(TunnelFault::WrongKey) => "another",
                _ => &request.key,
            };
            switch(&mut stream, key).await?;
            Ok(tunnel(stream, address, &request, fault, place).await)
        }
    };
    let end = end.unwrap_or_else(|error| error.to_string());
    place
        .region
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
    address: IpAddr,
    request: &request::TunnelRequest,
    fault: Option<TunnelFault>,
    place: &Place,
) -> String {
    let target = match request.port {
        3389 => place.backend,
        _ => SocketAddr::new(instances::in_vpc(address), place.ssh),
    };
    let mut tunnel = Tunnel::new(stream, fault);
    if let Ok(mut target) = TcpStream::connect(target).await {
        return tunnel.run(&mut target, request.duration).await;
    }
    let reason = "Unable to connect to target";
    let _ = tunnel.close(CloseCode::INTERNAL_SERVER_ERROR, reason).await;
    reason.to_owned()
}
