//! `mssh --proxy` by itself: the stream, and errors before it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::lab::instances::{IPV6_ONLY, NO_ADDRESS, PRIVATE, WEB1};
use crate::lab::{DESCRIBE_INSTANCES, SEND_SSH_PUBLIC_KEY};
use crate::sandbox::{PATIENCE, SshUser, eventually, finish_with, lab, outcome, pushes};

/// How much is sent in each direction.
const MIB: usize = 64;

impl SshUser {
    /// `mssh --proxy` to a port of [`WEB1`], with a key of the user.
    fn proxy(&self, port: u16) -> Command {
        if !self.home.join("my").exists() {
            self.run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", "my"])
                .prints("");
        }
        let mut mssh = self.command("mssh");
        mssh.args(["-i", "my", "--proxy", WEB1, &port.to_string(), "root"]);
        mssh.stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        mssh
    }
}

/// A server at [`WEB1`] for a single connection.
fn server(serve: impl FnOnce(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.11:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || serve(listener.accept().expect("a connection").0));
    port
}

fn noise(mut seed: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(MIB << 20);
    while bytes.len() < MIB << 20 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        bytes.extend_from_slice(&seed.to_le_bytes());
    }
    bytes
}

#[test]
fn all_bytes_arrive_in_both_directions_at_once() {
    let user = SshUser::with("");
    let port = server(|mut socket| {
        let mut other = socket.try_clone().expect("a socket");
        let down = thread::spawn(move || {
            other.write_all(&noise(2)).expect("written");
        });
        let mut heard = vec![0; MIB << 20];
        socket.read_exact(&mut heard).expect("read");
        assert!(heard == noise(1), "the server heard something else");
        down.join().expect("a writer");
        socket.write_all(b"!").expect("written");
    });
    let mut child = user.proxy(port).spawn().expect("mssh");
    let mut stdin = child.stdin.take().expect("a pipe");
    let up = thread::spawn(move || {
        stdin.write_all(&noise(1)).expect("written");
        stdin
    });
    let mut heard = Vec::new();
    let stdout = child.stdout.as_mut().expect("a pipe");
    stdout.read_to_end(&mut heard).expect("read");
    assert_eq!(heard.pop(), Some(b'!'));
    assert!(heard == noise(2), "we heard something else");
    up.join().expect("a writer");
    assert_eq!(child.wait().expect("a child").code(), Some(0));
}

/// The end of stdin does not end the answer.
#[test]
fn a_half_close_is_passed_on() {
    let user = SshUser::with("");
    let port = server(|mut socket| {
        let mut heard = String::new();
        socket.read_to_string(&mut heard).expect("read");
        thread::sleep(Duration::from_millis(300));
        write!(socket, "heard {heard}").expect("written");
    });
    let outcome = finish_with(&mut user.proxy(port), b"all of it");
    outcome.prints("heard all of it");
}

#[test]
fn the_end_of_the_server_ends_it_with_stdin_open() {
    let user = SshUser::with("");
    let port = server(|socket| socket.shutdown(Shutdown::Both).expect("closed"));
    let mut child = user.proxy(port).spawn().expect("mssh");
    let _open = child.stdin.take();
    outcome(child).prints("");
}

/// As if ssh were killed: its pipes close.
#[test]
fn it_ends_with_its_reader_while_the_server_is_silent() {
    let user = SshUser::with("");
    let port = server(|socket| {
        thread::sleep(Duration::from_mins(1));
        drop(socket);
    });
    let mut child: Child = user.proxy(port).spawn().expect("mssh");
    let pushed = || !pushes(&user.caller).is_empty();
    assert!(eventually(PATIENCE, pushed));
    drop((child.stdin.take(), child.stdout.take()));
    let ended = || child.try_wait().expect("a child").is_some();
    assert!(eventually(Duration::from_secs(20), ended));
}

#[test]
fn it_works_with_any_name_of_an_instance() {
    let user = SshUser::with("");
    user.run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", "my"])
        .prints("");
    let mut names = vec![
        WEB1,
        "127.0.0.11",
        "ec2-127-0-0-11.compute-1.amazonaws.com",
        "ip-127-0-1-21.ec2.internal",
        "web1.lab",
        PRIVATE,
    ];
    if lab().has_ipv6() {
        names.extend([IPV6_ONLY, "::1"]);
    }
    let proxy = "ProxyCommand=mssh -i my --proxy %h %p %r";
    let port = lab().port().to_string();
    for name in &names {
        let words = [
            "-o", proxy, "-i", "my", "-p", &port, "-l", "root", name, "echo in",
        ];
        user.run("ssh", &words).prints("in\n");
    }
    assert_eq!(pushes(&user.caller).len(), names.len());
}

#[test]
fn errors_go_to_stderr_and_nothing_to_stdout() {
    let user = SshUser::with("");
    let mut closed = user.proxy(1);
    let outcome = finish_with(&mut closed, b"");
    outcome.fails(
        255,
        &[
            "mssh: error: cannot connect to 127.0.0.11 port 1: Connection refused",
            "mssh: hint: does a security group block the port? --via chooses another way",
        ],
    );
    user.run("mssh", &["--proxy", WEB1, "22", "root"]).fails(
        255,
        &[
            "mssh: error: --proxy does not know which key ssh uses",
            "mssh: hint: `mssh --ssh-config` prints all that ssh needs; or name your key with \
             -i FILE",
        ],
    );
    user.run("mssh", &["--proxy", WEB1]).fails(
        255,
        &[
            "mssh: error: --proxy needs a host, a port and a user",
            "mssh: hint: write `ProxyCommand mssh --proxy '%h' %p '%r'`",
        ],
    );
    let outcome = user.run("mssh", &["-i", "my", "--proxy", NO_ADDRESS, "22", "root"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(255), ""));
    assert!(outcome.stderr.contains("has no address"), "{outcome:?}");
    let calls = |action| user.caller.calls_of(action).len();
    assert_eq!(
        (calls(DESCRIBE_INSTANCES), calls(SEND_SSH_PUBLIC_KEY)),
        (2, 2)
    );
}

#[test]
fn a_dry_run_says_where_it_would_connect_and_pushes_nothing() {
    let user = SshUser::with("");
    user.run("ssh-keygen", &["-qted25519", "-N", "", "-fmy"])
        .prints("");
    for (words, line) in [
        (
            &[WEB1][..],
            "connect to port 22 by 127.0.0.11, its public address\n",
        ),
        (&["--ssm", WEB1], "connect to port 22 by Session Manager\n"),
    ] {
        let words = [
            &["--dry-run", "-i", "my", "--proxy"],
            words,
            &["22", "root"],
        ]
        .concat();
        user.run("mssh", &words).prints(line);
    }
    assert!(user.caller.calls_of(SEND_SSH_PUBLIC_KEY).is_empty());
    assert!(user.caller.sessions().is_empty());
}
