//! Text from elsewhere, such as names and messages, is shown without its control characters.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::sandbox::{caller, finish};

/// The URL of a server that gives this answer to every request.
fn answering(status: &str, body: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            read_request(&mut stream);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}

/// Reads all of it: otherwise the answer might be lost (RFC 2525, section 2.17).
fn read_request(stream: &mut TcpStream) {
    let (mut request, mut byte) = (Vec::new(), [0]);
    while !request.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
        request.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&request).to_lowercase();
    let length = head.split("content-length:").nth(1);
    let length = length.and_then(|it| it.lines().next()?.trim().parse().ok());
    let _ = stream.read_exact(&mut vec![0; length.unwrap_or(0)]);
}

#[test]
fn a_name_cannot_move_the_cursor_or_turn_the_line_around() {
    let instance = |id: &str, name: &str| {
        format!(
            "<item><reservationId>r-1</reservationId><instancesSet><item><instanceId>{id}</instanceId>\
             <instanceState><code>16</code><name>running</name></instanceState>\
             <privateIpAddress>10.9.9.9</privateIpAddress>\
             <tagSet><item><key>Name</key><value>{name}</value></item></tagSet></item></instancesSet></item>"
        )
    };
    let evil = "safe\u{202e}live\u{2066}x\u{200b}y\u{ad}&#x9b;2K";
    let body = format!(
        "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <requestId>1</requestId><reservationSet>{}{}</reservationSet></DescribeInstancesResponse>",
        instance("i-0abcdef0", evil),
        instance("i-0abcdef1", "שלום é")
    );
    let caller = caller();
    let mut mssh = caller.command("mssh");
    mssh.env("AWS_ENDPOINT_URL", answering("200 OK", &body));
    let outcome = finish(mssh.arg("10.9.9.9"));
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    let shown = "i-0abcdef0 safe\\u{202e}live\\u{2066}x\\u{200b}y\\u{ad}\\u{9b}2K running";
    assert!(outcome.stderr.contains(shown), "{outcome:?}");
    assert!(outcome.stderr.contains("שלום é"), "{outcome:?}");
}

#[test]
fn a_service_message_cannot_either() {
    let body = "<Response><Errors><Error><Code>Odd</Code><Message>no\u{202e}&#xd;\u{2028}x</Message>\
                </Error></Errors><RequestID>1</RequestID></Response>";
    let caller = caller();
    for debug in [&["--debug"][..], &[]] {
        let mut mssh = caller.command("mssh");
        mssh.env("AWS_ENDPOINT_URL", answering("400 Bad Request", body));
        let outcome = finish(mssh.args(debug).arg("10.9.9.9"));
        assert_eq!(outcome.code, Some(255), "{outcome:?}");
        let shown = "no\\u{202e}\\r\\u{2028}x";
        assert!(outcome.stderr.contains(shown), "{outcome:?}");
        let raw = ['\u{202e}', '\r', '\u{2028}'];
        assert!(!outcome.stderr.contains(raw), "{outcome:?}");
    }
}
