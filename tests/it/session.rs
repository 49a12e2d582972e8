//! A session is ssh's own: input, output, arguments, terminal, signals and exit status.
//!
//! - here: bytes, exit status, and ssh in the background
//! - `arguments`: the remote command arrives as with plain ssh
//! - `signals`: signals and job control reach ssh only
//! - `waiting`: messages while waiting
//! - `environments`: without /proc, with a small stack, as the first process of a container
//! - `shell`: tunnels and hops work with any user shell, and SHELL is changed only if needed

mod arguments;
mod environments;
mod shell;
mod signals;
mod waiting;

use std::fs::{self, File};
use std::net::TcpStream;
use std::process::Stdio;

use crate::lab::instances::{STOPPED, WEB1};
use crate::sandbox::{
    Login, Outcome, PATIENCE, Pty, bash, caller, directory_of, echo_server, echoes, eventually,
    finish, finish_with, free_port, lab, leaves_nothing, pid_of, plain_ssh, run,
};

/// Asserts that a remote command ends with `mssh` as with plain ssh.
#[track_caller]
fn ends_as_with_ssh(command: &str) -> Outcome {
    let caller = caller();
    let ours = run(&caller, "mssh", [WEB1, command]);
    let plain = finish(plain_ssh(&caller).arg(command));
    let ends = |it: &Outcome| (it.code, it.signal, it.stdout.clone(), it.stderr.clone());
    assert_eq!(ends(&ours), ends(&plain));
    ours
}

#[test]
fn input_and_output_are_passed_on_silently() {
    let caller = caller();
    let mut mssh = caller.command("mssh");
    finish_with(mssh.args([WEB1, "cat"]), b"hi\n").prints("hi\n");
}

#[test]
fn stdout_and_stderr_are_separate() {
    let outcome = ends_as_with_ssh("echo out; echo err >&2");
    assert_eq!((&*outcome.stdout, &*outcome.stderr), ("out\n", "err\n"));
}

#[test]
fn the_exit_status_is_that_of_the_remote_command() {
    for status in [0, 1, 44, 127, 254, 255] {
        let outcome = run(&caller(), "mssh", [WEB1, &format!("exit {status}")]);
        assert_eq!(outcome.code, Some(status), "{outcome:?}");
    }
}

#[test]
fn a_remote_command_killed_by_a_signal_ends_as_with_ssh() {
    let outcome = ends_as_with_ssh("kill -KILL $$");
    assert_eq!((outcome.code, outcome.signal), (Some(255), None));
}

#[test]
fn a_megabyte_of_random_bytes_is_echoed_unchanged() {
    let caller = caller();
    let file = |name| lab().path().join(format!("{}.{name}", caller.access_key()));
    let mut bytes = vec![0; 1 << 20];
    fastrand::fill(&mut bytes);
    fs::write(file("sent"), &bytes).expect("a file");
    let mut mssh = caller.command("mssh");
    mssh.args([WEB1, "cat"])
        .stdin(File::open(file("sent")).expect("a file"))
        .stdout(File::create(file("got")).expect("a file"));
    let status = mssh.status().expect("mssh starts");
    assert!(status.success());
    assert!(
        fs::read(file("got")).expect("a file") == bytes,
        "changed on the way"
    );
}

#[test]
fn stdin_stdout_and_stderr_may_be_closed() {
    let caller = caller();
    finish(&mut bash(&caller, &format!("mssh {WEB1} echo hi <&-"))).prints("hi\n");
    finish(&mut bash(&caller, &format!("mssh {WEB1} echo hi 2>&-"))).prints("hi\n");
    let silent = finish(&mut bash(&caller, &format!("mssh {WEB1} exit 7 >&-")));
    assert_eq!((silent.code, silent.stderr.as_str()), (Some(7), ""));
    let all = finish(&mut bash(
        &caller,
        &format!("mssh {WEB1} exit 7 <&- >&- 2>&-"),
    ));
    assert_eq!(all.code, Some(7));
    leaves_nothing(&caller);
}

#[test]
fn with_n_stdin_is_not_read() {
    let caller = caller();
    let line = format!("while read -r x; do mssh -n {WEB1} echo \"$x\"; done");
    finish_with(&mut bash(&caller, &line), b"a\nb\n").prints("a\nb\n");
}

