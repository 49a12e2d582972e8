//! Whichever process ends, and when: no directory, no socket and no agent is left.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process, kill_process_group};

use crate::lab::instances::{PUSH_DENIED, STOPPED, WEB1};
use crate::lab::{Caller, DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{
    Login, Outcome, PATIENCE, Pty, agents_below, caller, directory_of, eventually, files_below,
    finish, leaves_nothing, outcome, pid_of, run, spawn, write_script,
};

/// Starts a command as a process group leader, and waits until this call hangs.
#[track_caller]
pub(super) fn hanging(command: &mut Command, caller: &Caller<'_>, action: &'static str) -> Child {
    caller.fault(Fault::new(Trouble::Hang).on(action));
    let child = spawn(command.process_group(0));
    let has_called = || !caller.calls_of(action).is_empty();
    assert!(eventually(PATIENCE, has_called), "no {action} begins");
    child
}

/// Asserts that a run with these arguments ends with this status and leaves nothing.
#[track_caller]
fn ends(caller: &Caller<'_>, words: &[&str], code: i32) -> Outcome {
    let outcome = run(caller, "mssh", words);
    assert_eq!(outcome.code, Some(code), "{outcome:?}");
    leaves_nothing(caller);
    outcome
}

#[test]
fn after_a_successful_session_nothing_is_left() {
    ends(&caller(), &[WEB1, "true"], 0);
}

#[test]
fn after_a_command_that_fails_nothing_is_left() {
    ends(&caller(), &[WEB1, "exit 3"], 3);
}

#[test]
fn after_a_failed_login_nothing_is_left() {
    let caller = caller();
    let nobody = format!("nobodyhere@{WEB1}");
    let outcome = ends(&caller, &[&nobody, "true"], 255);
    assert_eq!(caller.calls_of(SEND_SSH_PUBLIC_KEY).len(), 1);
    assert!(outcome.stderr.contains("Permission denied"), "{outcome:?}");
}

#[test]
fn after_a_failed_connection_nothing_is_left() {
    let nowhere = ["-o", "ConnectTimeout=5", "-p", "1", WEB1, "true"];
    ends(&caller(), &nowhere, 255);
}

#[test]
fn after_a_failed_push_nothing_is_left() {
    ends(&caller(), &[PUSH_DENIED, "true"], 255);
    let troubles = [
        Trouble::Denied,
        Trouble::Status(500),
        Trouble::Malformed,
        Trouble::Reset,
    ];
    std::thread::scope(|scope| {
        for trouble in troubles {
            scope.spawn(move || {
                let caller = caller();
                caller.fault(Fault::new(trouble).on(SEND_SSH_PUBLIC_KEY));
                ends(&caller, &[WEB1, "true"], 255);
            });
        }
    });
}

#[test]
fn after_a_failed_look_up_nothing_is_left() {
    ends(&caller(), &[STOPPED, "true"], 255);
    let caller = caller();
    caller.fault(Fault::new(Trouble::Denied).on(DESCRIBE_INSTANCES));
    ends(&caller, &[WEB1, "true"], 255);
}

#[test]
fn after_a_client_that_cannot_be_run_nothing_is_left() {
    let caller = caller();
    let bin = caller.lab().path().join(caller.access_key());
    fs::create_dir(&bin).expect("a directory");
    let sftp = bin.join("sftp");
    write_script(&sftp, "#!/nowhere/at/all\n");
    let mut msftp = caller.command("msftp");
    let path = msftp.get_envs().find(|(name, _)| *name == "PATH");
    let path = path.and_then(|(_, value)| value).expect("a PATH");
    let path = std::env::join_paths([bin].into_iter().chain(std::env::split_paths(path)));
    msftp.env("PATH", path.expect("a PATH")).arg(WEB1);
    let outcome = finish(&mut msftp);
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    assert!(outcome.stderr.contains("cannot run"), "{outcome:?}");
    leaves_nothing(&caller);
}

/// Asserts that this signal kills a run that waits for AWS, and that nothing is left.
#[track_caller]
fn is_killed_by(signal: Signal, whom: fn(rustix::process::Pid, Signal) -> rustix::io::Result<()>) {
    // Nothing is pushed yet, and mssh waits.
    let looking_up = caller();
    let mut mssh = looking_up.command("mssh");
    let child = hanging(mssh.arg("127.0.0.11"), &looking_up, DESCRIBE_INSTANCES);
    whom(pid_of(&child), signal).expect("a process of ours");
    let ended = outcome(child);
    let said = (ended.stdout.as_str(), ended.stderr.as_str());
    assert_eq!((ended.signal, said), (Some(signal.as_raw()), ("", "")));
    assert_eq!(looking_up.calls_of(SEND_SSH_PUBLIC_KEY).len(), 0);
    leaves_nothing(&looking_up);
    // Soon mssh is ssh, and waits for its agent.
    for waits in [false, true] {
        let caller = caller();
        let mut mssh = caller.command("mssh");
        let child = hanging(mssh.args(["-T", WEB1]), &caller, SEND_SSH_PUBLIC_KEY);
        let is_ssh = || directory_of(pid_of(&child)).is_some();
        assert!(
            !waits || eventually(PATIENCE, is_ssh),
            "it does not become ssh"
        );
        whom(pid_of(&child), signal).expect("a process of ours");
        let ended = outcome(child);
        assert!(!ended.stderr.contains("mssh: "), "{ended:?}");
        assert!(
            ended.signal == Some(signal.as_raw()) || ended.code == Some(255),
            "{ended:?}"
        );
        leaves_nothing(&caller);
    }
}

#[test]
fn ctrl_c_while_aws_is_slow_leaves_nothing() {
    is_killed_by(Signal::INT, kill_process_group);
}

#[test]
fn ctrl_backslash_while_aws_is_slow_leaves_nothing() {
    is_killed_by(Signal::QUIT, kill_process_group);
}

#[test]
fn sigterm_while_aws_is_slow_leaves_nothing() {
    is_killed_by(Signal::TERM, kill_process);
}

#[test]
fn sighup_while_aws_is_slow_leaves_nothing() {
    is_killed_by(Signal::HUP, kill_process);
}

#[test]
fn sigkill_while_aws_is_slow_leaves_nothing() {
    is_killed_by(Signal::KILL, kill_process_group);
}

/// Nobody but the agent makes anything, and it outlives the others.
#[test]
fn sigkill_at_any_moment_leaves_nothing() {
    let caller = caller();
    let began = Instant::now();
    finish(caller.command("mssh").args([WEB1, "true"])).prints("");
    let whole = began.elapsed();
    for part in 0..24 {
        let mut command = caller.command("mssh");
        command.args([WEB1, "sleep 1"]).process_group(0);
        let null = Stdio::null;
        command.stdin(null()).stdout(null()).stderr(null());
        let mut child = command.spawn().expect("the program starts");
        std::thread::sleep(whole * part / 20);
        let signals = [Signal::KILL, Signal::INT, Signal::HUP];
        let signal = signals[part as usize % signals.len()];
        let _ = kill_process(pid_of(&child), signal);
        child.wait().expect("a child");
    }
    leaves_nothing(&caller);
}

/// If the agent itself is killed before it has a session of its own, together with mssh, it leaves its
/// socket until a later run sweeps it; but never a secret.
#[test]
fn sigkill_of_the_whole_group_at_any_moment_leaves_no_secret() {
    let caller = caller();
    for moment in 0..24 {
        let mut command = caller.command("mssh");
        command.args([WEB1, "sleep 1"]).process_group(0);
        let null = Stdio::null;
        command.stdin(null()).stdout(null()).stderr(null());
        let mut child = command.spawn().expect("the program starts");
        std::thread::sleep(Duration::from_millis(2 * moment));
        let _ = kill_process_group(pid_of(&child), Signal::KILL);
        child.wait().expect("a child");
    }
    let none = || agents_below(caller.run_dir()).is_empty();
    assert!(
        eventually(PATIENCE, none),
        "{:?}",
        agents_below(caller.run_dir())
    );
    for file in files_below(caller.run_dir()) {
        let name = file.file_name().and_then(|name| name.to_str());
        let is_known = name.is_some_and(|it| it.starts_with("agent") || it == "key.pub");
        assert!(is_known, "{}", file.display());
        let text = fs::read_to_string(&file).unwrap_or_default();
        assert!(!text.contains("PRIVATE"), "{}", file.display());
    }
    finish(caller.command("mssh").args([WEB1, "true"])).prints("");
    let sockets = || {
        files_below(caller.run_dir())
            .iter()
            .any(|it| it.ends_with("agent"))
    };
    assert!(
        eventually(PATIENCE, || !sockets()),
        "{:?}",
        files_below(caller.run_dir())
    );
}

#[test]
fn after_any_signal_to_ssh_nothing_is_left() {
    for signal in [Signal::KILL, Signal::TERM, Signal::HUP, Signal::INT] {
        let caller = caller();
        let mut session = Login::of(&caller);
        session.signal(signal);
        let outcome = session.end();
        assert!(outcome.code != Some(0), "{signal:?}: {outcome:?}");
        leaves_nothing(&caller);
    }
}

#[test]
fn closing_the_terminal_leaves_nothing() {
    let caller = caller();
    let terminal = Pty::open(&caller, &format!("mssh -tt {WEB1} 'echo ready; cat'"));
    terminal.shows("ready");
    assert_eq!(agents_below(caller.run_dir()).len(), 1);
    kill_process(terminal.pid(), Signal::KILL).expect("a process of ours");
    leaves_nothing(&caller);
}

#[test]
fn closing_the_terminal_while_aws_is_slow_leaves_nothing() {
    let caller = caller();
    caller.fault(Fault::new(Trouble::Hang).on(SEND_SSH_PUBLIC_KEY));
    let terminal = Pty::open(&caller, &format!("mssh {WEB1}"));
    let has_called = || !caller.calls_of(SEND_SSH_PUBLIC_KEY).is_empty();
    assert!(eventually(PATIENCE, has_called), "no push begins");
    kill_process(terminal.pid(), Signal::KILL).expect("a process of ours");
    leaves_nothing(&caller);
}

/// It may be asked again: ssh can log in at any time as long as it lives (ProxyJump, mscp).
#[test]
fn a_session_has_its_agent_to_its_end() {
    let caller = caller();
    let throttle = Fault::new(Trouble::Throttle).on(SEND_SSH_PUBLIC_KEY);
    caller.fault(throttle.first(7));
    let mut session = Login::of(&caller);
    let socket = session.socket();
    std::thread::sleep(Duration::from_secs(5));
    assert!(socket.exists() && session.answers());
    assert_eq!(session.end().code, Some(0));
    leaves_nothing(&caller);
}
