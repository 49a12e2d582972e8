//! What ends `--listen`, and how it outlives its first credentials.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, SystemTime};

use rustix::process::Signal;

use super::{
    Port, WEB1_PRIVATE, answers, echo, listener, no_session_is_left, port_by, routes, service,
};
use crate::lab::instances::{PRIVATE, WEB1};
use crate::lab::{Break, Fault, SECRET, SessionBehavior, Trouble, clock};
use crate::sandbox::{AwsUser, PATIENCE, bash, caller, eventually, free_port, outcome, plain_ssh};

const SIGNALS: [Signal; 3] = [Signal::HUP, Signal::TERM, Signal::INT];

/// The exit status of a plain ssh that forwards a port and gets this signal.
fn status_of_ssh(signal: Signal) -> Option<i32> {
    let caller = caller();
    let port = free_port();
    let mut ssh = plain_ssh(&caller);
    let forward = format!("{port}:127.0.0.1:1");
    let child = ssh.args(["-N", "-L", &forward]).stdin(Stdio::null());
    let child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let child = child.expect("ssh starts");
    let up = || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
    assert!(eventually(PATIENCE, up));
    let pid = crate::sandbox::pid_of(&child);
    rustix::process::kill_process(pid, signal).expect("a process");
    outcome(child).code
}

#[test]
fn a_signal_ends_it_at_once_with_open_connections_like_ssh() {
    for signal in SIGNALS {
        let of_ssh = status_of_ssh(signal);
        for (words, greeting) in routes() {
            let caller = caller();
            let port = port_by(&caller, &words);
            let mut streams: Vec<_> = (0..3).map(|_| port.connect()).collect();
            for stream in &mut streams {
                stream.write_all(greeting.as_bytes()).expect("a connection");
                assert!(answers(stream));
            }
            // And one whose tunnel is not open yet.
            streams.push(port.connect());
            let (code, took, said) = port.end_by(signal);
            assert_eq!(
                (code, said.as_slice()),
                (of_ssh, &[] as &[String]),
                "{words:?}"
            );
            assert!(took < Duration::from_secs(3), "{took:?} {words:?}");
            no_session_is_left(&caller);
            let closed = || caller.tunnels().iter().all(|it| !it.end.is_empty());
            assert!(eventually(PATIENCE, closed), "{:?}", caller.tunnels());
        }
    }
}

#[test]
fn a_signal_while_a_session_starts_ends_the_session() {
    let caller = caller();
    let target = format!("{WEB1}:{}", echo(WEB1_PRIVATE));
    let port = Port::to(&caller, &["--ssm", &target]);
    let late = Trouble::Latency(Duration::from_millis(700));
    caller.fault(Fault::new(late).on("StartSession"));
    let _caller = port.connect();
    let has_called = || !caller.calls_of("StartSession").is_empty();
    assert!(eventually(PATIENCE, has_called));
    port.ends_quietly();
    assert_eq!(caller.sessions().len(), 1);
    no_session_is_left(&caller);
}

#[test]
fn an_ignored_hangup_stays_ignored() {
    let caller = caller();
    let target = format!("{WEB1}:{}", echo(WEB1_PRIVATE));
    let line = format!("trap '' HUP; exec mssh --listen 0 --ssm {target}");
    let port = Port::of(&mut bash(&caller, &line));
    let stream = port.connect();
    assert!(answers(&stream));
    port.signal(Signal::HUP);
    thread::sleep(Duration::from_millis(300));
    assert!(answers(&stream) && answers(&port.connect()));
    port.ends_quietly();
    no_session_is_left(&caller);
}

#[test]
fn a_session_continues_over_another_websocket() {
    let caller = caller();
    caller.session_behavior(SessionBehavior {
        breaks: Some((Break::Bytes(20_000), true, 2)),
        ..SessionBehavior::default()
    });
    let target = format!("{WEB1}:{}", echo(WEB1_PRIVATE));
    let port = Port::to(&caller, &["--ssm", &target]);
    let stream = port.connect();
    assert!((0..10_000).all(|_| answers(&stream)));
    assert_eq!(caller.sessions()[0].resumes, 2);
    port.ends_quietly();
    no_session_is_left(&caller);
}

/// `mssh --listen` of this user.
fn of(user: &AwsUser, words: &[&str]) -> Command {
    let mut mssh = user.command("mssh");
    mssh.env("AWS_CA_BUNDLE", service().certificate());
    mssh.args(["--listen", "0"]).args(words);
    mssh
}

