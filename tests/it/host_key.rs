//! Under which name ssh looks for the host key, and remembers it: the instance's ID, unless the user has
//! other arrangements.
//!
//! - here: known by address, by ID, not at all; a changed key; two instances of one address
//! - `policy`: what the user has set about host keys stays
//! - `clients`: the other programs, the other routes, hops and plain ssh

mod clients;
mod policy;

use std::fs;

use crate::lab::instances::{SAME_ADDRESS1, SAME_ADDRESS2, WEB1};
use crate::sandbox::{Outcome, SshUser, lab};

/// Lets ssh remember a new key without a question.
const ACCEPT: [&str; 2] = ["-o", "StrictHostKeyChecking=accept-new"];

/// As known_hosts names a host with the lab's port.
fn named(host: &str) -> String {
    match lab().port() {
        22 => host.to_owned(),
        port => format!("[{host}]:{port}"),
    }
}

/// The public half of the host key of all instances, as in known_hosts.
fn right_key() -> String {
    let known = fs::read_to_string(lab().home().join(".ssh/known_hosts")).expect("a file");
    let key = known.lines().find_map(|line| line.strip_prefix("* "));
    key.expect("a key").to_owned()
}

/// The key of another host.
fn wrong_key() -> String {
    let file = lab().console_key().with_extension("pub");
    fs::read_to_string(file).expect("a key").trim().to_owned()
}

/// A user with these lines in known_hosts, and this ssh_config.
fn user(config: &str, known: &[(&str, &str)]) -> SshUser {
    let user = SshUser::with(config);
    let lines: Vec<String> = known
        .iter()
        .map(|(host, key)| format!("{} {key}\n", named(host)))
        .collect();
    fs::write(user.dot_ssh("known_hosts"), lines.concat()).expect("written");
    user
}

/// The hosts that the user's known_hosts has, hashed or not.
fn knows(user: &SshUser, host: &str) -> bool {
    let file = user.dot_ssh("known_hosts");
    let file = file.to_str().expect("a name");
    let found = user.run("ssh-keygen", &["-F", &named(host), "-f", file]);
    found.code == Some(0)
}

/// Asserts that ssh has remembered a new key under this name.
#[track_caller]
fn remembers(user: &SshUser, outcome: &Outcome, host: &str) {
    let name = named(host);
    let added =
        format!("Warning: Permanently added '{name}' (ED25519) to the list of known hosts.");
    assert_eq!(
        (outcome.stderr.trim_end(), outcome.code),
        (&*added, Some(0))
    );
    assert!(knows(user, host), "{host}");
}

/// What `mssh --dry-run` with these words says about the name.
#[track_caller]
fn alias(user: &SshUser, words: &[&str]) -> Option<String> {
    let outcome = user.run("mssh", &[&["--dry-run"], words].concat());
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", Some(0)));
    let mut words = outcome.stdout.split([' ', '\'']);
    let alias = words.find_map(|word| word.strip_prefix("HostKeyAlias="));
    alias.map(str::to_owned)
}

#[test]
fn an_unknown_host_is_remembered_by_its_id() {
    let user = user("", &[]);
    let first = user.run("mssh", &[&ACCEPT[..], &[WEB1, "true"]].concat());
    remembers(&user, &first, WEB1);
    assert!(!knows(&user, "127.0.0.11"));
    // By its other address, too.
    for words in [&[WEB1, "true"][..], &["--private", WEB1, "true"]] {
        user.run("mssh", words).prints("");
    }
    let hashed = fs::read_to_string(user.dot_ssh("known_hosts")).expect("text");
    assert_eq!(hashed.lines().count(), 1);
}

#[test]
fn without_a_terminal_an_unknown_host_is_refused() {
    let user = user("", &[]);
    let outcome = user.run("mssh", &[WEB1, "true"]);
    assert_eq!(outcome.code, Some(255));
    assert_eq!(outcome.stderr, "Host key verification failed.\r\n");
}

#[test]
fn a_host_that_is_known_by_its_address_stays_so() {
    let user = user("", &[("127.0.0.11", &right_key())]);
    assert_eq!(alias(&user, &[WEB1]), None);
    user.run("mssh", &[WEB1, "true"]).prints("");
    assert!(!knows(&user, WEB1));
    // Its private address is unknown.
    assert_eq!(alias(&user, &["--private", WEB1]), Some(named(WEB1)));
}

#[test]
fn a_hashed_address_is_found() {
    let user = user("", &[("127.0.0.11", &right_key())]);
    let file = user.dot_ssh("known_hosts");
    let hashed = user.run("ssh-keygen", &["-H", "-f", file.to_str().expect("a name")]);
    assert_eq!(hashed.code, Some(0), "{hashed:?}");
    assert!(fs::read_to_string(&file).expect("text").starts_with("|1|"));
    assert_eq!(alias(&user, &[WEB1]), None);
    user.run("mssh", &[WEB1, "true"]).prints("");
}

#[test]
fn an_id_that_is_known_wins_over_its_address() {
    let user = user("", &[("127.0.0.11", &wrong_key()), (WEB1, &right_key())]);
    assert_eq!(alias(&user, &[WEB1]), Some(named(WEB1)));
    user.run("mssh", &[WEB1, "true"]).prints("");
}

#[test]
fn a_changed_key_of_an_instance_is_refused() {
    let user = user("", &[(WEB1, &wrong_key())]);
    let outcome = user.run("mssh", &[&ACCEPT[..], &[WEB1, "true"]].concat());
    assert_eq!(outcome.code, Some(255));
    let changed = "REMOTE HOST IDENTIFICATION HAS CHANGED";
    assert!(outcome.stderr.contains(changed), "{outcome:?}");
    let named = format!("Host key for {} has changed", named(WEB1));
    assert!(outcome.stderr.contains(&named), "{outcome:?}");
}

/// The address belonged to another instance before, or belongs to another one in another VPC.
#[test]
fn an_address_of_two_instances_scares_nobody() {
    let user = user("", &[(SAME_ADDRESS1, &wrong_key())]);
    let words = [&ACCEPT[..], &[SAME_ADDRESS2, "true"]].concat();
    remembers(&user, &user.run("mssh", &words), SAME_ADDRESS2);
    user.run("mssh", &[SAME_ADDRESS2, "true"]).prints("");
    let first = user.run("mssh", &[SAME_ADDRESS1, "true"]);
    let changed = "REMOTE HOST IDENTIFICATION HAS CHANGED";
    assert!(first.stderr.contains(changed), "{first:?}");
}
