//! Running, dead and new masters, and control commands.

use std::os::unix::net::UnixListener;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::{Sockets, counted, gets_in, touched};
use crate::lab::instances::WEB1;
use crate::sandbox::{caller, eventually, finish, no_key_is_left, run};

#[test]
fn later_sessions_use_an_automatic_persistent_master() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("%C");
    let block = format!("Host *\n  ControlMaster auto\n  ControlPersist 60\n  ControlPath {path}");
    let file = sockets.config(&block);
    gets_in(&caller, &["-F", &file, WEB1], [1, 1]);
    gets_in(&caller, &["-F", &file, WEB1], [1, 0]);
    gets_in(&caller, &["-F", &file, "127.0.0.11"], [0, 0]);
    gets_in(&caller, &["-F", &file, "root@i-0face000000000001"], [1, 1]);
}

#[test]
fn ssh_config_may_set_the_path() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let home = tempfile::tempdir().expect("a directory");
    let path = sockets.path("own");
    std::fs::create_dir(home.path().join(".ssh")).expect("a directory");
    let text = format!("Host *.shared\n  ControlPath {path}\n");
    let file = home.path().join(".ssh/config");
    std::fs::write(&file, text).expect("written");
    sockets.master(&["-S", &path, WEB1]);
    let file = file.to_str().expect("a name");
    gets_in(&caller, &["-F", file, "any.shared"], [0, 0]);
}

#[test]
fn a_new_master_gets_a_key() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("socket");
    sockets.master(&["-S", &path, WEB1]);
    let (outcome, calls) = counted(&caller, "mssh", &["-M", "-S", &path, WEB1, "echo in"]);
    assert_eq!((outcome.stdout.as_str(), calls), ("in\n", [1, 1]));
    assert!(
        outcome.stderr.contains("disabling multiplexing"),
        "{outcome:?}"
    );
}

#[test]
fn a_socket_without_a_listener_is_no_master() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("stale");
    drop(UnixListener::bind(&path).expect("a socket"));
    let (outcome, calls) = counted(&caller, "mssh", &["-S", &path, WEB1, "echo in"]);
    assert_eq!((outcome.stdout.as_str(), calls), ("in\n", [1, 1]));
    // The message is ssh's; with `auto` it replaces the socket silently.
    assert!(
        outcome.stderr.starts_with("Control socket connect("),
        "{outcome:?}"
    );
    let auto = ["-S", &path, "-o", "ControlMaster=auto", WEB1];
    gets_in(&caller, &auto, [1, 1]);
    std::fs::write(&path, "").expect("a file");
    let (outcome, calls) = counted(&caller, "mssh", &["-S", &path, WEB1, "echo in"]);
    assert_eq!((outcome.stdout.as_str(), calls), ("in\n", [1, 1]));
}

#[test]
fn a_killed_master_is_not_used() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("%h");
    sockets.master(&["-S", &path, WEB1]);
    let check = ["-O", "check", "-S", &path, "127.0.0.11"];
    let told = run(&caller, "mssh", check);
    let number = told.stderr.split(['=', ')']).nth(1).expect("a number");
    let pid = number
        .parse()
        .ok()
        .and_then(Pid::from_raw)
        .expect("a process");
    kill_process(pid, Signal::KILL).expect("a master of ours");
    let gone = || std::os::unix::net::UnixStream::connect(&sockets.found()[0]).is_err();
    assert!(eventually(Duration::from_secs(30), gone));
    let auto = ["-S", &path, "-o", "ControlMaster=auto", WEB1];
    gets_in(&caller, &auto, [1, 1]);
}

#[test]
fn a_control_command_makes_no_call_if_the_path_is_known() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("socket");
    let told = |words: &[&str]| counted(&caller, "mssh", &[words, &["-S", &path, WEB1]].concat());
    let (none, calls) = told(&["-O", "check"]);
    assert!(
        none.stderr.starts_with("Control socket connect("),
        "{none:?}"
    );
    assert_eq!((none.code, calls), (Some(255), [1, 0]));
    sockets.master(&["-S", &path, WEB1]);
    let forward = format!("{}:localhost:9", sockets.path("forwarded"));
    for (words, said) in [
        (&["-O", "check"][..], "Master running (pid="),
        (&["-O", "forward", "-L", &forward], ""),
        (&["-O", "cancel", "-L", &forward], ""),
        (&["-O", "stop"], "Stop listening request sent."),
    ] {
        let (outcome, calls) = told(words);
        assert!(outcome.stderr.starts_with(said), "{outcome:?}");
        assert_eq!((outcome.code, calls), (Some(0), [0, 0]), "{words:?}");
    }
    sockets.master(&["-S", &path, WEB1]);
    let (outcome, calls) = told(&["-O", "exit"]);
    assert!(
        outcome.stderr.starts_with("Exit request sent."),
        "{outcome:?}"
    );
    assert_eq!(calls, [0, 0]);
}

#[test]
fn a_dry_run_shows_the_command_and_writes_nothing() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("socket");
    let dry = ["--dry-run", "-S", &path, WEB1, "true"];
    let key = "-o IdentityAgent=AGENT_SOCKET -o IdentitiesOnly=yes -i EPHEMERAL_KEY";
    let (outcome, calls) = counted(&caller, "mssh", &dry);
    outcome.prints(&format!("ssh {key} -S {path} ec2-user@127.0.0.11 true\n"));
    assert_eq!(calls, [1, 0]);
    sockets.master(&["-S", &path, WEB1]);
    let (outcome, calls) = counted(&caller, "mssh", &dry);
    outcome.prints(&format!("ssh -S {path} ec2-user@{WEB1} true\n"));
    assert_eq!(calls, [0, 0]);
    let verbose = ["-v", "-o", "LogLevel=QUIET"].into_iter().chain(dry);
    let outcome = run(&caller, "mssh", verbose);
    let told = format!(
        "mssh: user ec2-user, the default, since neither the command line nor ssh_config \
         names one\nmssh: ec2-user at {WEB1}: {WEB1}, as typed, by the master connection that runs\n"
    );
    assert_eq!(outcome.stderr, told);
}

#[test]
fn a_config_file_in_a_pipe_is_not_read_and_a_key_is_pushed() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("socket");
    sockets.master(&["-S", &path, WEB1]);
    let file = sockets.config("");
    let fifo = sockets.path("pipe");
    let script = "mkfifo \"$1\"; cat \"$2\" >\"$1\" & exec mssh -F \"$1\" -S \"$3\" \"$4\" echo in";
    let before = touched(&caller);
    let mut bash = caller.command("bash");
    finish(bash.args(["-c", script, "bash", &fifo, &file, &path, WEB1])).prints("in\n");
    assert!(touched(&caller) > before, "who knows what the pipe says?");
    assert!(no_key_is_left(&caller));
}

#[test]
fn a_key_of_the_user_is_not_read_without_a_login() {
    let caller = caller();
    let sockets = Sockets::of(&caller);
    let path = sockets.path("socket");
    sockets.master(&["-S", &path, WEB1]);
    let words = ["-S", &path, "-i", "/nowhere/key", WEB1, "echo in"];
    let (outcome, calls) = counted(&caller, "mssh", &words);
    assert_eq!((outcome.stdout.as_str(), calls), ("in\n", [0, 0]));
}
