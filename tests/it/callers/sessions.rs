//! Programs that keep a session, or several: mosh, autossh, xargs.

use std::collections::HashSet;
use std::process::Stdio;

use rustix::process::{Signal, kill_process};

use super::{Places, costs, program, read, succeeds};
use crate::lab::SEND_SSH_PUBLIC_KEY;
use crate::lab::instances::WEB1;
use crate::sandbox::{
    PATIENCE, Pty, caller, eventually, finish_with, lab, leaves_nothing, pid_of, processes,
};

/// mosh logs in with ssh, through its own proxy that learns the address, and continues over UDP.
#[test]
fn mosh_continues_over_udp_after_the_login() {
    let caller = caller();
    let places = Places::of(&caller);
    program(&caller, &places, "mosh");
    let remote = "echo over-$((6*7)); read -r line; echo heard-$line; read -r line";
    let line = format!(
        "stty rows 24 cols 80; mosh --ssh='mssh -o LogLevel=ERROR' ubuntu@{WEB1} -- sh -c '{remote}'"
    );
    let mut terminal = Pty::open(&caller, &line);
    terminal.shows("over-42");
    terminal.types("hello\r");
    terminal.shows("heard-hello");
    terminal.types("\r");
    assert_eq!(terminal.end(), Some(0));
    costs(&caller, 1);
    leaves_nothing(&caller);
}

/// When ssh dies, autossh starts the next one, which gets a key of its own.
#[test]
fn autossh_restarts_mssh_with_a_new_key() {
    let caller = caller();
    let places = Places::of(&caller);
    let mut autossh = program(&caller, &places, "autossh");
    autossh
        .env("AUTOSSH_PATH", env!("CARGO_BIN_EXE_mssh"))
        .env("AUTOSSH_GATETIME", "0")
        .args(["-M", "0", "-N", WEB1])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = autossh.spawn().expect("autossh starts");
    let us = pid_of(&child).as_raw_nonzero().get();
    let client = || {
        let is_ssh = |word: &std::ffi::OsString| word.to_string_lossy().ends_with("/ssh");
        processes().find(|it| it.parent == us && it.words.first().is_some_and(is_ssh))
    };
    let mut seen = HashSet::new();
    for _ in 0..2 {
        let another = || client().is_some_and(|it| !seen.contains(&it.pid));
        assert!(eventually(PATIENCE, another), "no ssh");
        let ssh = client().expect("a process");
        seen.insert(ssh.pid);
        kill_process(ssh.pid(), Signal::HUP).expect("a process of ours");
    }
    let third = || caller.calls_of(SEND_SSH_PUBLIC_KEY).len() >= 3;
    assert!(eventually(PATIENCE, third));
    kill_process(pid_of(&child), Signal::TERM).expect("a process of ours");
    child.wait().expect("a child");
    let keys = caller.calls_of(SEND_SSH_PUBLIC_KEY);
    let different: HashSet<_> = keys.iter().map(|push| &push.public_key).collect();
    assert_eq!(different.len(), keys.len());
    leaves_nothing(&caller);
}

/// Fifty at a time: one look-up and one push each, and no arguments or output get mixed up.
#[test]
fn xargs_runs_fifty_mssh_at_once() {
    const RUNS: usize = 60;
    let caller = caller();
    let places = Places::of(&caller);
    let input: Vec<String> = (0..RUNS).map(|number| number.to_string()).collect();
    let mut xargs = program(&caller, &places, "xargs");
    xargs.args(["-P", "50", "-I{}", "mssh", WEB1, "echo run {}"]);
    let outcome = finish_with(&mut xargs, input.join("\n").as_bytes());
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    let said: HashSet<_> = outcome.stdout.lines().map(str::to_owned).collect();
    assert_eq!(said, (0..RUNS).map(|it| format!("run {it}")).collect());
    costs(&caller, RUNS);
    leaves_nothing(&caller);
}

/// The classic way to install a key in an account.
#[test]
fn a_remote_shell_appends_a_key_from_stdin() {
    let caller = caller();
    let file = Places::of(&caller).there.join("authorized keys");
    let mut mssh = caller.command("mssh");
    let append = format!("umask 077; cat >> '{}'", file.display());
    mssh.args(["-a", "-x", WEB1, &append]);
    finish_with(&mut mssh, b"ssh-ed25519 AAAA somebody\n").prints("");
    assert_eq!(read(&file), "ssh-ed25519 AAAA somebody\n");
}

/// The real script runs `ssh` by name. It needs `-f`: otherwise it tries whether the key works
/// already, and our `-i KEY` makes it work for a minute.
#[test]
fn ssh_copy_id_installs_a_key() {
    let caller = caller();
    let places = Places::of(&caller);
    let mut keygen = program(&caller, &places, "ssh-keygen");
    keygen.args(["-q", "-t", "ed25519", "-N", "", "-f", "new"]);
    succeeds(&mut keygen);
    let bin = places.here.join("bin");
    std::fs::create_dir_all(&bin).expect("a directory");
    let ssh = bin.join("ssh");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_mssh"), ssh).expect("a link");
    let line = format!(
        "PATH='{}':$PATH ssh-copy-id -f -i new ubuntu@{WEB1}",
        bin.display()
    );
    let mut copy = caller.command("sh");
    copy.current_dir(&places.here).args(["-c", &line]);
    succeeds(&mut copy);
    let key = read(&places.here.join("new.pub"));
    let there = read(&lab().remote().join(".ssh/authorized_keys"));
    assert!(there.contains(&key), "{there}");
    leaves_nothing(&caller);
}
