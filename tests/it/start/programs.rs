//! What connects after a start: each program and mode.

use std::fs;
use std::io::Read;
use std::process::Stdio;

use rustix::process::{Signal, kill_process};

use super::{SOON, START};
use crate::lab::Caller;
use crate::lab::instances::WEB1;
use crate::lab::power::Power;
use crate::sandbox::{caller, finish, finish_with, lab, pid_of};

fn stopped() -> Caller<'static> {
    let caller = caller();
    caller.power(Power::stopped(WEB1, SOON));
    caller
}

fn port() -> String {
    lab().port().to_string()
}

#[track_caller]
fn has_started(caller: &Caller<'_>) {
    assert_eq!(caller.calls_of(START).len(), 1);
}

#[test]
fn msftp_mscp_and_rsync_copy_files() {
    let hostname = fs::read("/etc/hostname").expect("a file");
    let remote = format!("{WEB1}:/etc/hostname");
    let shell = format!("mssh --start -p {}", port());
    let to = "hostname";
    for words in [
        &["msftp", "--start", "-q", "-P", &port(), &remote][..],
        &["mscp", "--start", "-q", "-P", &port(), &remote, to],
        &["rsync", "-e", &shell, &remote, to],
    ] {
        let caller = stopped();
        let mut command = caller.command(words[0]);
        let copied = caller.run_dir().join(to);
        command.current_dir(caller.run_dir()).args(&words[1..]);
        let outcome = finish(&mut command);
        assert_eq!(outcome.code, Some(0), "{words:?}: {outcome:?}");
        assert_eq!(fs::read(&copied).expect("a copy"), hostname, "{words:?}");
        fs::remove_file(copied).expect("a file");
        has_started(&caller);
    }
}

#[test]
fn a_proxy_command_connects() {
    let caller = stopped();
    let key = caller.run_dir().join("own");
    let mut keygen = caller.command("ssh-keygen");
    finish(
        keygen
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(&key),
    )
    .prints("");
    let mut mssh = caller.command("mssh");
    mssh.arg("-i").arg(&key);
    mssh.args(["--start", "--proxy", WEB1, &port(), "ec2-user"]);
    let outcome = finish(&mut mssh);
    assert!(outcome.stdout.starts_with("SSH-2.0-"), "{outcome:?}");
    for file in [key.clone(), key.with_extension("pub")] {
        fs::remove_file(file).expect("a file");
    }
    has_started(&caller);
}

#[test]
fn a_serial_console_is_opened() {
    let caller = stopped();
    let mut mssh = caller.command("mssh");
    mssh.args(["--start", "--serial", "-T", WEB1]);
    mssh.args(["-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR"]);
    let outcome = finish_with(&mut mssh, b"echo in at $USER\n");
    assert_eq!(
        outcome.stdout,
        format!("in at {WEB1}.port0\n"),
        "{outcome:?}"
    );
    has_started(&caller);
}

#[test]
fn a_port_is_forwarded() {
    let caller = stopped();
    let mut listen = caller.command("mssh");
    listen.args(["--listen", "0", "--start", &format!("{WEB1}:{}", port())]);
    let mut child = listen.stdout(Stdio::piped()).spawn().expect("mssh starts");
    let mut told = String::new();
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_to_string(&mut told).expect("a port");
    assert!(told.trim().parse::<u16>().is_ok(), "{told}");
    kill_process(pid_of(&child), Signal::TERM).expect("a process");
    let _ = child.wait();
    has_started(&caller);
}
