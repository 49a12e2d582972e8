//! `--listen`: a local port that is forwarded to a port of an instance.
//!
//! - here: connections on each route, and what they cost
//! - `bytes`: streams of any length, half-closed, many at once
//! - `port`: a running `mssh --listen`
//! - `addresses`: where it listens, and which instances it finds
//! - `remote`: ports of other hosts, and the documents for sessions
//! - `several`: several ports in one command, and what scripts and a dry run are told
//! - `usage`: usage errors
//! - `errors`: errors of the port, the target, or one of several connections
//! - `ending`: signals, and credentials that expire earlier
//! - `limit`: more connections than the limit allows

mod addresses;
mod bytes;
mod ending;
mod errors;
mod limit;
mod port;
mod remote;
mod several;
mod usage;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Command;

use self::port::Port;
use crate::lab::eice::SAME_SUBNET;
use crate::lab::instances::{PRIVATE, WEB1};
use crate::lab::ssm::{DATABASE, MANAGED_NODE};
use crate::lab::{Caller, DESCRIBE_INSTANCES};
use crate::sandbox::eice::service;
use crate::sandbox::{PATIENCE, caller, eventually, finish, lab, plain_ssh, run};

/// The addresses of [`WEB1`]: for direct connections, and for its SSM agent.
const WEB1_PUBLIC: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 11);
const WEB1_PRIVATE: Ipv4Addr = Ipv4Addr::new(127, 0, 1, 11);

/// `mssh --listen` at any port, still without a target.
fn listener(caller: &Caller<'_>) -> Command {
    let mut mssh = caller.command("mssh");
    mssh.env("AWS_CA_BUNDLE", service().certificate());
    mssh.args(["--listen", "0"]);
    mssh
}

/// A server at this address that handles each connection like this.
fn server(at: Ipv4Addr, serve: impl Fn(TcpStream) + Clone + Send + 'static) -> u16 {
    let listener = TcpListener::bind((at, 0)).expect("a port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = serve.clone();
            std::thread::spawn(move || serve(stream));
        }
    });
    port
}

/// An echo server.
fn echo(at: Ipv4Addr) -> u16 {
    server(at, |mut stream| {
        let mut buffer = [0; 16 * 1024];
        while let Ok(bytes @ 1..) = stream.read(&mut buffer) {
            if stream.write_all(&buffer[..bytes]).is_err() {
                break;
            }
        }
    })
}

/// Whether the echo server answers through this connection.
fn answers(mut stream: &TcpStream) -> bool {
    let mut heard = [0; 5];
    stream.write_all(b"hello").is_ok()
        && stream.read_exact(&mut heard).is_ok()
        && &heard == b"hello"
}