#[test]
fn mssh_never_reads_stdin_itself() {
    let caller = caller();
    for ours in [
        format!("mssh --dry-run {WEB1}"),
        format!("mssh {STOPPED}"),
        "mssh --no-such-option".to_owned(),
        "mssh --help".to_owned(),
        format!("mssh -G {WEB1}"),
    ] {
        let line = format!("{{ {ours}; }} >/dev/null 2>&1; cat");
        finish_with(&mut bash(&caller, &line), b"unread\n").prints("unread\n");
    }
}

#[test]
fn with_f_ssh_goes_to_the_background_and_the_agent_ends() {
    let caller = caller();
    let token = lab().path().join(format!("{}.token", caller.access_key()));
    let wait = "until [ -e \"$0\" ]; do sleep 0.1; done; mv \"$0\" \"$0.done\"";
    let command = format!("sh -c '{wait}' '{}'", token.display());
    let mut mssh = caller.command("mssh");
    mssh.args(["-f", WEB1, &command]).stdin(Stdio::null());
    // ssh in the background keeps them open until the command ends.
    mssh.stdout(Stdio::null()).stderr(Stdio::null());
    let status = mssh.status().expect("mssh starts");
    assert!(status.success());
    leaves_nothing(&caller);
    fs::write(&token, "").expect("a file");
    let done = token.with_extension("token.done");
    assert!(eventually(PATIENCE, || done.exists()), "it did not go on");
}

#[test]
fn with_capital_n_and_l_ssh_forwards_a_port() {
    let caller = caller();
    let port = free_port();
    let forward = format!("127.0.0.1:{port}:127.0.0.1:{}", echo_server());
    let mut mssh = caller.command("mssh");
    mssh.args(["-N", "-o", "ExitOnForwardFailure=yes", "-L", &forward, WEB1]);
    let mut child = mssh.stdin(Stdio::null()).spawn().expect("mssh starts");
    let mut stream = None;
    let connected = eventually(PATIENCE, || {
        stream = TcpStream::connect(("127.0.0.1", port)).ok();
        stream.is_some()
    });
    assert!(connected, "nobody listens");
    echoes(&mut stream.expect("a connection"));
    child.kill().expect("a child");
    child.wait().expect("a child");
    leaves_nothing(&caller);
}

#[test]
fn mssh_becomes_ssh() {
    let caller = caller();
    let session = Login::of(&caller);
    let pid = session.pid().as_raw_nonzero();
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).expect("a process");
    assert_eq!(name, "ssh\n");
}

#[test]
fn msftp_becomes_sftp() {
    let caller = caller();
    let mut msftp = caller.command("msftp");
    msftp.arg(WEB1).stdin(Stdio::piped());
    msftp.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = msftp.spawn().expect("msftp starts");
    let name = format!("/proc/{}/comm", child.id());
    let became = || fs::read_to_string(&name).is_ok_and(|name| name == "sftp\n");
    assert!(eventually(PATIENCE, became));
    assert!(directory_of(pid_of(&child)).is_some_and(|it| it.join("agent").exists()));
    drop(child.stdin.take());
    assert!(child.wait().expect("a child").success());
    leaves_nothing(&caller);
}

#[test]
fn the_terminal_and_its_size_are_passed_on() {
    let caller = caller();
    let line = format!("stty rows 33 cols 77; mssh -t {WEB1} 'tty; stty size; exit 5'");
    let mut terminal = Pty::open(&caller, &line);
    terminal.shows("/dev/pts/");
    terminal.shows("33 77");
    assert_eq!(terminal.end(), Some(5));
}

#[test]
fn a_remote_terminal_works_without_a_local_one() {
    let caller = caller();
    let outcome = run(&caller, "mssh", ["-tt", WEB1, "tty"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stdout.starts_with("/dev/pts/"), "{outcome:?}");
}

#[test]
fn without_a_command_there_is_a_login_shell_in_a_terminal() {
    let caller = caller();
    let mut terminal = Pty::open(&caller, &format!("mssh {WEB1}"));
    terminal.types("echo $((6*7))-$SSH_TTY\n");
    terminal.shows("42-/dev/pts/");
    terminal.types("exit 9\n");
    assert_eq!(terminal.end(), Some(9));
    leaves_nothing(&caller);
}
