//! Playbooks: ten hosts at once, with and without shared connections (ControlPersist).

use std::fs;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::{Places, costs, read, succeeds, write};
use super::{ansible, hosts, module};
use crate::lab::Caller;
use crate::lab::instances::{PRIVATE, SHORT_ID, WEB1, WEB2};
use crate::sandbox::{caller, finish, leaves_nothing};

/// Ansible's default.
const SHARED: &str = "-C -o ControlMaster=auto -o ControlPersist=60s";
const HOSTS: usize = 10;

/// Ten names for four instances, each with a different user and instance.
fn ten_hosts(places: &Places) {
    let logins = ["ec2-user", "ubuntu", "admin"];
    let all = logins.iter().flat_map(|login| {
        let host = move |id: &&str| format!("ansible_host={id} ansible_user={login}");
        [WEB1, WEB2, SHORT_ID, PRIVATE].iter().map(host)
    });
    let name = |(number, line)| format!("host{number} {line}");
    let lines: Vec<_> = all.take(HOSTS).enumerate().map(name).collect();
    hosts(places, &lines);
}

/// A playbook that writes the name of each host into a remote file, and reads it back.
fn playbook(caller: &Caller<'_>, places: &Places) -> Command {
    let file = format!("{}/{{{{ inventory_hostname }}}}", places.there.display());
    let text = format!(
        "- hosts: all
  gather_facts: false
  tasks:
    - copy: {{ content: '{{{{ inventory_hostname }}}}', dest: '{file}' }}
    - command: 'cat {file}'
      register: it
    - assert: {{ that: it.stdout == inventory_hostname }}
"
    );
    write(&places.here.join("play.yml"), &text);
    let mut playbook = ansible(caller, places, "ansible-playbook");
    playbook.args(["--forks", "10", "play.yml"]);
    playbook
}

/// Runs the playbook and asserts that it succeeds on every host.
#[track_caller]
fn succeeds_on_all_hosts(playbook: &mut Command, places: &Places) {
    let outcome = succeeds(playbook);
    for number in 0..HOSTS {
        let host = format!("host{number}");
        let mut lines = outcome.stdout.lines();
        let done = |line: &str| line.starts_with(&host) && line.contains("ok=3 ");
        assert!(lines.any(done), "{host}: {outcome:?}");
        assert_eq!(read(&places.there.join(&host)), host);
    }
}

#[test]
fn ten_hosts_at_once_without_shared_connections() {
    let caller = caller();
    let places = Places::of(&caller);
    ten_hosts(&places);
    let mut playbook = playbook(&caller, &places);
    succeeds_on_all_hosts(playbook.env("ANSIBLE_PIPELINING", "1"), &places);
    leaves_nothing(&caller);
}

#[test]
fn ten_hosts_at_once_with_shared_connections() {
    let caller = caller();
    let places = Places::of(&caller);
    ten_hosts(&places);
    let mut playbook = playbook(&caller, &places);
    succeeds_on_all_hosts(playbook.env("ANSIBLE_SSH_ARGS", SHARED), &places);
    assert_eq!(sockets(&places).len(), HOSTS);
    end_masters(&caller, &places);
    leaves_nothing(&caller);
}

/// Over a shared connection, plain sftp works, too: it needs no key.
#[test]
fn with_shared_connections_ansible_needs_only_mssh_as_its_ssh() {
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.here.join("file"), "text\n");
    let words = format!("src=file dest={}", places.there.join("file").display());
    let mut copy = module(&caller, &places, &["copy", "-a", &words]);
    copy.env("ANSIBLE_SSH_ARGS", SHARED)
        .env("ANSIBLE_SSH_TRANSFER_METHOD", "sftp")
        .env_remove("ANSIBLE_SFTP_EXECUTABLE");
    succeeds(&mut copy);
    assert_eq!(read(&places.there.join("file")), "text\n");
    end_masters(&caller, &places);
}

/// Ansible probes the `ssh` on PATH with a bare `-o ControlPersist`. mssh under the name `ssh`
/// answers so that connections are shared.
#[test]
fn the_control_persist_probe_does_not_turn_sharing_off() {
    let caller = caller();
    let places = Places::of(&caller);
    let bin = places.here.join("bin");
    fs::create_dir_all(&bin).expect("a directory");
    symlink(env!("CARGO_BIN_EXE_mssh"), bin.join("ssh")).expect("a link");
    let mut ping = module(&caller, &places, &["ping", "-vvv"]);
    ping.env("PATH", path_from(&ping, &bin))
        .env("ANSIBLE_TRANSPORT", "smart")
        .env_remove("ANSIBLE_SSH_EXECUTABLE")
        .env_remove("ANSIBLE_SSH_ARGS");
    let outcome = succeeds(&mut ping);
    assert!(outcome.stdout.contains("\"ping\": \"pong\""), "{outcome:?}");
    assert!(
        outcome.stdout.contains("-o ControlPersist=60s"),
        "{outcome:?}"
    );
    assert_eq!(sockets(&places).len(), 1, "{outcome:?}");
    end_masters(&caller, &places);
}

#[test]
fn without_control_persist_each_connection_is_pushed_for() {
    let caller = caller();
    let places = Places::of(&caller);
    let mut ping = module(&caller, &places, &["ping"]);
    for count in 1..=2 {
        succeeds(ping.env("ANSIBLE_PIPELINING", "1"));
        costs(&caller, count);
    }
    assert_eq!(sockets(&places), Vec::<PathBuf>::new());
}

/// The `PATH` of this command, with a directory in front.
fn path_from(command: &Command, first: &Path) -> std::ffi::OsString {
    let mut variables = command.get_envs();
    let path = variables.find(|(name, _)| *name == "PATH");
    let path = path.and_then(|(_, value)| value).unwrap_or_default();
    let all = std::iter::once(first.to_owned()).chain(std::env::split_paths(path));
    std::env::join_paths(all).expect("a path")
}

/// The sockets of the masters that Ansible has left running.
fn sockets(places: &Places) -> Vec<PathBuf> {
    let entries = fs::read_dir(places.here.join("cp")).into_iter().flatten();
    let sockets = entries.flatten().filter(|entry| {
        let kind = entry.file_type();
        kind.is_ok_and(|kind| kind.is_socket())
    });
    sockets.map(|entry| entry.path()).collect()
}

/// Ends every master with `-O exit`, and asserts that each was running.
#[track_caller]
fn end_masters(caller: &Caller<'_>, places: &Places) {
    for socket in sockets(places) {
        let mut exit = caller.command("ssh");
        exit.arg("-o")
            .arg(format!("ControlPath={}", socket.display()));
        let outcome = finish(exit.args(["-O", "exit", "any"]));
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
    }
}
