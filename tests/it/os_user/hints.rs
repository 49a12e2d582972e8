//! The hint at another user after sshd has refused our key.

use std::time::Duration;

use super::{IMAGES, UBUNTU, with_ubuntu};
use crate::lab::images::Software;
use crate::lab::instances::WEB1;
use crate::lab::{Caller, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{Pty, SshAgent, SshUser, leaves_nothing};

/// What a terminal shows of a login, and a moment after its end.
fn shown(caller: &Caller<'_>, line: &str) -> String {
    let mut pty = Pty::open(caller, &format!("{line}; sleep 2"));
    pty.end();
    pty.screen()
}

#[test]
fn a_refused_login_on_a_terminal_gets_a_hint() {
    let caller = with_ubuntu();
    // The key that sshd gets has expired.
    caller.key_lifetime(Duration::ZERO);
    let screen = shown(&caller, &format!("mssh {WEB1} true"));
    let hint = format!("mssh: hint: the image of {WEB1} is Ubuntu: try `mssh ubuntu@{WEB1}`");
    assert_eq!(screen.matches(&hint).count(), 1, "{screen}");
    for line in [
        format!("mssh -q {WEB1} true"),
        format!("mssh ec2-user@{WEB1} true"),
        format!("mssh {WEB1} true 2>&1 | cat"),
    ] {
        let screen = shown(&caller, &line);
        assert!(!screen.contains("hint"), "{line}: {screen}");
    }
    assert_eq!(caller.calls_of(IMAGES).len(), 1);
    leaves_nothing(&caller);
}

#[test]
fn a_login_that_worked_gets_no_hint() {
    let caller = with_ubuntu();
    for command in ["true", "exit 255"] {
        let screen = shown(&caller, &format!("mssh {WEB1} '{command}'"));
        assert!(!screen.contains("hint"), "{screen}");
    }
    assert_eq!(caller.calls_of(IMAGES).len(), 0);
}

/// mssh tries no other keys than those that the user names.
#[test]
fn a_login_by_the_users_own_key_gets_no_hint() {
    let config = "Match user ec2-user\n  IdentityFile ~/mine.pub\n";
    for (config, words) in [(config, ""), ("", "-oIdentityFile=~/mine.pub")] {
        let user = SshUser::with(config);
        user.caller.software(Software {
            image: Some(UBUNTU),
            ..Software::default()
        });
        let agent = SshAgent::of(&user);
        agent.has_a_key(&user);
        user.caller.key_lifetime(Duration::ZERO);
        let line = format!("mssh {words} {WEB1} 'echo ar''rived'; sleep 2");
        let mut pty = Pty::of(agent.command(&user, "script"), &line);
        pty.end();
        let screen = pty.screen();
        let is_in = screen.contains("arrived") && !screen.contains("hint");
        assert!(is_in, "{words}: {screen}");
        assert_eq!(user.caller.calls_of(IMAGES).len(), 0);
        leaves_nothing(&user.caller);
    }
}

/// In a session, after which ssh ends with 255, too; and while ssh waits for the key.
#[test]
fn an_interrupt_gets_no_hint() {
    let wait = Duration::from_secs(7);
    for (latency, ready) in [(Duration::ZERO, "arrived"), (wait, "")] {
        let caller = with_ubuntu();
        caller.fault(Fault::new(Trouble::Latency(latency)).on(SEND_SSH_PUBLIC_KEY));
        let line = format!("trap : INT; mssh {WEB1} 'echo ar''rived; sleep 60'; sleep 2");
        let mut pty = Pty::open(&caller, &line);
        pty.shows(ready);
        std::thread::sleep(wait / 2);
        pty.types("\x03");
        pty.end();
        assert!(!pty.screen().contains("hint"), "{}", pty.screen());
        assert_eq!(caller.calls_of(IMAGES).len(), 0);
        leaves_nothing(&caller);
    }
}
