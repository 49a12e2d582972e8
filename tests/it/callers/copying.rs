//! `scp -S mssh` and `sftp -S mssh`: OpenSSH's programs with `mssh` as their ssh.

use std::process::Command;

use super::{NAMES, Places, program, pushes, read, succeeds, write};
use crate::lab::instances::{ODD_PORT, PRIVATE, WEB1, WEB2};
use crate::lab::{Caller, SEND_SSH_PUBLIC_KEY};
use crate::sandbox::{caller, lab, plain_ssh};

fn scp(caller: &Caller<'_>, places: &Places, options: &[&str]) -> Command {
    let mut scp = program(caller, places, "scp");
    scp.args(["-S", "mssh"]).args(options);
    scp
}

#[test]
fn scp_copies_both_ways_with_both_protocols() {
    for protocol in [&[][..], &["-O"]] {
        let caller = caller();
        let places = Places::of(&caller);
        write(&places.here.join("file"), "text\n");
        let there = places.remote(&format!("ubuntu@{WEB1}"), "file");
        let mut to = scp(&caller, &places, protocol);
        succeeds(to.args(["file", &there])).prints("");
        assert_eq!(read(&places.there.join("file")), "text\n");
        let mut back = scp(&caller, &places, protocol);
        succeeds(back.args([&there, "back"])).prints("");
        assert_eq!(read(&places.here.join("back")), "text\n");
        pushes(&caller, 2);
    }
}

#[test]
fn scp_copies_a_tree_and_keeps_times_and_modes() {
    for protocol in [&["-rp"][..], &["-O", "-rp"]] {
        let caller = caller();
        let places = Places::of(&caller);
        write(&places.here.join("tree/deep/file"), "text\n");
        let mut to = scp(&caller, &places, protocol);
        succeeds(to.args(["tree", &places.remote(WEB1, "copy")])).prints("");
        assert_eq!(read(&places.there.join("copy/deep/file")), "text\n");
    }
}

#[test]
fn scp_uses_another_port() {
    let port = lab().odd_port().to_string();
    for options in [&["-P", &port][..], &["-O", "-P", &port]] {
        let caller = caller();
        let places = Places::of(&caller);
        write(&places.here.join("file"), "text\n");
        let mut to = scp(&caller, &places, options);
        succeeds(to.args(["file", &places.remote(ODD_PORT, "file")])).prints("");
        assert_eq!(read(&places.there.join("file")), "text\n");
    }
}

/// One `mssh` for each side.
#[test]
fn scp_copies_from_one_instance_to_another() {
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.there.join("from"), "text\n");
    let mut scp = scp(&caller, &places, &["-3"]);
    succeeds(scp.args([places.remote(WEB1, "from"), places.remote(WEB2, "to")]));
    assert_eq!(read(&places.there.join("to")), "text\n");
    pushes(&caller, 2);
}

/// The jump uses plain ssh, with an agent whose key the jump host accepts.
#[test]
fn scp_jumps_over_a_host() {
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.here.join("file"), "text\n");
    plain_ssh(&caller);
    let pushed = caller.calls_of(SEND_SSH_PUBLIC_KEY).len();
    // A child of the agent has the group _ssh, and so does not see the lab's users.
    let line = "eval \"$(ssh-agent -s)\" >/dev/null; trap 'kill $SSH_AGENT_PID' EXIT; \
        ssh-add -q \"$0\" && \"$@\"";
    let key = lab().path().join(format!("{}.key", caller.access_key()));
    let mut scp = program(&caller, &places, "sh");
    scp.args(["-c", line]).arg(key);
    scp.args(["scp", "-S", "mssh", "-J", "ec2-user@127.0.0.11"]);
    succeeds(scp.args(["file", &places.remote(WEB2, "file")])).prints("");
    assert_eq!(read(&places.there.join("file")), "text\n");
    // EC2 knows the hop's address, so a key is pushed to it, too.
    pushes(&caller, pushed + 2);
}

#[test]
fn scp_keeps_odd_names() {
    let caller = caller();
    let places = Places::of(&caller);
    for name in NAMES {
        write(&places.here.join("odd names").join(name), name);
    }
    let mut to = scp(&caller, &places, &["-r"]);
    succeeds(to.args(["odd names", &places.remote(WEB1, "copy of it")]));
    for name in NAMES {
        assert_eq!(read(&places.there.join("copy of it").join(name)), *name);
    }
}

#[test]
fn sftp_runs_a_batch() {
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.here.join("file"), "text\n");
    let there = places.there.display();
    write(
        &places.here.join("batch"),
        &format!("put file {there}/put\nget {there}/put got\n"),
    );
    let mut sftp = program(&caller, &places, "sftp");
    succeeds(sftp.args(["-S", "mssh", "-b", "batch", &format!("ubuntu@{PRIVATE}")]));
    assert_eq!(read(&places.there.join("put")), "text\n");
    assert_eq!(read(&places.here.join("got")), "text\n");
    pushes(&caller, 1);
}

#[test]
fn sftp_gets_a_file_from_another_port() {
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.there.join("file"), "text\n");
    let mut sftp = program(&caller, &places, "sftp");
    let port = lab().odd_port().to_string();
    let from = places.remote(ODD_PORT, "file");
    succeeds(sftp.args(["-q", "-S", "mssh", "-P", &port, &from, "got"]));
    assert_eq!(read(&places.here.join("got")), "text\n");
}

/// sftp passes these on as `-o "Key value"`, the form of ssh_config, and not as `Key=value`.
#[test]
fn sftp_passes_options_in_the_form_of_ssh_config() {
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.there.join("file"), "text\n");
    let port = format!("Port {}", lab().odd_port());
    let mut sftp = program(&caller, &places, "sftp");
    sftp.args(["-q", "-S", "mssh", "-o", "User ubuntu", "-o", &port]);
    succeeds(sftp.args([&places.remote(ODD_PORT, "file"), "got"]));
    assert_eq!(read(&places.here.join("got")), "text\n");
    let pushed = caller.calls_of(SEND_SSH_PUBLIC_KEY);
    assert_eq!(pushed[0].user.as_deref(), Some("ubuntu"));
}

/// An alias in ssh_config stands for the instance, as with plain scp and sftp.
#[test]
fn scp_uses_a_host_of_ssh_config() {
    let caller = caller();
    let places = Places::of(&caller);
    write(&places.here.join("file"), "text\n");
    let port = lab().port();
    let config = format!("Host web\n    HostName {WEB1}\n    User ubuntu\n    Port {port}\n");
    write(&places.here.join("config"), &config);
    let mut scp = scp(&caller, &places, &["-F", "config", "-p", "-q", "-C"]);
    succeeds(scp.args(["file", &places.remote("web", "file")])).prints("");
    assert_eq!(read(&places.there.join("file")), "text\n");
    pushes(&caller, 1);
}
