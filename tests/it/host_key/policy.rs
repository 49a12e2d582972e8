//! What the user has set about host keys stays: in a file or on the command line.

use std::fs;

use super::{ACCEPT, alias, named, right_key, user};
use crate::lab::instances::{ODD_PORT, WEB1};
use crate::sandbox::{SshUser, finish, lab, run, write_script};

/// Options of ssh with which the name is ssh's own.
const OWN: &[&str] = &[
    "HostKeyAlias=web",
    "StrictHostKeyChecking=no",
    "StrictHostKeyChecking=off",
    "StrictHostKeyChecking=yes",
    "UserKnownHostsFile=/dev/null",
    "GlobalKnownHostsFile=/dev/null",
    "KnownHostsCommand=/bin/true",
    "ControlPath=~/.ssh/%k",
];

/// Options that leave it to mssh.
const OURS: &[&str] = &[
    "StrictHostKeyChecking=ask",
    "StrictHostKeyChecking=accept-new",
    "UserKnownHostsFile=~/.ssh/known_hosts",
    "HashKnownHosts=no",
    "ControlPath=~/.ssh/%C",
    "VerifyHostKeyDNS=yes",
];

#[test]
fn host_key_options_of_the_command_line_decide() {
    let user = user("", &[]);
    for (options, expected) in [(OWN, None), (OURS, Some(named(WEB1)))] {
        for option in options {
            let got = alias(&user, &["-o", option, WEB1]);
            let own = got.filter(|it| it != "web");
            assert_eq!(own, expected, "{option}");
        }
    }
}

#[test]
fn host_key_options_of_a_file_decide() {
    for (options, expected) in [(OWN, None), (OURS, Some(named(WEB1)))] {
        for option in options {
            for host in ["*", WEB1, "127.0.0.*"] {
                let line = option.replacen('=', " ", 1);
                let user = user(&format!("Host {host}\n  {line}\n"), &[]);
                // A Host with the ID does not apply to the address, which ssh gets.
                let expected = expected.clone().or((host == WEB1).then(|| named(WEB1)));
                assert_eq!(alias(&user, &[WEB1]), expected, "{host}: {option}");
            }
        }
    }
}

#[test]
fn the_option_decides_for_both() {
    let user = user("", &[("127.0.0.11", &right_key())]);
    for (value, expected) in [("auto", None), ("yes", Some(named(WEB1))), ("no", None)] {
        let words = ["--host-key-alias", value, WEB1];
        assert_eq!(alias(&user, &words), expected, "{value}");
    }
    let config = super::user("Host *\n  HostKeyAlias web\n", &[]);
    assert_eq!(
        alias(&config, &["--host-key-alias=yes", WEB1]),
        Some(named(WEB1))
    );
    let words = ["--host-key-alias=yes", "-oHostKeyAlias=web", WEB1];
    let outcome = user.run("mssh", &[&["--dry-run"], &words[..]].concat());
    assert_eq!(outcome.stdout.matches("HostKeyAlias").count(), 1);
    let unknown = super::user("", &[]);
    assert_eq!(alias(&unknown, &["--host-key-alias=no", WEB1]), None);
}

#[test]
fn a_wrong_value_is_an_error() {
    let user = user("", &[]);
    for program in ["mssh", "msftp"] {
        let outcome = user.run(program, &["--host-key-alias=maybe", WEB1]);
        let error = format!("{program}: error: `maybe` is not a valid value for --host-key-alias");
        let hint = format!("{program}: hint: choose one of: auto, yes, no");
        outcome.fails(255, &[&error, &hint]);
    }
    let outcome = run(
        &user.caller,
        "mssh",
        ["--host-key-alias=yes", "--serial", WEB1],
    );
    outcome.fails(
        255,
        &[
            "mssh: error: --host-key-alias cannot be used with --serial",
            "mssh: hint: leave out --host-key-alias or --serial",
        ],
    );
}

#[test]
fn two_servers_of_an_instance_are_told_apart() {
    let user = user("", &[]);
    let port = lab().odd_port().to_string();
    let words = ["-p", &port, ODD_PORT, "true"];
    assert_eq!(
        alias(&user, &words[..3]),
        Some(format!("[{ODD_PORT}]:{port}"))
    );
    let first = user.run("mssh", &[&ACCEPT[..], &words].concat());
    assert!(first.stderr.contains(&format!("'[{ODD_PORT}]:{port}'")));
    user.run("mssh", &words).prints("");
    // A key of the address with its port stays in use.
    let known = format!("[127.0.0.51]:{port} {}\n", right_key());
    fs::write(user.dot_ssh("known_hosts"), known).expect("written");
    assert_eq!(alias(&user, &words[..3]), None);
    user.run("mssh", &words).prints("");
}

#[test]
fn mssh_connects_to_a_host_that_is_known_by_its_id() {
    let known = user("", &[(WEB1, &right_key())]);
    let outcome = known.run("mssh", &["--debug", WEB1, "true"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let option = format!("HostKeyAlias={}", named(WEB1));
    for part in [&*option, "ProxyUseFdpass=yes"] {
        assert!(outcome.stderr.contains(part), "{part}: {}", outcome.stderr);
    }
    known.cost(1, 1);
    // Without the console, ssh would ask about the key, and show no address.
    let words = ["--verify-host-key", "off", "--debug", WEB1, "true"];
    let unknown = user("", &[]).run("mssh", &words);
    assert!(!unknown.stderr.contains("ProxyUseFdpass"), "{unknown:?}");
}

/// How often `mssh` asks ssh for its settings.
#[track_caller]
fn asked(user: &SshUser) -> usize {
    let bin = user.home.join("bin");
    fs::create_dir_all(&bin).expect("a directory");
    let log = user.home.join("log");
    let _ = fs::remove_file(&log);
    let script = format!(
        "#!/bin/sh\n[ \"$1\" != -G ] || echo asked >>'{}'\nPATH=${{PATH#*:}} exec ssh \"$@\"",
        log.display()
    );
    write_script(bin.join("ssh"), &script);
    let mut mssh = user.command("mssh");
    let path = mssh.get_envs().find(|(name, _)| *name == "PATH");
    let path = path.and_then(|(_, value)| value).expect("a path");
    let path = format!("{}:{}", bin.display(), path.display());
    finish(mssh.env("PATH", path).args([WEB1, "true"])).prints("");
    fs::read_to_string(&log).expect("a file").lines().count()
}

#[test]
fn ssh_is_asked_again_only_where_its_files_may_differ_for_the_address() {
    let known = [(WEB1, &*right_key())];
    for (config, expected) in [
        ("", 1),
        ("Host *\n  StrictHostKeyChecking accept-new\n", 1),
        ("Host 127.0.*\n  ServerAliveInterval 9\n", 1),
        ("Host 127.0.*\n  StrictHostKeyChecking accept-new\n", 2),
    ] {
        assert_eq!(asked(&user(config, &known)), expected, "{config}");
    }
    let installed = SshUser::installed("", &[]);
    let lines = format!("{} {}\n", named(WEB1), right_key());
    fs::write(installed.dot_ssh("known_hosts"), lines).expect("written");
    assert_eq!(asked(&installed), 1);
}
