//! Several ports in one command, and what scripts and a dry run are told.

use std::io::{Read, Write};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use super::{echo, listener, no_session_is_left, server};
use crate::lab::DESCRIBE_INSTANCES;
use crate::lab::instances::WEB1;
use crate::lab::ssm::DATABASE;
use crate::sandbox::{bash, caller, finish, outcome, pid_of, run};

#[test]
fn several_ports_are_forwarded_at_once_and_scripts_are_told_which() {
    let caller = caller();
    let say = |text: &'static str| {
        server(DATABASE.1, move |mut stream| {
            let _ = stream.write_all(text.as_bytes());
        })
    };
    let (one, two) = (say("one"), say("two"));
    let targets = [one, two].map(|there| format!("{WEB1}:{}:{there}", DATABASE.0));
    let mut mssh = listener(&caller);
    mssh.args([&targets[0], "--listen", "127.0.0.2:0", &targets[1]]);
    mssh.stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = mssh.spawn().expect("the program starts");
    let mut told = String::new();
    let mut stdout = child.stdout.take().expect("a pipe");
    // It closes standard output when it has told them.
    stdout.read_to_string(&mut told).expect("text");
    let ports: Vec<u16> = told.lines().map(|it| it.parse().expect("a port")).collect();
    for (at, (port, text)) in ["127.0.0.1", "127.0.0.2"]
        .iter()
        .zip(ports.iter().zip(["one", "two"]))
    {
        let mut heard = String::new();
        let mut stream = std::net::TcpStream::connect((*at, *port)).expect("a connection");
        stream.read_to_string(&mut heard).expect("the end");
        assert_eq!(heard, text);
    }
    assert_eq!(caller.calls_of(DESCRIBE_INSTANCES).len(), 1);
    kill_process(pid_of(&child), Signal::TERM).expect("a process");
    let outcome = outcome(child);
    let lines: Vec<String> = ["127.0.0.1", "127.0.0.2"]
        .iter()
        .zip(ports.iter().zip(&targets))
        .map(|(at, (port, target))| {
            format!("mssh: listening on {at}:{port}, forwarding to {target} (Session Manager)\n")
        })
        .collect();
    assert_eq!((outcome.code, outcome.stderr), (Some(0), lines.concat()));
    no_session_is_left(&caller);
}

#[test]
fn a_script_learns_the_port_by_command_substitution() {
    let caller = caller();
    let target = format!("{WEB1}:{}:{}", DATABASE.0, echo(DATABASE.1));
    let line = format!(
        "port=$(mssh --listen 0 {target} 2>/dev/null & echo $! >&2)
         exec 3<>/dev/tcp/127.0.0.1/$port; echo hello >&3; head -n 1 <&3; echo $port | wc -w"
    );
    let outcome = finish(&mut bash(&caller, &line));
    let pid: i32 = outcome.stderr.trim().parse().expect("a process ID");
    let pid = Pid::from_raw(pid).expect("a process ID");
    kill_process(pid, Signal::TERM).expect("a process");
    assert_eq!(outcome.stdout, "hello\n1\n");
    no_session_is_left(&caller);
}

#[test]
fn a_dry_run_tells_all_goals() {
    let caller = caller();
    let (one, two) = (format!("{WEB1}:db:5432"), format!("{WEB1}:[fd00::7]:80"));
    let words = [
        "--listen",
        "5432",
        &one,
        "--listen",
        "8080",
        &two,
        "--dry-run",
    ];
    run(&caller, "mssh", words).prints(&format!(
        "listen on 127.0.0.1:5432, forward to {WEB1}:db:5432 (Session Manager)\n\
         listen on 127.0.0.1:8080, forward to {WEB1}:[fd00::7]:80 (Session Manager)\n"
    ));
}
