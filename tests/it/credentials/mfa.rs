//! MFA: asked for once, on the terminal alone, and never in the way of anybody else.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::{User, arn};
use crate::lab::cast::WEB1;
use crate::sandbox::{Outcome, eventually, finish};
use crate::session::pty::Pty;

const PROMPT: &str = "Enter MFA code for arn:aws:iam::123456789012:mfa/jane: ";
const HINT: &str = "mssh: hint: run `aws sts get-caller-identity --profile guarded` in a terminal \
                    first: its session is found here";

fn user() -> User {
    User::with(&format!(
        "[default]\n$KEY\n[profile guarded]\nrole_arn = {}\nsource_profile = default\n\
         mfa_serial = arn:aws:iam::123456789012:mfa/jane\n",
        arn("guarded")
    ))
}

/// `mssh` as a shell would have it, with these words.
fn line(user: &User, words: &str) -> String {
    let home = user.aws("").parent().expect("a home").display().to_string();
    format!(
        "env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY HOME='{home}' mssh -u guarded {words}"
    )
}

fn codes(user: &User) -> Vec<String> {
    let calls = user.tenant.calls_of("AssumeRole");
    let code = |call: &crate::lab::Call| call.said("TokenCode").unwrap_or_default().to_owned();
    calls.iter().map(code).collect()
}

#[test]
fn the_code_is_asked_for_on_the_terminal_and_the_session_kept() {
    let user = user();
    let line = format!("echo piped | {}", line(&user, &format!("{WEB1} cat")));
    let mut pty = Pty::open(&user.tenant, &line);
    pty.shows(PROMPT);
    pty.types("99\x15123457\x7f6\r");
    pty.shows("piped");
    assert_eq!(pty.end(), Some(0));
    let screen = pty.screen().replace(PROMPT, "");
    assert!(!screen.contains("1234"), "{screen:?}");
    assert_eq!(codes(&user), ["123456"]);
    assert_eq!(user.last_key(), "ASIA");
    // And now without a terminal.
    user.key_of("guarded");
    assert_eq!(codes(&user).len(), 1);
}

#[test]
fn nobody_is_asked_in_batch_mode() {
    let user = user();
    let refused = |outcome: Outcome, program: &str| {
        let error = format!(
            "{program}: error: AWS profile `guarded` needs an MFA code, and BatchMode forbids to \
             ask for it"
        );
        let hint = HINT.replacen("mssh", program, 1);
        outcome.fails(255, &[&error, &hint]);
    };
    refused(user.runs(&["-u", "guarded", "-o", "BatchMode=yes"]), "mssh");
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
    assert!(user.tenant.calls().is_empty());
}

#[test]
fn without_a_terminal_it_says_so() {
    let user = user();
    let mut command = user.command("setsid");
    command.args(["-w", "mssh", "-u", "guarded", WEB1, "true"]);
    finish(&mut command).fails(
        255,
        &[
            "mssh: error: AWS profile `guarded` needs an MFA code, and there is no terminal to ask \
             for it",
            HINT,
        ],
    );
}

#[test]
fn a_code_that_is_wrong_is_said_and_not_shown() {
    let cases = [
        ("000000\r", "AWS does not accept the MFA code"),
        (
            "secret\r",
            "AWS profile `guarded` needs an MFA code, which is six digits",
        ),
        (
            "\r",
            "AWS profile `guarded` needs an MFA code, and none was given",
        ),
        (
            "\x04",
            "AWS profile `guarded` needs an MFA code, and none was given",
        ),
    ];
    for (typed, said) in cases {
        let user = user();
        let mut pty = Pty::open(&user.tenant, &line(&user, WEB1));
        pty.shows(PROMPT);
        pty.types(typed);
        pty.shows(&format!("mssh: error: {said}"));
        assert_eq!(pty.end(), Some(255));
        assert!(!pty.screen().contains(typed.trim()) || typed.trim().is_empty());
        assert!(!user.aws("cli/cache").read_dir().is_ok_and(|mut files| {
            files.any(|file| file.is_ok_and(|file| file.path().ends_with("json")))
        }));
    }
}

