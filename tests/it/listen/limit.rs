//! More connections than the limit allows.

use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use super::{Port, WEB1_PUBLIC, answers, echo};
use crate::lab::instances::WEB1;
use crate::sandbox::caller;

/// Whether the echo server answers within a short time.
fn answers_soon(stream: &TcpStream) -> bool {
    let short = Some(Duration::from_millis(500));
    stream.set_read_timeout(short).expect("a socket");
    answers(stream)
}

fn limit(port: &Port, files: &str) {
    let pid = port.child.id().to_string();
    let status = Command::new("prlimit")
        .args(["--pid", &pid, files])
        .status();
    assert!(
        status.is_ok_and(|it| it.success()),
        "prlimit, of util-linux"
    );
}

#[test]
fn connections_beyond_the_limit_wait_until_others_close() {
    let caller = caller();
    let target = format!("{WEB1}:{}", echo(WEB1_PUBLIC));
    let mut mssh = caller.command("prlimit");
    mssh.args(["--nofile=41", env!("CARGO_BIN_EXE_mssh")]);
    let port = Port::of(mssh.args(["--listen", "0", &target]));
    let mut streams: Vec<_> = (0..9).map(|_| port.connect()).collect();
    assert!(streams[..3].iter().all(answers));
    // Bytes sent while waiting are not lost.
    assert!(!answers_soon(&streams[3]));
    streams.drain(..3);
    streams[0]
        .set_read_timeout(Some(crate::sandbox::PATIENCE))
        .expect("a socket");
    let mut late = [0; 5];
    std::io::Read::read_exact(&mut &streams[0], &mut late).expect("an answer");
    assert_eq!(&late, b"hello");
    assert!(streams[1..3].iter().all(answers));
    streams.drain(..3);
    assert!(streams.iter().all(answers));
    port.says_nothing_more();
    port.ends_quietly();
}

#[test]
fn without_free_descriptors_connections_wait() {
    let caller = caller();
    let port = Port::to(&caller, &[&format!("{WEB1}:{}", echo(WEB1_PUBLIC))]);
    let first = port.connect();
    assert!(answers(&first));
    limit(&port, "--nofile=4:1024");
    let second = port.connect();
    assert!(!answers_soon(&second));
    assert_eq!(
        port.line(),
        "mssh: warning: clients cannot connect for now: Too many open files"
    );
    assert!(answers(&first));
    limit(&port, "--nofile=1024:1024");
    second
        .set_read_timeout(Some(crate::sandbox::PATIENCE))
        .expect("a socket");
    std::io::Read::read_exact(&mut &second, &mut [0; 5]).expect("an answer");
    assert!(answers(&second) && answers(&port.connect()));
    port.says_nothing_more();
    port.ends_quietly();
}

/// These connections are idle, perhaps for good.
#[test]
fn the_longest_idle_connection_is_closed_for_a_new_one() {
    let caller = caller();
    let target = format!("{WEB1}:{}", echo(WEB1_PUBLIC));
    let mut mssh = caller.command("prlimit");
    mssh.args(["--nofile=41", env!("CARGO_BIN_EXE_mssh")]);
    let port = Port::of(mssh.args(["--listen", "0", &target]));
    let idle = port.connect();
    assert!(answers(&idle));
    let busy = [port.connect(), port.connect()];
    assert!(busy.iter().all(answers));
    let next = port.connect();
    assert!(!answers_soon(&next));
    let began = std::time::Instant::now();
    while !is_over(&idle) {
        assert!(busy.iter().all(answers));
        assert!(began.elapsed() < crate::sandbox::PATIENCE, "nobody goes");
        std::thread::sleep(Duration::from_millis(200));
    }
    let mut late = [0; 5];
    let patience = Some(crate::sandbox::PATIENCE);
    next.set_read_timeout(patience).expect("a socket");
    std::io::Read::read_exact(&mut &next, &mut late).expect("an answer");
    assert!(answers(&next) && busy.iter().all(answers));
    let said = port.line();
    let peer = idle.local_addr().expect("an address");
    let wanted = format!("mssh: warning: {peer} is idle and gives way to another");
    assert_eq!(said, wanted);
    port.says_nothing_more();
    port.ends_quietly();
}

/// Whether the peer has closed the connection, without sending anything.
fn is_over(stream: &TcpStream) -> bool {
    let short = Some(Duration::from_millis(10));
    stream.set_read_timeout(short).expect("a socket");
    matches!(std::io::Read::read(&mut &*stream, &mut [0]), Ok(0))
}

/// Idle clients that wait before it are closed, too.
#[test]
fn more_idle_clients_than_the_limit_do_not_lock_out_the_next() {
    let caller = caller();
    let target = format!("{WEB1}:{}", echo(WEB1_PUBLIC));
    let port = Port::to(&caller, &[&target]);
    let idle: Vec<_> = (0..280).map(|_| port.connect()).collect();
    let next = port.connect();
    let patience = Some(crate::sandbox::PATIENCE);
    next.set_read_timeout(patience).expect("a socket");
    assert!(answers(&next));
    drop(idle);
    for _ in 256..=280 {
        assert!(port.line().ends_with("is idle and gives way to another"));
    }
    port.ends_quietly();
}
