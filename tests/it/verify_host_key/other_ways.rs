//! Where ssh does not ask mssh: plain ssh and hops, whose ProxyCommand is mssh.

use super::{
    OTHER_KEY, OTHER_PRINT, UNKNOWN, console_calls, fingerprint, fingerprint_block, key,
    keys_block, known_hosts, named, user,
};
use crate::lab::console_output::ConsoleOutput;
use crate::lab::instances::{PRIVATE, PRIVATE_WITH_AGENT, WEB1};
use crate::sandbox::{Outcome, SshUser};

/// A user with the block installed with these options, who knows no host.
fn plain_user(console: ConsoleOutput, words: &[&str]) -> SshUser {
    let user = user("HashKnownHosts no\n", console);
    let installed = user.install(words);
    assert_eq!(installed.code, Some(0), "{installed:?}");
    user
}

/// What mssh says of an address with another key than [`OTHER_KEY`].
#[track_caller]
fn is_refused(outcome: &Outcome, address: &str, id: &str) {
    let error = format!(
        "mssh: error: the host key at {address} is not one that {id} printed on its console: {}, not \
         {OTHER_PRINT}",
        fingerprint()
    );
    assert!(outcome.stderr.contains(&error), "{outcome:?}");
    assert!(outcome.stderr.contains("\nmssh: hint: "), "{outcome:?}");
    assert_eq!((outcome.code, &*outcome.stdout), (Some(255), ""));
}

fn line(id: &str) -> String {
    format!("{} {}\n", named(id), key())
}

#[test]
fn plain_ssh_knows_a_published_key() {
    for text in [keys_block(&key()), fingerprint_block("ec2: ")] {
        let user = plain_user(ConsoleOutput::of(text), &[]);
        for _ in 0..2 {
            user.run("ssh", &["-o", "BatchMode=yes", WEB1, "echo in"])
                .prints("in\n");
        }
        assert_eq!(known_hosts(&user), line(WEB1));
        assert_eq!(console_calls(&user), 1, "a known key needs no call");
    }
}

#[test]
fn plain_ssh_through_a_tunnel_too() {
    let console = ConsoleOutput::of(keys_block(&key()));
    let user = plain_user(console, &["--ssm"]);
    user.run("ssh", &[PRIVATE_WITH_AGENT, "echo in"])
        .prints("in\n");
    assert_eq!(known_hosts(&user), line(PRIVATE_WITH_AGENT));
}

#[test]
fn plain_ssh_does_not_get_another_key() {
    let user = plain_user(ConsoleOutput::of(keys_block(OTHER_KEY)), &[]);
    let outcome = user.run(
        "ssh",
        &["-o", "StrictHostKeyChecking=accept-new", WEB1, "true"],
    );
    is_refused(&outcome, "127.0.0.11", WEB1);
    assert_eq!(known_hosts(&user), "");
}

#[test]
fn plain_ssh_asks_where_nothing_is_published() {
    let user = plain_user(ConsoleOutput::default(), &[]);
    let outcome = user.run("ssh", &[WEB1, "true"]);
    assert_eq!((&*outcome.stderr, outcome.code), (UNKNOWN, Some(255)));
    let required = plain_user(ConsoleOutput::default(), &["--verify-host-key", "require"]);
    let outcome = required.run(
        "ssh",
        &["-o", "StrictHostKeyChecking=accept-new", WEB1, "true"],
    );
    let error = format!("mssh: error: cannot verify the host key of {WEB1}: ");
    assert!(outcome.stderr.contains(&error), "{outcome:?}");
    assert_eq!(
        (outcome.code, known_hosts(&required)),
        (Some(255), String::new())
    );
}

#[test]
fn what_plain_ssh_is_told_about_host_keys_stands() {
    for policy in ["StrictHostKeyChecking=no", "UserKnownHostsFile=mine"] {
        let user = plain_user(ConsoleOutput::of(keys_block(OTHER_KEY)), &[]);
        let outcome = user.run("ssh", &["-o", policy, WEB1, "true"]);
        assert!(!outcome.stderr.contains("mssh: "), "{policy}: {outcome:?}");
        assert_eq!(console_calls(&user), 0, "{policy}");
    }
}

#[test]
fn a_hop_with_a_published_key_is_known() {
    let user = user("HashKnownHosts no\n", ConsoleOutput::of(keys_block(&key())));
    for hop in [WEB1, "127.0.0.11"] {
        user.run("mssh", &["-J", hop, PRIVATE, "echo in"])
            .prints("in\n");
        let known = known_hosts(&user);
        assert!(
            known.contains(&line(WEB1)) && known.contains(&line(PRIVATE)),
            "{known}"
        );
        assert_eq!(known.lines().count(), 2, "{hop}: {known}");
        std::fs::remove_file(user.dot_ssh("known_hosts")).expect("removed");
    }
}

#[test]
fn a_hop_with_another_key_is_refused() {
    let user = user("", ConsoleOutput::of(keys_block(OTHER_KEY)));
    let outcome = user.run("mssh", &["-J", WEB1, PRIVATE, "true"]);
    is_refused(&outcome, "127.0.0.11", WEB1);
    assert_eq!(known_hosts(&user), "");
}

#[test]
fn a_hop_that_publishes_nothing_is_asked_about() {
    let user = user("", ConsoleOutput::default());
    let outcome = user.run("mssh", &["-J", WEB1, PRIVATE, "true"]);
    assert!(outcome.stderr.contains(UNKNOWN), "{outcome:?}");
    assert_eq!(outcome.code, Some(255));
}

#[test]
fn a_proxy_command_with_hops_of_its_own_is_verified() {
    let config = |user: &SshUser| {
        format!(
            "HashKnownHosts no\nPort {}\nUser ec2-user\nHost {PRIVATE}\n\
             ProxyCommand mssh -J {WEB1} --agent-dir {} --proxy %h %p %r\n\
             IdentityAgent {}/%h.%p.%r\nIdentityFile none\n",
            crate::sandbox::lab().port(),
            user.keys().display(),
            user.keys().display()
        )
    };
    for (console, is_known) in [(key(), true), (OTHER_KEY.to_owned(), false)] {
        let user = user("", ConsoleOutput::of(keys_block(&console)));
        std::fs::write(user.config(), config(&user)).expect("written");
        let outcome = user.run("ssh", &[PRIVATE, "echo in"]);
        if is_known {
            outcome.prints("in\n");
            assert!(known_hosts(&user).contains(&line(PRIVATE)));
        } else {
            is_refused(&outcome, "127.0.0.11", WEB1);
        }
    }
}
