//! The connection under a websocket: TCP, proxies, TLS.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::{Io, NetworkConfig, WebsocketUrl, http};
use crate::error::{Error, Step, Tunnel};
use crate::plan::aws::http_proxy::Proxy;
use crate::world::net::connect_error;
use crate::world::net::error::NetworkError;
use crate::world::net::tcp;
use crate::world::net::tcp::ConnectError;
use crate::world::net::trust::Trust;

/// How long each step after the TCP connection may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Runs a step with a limit.
pub(super) async fn in_time<T>(
    step: Step,
    host: &str,
    future: impl Future<Output = T>,
) -> Result<T, Error> {
    let in_time = timeout(LIMIT, future).await;
    in_time.map_err(|_| {
        let host = host.to_owned();
        Tunnel::TimedOut { step, host }.into()
    })
}

/// A connection to this URL, over TLS for `wss`.
pub(super) async fn connect(url: &WebsocketUrl, network: &NetworkConfig) -> Result<Io, Error> {
    let WebsocketUrl { host, port, .. } = url;
    let scheme = if url.secure { "wss" } else { "ws" };
    let proxy = network.proxies.for_url(scheme, host, *port);
    let proxy = proxy.map_err(|bad| Error::Network(NetworkError::BadProxy(bad)))?;
    let io: Io = match &proxy {
        None => Box::new(tcp::connect(host, *port).await.map_err(unreachable)?),
        Some(proxy) => through(proxy, url, &network.trust).await?,
    };
    if url.secure {
        tls(io, host, &network.trust).await
    } else {
        Ok(io)
    }
}

fn unreachable(error: ConnectError) -> Tunnel {
    let ConnectError { host, source, .. } = error;
    if source.kind() == io::ErrorKind::TimedOut {
        let step = Step::Connect;
        return Tunnel::TimedOut { step, host };
    }
    let cause = source.to_string();
    Tunnel::Unreachable { host, cause }
}

/// A connection that the proxy makes for us (CONNECT: RFC 9110, 9.3.6).
async fn through(proxy: &Proxy, url: &WebsocketUrl, trust: &Trust) -> Result<Io, Error> {
    let connected = tcp::connect(&proxy.host, proxy.port).await;
    let io: Io = Box::new(connected.map_err(|error| NetworkError::ProxyUnreachable {
        proxy: proxy.to_string(),
        cause: error.source.to_string(),
    })?);
    let io = if proxy.secure {
        tls(io, &proxy.host, trust).await?
    } else {
        io
    };
    let asked = http::connect(io, url, proxy);
    in_time(Step::Proxy, &url.host, asked).await?
}

async fn tls(io: Io, host: &str, trust: &Trust) -> Result<Io, Error> {
    let config = trust.config().map_err(Error::Network)?;
    let name = ServerName::try_from(host.to_owned());
    let name = name.map_err(|_| Tunnel::NoWebsocket {
        host: host.to_owned(),
        cause: "no certificate can be for that name".to_owned(),
    })?;
    let connector = TlsConnector::from(Arc::new(config));
    let secured = in_time(Step::Tls, host, connector.connect(name, io)).await?;
    match secured {
        Ok(stream) => Ok(Box::new(stream)),
        Err(cause) => Err(match cause.get_ref().and_then(|it| it.downcast_ref()) {
            Some(tls) => Error::Network(connect_error::of_tls(tls, host.to_owned())),
            None => Tunnel::Unreachable {
                host: host.to_owned(),
                cause: cause.to_string(),
            }
            .into(),
        }),
    }
}
