//! Ansible with `mssh` as its ssh: modules, copies, another user.
//!
//! - here: one instance and one module at a time
//! - `playbook`: ten hosts at once, and connections that are shared

mod playbook;

use std::process::Command;

use super::{Places, costs, program, read, succeeds, write};
use crate::lab::instances::{STOPPED, WEB1};
use crate::lab::{Caller, SEND_SSH_PUBLIC_KEY};
use crate::sandbox::{caller, finish, run, skipped};

/// One of Ansible's programs, with the inventory of [`hosts`] and none of this machine's settings.
/// Connections are not shared by default.
fn ansible(caller: &Caller<'_>, places: &Places, name: &str) -> Command {
    write(&places.here.join("ansible.cfg"), "");
    let mut ansible = program(caller, places, name);
    ansible
        .env("ANSIBLE_CONFIG", places.here.join("ansible.cfg"))
        .env("ANSIBLE_HOME", places.here.join("ansible"))
        .env("ANSIBLE_INVENTORY", places.here.join("hosts"))
        .env("ANSIBLE_SSH_CONTROL_PATH_DIR", places.here.join("cp"))
        .env("ANSIBLE_SSH_EXECUTABLE", "mssh")
        .env("ANSIBLE_SFTP_EXECUTABLE", "msftp")
        .env("ANSIBLE_SCP_EXECUTABLE", "mscp")
        .env("ANSIBLE_SSH_ARGS", "-C")
        .env("ANSIBLE_NOCOLOR", "1");
    ansible
}

/// Writes the inventory. The interpreter is added to each line, so that Ansible does not search for
/// it.
fn hosts(places: &Places, lines: &[String]) {
    let variables = "[all:vars]\nansible_python_interpreter=/usr/bin/python3\n";
    let text = format!("{}\n{variables}", lines.join("\n"));
    write(&places.here.join("hosts"), &text);
}

/// A module, run on the only host: `web`, which is [`WEB1`].
fn module(caller: &Caller<'_>, places: &Places, words: &[&str]) -> Command {
    hosts(places, &[format!("web ansible_host={WEB1}")]);
    let mut command = ansible(caller, places, "ansible");
    command.args(["-o", "web", "-m"]).args(words);
    command
}

#[test]
fn ping_answers_with_and_without_pipelining() {
    for pipelining in ["0", "1"] {
        let caller = caller();
        let places = Places::of(&caller);
        let mut ping = module(&caller, &places, &["ping"]);
        let outcome = succeeds(ping.env("ANSIBLE_PIPELINING", pipelining));
        let answer = "web | SUCCESS => {\"changed\": false,\"ping\": \"pong\"}\n";
        outcome.prints(answer);
        // Without pipelining: a directory, a file, and the cleanup, each by a run of ssh or sftp.
        let runs = caller.calls_of(SEND_SSH_PUBLIC_KEY).len();
        assert_eq!(runs == 1, pipelining == "1", "{runs} runs");
        costs(&caller, runs);
    }
}

/// Ansible puts the host of sftp and scp into brackets, for IPv6. IDs work in them, too.
#[test]
fn copy_and_fetch_work_with_each_transfer_method() {
    for method in ["sftp", "scp", "piped", "smart"] {
        let caller = caller();
        let places = Places::of(&caller);
        write(&places.here.join("file"), "text\n");
        let there = places.there.join("copy").display().to_string();
        let words = format!("src=file dest={there}");
        let mut copy = module(&caller, &places, &["copy", "-a", &words]);
        succeeds(copy.env("ANSIBLE_SSH_TRANSFER_METHOD", method));
        assert_eq!(read(&places.there.join("copy")), "text\n", "{method}");
        let words = format!("src={there} dest=fetched/ flat=yes");
        let mut fetch = module(&caller, &places, &["fetch", "-a", &words]);
        succeeds(fetch.env("ANSIBLE_SSH_TRANSFER_METHOD", method));
        assert_eq!(read(&places.here.join("fetched/copy")), "text\n");
    }
}

#[test]
fn a_task_may_become_another_user() {
    let caller = caller();
    let places = Places::of(&caller);
    if run(&caller, "mssh", [WEB1, "sudo -n true"]).code != Some(0) {
        skipped("sudo asks for a password on this machine, or is not there");
        return;
    }
    let words = [
        "command",
        "-a",
        "id -un",
        "--become",
        "--become-user",
        "nobody",
    ];
    for pipelining in ["0", "1"] {
        let mut id = module(&caller, &places, &words);
        let outcome = succeeds(id.env("ANSIBLE_PIPELINING", pipelining));
        assert!(
            outcome.stdout.contains("(stdout) nobody\n"),
            "{pipelining}: {outcome:?}"
        );
    }
}

#[test]
fn the_user_is_ansibles_or_else_our_default() {
    for (setting, user) in [("", "ec2-user"), ("ansible_user=ubuntu", "ubuntu")] {
        let caller = caller();
        let places = Places::of(&caller);
        let mut ping = module(&caller, &places, &["raw", "-a", "echo $USER"]);
        hosts(&places, &[format!("web ansible_host={WEB1} {setting}")]);
        let outcome = succeeds(&mut ping);
        assert!(outcome.stdout.contains(user), "{outcome:?}");
    }
}

/// Status 255 means unreachable to Ansible, which shows our message.
#[test]
fn a_stopped_instance_is_unreachable_and_the_reason_is_shown() {
    let caller = caller();
    let places = Places::of(&caller);
    let mut ping = module(&caller, &places, &["ping"]);
    hosts(&places, &[format!("web ansible_host={STOPPED}")]);
    let outcome = finish(&mut ping);
    assert_eq!(outcome.code, Some(4), "{outcome:?}");
    let shown = format!("{}{}", outcome.stdout, outcome.stderr);
    let reason = format!("mssh: error: instance {STOPPED} is stopped");
    assert!(shown.contains("UNREACHABLE!"), "{shown}");
    assert!(shown.contains(&reason), "{shown}");
}
