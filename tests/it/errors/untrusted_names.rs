//! Names from ssh_config, from Session Manager and from images, and what a port answers, are shown
//! escaped, and become no option.

use std::io::Write;
use std::net::TcpListener;

use crate::lab::images::Software;
use crate::lab::instances::{SSM_ONLY, WEB1};
use crate::sandbox::{Outcome, SshUser, caller, finish, lab};

/// Asserts that nothing raw was shown, and every line is ours.
#[track_caller]
fn is_escaped(outcome: &Outcome) {
    assert!(matches!(outcome.code, Some(0 | 255)), "{outcome:?}");
    let raw = |c: char| c.is_control() && !"\r\n".contains(c) || c == '\u{202e}';
    assert!(!outcome.stdout.contains(raw), "{outcome:?}");
    assert!(!outcome.stderr.contains(raw), "{outcome:?}");
    let injected = |line: &str| line.starts_with("mssh: hint: `curl");
    assert!(!outcome.stderr.lines().any(injected), "{outcome:?}");
}

#[test]
fn a_system_that_the_agent_reports_and_an_images_name_are_escaped() {
    let evil = "Ubuntu\u{1b}]0;evil\u{7}\u{202e}\nmssh: hint: `curl evil`";
    let caller = caller();
    caller.software(Software {
        image: Some(("x\u{202e}-ubuntu-y", "1")),
        system: Some((evil, "\u{9b}2K22.04\r\n")),
        ..Software::default()
    });
    let port = format!("-p{}", lab().port());
    for words in [
        &["-v", "--login", "auto", &port, SSM_ONLY, "true"][..],
        &["-v", "--login", "auto", "--dry-run", WEB1],
        &["--doctor", WEB1],
        &["--doctor", "--json", &port, SSM_ONLY],
    ] {
        let mut mssh = crate::sandbox::eice::command(&caller, "mssh");
        is_escaped(&finish(mssh.args(words)));
    }
}

#[test]
fn a_host_name_in_ssh_config_becomes_no_option_and_no_escape_sequence() {
    for evil in [
        "-oProxyCommand=touch$IFS~/evil",
        "\"a b; touch ~/evil\"",
        "a\u{1b}]0;evil\u{7}b",
        "a\u{202e}b",
        "$(touch${IFS}~/evil)",
        "`touch${IFS}~/evil`",
    ] {
        let user = SshUser::with(&format!("Host web\n  HostName {evil}\n"));
        for words in [
            &["--debug", "web", "true"][..],
            &["--debug", "--dry-run", "web"],
            &["--eice", "--debug", "web", "true"],
        ] {
            let outcome = user.run("mssh", words);
            is_escaped(&outcome);
            assert_eq!(outcome.code, Some(255), "{evil:?} {words:?}: {outcome:?}");
            assert!(!user.home.join("evil").exists(), "{evil:?} {words:?}");
        }
        assert_eq!(
            user.caller.calls_of("SendSSHPublicKey").len(),
            0,
            "{evil:?}"
        );
    }
}

/// What a port answers with these bytes to each connection.
fn answering(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.11:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = (&stream).write_all(bytes);
        }
    });
    format!("-p{port}")
}

#[test]
fn what_a_port_answers_to_the_doctor_is_escaped() {
    for banner in [
        &b"SSH-2.0-\x1b]0;evil\x07\xe2\x80\xae\x9b2K\r\n"[..],
        b"\x1b[2Jmssh: hint: `curl evil`\nSSH-1.5-old\n",
        b"HTTP/1.1 400 \x1b[31m\xc2\x9b2K\r\n\r\n",
    ] {
        let caller = caller();
        for json in [None, Some("--json")] {
            let mut mssh = caller.command("mssh");
            mssh.args(["--doctor", &answering(banner), WEB1]).args(json);
            is_escaped(&finish(&mut mssh));
        }
    }
}
