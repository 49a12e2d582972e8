//! The gateway between the clients' websockets and the agents.

mod relay;

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_core::Stream;
use futures_sink::Sink;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_websockets::{CloseCode, Config, Error, Message, ServerBuilder, WebSocketStream};

use self::relay::Relay;
use super::Sessions;
use super::agent::Command;
use super::hostile;
use super::session::Session;
use super::signature;

pub(super) async fn listen(listener: TcpListener, sessions: Sessions) {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            let sessions = Arc::clone(&sessions);
            tokio::spawn(async move {
                let _ = stream.set_nodelay(true);
                // A client that hangs up early is not an error.
                let _ = accept(stream, &sessions).await;
            });
        }
    }
}

/// Accepts a websocket if its request is signed and names a session.
async fn accept(mut stream: TcpStream, sessions: &Sessions) -> std::io::Result<()> {
    let head = head(&stream).await?;
    let uri = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let id = uri
        .strip_prefix("/v1/data-channel/")
        .and_then(|rest| rest.split('?').next());
    let session = id.and_then(|id| sessions.lock().expect("the sessions").get(id).cloned());
    let error = match &session {
        None => Some("404 Not Found"),
        Some(session) => refusal(session, &head, &uri),
    };
    if let Some(error) = error {
        let answer = format!("HTTP/1.1 {error}\r\nContent-Length: 0\r\n\r\n");
        return stream.write_all(answer.as_bytes()).await;
    }
    let builder = ServerBuilder::new().config(Config::default().flush_threshold(64 * 1024));
    let accepted = builder.accept(stream).await;
    if let (Ok((_, socket)), Some(session)) = (accepted, session) {
        serve(socket, &session).await;
    }
    Ok(())
}

/// Peeks at the request, which the websocket library reads afterwards.
async fn head(stream: &TcpStream) -> std::io::Result<String> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let bytes = stream.peek(&mut buffer).await?;
        let text = String::from_utf8_lossy(&buffer[..bytes]);
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            return Ok(head.to_owned());
        }
        if bytes == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// The HTTP error of a bad request.
fn refusal(session: &Session, head: &str, uri: &str) -> Option<&'static str> {
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        let line = lines.find(|(known, _)| known.eq_ignore_ascii_case(name));
        line.map_or(String::new(), |(_, value)| value.trim().to_owned())
    };
    let mut record = session.record();
    let query = format!("?role=publish_subscribe&cell-number={}", record.cell);
    let temporary = record.access_key.clone();
    if let Err(complaint) = signature::check(uri, header, &temporary, &record.region) {
        record.complaints.push(complaint);
        return Some("403 Forbidden");
    }
    if !uri.ends_with(&query) {
        // A URL from before a resume, or a garbled one.
        record.complaints.push(format!("an old URL: {uri}"));
        return Some("410 Gone");
    }
    if record.refused_upgrades < session.behavior.refused_upgrades {
        record.refused_upgrades += 1;
        return Some("503 Service Unavailable");
    }
    record.websockets += 1;
    None
}

async fn serve(mut socket: WebSocketStream<TcpStream>, session: &Session) {
    let Some(Ok(open)) = next(&mut socket).await else {
        return;
    };
    if let Err(complaint) = check_open(session, &open) {
        session.complain(complaint);
        let close = Message::close(Some(CloseCode::POLICY_VIOLATION), "token");
        let _ = send(&mut socket, [close]).await;
        return;
    }
    let number = session.current.borrow().wrapping_add(1);
    session.current.send_replace(number);
    if let Some(hostile) = session.behavior.hostile {
        let number = session.record().websockets;
        // It ends when the client hangs up.
        let _ = hostile::run(hostile, number, socket.get_mut()).await;
        return;
    }
    let mut relay = Relay::new(socket, session);
    relay.send_first().await;
    let how = relay.run().await;
    session.command(Command::Pause);
    match how {
        Some(true) => {
            let close = Message::close(Some(CloseCode::NORMAL_CLOSURE), "Bye");
            let _ = send(&mut relay.socket, [close]).await;
        }
        Some(false) => {
            let _ = relay.socket.get_ref().set_zero_linger();
        }
        None => {}
    }
}

/// Whether the first frame opens the channel, with the session's token and the same client ID as
/// before.
fn check_open(session: &Session, open: &Message) -> Result<(), String> {
    let text = open.as_text().ok_or("the first frame is no text")?;
    let open: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let word = |name: &str| open[name].as_str().unwrap_or_default();
    let mut record = session.record();
    let is_uuid = |text: &str| text.len() == 36 && text.to_lowercase() == text;
    let client = record
        .client
        .get_or_insert_with(|| word("ClientId").to_owned());
    let fits = word("MessageSchemaVersion") == "1.0"
        && is_uuid(word("RequestId"))
        && is_uuid(word("ClientId"))
        && client == word("ClientId")
        && !word("ClientVersion").is_empty();
    if !fits {
        return Err(format!("an odd first frame: {open}"));
    }
    if word("TokenValue") != record.token {
        return Err("a wrong token".to_owned());
    }
    Ok(())
}

async fn next(socket: &mut WebSocketStream<TcpStream>) -> Option<Result<Message, Error>> {
    poll_fn(|cx| Pin::new(&mut *socket).poll_next(cx)).await
}

async fn send(
    socket: &mut WebSocketStream<TcpStream>,
    messages: impl IntoIterator<Item = Message>,
) -> Result<(), Error> {
    for message in messages {
        poll_fn(|cx| Pin::new(&mut *socket).poll_ready(cx)).await?;
        Pin::new(&mut *socket).start_send(message)?;
    }
    poll_fn(|cx| Pin::new(&mut *socket).poll_flush(cx)).await
}
