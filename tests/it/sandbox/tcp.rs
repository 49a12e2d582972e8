//! TCP servers and connections.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// A server that echoes everything. Its port.
pub(crate) fn echo_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || std::io::copy(&mut &stream, &mut &stream));
        }
    });
    port
}

/// Asserts that the echo server answers.
#[track_caller]
pub(crate) fn echoes(stream: &mut TcpStream) {
    stream.write_all(b"through").expect("a connection");
    let mut heard = [0; 7];
    stream.read_exact(&mut heard).expect("an answer");
    assert_eq!(&heard, b"through");
}

/// A port without a listener.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}
