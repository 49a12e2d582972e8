//! What a server may answer to the upgrade: mutated answers, and endless ones.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::{Duration, Instant};

use aws_smithy_types::base64;
use futures_core::Stream as _;
use sha1::{Digest, Sha1};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::{DialError, Socket, WebsocketUrl, open};
use crate::fuzz::mutations;
use crate::hint;

/// Stands for the answer to our key in the corpus.
const ACCEPT: &[u8] = b"$ACCEPT";

const ANSWERS: &[&[u8]] = &[
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
      Sec-WebSocket-Accept: $ACCEPT\r\n\r\n\x82\x05SSH-2\x89\x01p\x02\x01a\x80\x01b\x88\x05\x03\xe8bye",
    b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 101 ok\r\nconnection: keep-alive, upgrade\r\n\
      upgrade: WebSocket\r\nsec-websocket-accept:$ACCEPT\r\ndate: Sat, 31 Jan 2026 23:59:59 GMT\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
      Sec-WebSocket-Accept: $ACCEPT\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: 28\r\n\
      Date: Sat, 31 Jan 2026 23:59:59 GMT\r\n\r\n{\"ErrorCode\":\"AccessDenied\"}",
    b"HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n4;x\r\nbusy\r\n0\r\nA: b\r\n\r\n",
    b"HTTP/1.0 302 Found\r\nLocation: http://elsewhere.example/\r\n\r\nbody",
    b"SSH-2.0-OpenSSH_9.6\r\n",
];

/// The longest message.
const LONGEST: usize = 1000;

/// How much of a refusal is kept.
const BODY: usize = 16 * 1024;

/// How many bytes of an answer without an end are read.
const HEAD: usize = 1024 * 1024;

/// A websocket is open only if the server has answered our key; a refusal is kept up to a limit; and any
/// other answer is one line.
#[test]
fn websocket_handshakes() {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().expect("a runtime");
    mutations(ANSWERS, |answer| {
        runtime.block_on(async {
            let (ours, theirs) = duplex(8 * HEAD);
            let (opened, _) = tokio::join!(client(ours), server(theirs, answer));
            check(answer, opened).await
        })
    });
}

/// What has no end is not read to its end.
#[test]
fn endless_answers() {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().expect("a runtime");
    for (head, more) in [
        ("", "x"),
        ("HTTP/1.1 101 ok", "k"),
        ("HTTP/1.1 101 ok\r\n", "A: b\r\n"),
        ("HTTP/1.1 101 ok\r\nA: ", "b"),
        ("HTTP/1.1 403 no\r\n\r\n", "body"),
        (
            "HTTP/1.1 403 no\r\nTransfer-Encoding: chunked\r\n\r\n",
            "1;x\r\nb\r\n",
        ),
        (
            "HTTP/1.1 403 no\r\nTransfer-Encoding: chunked\r\n\r\n1;",
            "x",
        ),
    ] {
        let began = Instant::now();
        let (ours, theirs) = duplex(4096);
        let answer = [
            head.as_bytes(),
            &more.as_bytes().repeat(4 * HEAD / more.len()),
        ]
        .concat();
        let (opened, sent) =
            runtime.block_on(async { tokio::join!(client(ours), server(theirs, &answer)) });
        assert!(opened.is_err(), "{head:?} {more:?}");
        assert!(sent < HEAD, "{head:?} {more:?}: {sent} bytes");
        assert!(
            began.elapsed() < Duration::from_secs(8),
            "{head:?} {more:?}"
        );
    }
}

async fn client(io: DuplexStream) -> Result<Socket, DialError> {
    let url = WebsocketUrl::parse("wss://gateway.example/path?secret=1").expect("a URL");
    open(Box::new(io), &url, &[], LONGEST).await
}

/// Reads the request and sends the answer. Returns how much of it was taken.
async fn server(mut io: DuplexStream, answer: &[u8]) -> usize {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(io.read_u8().await.expect("a request"));
    }
    let request = String::from_utf8(request).expect("a text");
    let mut lines = request.lines();
    let key = lines.find_map(|line| line.strip_prefix("sec-websocket-key: "));
    let key = key.expect("a key");
    let digest = Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    let accept = base64::encode(digest);
    let mut sent = 0;
    for part in replaced(answer, accept.as_bytes()).chunks(4096) {
        if io.write_all(part).await.is_err() {
            break;
        }
        sent += part.len();
    }
    sent
}

fn replaced(answer: &[u8], accept: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut rest = answer;
    while let Some((first, others)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(ACCEPT) {
            text.extend_from_slice(accept);
            rest = after;
        } else {
            text.push(*first);
            rest = others;
        }
    }
    text
}

async fn check(answer: &[u8], opened: Result<Socket, DialError>) -> bool {
    // The answer to a key is four times as long as what stands for it.
    let longest = 4 * answer.len();
    match opened {
        Ok(mut socket) => {
            let text = answer.to_ascii_lowercase();
            for needed in ["101", "$accept", "websocket", "upgrade", "connection"] {
                let found = text.windows(needed.len()).any(|it| it == needed.as_bytes());
                assert!(found, "without {needed}");
            }
            let mut received = 0;
            while let Some(Ok(message)) = poll_fn(|cx| Pin::new(&mut socket).poll_next(cx)).await {
                let length = message.as_payload().len();
                assert!(length <= LONGEST);
                received += length;
            }
            assert!(received <= longest);
            true
        }
        Err(DialError::Refused { status, body, .. }) => {
            assert!(status != 101 && body.len() <= BODY.min(longest));
            true
        }
        Err(error) => {
            let line = hint::line(&error);
            assert!(
                !line.contains(char::is_control) && line.len() < 300,
                "{line:?}"
            );
            false
        }
    }
}
