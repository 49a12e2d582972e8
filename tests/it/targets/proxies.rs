//! The user's ssh_config: proxies and hops.

use crate::lab::instances::{PRIVATE, WEB1};
use crate::sandbox::{caller, config, proxy, run};

#[test]
fn a_proxy_for_ids_gets_the_id() {
    let proxy = proxy("127.0.1.21");
    let (_kept, file) = config(&format!(
        "Host i-*\n  ProxyCommand {proxy}\n  SetEnv LC_X=%h"
    ));
    let caller = caller();
    let words = [
        "-v",
        "-o",
        "LogLevel=QUIET",
        "-F",
        &file,
        PRIVATE,
        "echo in",
    ];
    let outcome = run(&caller, "mssh", words);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("in\n", Some(0)));
    let route = format!(
        "mssh: user ec2-user, the default, since neither the command line nor ssh_config \
         names one\nmssh: ec2-user at {PRIVATE}: {PRIVATE}, by the proxy of your ssh_config\n"
    );
    assert!(outcome.stderr.starts_with(&route), "{}", outcome.stderr);
    let dry = ["--dry-run", "--via", "instance-id", WEB1];
    let line = format!(
        "ssh -o IdentityAgent=AGENT_SOCKET -o IdentitiesOnly=yes -i EPHEMERAL_KEY ec2-user@{WEB1}\n"
    );
    run(&caller, "mssh", dry).prints(&line);
}

#[test]
fn a_proxy_for_all_hosts_or_of_the_command_line_gets_the_address() {
    let caller = caller();
    let (_kept, file) = config("Host *\n  ProxyJump bastion.example");
    for words in [
        vec!["-F", &file],
        vec!["-J", "bastion.example"],
        vec!["-o", "ProxyCommand nc %h %p"],
        vec!["-oproxyjump=bastion.example"],
    ] {
        let words = [vec!["--dry-run"], words, vec![WEB1]].concat();
        let outcome = run(&caller, "mssh", &words);
        assert!(
            outcome.stdout.ends_with("ec2-user@127.0.0.11\n"),
            "{outcome:?}"
        );
    }
}

/// A hop cannot resolve an ID: ssh connects to the address, under the name that the block is for.
#[test]
fn hops_for_ids_get_the_address() {
    let caller = caller();
    let (_kept, file) = config("Host i-*\n  ProxyJump bastion.example");
    let outcome = run(&caller, "mssh", ["--dry-run", "-F", &file, PRIVATE]);
    let line = &outcome.stdout;
    assert!(line.contains(" -o HostName=127.0.1.21 "), "{outcome:?}");
    assert!(
        line.ends_with(&format!(" ec2-user@{PRIVATE}\n")),
        "{outcome:?}"
    );
}

#[test]
fn an_alias_with_a_proxy_of_its_own_keeps_it() {
    let proxy = proxy("127.0.1.21").replacen('\'', &format!("'[ $0 = {PRIVATE} ] || exit 1; "), 1);
    let text = format!("Host db\n  HostName {PRIVATE}\n  ProxyCommand {proxy} %h");
    let (_kept, file) = config(&text);
    run(&caller(), "mssh", ["-F", &file, "db", "echo in"]).prints("in\n");
}
