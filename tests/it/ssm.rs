//! Tunnels through Session Manager, with a gateway and agents that inject faults.

mod background;
mod ending;
mod faults;
mod hostile;
mod reconnecting;
mod releases;
mod secrets;
mod shell;
mod ssh;
mod stream_url;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::lab::instances::{HOME_REGION, WEB1};
use crate::lab::{Caller, SessionRecord};

/// The address at which the agent of [`instances::WEB1`] reaches the servers of the tests.
const THERE: Ipv4Addr = Ipv4Addr::new(127, 0, 1, 11);

/// The time limit of a transfer.
const PATIENCE: Duration = Duration::from_mins(2);

/// The arguments of the tunnel to [`instances::WEB1`], as ssh starts it.
fn words(port: u16) -> [String; 3] {
    words_to(WEB1, port)
}

fn words_to(id: &str, port: u16) -> [String; 3] {
    let session = format!("ssm={id},{id},{HOME_REGION}");
    ["--tunnel".to_owned(), format!("port={port}"), session]
}

fn tunnel(caller: &Caller<'_>, port: u16) -> Command {
    let mut command = caller.command("mssh");
    command
        .args(words(port))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A server on the instance, for one connection.
fn service<T: Send + 'static>(
    serve: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (u16, JoinHandle<T>) {
    let listener = TcpListener::bind((THERE, 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let served = thread::spawn(move || serve(listener.accept().expect("a connection").0));
    (port, served)
}

/// Random bytes.
fn bytes(size: usize, seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..size).map(|_| random.u8(..)).collect()
}

/// The result of a tunnel.
struct Carried {
    /// What the instance received, and the output of the tunnel.
    up: Vec<u8>,
    down: Vec<u8>,
    stderr: String,
    code: Option<i32>,
    took: Duration,
}

/// Sends `up` through a tunnel and `down` back, at the same time. The instance closes when both
/// have arrived, since the agent waits only two seconds for what is then in flight.
fn carry(caller: &Caller<'_>, up: &[u8], down: &[u8]) -> Carried {
    carry_by(|port| tunnel(caller, port), up, down)
}

fn carry_by(tunnel: impl FnOnce(u16) -> Command, up: &[u8], down: &[u8]) -> Carried {
    let (expected, answer) = (up.len(), down.to_vec());
    let (arrived, has_arrived) = mpsc::channel();
    let (port, served) = service(move |mut stream| {
        let mut writer = stream.try_clone().expect("a socket");
        let answered = thread::spawn(move || writer.write_all(&answer).is_ok());
        let mut got = vec![0; expected];
        stream.read_exact(&mut got).expect("all of it");
        assert!(
            answered.join().expect("no panic"),
            "the answer was not taken"
        );
        let _ = has_arrived.recv_timeout(PATIENCE);
        got
    });
    let started = Instant::now();
    let mut child = tunnel(port).spawn().expect("the tunnel");
    let mut stdin = child.stdin.take().expect("a pipe");
    let question = up.to_vec();
    let writes = thread::spawn(move || {
        let _ = stdin.write_all(&question);
        stdin
    });
    let mut first = vec![0; down.len()];
    let stdout = child.stdout.as_mut().expect("a pipe");
    let whole = stdout.read_exact(&mut first);
    let _ = arrived.send(());
    let (rest, stderr) = read_all(&mut child);
    let code = wait(&mut child);
    drop(writes.join());
    assert!(
        whole.is_ok(),
        "the output ends too soon, with {code:?}: {stderr}"
    );
    Carried {
        up: served.join().expect("the instance got it"),
        down: [first, rest].concat(),
        stderr,
        code,
        took: started.elapsed(),
    }
}

fn read_all(child: &mut Child) -> (Vec<u8>, String) {
    let mut stderr = child.stderr.take().expect("a pipe");
    let said = thread::spawn(move || {
        let mut said = String::new();
        stderr.read_to_string(&mut said).expect("text");
        said
    });
    let mut down = Vec::new();
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_to_end(&mut down).expect("the output");
    (down, said.join().expect("no panic"))
}

fn wait(child: &mut Child) -> Option<i32> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return status.code();
        }
        if began.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("the tunnel does not end");
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// The only session of a caller, when it has ended. Asserts that there are no complaints.
fn the_session(caller: &Caller<'_>) -> SessionRecord {
    let began = Instant::now();
    loop {
        let mut sessions = caller.sessions();
        assert_eq!(sessions.len(), 1, "{sessions:?}");
        let session = sessions.remove(0);
        if session.ended.is_some() || began.elapsed() > Duration::from_secs(10) {
            assert!(session.ended.is_some(), "an orphan: {session:?}");
            assert_eq!(session.complaints, [] as [String; 0]);
            return session;
        }
        thread::sleep(Duration::from_millis(10));
    }
}
