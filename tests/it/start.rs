//! `--start`: a stopped instance is started, and waited for.
//!
//! - here: the wait, its limit, signals and errors
//! - `endpoint`: sshd is waited for through an EC2 Instance Connect Endpoint
//! - `programs`: what connects after a start

mod endpoint;
mod programs;

use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use crate::lab::instances::{TERMINATED, WEB1};
use crate::lab::power::Power;
use crate::lab::{Caller, DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{
    PATIENCE, Pty, caller, eventually, finish, lab, no_key_is_left, outcome, pid_of, run,
};

const START: &str = "StartInstances";
const SOON: Duration = Duration::from_millis(500);

fn mssh(caller: &Caller<'_>, words: &[&str]) -> crate::sandbox::Outcome {
    let port = format!("-p{}", lab().port());
    run(caller, "mssh", [&["--start", &*port], words].concat())
}

#[test]
fn a_stopped_instance_is_started_and_reached_at_its_new_address() {
    let caller = caller();
    caller.power(Power::stopped(WEB1, SOON));
    mssh(&caller, &[WEB1, "echo there"]).prints("there\n");
    assert_eq!(caller.calls_of(START).len(), 1);
    assert!(
        caller
            .calls_of(SEND_SSH_PUBLIC_KEY)
            .iter()
            .all(|it| it.status == Some(200))
    );
    // From now on it runs.
    mssh(&caller, &[WEB1, "echo again"]).prints("again\n");
    assert_eq!(caller.calls_of(START).len(), 1);
}

#[test]
fn a_running_instance_costs_no_call_more() {
    let caller = caller();
    mssh(&caller, &[WEB1, "true"]).prints("");
    let mut actions: Vec<_> = caller.calls().into_iter().map(|it| it.action).collect();
    actions.sort();
    assert_eq!(actions, [DESCRIBE_INSTANCES, "SendSSHPublicKey"]);
}

#[test]
fn one_that_is_stopping_is_waited_for_first() {
    let caller = caller();
    caller.power(Power::stopped(WEB1, SOON).after(SOON));
    mssh(&caller, &[WEB1, "echo there"]).prints("there\n");
    let starts = caller.calls_of(START);
    assert!(
        starts.len() == 1 && starts[0].status == Some(200),
        "{starts:?}"
    );
}

#[test]
fn session_manager_is_waited_for_until_its_agent_is_online() {
    let caller = caller();
    let power = Power::stopped(WEB1, SOON).with_agent_after(Duration::from_secs(3));
    caller.power(power.clone());
    mssh(&caller, &["--ssm", WEB1, "echo there"]).prints("there\n");
    caller.power(power);
    let began = Instant::now();
    let mut shell = caller.command("mssh");
    let mut child = shell
        .args(["--shell", "--start", WEB1])
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("mssh starts");
    let has_begun = || caller.sessions().len() == 2;
    assert!(eventually(PATIENCE, has_begun));
    assert!(began.elapsed() > Duration::from_secs(3));
    kill_process(pid_of(&child), Signal::TERM).expect("a process");
    let _ = child.wait();
}

#[test]
fn the_wait_has_a_limit() {
    let caller = caller();
    caller.power(Power::stopped(WEB1, Duration::from_hours(1)));
    let began = Instant::now();
    mssh(&caller, &["--wait", "3", WEB1]).fails(
        255,
        &[
            &format!("mssh: error: instance {WEB1} is still pending after 3s"),
            "mssh: hint: it is left as it is; `--wait 6s` waits longer",
        ],
    );
    assert!(began.elapsed() < Duration::from_secs(10));
    let caller = self::caller();
    caller.power(Power::stopped(WEB1, Duration::ZERO));
    let port = crate::sandbox::free_port();
    let closed = format!("-p{port}");
    let refused = format!("port {port}: Connection refused");
    ends_because(Power::stopped(WEB1, Duration::ZERO), &closed, &refused);
    let never = Duration::from_hours(1);
    let offline = Power::stopped(WEB1, Duration::ZERO).with_agent_after(never);
    ends_because(offline, "--ssm", "has lost contact with its SSM Agent");
}

/// Asserts that the wait ends with this reason, if mssh has this option, too.
#[track_caller]
fn ends_because(power: Power, option: &str, reason: &str) {
    let caller = caller();
    caller.power(power);
    let outcome = run(&caller, "mssh", ["--start", "--wait=3", option, WEB1]);
    let error = format!("mssh: error: instance {WEB1} runs, but cannot be reached after 3s: ");
    let hint = "\nmssh: hint: it is left as it is; `--wait 6s` waits longer\n";
    assert!(outcome.stderr.starts_with(&error), "{outcome:?}");
    let end = format!("{reason}{hint}");
    assert!(outcome.stderr.ends_with(&end), "{outcome:?}");
    assert_eq!(outcome.code, Some(255));
}

#[test]
fn what_the_configuration_starts_is_not_started_with_no_start() {
    let caller = caller();
    caller.power(Power::stopped(WEB1, SOON));
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "[defaults]\nstart = true\nwait = \"1m\"\n").expect("ours");
    let mssh = |words: &[&str]| {
        let mut mssh = caller.command("mssh");
        mssh.env("MSSH_CONFIG", file.path()).args(words);
        finish(mssh.args(["-p", &lab().port().to_string(), WEB1, "echo there"]))
    };
    for words in [&["--no-start"][..], &["--start", "--no-start"]] {
        let outcome = mssh(words);
        let error = format!("mssh: error: instance {WEB1} is stopped\n");
        assert!(outcome.stderr.starts_with(&error), "{outcome:?}");
        assert_eq!(outcome.code, Some(255));
    }
    mssh(&["--no-start", "--wait", "5"]).fails(
        255,
        &[
            "mssh: error: --wait needs --start",
            "mssh: hint: add --start, or leave out --wait",
        ],
    );
    assert!(caller.calls_of(START).is_empty());
    let shown = mssh(&["--no-start", "--show-config"]).stdout;
    let line = shown.lines().find(|it| it.starts_with("start "));
    let words: Vec<&str> = line.unwrap_or_default().split_whitespace().collect();
    assert_eq!(words, ["start", "false", "--no-start"], "{shown}");
    mssh(&["--no-start", "--start"]).prints("there\n");
}

