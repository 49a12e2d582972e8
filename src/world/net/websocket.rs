//! Websockets: from a signed URL to a stream of frames.
//!
//! ```text
//! proxy, if there is one ─→ TCP ─→ [TLS, CONNECT] ─→ TLS ─→ HTTP/1.1 upgrade ─→ frames
//! ```
//!
//! hyper does the upgrade, because tokio-websockets does not return the body of a refusal, which has
//! AWS's reason. Each step has a time limit and an error of its own.

mod dial;
mod error;
mod http;
pub(crate) mod pongs;

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use futures_sink::Sink;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_websockets::{ClientBuilder, Config, Limits, WebSocketStream};

pub(crate) use self::error::{DialError, DialStep};
use super::trust::Trust;
use crate::plan::aws::http_proxy::Proxies;

/// A connection of any kind.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection of any kind. The dynamic dispatch costs one call for 16 KB or more.
pub(crate) type Io = Box<dyn Stream>;

/// An open websocket.
pub(crate) type Socket = WebSocketStream<Io>;

/// How many bytes are collected before they are written: one full frame, or many small ones.
const FLUSH: usize = 48 * 1024;

/// How long the exchange of close frames may take.
const CLOSE: Duration = Duration::from_secs(1);

/// How to connect to servers.
#[derive(Clone, Debug)]
pub(crate) struct NetworkConfig {
    /// The certificate authorities to trust.
    pub(crate) trust: Trust,
    /// Which proxies to use.
    pub(crate) proxies: Proxies,
}

/// A websocket's URL.
#[derive(Clone, Debug)]
struct WebsocketUrl {
    host: String,
    port: u16,
    secure: bool,
    /// Path and query; may be secret.
    path: String,
}

/// Opens the websocket at this URL (`wss`, `https`, `ws` or `http`) with these additional headers. A
/// message of more than `longest` bytes is an error.
///
/// # Errors
/// [`DialError`], with the step that failed or took too long.
pub(crate) async fn dial(
    url: &str,
    headers: &[(String, String)],
    longest: usize,
    network: &NetworkConfig,
) -> Result<Socket, DialError> {
    let url = WebsocketUrl::parse(url).ok_or_else(|| DialError::NoWebsocket {
        host: String::new(),
        cause: "its URL makes no sense".to_owned(),
    })?;
    let io = dial::connect(&url, network).await?;
    open(io, &url, headers, longest).await
}

/// Opens a websocket over this connection to the host of the URL.
async fn open(
    io: Io,
    url: &WebsocketUrl,
    headers: &[(String, String)],
    longest: usize,
) -> Result<Socket, DialError> {
    let upgrade = http::upgrade(io, url, headers);
    let io = dial::in_time(DialStep::Upgrade, &url.host, upgrade).await??;
    let config = Config::default().flush_threshold(FLUSH);
    let limits = Limits::default().max_payload_len(Some(longest));
    Ok(ClientBuilder::new()
        .config(config)
        .limits(limits)
        .take_over(io))
}

/// Closes a websocket with a close frame.
pub(crate) async fn close(mut socket: WebSocketStream<impl AsyncRead + AsyncWrite + Unpin>) {
    let closed = poll_fn(|cx| Pin::new(&mut socket).poll_close(cx));
    let _ = timeout(CLOSE, closed).await;
}

/// Gets what is at this URL over a connection of its own, with the same proxies and certificates: the
/// body, of at most `longest` bytes.
///
/// # Errors
/// [`DialError`], with the step that failed or took too long.
pub(crate) async fn get(
    url: &str,
    longest: usize,
    network: &NetworkConfig,
) -> Result<Vec<u8>, DialError> {
    let url = WebsocketUrl::parse(url).ok_or_else(|| DialError::Unreachable {
        host: url.to_owned(),
        source: io::Error::other("that is no URL"),
    })?;
    let io = dial::connect(&url, network).await?;
    let got = http::get(io, &url, longest);
    dial::in_time(DialStep::Answer, &url.host, got).await?
}

impl WebsocketUrl {
    fn parse(url: &str) -> Option<Self> {
        let uri: hyper::Uri = url.parse().ok()?;
        let secure = match uri.scheme_str()? {
            "wss" | "https" => true,
            "ws" | "http" => false,
            _ => return None,
        };
        let host = uri.host()?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Some(Self {
            host: host.to_owned(),
            port: uri.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            secure,
            path: uri.path_and_query()?.as_str().to_owned(),
        })
    }

    /// The authority of the URL (RFC 3986, 3.2); the default port only if it is `needed`.
    fn authority(&self, needed: bool) -> String {
        let usual = self.port == if self.secure { 443 } else { 80 };
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        if usual && !needed {
            host
        } else {
            format!("{host}:{}", self.port)
        }
    }
}

#[cfg(test)]
mod fuzz;
