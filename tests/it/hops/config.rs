//! Hops in ssh_config: aliases, users, and plain hosts.

use super::{WHERE, at};
use crate::lab::instances::{MULTI_HOMED, ODD_PORT, PRIVATE, WEB1, WEB2};
use crate::sandbox::{SshUser, lab, leaves_nothing, pushes};

/// A plain host before and after an instance: the user's ssh_config applies to it.
#[test]
fn plain_hosts_are_left_to_ssh() {
    let config = "Host 127.0.0.11\n    User root\n    IdentityFile ~/my\n    IdentitiesOnly yes\n";
    let user = SshUser::with(config);
    user.run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", "my"])
        .prints("");
    let web1 = at("root", WEB1);
    for hops in [format!("127.0.0.11,{WEB2}"), format!("{WEB2},127.0.0.11")] {
        // Makes WEB1 accept that key of the user for a minute.
        user.run("mssh", &["-i", "my", &web1, "true"]).prints("");
        let before = pushes(&user.caller).len();
        user.run("mssh", &["-J", &hops, PRIVATE, WHERE])
            .prints("127.0.1.21\n");
        let mut pushed = pushes(&user.caller).split_off(before);
        pushed.sort();
        assert_eq!(pushed, [at("ec2-user", PRIVATE), at("ec2-user", WEB2)]);
    }
    let line = user.run("mssh", &["--dry-run", "-J", "a,b", WEB1]);
    line.prints("ssh -o IdentityAgent=AGENT_SOCKET -o IdentitiesOnly=yes -i EPHEMERAL_KEY -J a,b ec2-user@127.0.0.11\n");
    leaves_nothing(&user.caller);
}

#[test]
fn hops_and_their_users_may_be_in_ssh_config() {
    let config = format!(
        "Host db\n    HostName 127.0.1.21\n    ProxyJump {WEB1}\nHost {WEB1}\n    User ubuntu\n"
    );
    let user = SshUser::with(&config);
    user.run("mssh", &["db", WHERE]).prints("127.0.1.21\n");
    let mut pushed = pushes(&user.caller);
    pushed.sort();
    assert_eq!(pushed, [at("ec2-user", PRIVATE), at("ubuntu", WEB1)]);
}

/// As with a target, a Host may stand for an ID, a DNS name of AWS, or an address; its User and
/// Port apply.
#[test]
fn an_alias_works_as_a_hop() {
    let port = lab().odd_port();
    for (host, id) in [
        (ODD_PORT, ODD_PORT),
        ("ec2-127-0-0-51.compute-1.amazonaws.com", ODD_PORT),
        ("127.0.0.51", ODD_PORT),
        ("127.0.1.17", MULTI_HOMED),
    ] {
        let port = if id == ODD_PORT { port } else { lab().port() };
        let config =
            format!("Host bastion\n    HostName {host}\n    User ubuntu\n    Port {port}\n");
        let user = SshUser::with(&config);
        let both = vec![at("ec2-user", WEB1), at("ubuntu", id)];
        let mut cases = vec![
            ("bastion".to_owned(), vec![at("ubuntu", id)]),
            ("admin@bastion".to_owned(), vec![at("admin", id)]),
            (format!("bastion,{WEB1}"), both.clone()),
        ];
        // The previous hop resolves the name, which the lab's cannot.
        if !host.starts_with("ec2-") {
            cases.push((format!("{WEB1},bastion"), both));
        }
        for (hops, pushed) in cases {
            let before = pushes(&user.caller).len();
            let outcome = user.run("mssh", &["-J", &hops, PRIVATE, WHERE]);
            assert_eq!(
                (outcome.stdout.as_str(), outcome.code),
                ("127.0.1.21\n", Some(0)),
                "{hops} at {host}: {outcome:?}"
            );
            let mut got = pushes(&user.caller).split_off(before);
            got.sort();
            let mut expected = [pushed, vec![at("ec2-user", PRIVATE)]].concat();
            expected.sort();
            assert_eq!(got, expected, "{hops} at {host}");
        }
        leaves_nothing(&user.caller);
    }
}

#[test]
fn an_alias_in_proxy_jump_is_a_hop() {
    let config = format!(
        "Host bastion\n    HostName {WEB1}\n    User ubuntu\nHost {PRIVATE}\n    ProxyJump bastion\n"
    );
    let user = SshUser::with(&config);
    user.run("mssh", &[PRIVATE, WHERE]).prints("127.0.1.21\n");
    let mut pushed = pushes(&user.caller);
    pushed.sort();
    assert_eq!(pushed, [at("ec2-user", PRIVATE), at("ubuntu", WEB1)]);
}

/// A policy for all hosts, like that of FIPS.
#[test]
fn a_hop_gets_an_rsa_key_where_ed25519_is_forbidden() {
    let policy = "Host *\n    PubkeyAcceptedAlgorithms rsa-sha2-512,rsa-sha2-256\n";
    let user = SshUser::with(policy);
    let hops = format!("{WEB2},{WEB1}");
    user.run("mssh", &["-J", &hops, PRIVATE, WHERE])
        .prints("127.0.1.21\n");
    assert_eq!(pushes(&user.caller).len(), 3);
    leaves_nothing(&user.caller);
}

/// Hops that are no instances need no permission: a look-up may be denied or find nothing. A key
/// that the user has set for a hop is used.
#[test]
fn an_address_without_an_instance_is_a_plain_hop() {
    let user = SshUser::with("Host keyed\n    HostName 127.0.0.11\n    IdentityFile ~/my\n");
    for hop in ["127.0.0.99", "127.0.0.32", "keyed"] {
        let line = user.run("mssh", &["--dry-run", "-J", hop, WEB2]);
        let plain = format!(" -J {hop} ec2-user@127.0.0.12\n");
        assert!(line.stdout.ends_with(&plain), "{line:?}");
    }
    let line = user.run("mssh", &["--dry-run", "-J", "127.0.0.11", WEB2]);
    let ours = line.stdout.contains(" --proxy ") && line.stdout.contains("%%h");
    assert!(ours, "{line:?}");
}