/// A shell that outlives what is done to `mssh`, and says how it found the terminal.
fn watched(user: &User) -> Pty {
    let line = line(user, WEB1);
    let script = format!(
        "trap : INT QUIT; (echo pid=$BASHPID=; exec {line}); \
         echo status=$?=; stty -a | tr ' ;' '\\n\\n' | grep -xE -- '-?(echo|icanon|isig)' | tr '\\n' ' '; \
         echo ' end'"
    );
    let quoted = script.replace('\'', "'\\''");
    let pty = Pty::open(&user.tenant, &format!("bash -c '{quoted}'"));
    pty.shows(PROMPT);
    pty
}

fn pid(pty: &Pty) -> Pid {
    let screen = pty.screen();
    let (_, rest) = screen.split_once("pid=").expect("a number");
    let number = rest.split('=').next().and_then(|pid| pid.parse().ok());
    number.and_then(Pid::from_raw).expect("a number")
}

#[test]
fn whatever_ends_us_the_terminal_is_as_it_was() {
    fn kill(pty: &Pty, signal: Signal) {
        kill_process(pid(pty), signal).expect("a process");
    }
    type Deed = fn(&mut Pty);
    let deeds: [(&str, Deed); 5] = [
        ("130", |pty| pty.types("12\x03")),
        ("131", |pty| pty.types("\x1c")),
        ("143", |pty| kill(pty, Signal::TERM)),
        ("130", |pty| kill(pty, Signal::INT)),
        ("129", |pty| kill(pty, Signal::HUP)),
    ];
    for (status, deed) in deeds {
        let user = user();
        let mut pty = watched(&user);
        deed(&mut pty);
        pty.shows(&format!("status={status}="));
        pty.shows(" end");
        let screen = pty.screen();
        let modes = screen.split("status=").nth(1).unwrap_or_default();
        assert!(modes.contains("isig icanon echo "), "{status}: {screen:?}");
        assert!(codes(&user).is_empty());
    }
}

#[test]
fn of_parallel_runs_one_asks() {
    let user = user();
    let one = line(&user, &format!("{WEB1} true"));
    let line = format!("bash -c \"{one} & {one} & {one} & wait\"");
    let mut pty = Pty::open(&user.tenant, &line);
    pty.shows(PROMPT);
    std::thread::sleep(Duration::from_millis(300));
    pty.types("123456\r");
    assert_eq!(pty.end(), Some(0));
    assert_eq!(
        pty.screen().matches(PROMPT).count(),
        1,
        "{:?}",
        pty.screen()
    );
    assert_eq!(codes(&user).len(), 1);
    assert_eq!(
        user.tenant.calls_of(crate::lab::SEND_SSH_PUBLIC_KEY).len(),
        3
    );
}

#[test]
fn who_dies_asking_keeps_nobody_waiting() {
    let user = user();
    let first = watched(&user);
    kill_process(pid(&first), Signal::KILL).expect("a process");
    let mut second = Pty::open(&user.tenant, &line(&user, &format!("{WEB1} true")));
    second.shows(PROMPT);
    second.types("123456\r");
    assert_eq!(second.end(), Some(0));
}

#[test]
fn who_is_stopped_asking_keeps_nobody_waiting() {
    let user = user();
    let mut first = Pty::open(&user.tenant, "bash --norc --noprofile -i");
    first.types(&format!(
        "{}; echo status=$?=\r",
        line(&user, &format!("{WEB1} true"))
    ));
    first.shows(PROMPT);
    first.types("\x1a");
    first.shows("Stopped");
    let mut second = Pty::open(&user.tenant, &line(&user, &format!("{WEB1} true")));
    second.shows(PROMPT);
    second.types("123456\r");
    assert_eq!(second.end(), Some(0));
    // What the other has got is there for the first, too.
    first.types("fg; echo done=$?=\r");
    first.shows("done=0=");
    assert_eq!(codes(&user), ["123456"]);
    first.types("exit\r");
    first.end();
}

#[test]
fn who_is_stopped_and_continued_asks_again() {
    let user = user();
    let mut pty = Pty::open(&user.tenant, "bash --norc --noprofile -i");
    pty.types(&format!("{}\r", line(&user, &format!("{WEB1} true"))));
    pty.shows(PROMPT);
    pty.types("\x1a");
    pty.shows("Stopped");
    pty.types("fg; echo done=$?=\r");
    let again = eventually(Duration::from_secs(20), || {
        pty.screen().matches(PROMPT).count() == 2
    });
    assert!(again, "{:?}", pty.screen());
    pty.types("123456\r");
    pty.shows("done=0=");
    pty.types("exit\r");
    pty.end();
}
