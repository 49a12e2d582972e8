//! A relay before the sshd of an instance, which makes a round trip take longer.
//!
//! Each byte waits for half of the round trip in each direction, in order and without a limit on
//! throughput. The server sees a connection one and a half round trips after the client began it,
//! as with TCP's handshake.
//!
//! So it counts the round trips of SSH's protocol, one after the other. It shows nothing of a TCP
//! over that distance: the kernel acknowledges between the client and the relay, and between the
//! relay and sshd, both on loopback. A small write without TCP_NODELAY that waits for an
//! acknowledgement of the one before waits here for its delay (40 ms) at most, and for nothing if
//! the round trip is longer than that, since Linux delays acknowledgements only where answers come
//! sooner. Over a real distance it would wait for both the delay and the round trip. A connection is
//! open at once for the client; there are no losses and no slow start.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Where [`crate::lab::instances::WEB1`] listens.
const ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 11);

pub(crate) struct Relay;

impl Relay {
    /// What the output says about it.
    pub(crate) const LIMITS: &str = "\
        a relay that holds back each byte for half a round trip:\n\
        counts SSH's round trips; acknowledgements, losses and slow start of TCP are loopback's";

    /// Opens a relay to this port. Returns its own port on the same address. It lives as long as
    /// this process.
    pub(crate) fn open(port: u16, round_trip: Duration) -> u16 {
        let listener = TcpListener::bind((ADDRESS, 0)).expect("a port");
        let own = listener.local_addr().expect("an address").port();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                thread::spawn(move || relay(client, port, round_trip));
            }
        });
        own
    }
}

fn relay(client: TcpStream, port: u16, round_trip: Duration) {
    thread::sleep(round_trip * 3 / 2);
    let server = TcpStream::connect((ADDRESS, port)).expect("sshd");
    for stream in [&client, &server] {
        stream.set_nodelay(true).expect("a socket");
    }
    let copy = |stream: &TcpStream| stream.try_clone().expect("a socket");
    let upward = (copy(&client), copy(&server));
    thread::spawn(move || delay(upward.0, upward.1, round_trip / 2));
    delay(server, client, round_trip / 2);
}

/// Copies the bytes of one direction, this much later.
fn delay(mut from: TcpStream, mut to: TcpStream, by: Duration) {
    let (sender, due) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        for (at, bytes) in due {
            thread::sleep(at.saturating_duration_since(Instant::now()));
            // The end is passed on as an end.
            let passed = if bytes.is_empty() {
                to.shutdown(Shutdown::Write)
            } else {
                to.write_all(&bytes)
            };
            if passed.is_err() {
                break;
            }
        }
    });
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = from.read(&mut buffer).unwrap_or(0);
        let sent = sender.send((Instant::now() + by, buffer[..count].to_vec()));
        if count == 0 || sent.is_err() {
            break;
        }
    }
}
