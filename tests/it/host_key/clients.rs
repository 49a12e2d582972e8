//! The same names in every program, on every route, through hops, and in plain ssh.

use std::fs;

use super::{ACCEPT, alias, knows, named, remembers, right_key, user, wrong_key};
use crate::lab::instances::{PRIVATE, PRIVATE_WITH_AGENT, WEB1, WEB2};
use crate::sandbox::{Outcome, Pty, SshUser, eice, finish, lab};

/// A file in the home of all instances, and its content.
fn remote_file(user: &SshUser) -> String {
    let name = format!("{}-host-key", user.caller.access_key());
    fs::write(lab().remote().join(&name), "content").expect("written");
    name
}

#[test]
fn msftp_mscp_and_rsync_remember_the_id() {
    for program in ["msftp", "mscp", "rsync"] {
        let user = user("", &[]);
        let file = format!("{WEB1}:{}", remote_file(&user));
        let [option, value] = ACCEPT;
        let shell = format!("mssh {option} {value}");
        let words = match program {
            "rsync" => ["-q", "-e", &shell, &file, "copy"],
            _ => ["-q", option, value, &file, "copy"],
        };
        let outcome = user.run(program, &words);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert!(knows(&user, WEB1) && !knows(&user, "127.0.0.11"));
        let copy = fs::read_to_string(user.home.join("copy"));
        assert_eq!(copy.expect("a file"), "content", "{program}");
    }
}

#[test]
fn one_command_for_two_instances_leaves_their_names_to_ssh() {
    let user = user("", &[(WEB1, &right_key()), (WEB2, &right_key())]);
    let file = remote_file(&user);
    let [one, two] = [WEB1, WEB2].map(|id| format!("{id}:{file}"));
    let both = ["--dry-run", &one, &two, "."];
    assert_eq!(alias(&user, &[WEB1]), Some(named(WEB1)));
    let outcome = user.run("mscp", &both);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(!outcome.stdout.contains("HostKeyAlias"), "{outcome:?}");
    // Twice the same one is one.
    let same = user.run("mscp", &["--dry-run", &one, &one, "."]);
    assert_eq!(same.stdout.matches("HostKeyAlias").count(), 1, "{same:?}");
    let [option, value] = ACCEPT;
    let copied = user.run("mscp", &["-q", option, value, &one, &two, "."]);
    assert_eq!(copied.code, Some(0), "{copied:?}");
    assert!(knows(&user, "127.0.0.11") && knows(&user, "127.0.0.12"));
}

/// The words of a login through a tunnel, which accepts a new key.
fn through(user: &SshUser, words: &[&str]) -> Outcome {
    let mut mssh = user.command("mssh");
    mssh.env("AWS_CA_BUNDLE", eice::service().certificate());
    finish(mssh.args(ACCEPT).args(words).arg("true"))
}

#[test]
fn tunnels_need_no_alias_for_an_id_and_have_one_for_an_address() {
    for way in ["--eice", "--ssm"] {
        let user = user("", &[]);
        assert_eq!(alias(&user, &[way, PRIVATE_WITH_AGENT]), None);
        let outcome = through(&user, &[way, PRIVATE_WITH_AGENT]);
        remembers(&user, &outcome, PRIVATE_WITH_AGENT);
        let by_address = [way, "127.0.1.71"];
        assert_eq!(alias(&user, &by_address), Some(named(PRIVATE_WITH_AGENT)));
        through(&user, &by_address).prints("");
        // By the direct route, too.
        user.run("mssh", &[PRIVATE_WITH_AGENT, "true"]).prints("");
    }
}

#[test]
fn a_name_and_a_host_beside_an_id_stand_for_the_instance() {
    let user = user("", &[(WEB1, &right_key())]);
    for words in [
        &["web1.lab", "true"][..],
        &["127.0.0.11", "true"],
        &["-t", WEB1, "web1.lab", "true"],
    ] {
        user.run("mssh", words).prints("");
    }
    let known = super::user("", &[("web1.lab", &right_key()), ("127.0.0.11", "x y")]);
    assert_eq!(alias(&known, &["web1.lab"]), None);
    known.run("mssh", &["web1.lab", "true"]).prints("");
}

#[test]
fn a_proxy_of_the_user_gets_the_name_too() {
    let proxy = crate::sandbox::proxy("127.0.0.11");
    let user = user("", &[]);
    let option = format!("ProxyCommand={proxy}");
    let words = [&ACCEPT[..], &["-o", &option, WEB1, "true"]].concat();
    remembers(&user, &user.run("mssh", &words), WEB1);
    // A proxy for IDs gets the ID, and so does known_hosts.
    let by_id = super::user(&format!("Host i-*\n  ProxyCommand {proxy}\n"), &[]);
    assert_eq!(alias(&by_id, &[WEB1]), None);
    let words = [&ACCEPT[..], &[WEB1, "true"]].concat();
    remembers(&by_id, &by_id.run("mssh", &words), WEB1);
}

#[test]
fn plain_ssh_and_mssh_know_the_same_hosts() {
    let user = SshUser::installed("", &[]);
    let forget = || fs::write(user.dot_ssh("known_hosts"), "").expect("written");
    let words = [&ACCEPT[..], &[WEB1, "true"]].concat();
    for [first, second] in [["mssh", "ssh"], ["ssh", "mssh"]] {
        forget();
        remembers(&user, &user.run(first, &words), WEB1);
        user.run(second, &[WEB1, "true"]).prints("");
    }
}

#[test]
fn a_hop_is_known_by_its_id() {
    let user = user("", &[(WEB1, &right_key()), (PRIVATE, &right_key())]);
    for hop in [WEB1, "127.0.0.11"] {
        user.run("mssh", &["-J", hop, PRIVATE, "true"]).prints("");
    }
    let recycled = super::user(
        "",
        &[
            (WEB1, &right_key()),
            (PRIVATE, &right_key()),
            ("127.0.0.11", &wrong_key()),
        ],
    );
    recycled
        .run("mssh", &["-J", "127.0.0.11", PRIVATE, "true"])
        .prints("");
    // A key of its address stays in use.
    let known = [("127.0.0.11", &*right_key()), (PRIVATE, &right_key())];
    let by_address = super::user("", &known);
    by_address
        .run("mssh", &["-J", "127.0.0.11", PRIVATE, "true"])
        .prints("");
}

#[test]
fn a_first_contact_on_a_terminal_asks_as_ever() {
    let user = user("", &[]);
    let passwd = user.home.join("passwd");
    let line = format!(
        "NSS_WRAPPER_PASSWD={} mssh -o UserKnownHostsFile='{}' {WEB1}",
        passwd.display(),
        user.dot_ssh("known_hosts").display()
    );
    let mut pty = Pty::open(&user.caller, &line);
    pty.shows("can't be established");
    // mssh has connected already, since the console is read meanwhile.
    let asked = format!("The authenticity of host '{} (<no hostip", named(WEB1));
    assert!(pty.screen().contains(&asked), "{}", pty.screen());
    pty.types("yes\n");
    pty.shows("Permanently added");
    pty.types("exit 7\n");
    assert_eq!(pty.end(), Some(7));
    assert!(knows(&user, WEB1));
}
