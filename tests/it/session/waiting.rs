//! While the user waits at a terminal, a temporary line says what for.

use std::time::Duration;

use crate::lab::instances::WEB1;
use crate::lab::{Caller, DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{AwsUser, Pty, arn, caller, finish};

/// A caller with this latency for an action.
fn slow(action: &'static str, seconds: u64) -> Caller<'static> {
    let caller = caller();
    let latency = Trouble::Latency(Duration::from_secs(seconds));
    caller.fault(Fault::new(latency).on(action));
    caller
}

/// The final lines of a terminal, after carriage returns.
fn visible(screen: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in screen.split('\n') {
        let mut cells: Vec<char> = Vec::new();
        for part in line.split('\r') {
            for (at, c) in part.chars().enumerate() {
                match cells.get_mut(at) {
                    Some(cell) => *cell = c,
                    None => cells.push(c),
                }
            }
        }
        lines.push(cells.iter().collect::<String>().trim_end().to_owned());
    }
    lines.retain(|line| !line.is_empty());
    lines
}

#[test]
fn a_slow_call_shows_one_temporary_line_on_a_terminal() {
    let caller = slow(DESCRIBE_INSTANCES, 6);
    let mut pty = Pty::open(&caller, &format!("mssh {WEB1} 'echo ar''rived'"));
    let line = "\rmssh: waiting for DescribeInstances in us-east-1: slow, try 1, ";
    pty.shows(line);
    assert_eq!(pty.end(), Some(0));
    let screen = pty.screen();
    assert!(screen.matches(line).count() > 1, "{screen:?}");
    assert_eq!(visible(&screen)[0], "arrived", "{screen:?}");
    assert!(!screen.contains('\u{1b}'), "{screen:?}");
}

#[test]
fn a_throttled_call_is_shown_with_its_attempts() {
    let caller = caller();
    let throttle = Fault::new(Trouble::Throttle).on(SEND_SSH_PUBLIC_KEY);
    caller.fault(throttle.first(12));
    let mut pty = Pty::open(&caller, &format!("mssh {WEB1} 'echo ar''rived'"));
    pty.shows("mssh: waiting for SendSSHPublicKey in us-east-1: throttled, try ");
    assert_eq!(pty.end(), Some(0));
    let screen = pty.screen();
    assert_eq!(visible(&screen)[0], "arrived", "{screen:?}");
    let tries = screen.split("throttled, try ").skip(1);
    let tries: Vec<u32> = tries
        .map(|it| it.split(',').next().unwrap_or_default())
        .map(|it| it.parse().expect("a number"))
        .collect();
    assert!(tries.is_sorted() && tries[0] > 1, "{tries:?}");
}

#[test]
fn an_error_after_a_wait_has_its_own_line() {
    let caller = slow(DESCRIBE_INSTANCES, 3);
    caller.fault(Fault::new(Trouble::Denied).on(DESCRIBE_INSTANCES));
    let mut pty = Pty::open(&caller, &format!("stty cols 30; mssh {WEB1}"));
    // It must fit into a line.
    pty.shows("\rmssh: waiting for DescribeIns");
    assert_eq!(pty.end(), Some(255));
    let screen = pty.screen();
    let lines = visible(&screen);
    assert!(lines[0].starts_with("mssh: error: "), "{screen:?}");
    assert!(!screen.contains("waiting for DescribeInst"), "{screen:?}");
}

#[test]
fn fast_calls_and_quiet_mode_show_nothing() {
    let quick = slow(DESCRIBE_INSTANCES, 0);
    let mut pty = Pty::open(&quick, &format!("mssh {WEB1} 'echo ar''rived'"));
    assert_eq!(pty.end(), Some(0));
    assert!(!pty.screen().contains("waiting"), "{}", pty.screen());
    for words in [
        format!("mssh -q {WEB1}"),
        format!("mssh -oBatchMode=yes {WEB1}"),
        format!("mssh {WEB1} 2>errors; cat errors; true"),
        format!("set -m; mssh -f {WEB1} sleep 0 & wait; true"),
    ] {
        let caller = slow(DESCRIBE_INSTANCES, 3);
        let directory = tempfile::tempdir().expect("a directory");
        let line = format!("cd {}; {words}", directory.path().display());
        let mut pty = Pty::open(&caller, &format!("bash -c '{line}'"));
        pty.types("exit\n");
        assert_eq!(pty.end(), Some(0), "{words}: {}", pty.screen());
        assert_eq!(caller.calls_of(DESCRIBE_INSTANCES).len(), 1);
        assert!(!pty.screen().contains("waiting"), "{}", pty.screen());
    }
    let caller = slow(DESCRIBE_INSTANCES, 3);
    let mut command = caller.command("mssh");
    finish(command.args([WEB1, "true"])).prints("");
}

#[test]
fn a_prompt_for_a_code_is_not_overwritten() {
    let role = arn("guarded");
    let user = AwsUser::with(&format!(
        "[default]\nregion = us-east-1\n$KEY[profile r]\nrole_arn = {role}\nsource_profile = default\n\
         mfa_serial = arn:aws:iam::123456789012:mfa/me\n"
    ));
    let latency = Trouble::Latency(Duration::from_secs(3));
    user.caller.fault(Fault::new(latency).on("AssumeRole"));
    let home = user.aws("").parent().expect("a home").display().to_string();
    let line = format!("env -u AWS_ACCESS_KEY_ID HOME={home} mssh -u r {WEB1} 'echo ar''rived'");
    let mut pty = Pty::open(&user.caller, &line);
    pty.shows("Enter MFA code for arn:aws:iam::123456789012:mfa/me: ");
    std::thread::sleep(Duration::from_secs(3));
    assert!(!pty.screen().contains("waiting"), "{}", pty.screen());
    pty.types("123456\r");
    pty.shows("mssh: waiting for AssumeRole in us-east-1: slow, try 1, ");
    assert_eq!(pty.end(), Some(0));
    assert_eq!(visible(&pty.screen())[1], "arrived", "{}", pty.screen());
}