#[test]
fn a_signal_ends_the_wait_and_says_what_is_left() {
    let caller = caller();
    caller.power(Power::stopped(WEB1, Duration::from_hours(1)));
    let mut mssh = caller.command("mssh");
    mssh.args(["--start", WEB1])
        .stderr(std::process::Stdio::piped());
    let child = mssh.spawn().expect("mssh starts");
    let starts = || caller.calls_of(DESCRIBE_INSTANCES).len() > 1;
    assert!(eventually(PATIENCE, starts));
    kill_process(pid_of(&child), Signal::INT).expect("a process");
    let outcome = outcome(child);
    let error =
        format!("mssh: error: no longer waiting: instance {WEB1} is pending, and left so\n");
    assert_eq!((outcome.code, outcome.stderr), (Some(255), error));
    assert!(caller.calls_of(SEND_SSH_PUBLIC_KEY).is_empty());
}

#[test]
fn a_signal_after_the_wait_ends_the_run_as_usual() {
    let caller = caller();
    caller.power(Power::stopped(WEB1, SOON));
    caller.fault(Fault::new(Trouble::Hang).on(SEND_SSH_PUBLIC_KEY));
    let mut mssh = caller.command("mssh");
    mssh.args(["--start", "-p", &lab().port().to_string(), WEB1]);
    let mut child = mssh.spawn().expect("mssh starts");
    let pushes = || !caller.calls_of(SEND_SSH_PUBLIC_KEY).is_empty();
    assert!(eventually(PATIENCE, pushes));
    kill_process(pid_of(&child), Signal::INT).expect("a process");
    let mut ended = None;
    let is_over = || {
        ended = child.try_wait().expect("a child");
        ended.is_some()
    };
    assert!(eventually(Duration::from_secs(3), is_over));
    let signal = ended.and_then(|it| it.signal());
    assert_eq!(signal, Some(Signal::INT.as_raw()));
    assert!(no_key_is_left(&caller));
}

#[test]
fn a_control_command_starts_nothing() {
    let caller = caller();
    caller.power(Power::stopped(WEB1, SOON));
    let outcome = mssh(&caller, &["-O", "check", "-S", "/tmp/none-%h", WEB1]);
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    assert!(caller.calls_of(START).is_empty());
}

#[test]
fn a_terminal_shows_what_is_waited_for() {
    let caller = caller();
    caller.power(Power::stopped(WEB1, Duration::from_secs(5)));
    let line = format!("mssh --start -p {} {WEB1} echo there", lab().port());
    let pty = Pty::open(&caller, &line);
    let shows = || {
        pty.screen()
            .contains(&format!("waiting for instance {WEB1}: pending, "))
    };
    assert!(eventually(PATIENCE, shows), "{}", pty.screen());
    assert!(
        eventually(PATIENCE, || pty.screen().contains("there")),
        "{}",
        pty.screen()
    );
}

#[test]
fn what_ec2_refuses_is_an_error() {
    let refused = |trouble, line: &str| {
        let caller = caller();
        caller.power(Power::stopped(WEB1, SOON));
        caller.fault(Fault::new(trouble).on(START));
        let outcome = mssh(&caller, &[WEB1]);
        assert!(
            outcome.code == Some(255) && outcome.stderr.contains(line),
            "{outcome:?}"
        );
        assert!(caller.calls_of(SEND_SSH_PUBLIC_KEY).is_empty());
    };
    refused(
        Trouble::Denied,
        "a policy must allow ec2:StartInstances on ",
    );
    for code in ["InsufficientInstanceCapacity", "IncorrectInstanceState"] {
        let line = format!("ec2:StartInstances failed: Something is not as it should be. ({code})");
        refused(Trouble::Error(code), &line);
    }
    mssh(&caller(), &[TERMINATED]).fails(
        255,
        &[
            &format!("mssh: error: instance {TERMINATED} is terminated"),
            "mssh: hint: it cannot be started again",
        ],
    );
}

#[test]
fn a_dry_run_starts_nothing_and_mistakes_are_reported() {
    let caller = caller();
    caller.power(Power::stopped(WEB1, SOON));
    let outcome = mssh(&caller, &["--dry-run", WEB1]);
    assert_eq!(outcome.code, Some(255));
    assert!(caller.calls_of(START).is_empty());
    for (words, error, hint) in [
        (
            &["--wait", "5m", WEB1][..],
            "--wait needs --start",
            "add --start, or leave out --wait",
        ),
        (
            &["--start", "--wait", "soon", WEB1],
            "`soon` is not a valid time to wait",
            "write a number with s, m or h, like 90s, 5m or 1h; up to 24h",
        ),
    ] {
        let lines = [
            format!("mssh: error: {error}"),
            format!("mssh: hint: {hint}"),
        ];
        run(&caller, "mssh", words).fails(255, &[&lines[0], &lines[1]]);
    }
}
