//! HTTP before the websocket: CONNECT to a proxy, and the upgrade.
//!
//! <https://www.rfc-editor.org/rfc/rfc6455#section-4>

use std::io;
use std::time::SystemTime;

use aws_smithy_types::date_time::Format;
use aws_smithy_types::{DateTime, base64};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{
    CONNECTION, DATE, HOST, HeaderMap, PROXY_AUTHORIZATION, SEC_WEBSOCKET_ACCEPT,
    SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION,
    UPGRADE, USER_AGENT,
};
use hyper::{Method, Request, Response, StatusCode, upgrade};
use hyper_util::rt::TokioIo;
use sha1::{Digest, Sha1};

use super::{DialError, Io, WebsocketUrl};
use crate::plan::aws::clock::Offset;
use crate::plan::aws::http_proxy::Proxy;
use crate::world::net::error::NetworkError;

/// What the server appends to our key in its answer (RFC 6455, 1.3).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// How much of a refusal's body is read.
const BODY: usize = 16 * 1024;

/// Has a proxy connect us to this URL's host.
pub(super) async fn connect(io: Io, url: &WebsocketUrl, proxy: &Proxy) -> Result<Io, NetworkError> {
    let failed = |cause: String| {
        let proxy = proxy.to_string();
        NetworkError::ProxyUnreachable { proxy, cause }
    };
    let authority = url.authority(true);
    let mut request = Request::builder()
        .method(Method::CONNECT)
        .uri(&authority)
        .header(HOST, &authority)
        .header(USER_AGENT, user_agent());
    if let Some(auth) = &proxy.auth {
        let pair = base64::encode(auth.pair());
        request = request.header(PROXY_AUTHORIZATION, format!("Basic {pair}"));
    }
    let request = request.body(Empty::new());
    let request = request.map_err(|cause| failed(cause.to_string()))?;
    let response = exchange(io, request).await.map_err(&failed)?;
    let (known, proxy) = (proxy.auth.is_some(), proxy.to_string());
    match response.status() {
        status if status.is_success() => switched(response).await.map_err(failed),
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => Err(NetworkError::ProxyLogin {
            proxy,
            has_login: known,
        }),
        _ => {
            let host = url.host.clone();
            Err(NetworkError::ProxyRefused {
                proxy,
                host,
                has_login: known,
            })
        }
    }
}

/// Upgrades this connection to a websocket.
pub(super) async fn upgrade(
    io: Io,
    url: &WebsocketUrl,
    headers: &[(String, String)],
) -> Result<Io, DialError> {
    let no_websocket = |cause: String| DialError::NoWebsocket {
        host: url.host.clone(),
        cause,
    };
    // A nonce (RFC 6455, 4.1), and no secret.
    let key = base64::encode(fastrand::u128(..).to_be_bytes());
    let mut request = Request::get(&url.path)
        .header(HOST, url.authority(false))
        .header(UPGRADE, "websocket")
        .header(CONNECTION, "Upgrade")
        .header(SEC_WEBSOCKET_KEY, &key)
        .header(SEC_WEBSOCKET_VERSION, "13")
        .header(USER_AGENT, user_agent());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Empty::new());
    let request = request.map_err(|cause| no_websocket(cause.to_string()))?;
    let response = exchange(io, request).await.map_err(no_websocket)?;
    let status = response.status();
    if status != StatusCode::SWITCHING_PROTOCOLS {
        let off = offset(response.headers());
        let body = Limited::new(response.into_body(), BODY).collect().await;
        return Err(DialError::Refused {
            status: status.as_u16(),
            body: body.map_or_else(|_| Vec::new(), |body| body.to_bytes().to_vec()),
            off,
        });
    }
    if !accepts(response.headers(), &key) {
        return Err(no_websocket("its answer makes no sense".to_owned()));
    }
    switched(response).await.map_err(no_websocket)
}

/// Gets what is at this URL: a body of at most `longest` bytes.
pub(super) async fn get(io: Io, url: &WebsocketUrl, longest: usize) -> Result<Vec<u8>, DialError> {
    let failed = |cause: String| DialError::Unreachable {
        host: url.host.clone(),
        source: io::Error::other(cause),
    };
    let request = Request::get(&url.path)
        .header(HOST, url.authority(false))
        .header(USER_AGENT, user_agent())
        .body(Empty::new());
    let request = request.map_err(|cause| failed(cause.to_string()))?;
    let response = exchange(io, request).await.map_err(failed)?;
    let status = response.status();
    if status != StatusCode::OK {
        return Err(DialError::Refused {
            status: status.as_u16(),
            body: Vec::new(),
            off: None,
        });
    }
    let body = Limited::new(response.into_body(), longest).collect().await;
    let body = body.map_err(|cause| failed(cause.to_string()))?;
    Ok(body.to_bytes().to_vec())
}

/// How far this machine's clock is off, by an answer's Date.
fn offset(headers: &HeaderMap) -> Option<Offset> {
    let date = headers.get(DATE)?.to_str().ok()?;
    let there = DateTime::from_str(date, Format::HttpDate).ok()?.secs();
    Offset::of(DateTime::from(SystemTime::now()).secs(), there)
}

/// Whether this is an answer to our key, without an extension or a protocol, since we asked for none
/// (RFC 6455, 4.1).
fn accepts(headers: &HeaderMap, key: &str) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let expected = base64::encode(Sha1::digest(format!("{key}{GUID}")));
    let connection = headers.get_all(CONNECTION).iter();
    let mut connection = connection
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    text(UPGRADE).is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
        && connection.any(|it| it.trim().eq_ignore_ascii_case("upgrade"))
        && text(SEC_WEBSOCKET_ACCEPT) == Some(expected.as_str())
        && !headers.contains_key(SEC_WEBSOCKET_EXTENSIONS)
        && !headers.contains_key(SEC_WEBSOCKET_PROTOCOL)
}

async fn exchange(io: Io, request: Request<Empty<Bytes>>) -> Result<Response<Incoming>, String> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(io))
        .await
        .map_err(|it| text(&it))?;
    // This task ends with the exchange, and hands the connection over to `upgrade::on`.
    tokio::spawn(connection.with_upgrades());
    sender.send_request(request).await.map_err(|it| text(&it))
}

/// The connection after the upgrade. It first yields the bytes that hyper has read beyond the answer.
async fn switched(response: Response<Incoming>) -> Result<Io, String> {
    let upgraded = upgrade::on(response).await.map_err(|it| text(&it))?;
    Ok(Box::new(TokioIo::new(upgraded)))
}

/// The cause of hyper's error, which is more precise.
fn text(error: &hyper::Error) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    cause.unwrap_or_else(|| error.to_string())
}

fn user_agent() -> &'static str {
    concat!("mssh/", env!("CARGO_PKG_VERSION"))
}
