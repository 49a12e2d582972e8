//! A key that is not the one on the console.

use super::{OTHER_KEY, OTHER_PRINT, fingerprint, key, keys_block, known_hosts, named, user};
use crate::lab::console_output::ConsoleOutput;
use crate::lab::instances::{PRIVATE_WITH_AGENT, WEB1, WEB2};
use crate::sandbox::Outcome;

/// Asserts that ssh ends after these two lines of ours, and its own two about the program.
#[track_caller]
fn is_refused(outcome: &Outcome, error: &str, hint: &str) {
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    let [first, second, of_ssh @ ..] = &lines[..] else {
        panic!("{outcome:?}");
    };
    assert_eq!((*first, *second), (error, hint));
    assert!(of_ssh.iter().all(|it| it.starts_with("KnownHostsCommand")));
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(255), ""));
}

#[test]
fn another_key_at_an_address_is_refused() {
    for policy in ["ask", "accept-new"] {
        let user = user("", ConsoleOutput::of(keys_block(OTHER_KEY)));
        let policy = format!("StrictHostKeyChecking={policy}");
        let outcome = user.run("mssh", &["-o", &policy, WEB1, "true"]);
        let shown = fingerprint();
        let error = format!(
            "mssh: error: the host key at 127.0.0.11 is not one that {WEB1} printed on its console: \
             {shown}, not {OTHER_PRINT}"
        );
        let hint = format!(
            "mssh: hint: another machine may have that address, or the keys were made anew after the \
             boot: see `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on `mssh --serial {WEB1}`"
        );
        is_refused(&outcome, &error, &hint);
        assert_eq!(known_hosts(&user), "");
    }
}

#[test]
fn the_key_of_another_instance_names_it() {
    let user = user("", ConsoleOutput::of(keys_block(OTHER_KEY)));
    let known = format!("{WEB2} {}\n", key());
    std::fs::write(user.dot_ssh("known_hosts"), known).expect("written");
    let outcome = user.run("mssh", &[WEB1, "true"]);
    let error = format!(
        "mssh: error: 127.0.0.11 is not {WEB1}: it shows the host key of {WEB2} ({}), so another \
         machine has that address",
        fingerprint()
    );
    let hint = format!(
        "mssh: hint: nothing was sent to it; see which address {WEB1} has now, or take another way: \
         `mssh --via eice {WEB1}`"
    );
    is_refused(&outcome, &error, &hint);
}

#[test]
fn another_key_behind_a_tunnel_was_made_anew() {
    let user = user("", ConsoleOutput::of(keys_block(OTHER_KEY)));
    let outcome = user.run("mssh", &["--ssm", PRIVATE_WITH_AGENT, "true"]);
    let error = format!(
        "mssh: error: the host key of {PRIVATE_WITH_AGENT} is not the one on its console: {}, not \
         {OTHER_PRINT}; the tunnel ends at the instance itself, so its keys were made anew",
        fingerprint()
    );
    let hint = format!(
        "mssh: hint: if you have rebuilt it or made new keys, connect once with \
         `mssh --verify-host-key off {PRIVATE_WITH_AGENT}`; if not, do not"
    );
    is_refused(&outcome, &error, &hint);
}

#[test]
fn a_known_key_is_not_compared() {
    let user = user("", ConsoleOutput::of(keys_block(OTHER_KEY)));
    let known = format!("{} {}\n", named(WEB1), key());
    std::fs::write(user.dot_ssh("known_hosts"), known).expect("written");
    user.run("mssh", &[WEB1, "echo in"]).prints("in\n");
    assert_eq!(super::console_calls(&user), 0);
}