/// The routes to an echo server: the arguments for `--listen`, and what to send first.
fn routes() -> [(Vec<String>, &'static str); 4] {
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
    let (public, private) = (echo(WEB1_PUBLIC), echo(WEB1_PRIVATE));
    let database = format!("{WEB1}:{}:{}", DATABASE.0, echo(DATABASE.1));
    [
        (words(&[&format!("{WEB1}:{public}")]), ""),
        (words(&["--ssm", &format!("{WEB1}:{private}")]), ""),
        (words(&["--ssm", &database]), ""),
        (words(&["--eice", "private.lab:3389"]), "echo\n"),
    ]
}

fn port_by(caller: &Caller<'_>, words: &[String]) -> Port {
    Port::of(listener(caller).args(words))
}

/// Asserts that all sessions of this caller have ended, without complaints.
#[track_caller]
fn no_session_is_left(caller: &Caller<'_>) {
    let over = || caller.sessions().iter().all(|it| it.ended.is_some());
    let over = eventually(PATIENCE, over);
    assert!(over, "an orphan: {:?}", caller.sessions());
    let complaints = caller.sessions().into_iter().flat_map(|it| it.complaints);
    assert_eq!(complaints.collect::<Vec<_>>(), [] as [String; 0]);
}

#[test]
fn plain_ssh_logs_in_through_it_on_each_route_with_its_own_key() {
    let caller = caller();
    // Pushes the key that this ssh uses.
    let key = {
        let ssh = plain_ssh(&caller);
        let words: Vec<_> = ssh.get_args().map(ToOwned::to_owned).collect();
        words[3].clone()
    };
    let mut push = caller.command("mssh");
    push.env("AWS_CA_BUNDLE", service().certificate());
    finish(
        push.args(["--eice", "-i"])
            .arg(&key)
            .args([PRIVATE, "true"]),
    )
    .prints("");
    let pushes = caller.calls_of("SendSSHPublicKey").len();
    let sshd = lab().port();
    for words in [
        &[&*format!("{WEB1}:{sshd}")][..],
        &["--ssm", &format!("{WEB1}:{sshd}")],
        &["--eice", &format!("{PRIVATE}:{sshd}")],
        &["--private", &format!("127.0.1.21:{sshd}")],
    ] {
        let port = Port::to(&caller, words);
        for round in 0..2 {
            let mut ssh = caller.command("ssh");
            ssh.args(["-o", "IdentitiesOnly=yes", "-i"]).arg(&key);
            ssh.args(["-p", &port.address.port().to_string()]);
            ssh.args(["ec2-user@127.0.0.1", &format!("echo {round}; exit 7")]);
            finish(&mut ssh).ends(7, &format!("{round}\n"));
        }
        port.says_nothing_more();
        port.ends_quietly();
    }
    assert_eq!(caller.calls_of("SendSSHPublicKey").len(), pushes);
    no_session_is_left(&caller);
}

#[test]
fn the_instance_is_looked_up_once_and_each_connection_has_its_own_tunnel() {
    for (words, greeting) in routes() {
        let caller = caller();
        let port = port_by(&caller, &words);
        let looked_up = caller.calls().len();
        let mut streams: Vec<_> = (0..3).map(|_| port.connect()).collect();
        for stream in &mut streams {
            stream.write_all(greeting.as_bytes()).expect("a connection");
            assert!(answers(stream), "{words:?}");
        }
        let starts = caller.calls_of("StartSession").len();
        assert_eq!(caller.calls().len(), looked_up + starts, "{words:?}");
        let through = starts + caller.tunnels().len();
        assert_eq!(through, if words.len() == 1 { 0 } else { 3 }, "{words:?}");
        port.ends_quietly();
        no_session_is_left(&caller);
    }
}

#[test]
fn it_reports_target_and_route() {
    let caller = caller();
    for (words, goal) in [
        (
            &[&*format!("{WEB1}:5432")][..],
            format!("{WEB1}:5432 (127.0.0.11, its public address)"),
        ),
        (
            &["--ssm", &format!("{WEB1}:80")],
            format!("{WEB1}:80 (Session Manager)"),
        ),
        (
            &["--eice", "private.lab:3389"],
            format!("private.lab:3389 (127.0.1.21 through {SAME_SUBNET})"),
        ),
    ] {
        let port = Port::to(&caller, words);
        assert_eq!(port.goal, goal);
        port.ends_quietly();
    }
}

/// A direct connection needs only the permission for the look-up.
#[test]
fn nothing_is_pushed_and_no_key_is_made() {
    let caller = caller();
    let port = Port::to(&caller, &[&format!("{WEB1}:{}", echo(WEB1_PUBLIC))]);
    assert!(answers(&port.connect()));
    let actions: Vec<_> = caller.calls().into_iter().map(|it| it.action).collect();
    assert_eq!(actions, [DESCRIBE_INSTANCES]);
    assert!(
        std::fs::read_dir(caller.run_dir())
            .expect("a directory")
            .next()
            .is_none()
    );
    port.ends_quietly();
}

/// EC2 Instance Connect does not know managed nodes.
#[test]
fn a_managed_node_is_reached_without_a_key() {
    let caller = caller();
    let target = format!("{MANAGED_NODE}:{}", echo(WEB1_PRIVATE));
    let port = Port::to(&caller, &[&target]);
    assert!(answers(&port.connect()));
    port.ends_quietly();
    no_session_is_left(&caller);
}

#[test]
fn a_dry_run_finds_the_instance_and_says_what_it_would_do() {
    let caller = caller();
    for (words, way) in [
        (&[WEB1][..], "127.0.0.11, its public address"),
        (&["--private", WEB1], "127.0.1.11, its private address"),
        (&["--ssm", WEB1], "Session Manager"),
    ] {
        let words = [&["--listen", "[::1]:0", "--dry-run"], words].concat();
        let line = format!("listen on [::1]:0, forward to {WEB1}:22 ({way})\n");
        run(&caller, "mssh", words).prints(&line);
    }
    assert!(caller.sessions().is_empty());
    let caller = self::caller();
    let line = format!(
        "listen on 127.0.0.1:0, forward to {PRIVATE}:5432 (127.0.1.21, its private address)\n"
    );
    run(
        &caller,
        "mssh",
        [
            "--listen",
            "0",
            "--dry-run",
            "--private",
            &format!("{PRIVATE}:5432"),
        ],
    )
    .prints(&line);
    assert_eq!(caller.calls_of(DESCRIBE_INSTANCES).len(), 1);
}
