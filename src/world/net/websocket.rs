//! Websockets: from a signed URL to a stream of frames, through whatever lies between.
//!
//! ```text
//! proxy, if there is to be one ─→ TCP ─→ [TLS, CONNECT] ─→ TLS ─→ HTTP/1.1 upgrade ─→ frames
//! ```
//!
//! The upgrade is hyper's, and not the frames' library's, so that the body of a refusal can be
//! read: that is where AWS says why. Each step has a time limit, and an error of its own.

mod dial;
mod http;
pub(crate) mod pongs;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_websockets::{ClientBuilder, Config, Limits, WebSocketStream};

use super::trust::Trust;
use crate::error::{Error, Step, Tunnel};
use crate::plan::aws::clock::Offset;
use crate::plan::aws::http_proxy::Proxies;

/// A connection of any kind.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection of any kind, owned: its layers are told apart once for every 16 KB and more.
pub(crate) type Io = Box<dyn Stream>;

/// A websocket, opened.
pub(crate) type Socket = WebSocketStream<Io>;

/// How many bytes are collected before they are written: one full frame, or many small ones.
const FLUSH: usize = 48 * 1024;

/// What lies between us and every server.
#[derive(Clone, Debug)]
pub(crate) struct NetworkConfig {
    /// Whom to believe who they are.
    pub(crate) trust: Trust,
    /// Which proxies to use.
    pub(crate) proxies: Proxies,
}

/// Why there is no websocket.
#[derive(Debug)]
pub(crate) enum DialError {
    /// The server answers the upgrade with another status than 101.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The beginning of the body.
        body: Vec<u8>,
        /// How far this machine's clock is off, by the answer's Date.
        off: Option<Offset>,
    },
    /// Anything else.
    Other(Error),
}

impl From<Error> for DialError {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<Tunnel> for DialError {
    fn from(trouble: Tunnel) -> Self {
        Self::Other(trouble.into())
    }
}

/// Where a websocket is.
#[derive(Clone, Debug)]
struct WebsocketUrl {
    host: String,
    port: u16,
    secure: bool,
    /// Path and query, which may be a secret.
    path: String,
}

/// Opens the websocket at this URL (`wss`, `https`, `ws` or `http`) with these headers beside the
/// usual ones. A message of more than `longest` bytes is the end of it.
///
/// # Errors
/// [`DialError`], with the step that failed or took too long.
pub(crate) async fn dial(
    url: &str,
    headers: &[(String, String)],
    longest: usize,
    network: &NetworkConfig,
) -> Result<Socket, DialError> {
    let url = WebsocketUrl::parse(url).ok_or_else(|| Tunnel::NoWebsocket {
        host: String::new(),
        cause: "its URL makes no sense".to_owned(),
    })?;
    let io = dial::connect(&url, network).await?;
    let upgrade = http::upgrade(io, &url, headers);
    let io = dial::in_time(Step::Handshake, &url.host, upgrade).await??;
    let config = Config::default().flush_threshold(FLUSH);
    let limits = Limits::default().max_payload_len(Some(longest));
    Ok(ClientBuilder::new()
        .config(config)
        .limits(limits)
        .take_over(io))
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

    /// Host and port, as the authority of a URL has them; the port only where it is `needed`.
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
