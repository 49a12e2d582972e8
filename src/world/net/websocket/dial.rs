//! The connection under a websocket: TCP, proxies, TLS.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::{DialError, DialStep, Io, NetworkConfig, WebsocketUrl, http};
use crate::plan::aws::http_proxy::Proxy;
use crate::world::net::connect_error;
use crate::world::net::error::NetworkError;
use crate::world::net::tcp;
use crate::world::net::trust::Trust;

/// How long each step after the TCP connection may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Runs a step with a limit.
pub(super) async fn in_time<T>(
    step: DialStep,
    host: &str,
    future: impl Future<Output = T>,
) -> Result<T, DialError> {
    let in_time = timeout(LIMIT, future).await;
    in_time.map_err(|_| {
        let host = host.to_owned();
        DialError::TimedOut { step, host }
    })
}

/// A connection to this URL, over TLS for `wss`.
pub(super) async fn connect(url: &WebsocketUrl, network: &NetworkConfig) -> Result<Io, DialError> {
    let WebsocketUrl { host, port, .. } = url;
    let scheme = if url.secure { "wss" } else { "ws" };
    let proxy = network.proxies.for_url(scheme, host, *port);
    let proxy = proxy.map_err(NetworkError::BadProxy)?;
    let io: Io = match &proxy {
        None => Box::new(tcp::connect(host, *port).await?),
        Some(proxy) => through(proxy, url, &network.trust).await?,
    };
    if url.secure {
        tls(io, host, &network.trust).await
    } else {
        Ok(io)
    }
}

/// A connection that the proxy makes for us (CONNECT: RFC 9110, 9.3.6).
async fn through(proxy: &Proxy, url: &WebsocketUrl, trust: &Trust) -> Result<Io, DialError> {
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
    Ok(in_time(DialStep::Proxy, &url.host, asked).await??)
}

async fn tls(io: Io, host: &str, trust: &Trust) -> Result<Io, DialError> {
    let config = trust.config()?;
    let name = ServerName::try_from(host.to_owned());
    let name = name.map_err(|_| DialError::NoWebsocket {
        host: host.to_owned(),
        cause: "no certificate can be for that name".to_owned(),
    })?;
    let connector = TlsConnector::from(Arc::new(config));
    let secured = in_time(DialStep::Tls, host, connector.connect(name, io)).await?;
    match secured {
        Ok(stream) => Ok(Box::new(stream)),
        Err(source) => Err(match source.get_ref().and_then(|it| it.downcast_ref()) {
            Some(tls) => connect_error::of_tls(tls, host.to_owned()).into(),
            None => DialError::Unreachable {
                host: host.to_owned(),
                source,
            },
        }),
    }
}
