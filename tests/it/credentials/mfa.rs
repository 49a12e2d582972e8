//! MFA codes: asked for on the terminal only; the session is cached.

use std::path::PathBuf;

use crate::lab::instances::WEB1;
use crate::sandbox::{AwsUser, Outcome, PATIENCE, Pty, arn, eventually, finish};

pub(super) const PROMPT: &str = "Enter MFA code for arn:aws:iam::123456789012:mfa/jane: ";
const HINT: &str = "mssh: hint: run `aws sts get-caller-identity --profile guarded` in a terminal first: mssh uses the session that it caches";

pub(super) fn user() -> AwsUser {
    AwsUser::with(&format!(
        "[default]\n$KEY\n[profile guarded]\nrole_arn = {}\nsource_profile = default\n\
         mfa_serial = arn:aws:iam::123456789012:mfa/jane\n",
        arn("guarded")
    ))
}

/// The number of cached sessions.
fn kept(user: &AwsUser) -> usize {
    let Ok(files) = user.aws("cli/cache").read_dir() else {
        return 0;
    };
    let paths = files.map(|file| file.expect("a file").path());
    let is_session = |path: &PathBuf| path.extension().is_some_and(|it| it == "json");
    paths.filter(is_session).count()
}

/// A shell command that runs `mssh` with these options.
pub(super) fn line(user: &AwsUser, words: &str) -> String {
    let home = user.aws("").parent().expect("a home").display().to_string();
    format!(
        "env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY HOME='{home}' mssh -u guarded {words}"
    )
}

pub(super) fn codes(user: &AwsUser) -> Vec<String> {
    let calls = user.caller.calls_of("AssumeRole");
    let code = |call: &crate::lab::Call| call.parameter("TokenCode").unwrap_or_default().to_owned();
    calls.iter().map(code).collect()
}

#[test]
fn the_code_is_asked_for_on_the_terminal_and_the_session_is_cached() {
    let user = user();
    let line = format!("echo piped | {}", line(&user, &format!("{WEB1} cat")));
    let mut pty = Pty::open(&user.caller, &line);
    pty.shows(PROMPT);
    pty.types("99\x15123457\x7f6\r");
    pty.shows("piped");
    assert_eq!(pty.end(), Some(0));
    let screen = pty.screen().replace(PROMPT, "");
    assert!(!screen.contains("1234"), "{screen:?}");
    assert_eq!(codes(&user), ["123456"]);
    assert_eq!((user.last_key().as_str(), kept(&user)), ("ASIA", 1));
    // Without a terminal, from the cache.
    user.key_of("guarded");
    assert_eq!(codes(&user).len(), 1);
}

#[test]
fn batch_mode_does_not_ask() {
    let user = user();
    let refused = |outcome: Outcome, program: &str| {
        let error = format!(
            "{program}: error: AWS profile `guarded` needs an MFA code, but BatchMode forbids asking"
        );
        let hint = HINT.replacen("mssh", program, 1);
        outcome.fails(255, &[&error, &hint]);
    };
    refused(user.runs(&["-u", "guarded", "-o", "BatchMode=yes"]), "mssh");
    let by_hop = ["-u", "guarded", "-o", "BatchMode=yes", "-J", "10.9.9.9"];
    refused(user.runs(&by_hop), "mssh");
    user.writes("ssh_config", "Host *\n    BatchMode yes\n");
    let config = user.aws("ssh_config").display().to_string();
    refused(user.runs(&["-u", "guarded", "-F", &config]), "mssh");
    let there = format!("{WEB1}:x");
    let copy = ["-u", "guarded", "-B", "/dev/null", &there];
    refused(finish(user.command("mscp").args(copy)), "mscp");
    user.writes("batch", "pwd\n");
    let batch = user.aws("batch").display().to_string();
    let words = ["-u", "guarded", "-b", &batch, WEB1];
    refused(finish(user.command("msftp").args(words)), "msftp");
    assert!(user.caller.calls().is_empty());
}

#[test]
fn without_a_terminal_there_is_an_error() {
    let user = user();
    let mut command = user.command("setsid");
    command.args(["-w", "mssh", "-u", "guarded", WEB1, "true"]);
    finish(&mut command).fails(
        255,
        &[
            "mssh: error: AWS profile `guarded` needs an MFA code, but there is no terminal to ask on",
            HINT,
        ],
    );
}

/// Waits until this many codes have been asked for.
#[track_caller]
pub(super) fn asks(pty: &Pty, times: usize) {
    let asked = eventually(PATIENCE, || pty.screen().matches(PROMPT).count() == times);
    assert!(asked, "{:?}", pty.screen());
}

#[test]
fn a_mistyped_code_is_asked_for_again() {
    let user = user();
    let mut pty = Pty::open(&user.caller, &line(&user, &format!("{WEB1} echo in")));
    for (time, typed) in ["000000\r", "12345\r", "123456\r"].into_iter().enumerate() {
        asks(&pty, time + 1);
        pty.types(typed);
    }
    pty.shows("in");
    assert_eq!(pty.end(), Some(0));
    let screen = pty.screen();
    for said in [
        "AWS does not accept the MFA code; wait for the device's next code: each works only once",
        "needs an MFA code of six digits; type the digits that the MFA device shows",
    ] {
        assert!(screen.contains(said), "{screen:?}");
    }
    assert_eq!(codes(&user), ["000000", "123456"]);
    assert_eq!(kept(&user), 1);
}

#[test]
fn a_wrong_code_is_reported_but_not_shown() {
    let cases = [
        ("000000\r", 3, "AWS does not accept the MFA code"),
        (
            "secret\r",
            3,
            "AWS profile `guarded` needs an MFA code of six digits",
        ),
        (
            "\r",
            1,
            "AWS profile `guarded` needs an MFA code, but none was given",
        ),
        (
            "\x04",
            1,
            "AWS profile `guarded` needs an MFA code, but none was given",
        ),
    ];
    for (typed, times, said) in cases {
        let user = user();
        let mut pty = Pty::open(&user.caller, &line(&user, WEB1));
        for time in 1..=times {
            asks(&pty, time);
            pty.types(typed);
        }
        pty.shows(&format!("mssh: error: {said}"));
        assert_eq!(pty.end(), Some(255));
        assert!(!pty.screen().contains(typed.trim()) || typed.trim().is_empty());
        assert_eq!(kept(&user), 0);
    }
}
