//! Keys that only the user's own agent has log in where ours is not accepted.

use std::process::Command;
use std::time::Duration;

use crate::lab::instances::WEB1;
use crate::sandbox::{SshAgent, SshUser, finish, leaves_nothing};

/// A user whose key is in their agent only. Keys that are pushed from now on do not log in.
fn user_with_a_key(config: &str) -> (SshUser, SshAgent) {
    let user = SshUser::with(config);
    let agent = SshAgent::of(&user);
    agent.has_a_key(&user);
    user.caller.key_lifetime(Duration::ZERO);
    (user, agent)
}

#[track_caller]
fn gets_in(mssh: &mut Command, case: &str) {
    let outcome = finish(mssh.args(["-o", "BatchMode=yes", WEB1, "echo in"]));
    assert_eq!(outcome.stdout, "in\n", "{case}: {outcome:?}");
}

/// As for keys of 1Password or of a YubiKey.
#[test]
fn a_key_of_which_ssh_config_names_the_public_half_logs_in() {
    let (user, agent) = user_with_a_key("IdentityFile ~/mine.pub\n");
    gets_in(&mut agent.command(&user, "mssh"), "IdentityFile");
    let (user, agent) = user_with_a_key("");
    let mut mssh = agent.command(&user, "mssh");
    mssh.args(["-o", "IdentityFile=~/mine.pub"]);
    gets_in(&mut mssh, "-o IdentityFile");
    leaves_nothing(&user.caller);
}

#[test]
fn an_identity_agent_of_the_users_is_asked() {
    for value in [
        "~/agent",
        "%d/agent",
        "$MY_AGENT",
        "${HOME}/agent",
        "SSH_AUTH_SOCK",
    ] {
        let config = format!("IdentityFile ~/mine.pub\nIdentityAgent {value}\n");
        let (user, agent) = user_with_a_key(&config);
        let mut mssh = user.command("mssh");
        mssh.env("MY_AGENT", &agent.socket);
        if value == "SSH_AUTH_SOCK" {
            mssh.env("SSH_AUTH_SOCK", &agent.socket);
        } else {
            mssh.env("SSH_AUTH_SOCK", "/nowhere/agent");
        }
        gets_in(&mut mssh, value);
        leaves_nothing(&user.caller);
    }
}

#[test]
fn with_identity_agent_none_no_agent_of_the_users_is_asked() {
    let (user, agent) = user_with_a_key("IdentityFile ~/mine.pub\nIdentityAgent none\n");
    let mut mssh = agent.command(&user, "mssh");
    let outcome = finish(mssh.args(["-o", "BatchMode=yes", WEB1, "echo in"]));
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(255), ""));
    // And our own logs in as ever.
    user.caller.key_lifetime(Duration::from_mins(1));
    gets_in(&mut agent.command(&user, "mssh"), "none");
}

/// A key that the agent of the user must ask about takes its time.
#[test]
fn ours_comes_first() {
    let user = SshUser::with("IdentityFile ~/mine.pub\n");
    let agent = SshAgent::of(&user);
    agent.has_a_key(&user);
    let mut mssh = agent.command(&user, "mssh");
    let outcome = finish(mssh.args(["-v", WEB1, "true"]));
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let offered = outcome
        .stderr
        .lines()
        .filter(|it| it.contains("Offering public key"));
    let offered: Vec<_> = offered.collect();
    assert_eq!(offered.len(), 1, "{offered:?}");
    assert!(offered[0].contains("key.pub"), "{offered:?}");
}

#[test]
fn an_agent_of_the_users_that_does_not_answer_is_waited_for_no_longer_than_the_user_wants() {
    let user = SshUser::with("");
    let mut mssh = user.command("mssh");
    // Nobody listens, and no file is there.
    mssh.env("SSH_AUTH_SOCK", user.home.join("nothing"));
    finish(mssh.args([WEB1, "echo in"])).prints("in\n");
    leaves_nothing(&user.caller);
}