/// The access keys that requested the sessions and tunnels of a user, shortened.
fn keys(user: &AwsUser) -> Vec<String> {
    let sessions = user.caller.sessions().into_iter().map(|it| it.access_key);
    let tunnels = user.caller.tunnels().into_iter().map(|it| it.access_key);
    sessions.chain(tunnels).map(|it| user.short(&it)).collect()
}

/// Makes the user's credential_process return this key, valid for this many seconds.
fn gives(user: &AwsUser, key: &str, seconds: u64) {
    let until = clock::iso(SystemTime::now() + Duration::from_secs(seconds));
    let id = user.caller.access_key();
    user.writes(
        "given",
        &format!(
            "{{\"Version\":1,\"AccessKeyId\":\"{id}{key}\",\"SecretAccessKey\":\"{SECRET}\",\
             \"SessionToken\":\"t\",\"Expiration\":\"{until}\"}}"
        ),
    );
}

#[test]
fn credentials_are_loaded_again_when_they_expire_and_not_before() {
    let ssm = format!("{WEB1}:{}", echo(WEB1_PRIVATE));
    let eice = format!("{PRIVATE}:3389");
    for words in [["--ssm", &ssm], ["--eice", &eice]] {
        let user = AwsUser::with("");
        let given = user.aws("given");
        let log = user.aws("log");
        let command = format!("sh -c 'echo >> {}; cat {}'", log.display(), given.display());
        user.writes(
            "config",
            &format!("[default]\ncredential_process = {command}\n"),
        );
        gives(&user, "ONE", 64);
        let port = Port::of(&mut of(&user, &words));
        let reach = || {
            let mut stream = port.connect();
            if words[0] == "--eice" {
                stream.write_all(b"echo\n").expect("a connection");
            }
            assert!(answers(&stream));
        };
        reach();
        reach();
        assert_eq!(keys(&user), ["AKIAONE", "AKIAONE"]);
        gives(&user, "TWO", 3600);
        thread::sleep(Duration::from_secs(6));
        reach();
        reach();
        assert_eq!(keys(&user)[2..], ["AKIATWO", "AKIATWO"]);
        let asked = std::fs::read_to_string(&log).expect("a file").len();
        assert_eq!(asked, 2);
        port.ends_quietly();
    }
}

/// As some SSO tools write them, without an expiry date.
#[test]
fn a_session_that_a_tool_writes_to_a_file_is_read_again() {
    let user = AwsUser::with("");
    let write = |key: &str| {
        user.writes(
            "credentials",
            &format!(
                "[default]\naws_access_key_id = $ID{key}\naws_secret_access_key = $SECRET\n\
                 aws_session_token = t\n"
            ),
        );
    };
    write("ONE");
    let target = format!("{WEB1}:{}", echo(WEB1_PRIVATE));
    let port = Port::of(&mut of(&user, &["--ssm", &target]));
    assert!(answers(&port.connect()));
    write("TWO");
    assert!(answers(&port.connect()));
    assert_eq!(keys(&user), ["AKIAONE", "AKIATWO"]);
    // If they cannot be loaded, the next connection fails.
    user.writes("credentials", "[default]\naws_access_key_id = $ID\n");
    let client = port.connect();
    let who = client.local_addr().expect("an address");
    let line = port.line();
    assert!(line.starts_with(&format!("mssh: error: {who}: ")), "{line}");
    let _hint = port.line();
    write("THREE");
    assert!(answers(&port.connect()));
    port.ends_quietly();
}

#[test]
fn a_second_signal_ends_it_without_waiting() {
    let caller = caller();
    let target = format!("{WEB1}:{}", echo(WEB1_PRIVATE));
    let mut port = Port::of(listener(&caller).args(["--ssm", &target]));
    let late = Trouble::Latency(Duration::from_secs(8));
    caller.fault(Fault::new(late).on("StartSession"));
    let _caller = port.connect();
    let has_called = || !caller.calls_of("StartSession").is_empty();
    assert!(eventually(PATIENCE, has_called));
    port.signal(Signal::INT);
    thread::sleep(Duration::from_millis(500));
    assert!(port.child.try_wait().expect("a child").is_none());
    let (code, took, _) = port.end_by(Signal::INT);
    assert_eq!(code, Some(255));
    assert!(took < Duration::from_secs(3), "{took:?}");
}
