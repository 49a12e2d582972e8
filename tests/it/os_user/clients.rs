//! `--login auto` with everything that ssh is used for.

use super::{IMAGES, UBUNTU, with_ubuntu};
use crate::lab::images::Software;
use crate::lab::instances::{PRIVATE, WEB1};
use crate::lab::{Caller, DESCRIBE_INSTANCES, SEND_SSH_PUBLIC_KEY};
use crate::sandbox::{SshUser, finish, finish_with, lab, leaves_nothing, pushes};

fn ubuntu_at(id: &str) -> String {
    format!("ubuntu@{id}")
}

fn user_with(config: &str) -> SshUser {
    let user = SshUser::with(config);
    user.caller.software(Software {
        image: Some(UBUNTU),
        ..Software::default()
    });
    user
}

#[test]
fn msftp_and_mscp_find_the_user() {
    let caller = with_ubuntu();
    let directory = tempfile::tempdir().expect("a directory");
    let file = |name: &str| directory.path().join(name).display().to_string();
    std::fs::write(file("a"), "a").expect("a file");
    let mut mscp = caller.command("mscp");
    let remote = format!("{WEB1}:{}", file("b"));
    finish(mscp.args(["-q", "--login", "auto", &file("a"), &remote])).prints("");
    let mut msftp = caller.command("msftp");
    let batch = format!("get {} {}", file("b"), file("c"));
    let words = ["-q", "--login", "auto", "-b", "-", WEB1];
    let outcome = finish_with(msftp.args(words), batch.as_bytes());
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert_eq!(std::fs::read_to_string(file("c")).expect("a file"), "a");
    assert_eq!(pushes(&caller), vec![ubuntu_at(WEB1); 2]);
    leaves_nothing(&caller);
}

/// The user of a hop is ssh's to decide, as ever.
#[test]
fn a_target_behind_a_hop_has_its_own_user() {
    let user = user_with("");
    let outcome = user.run("mssh", &["--login", "auto", "-J", WEB1, PRIVATE, "echo in"]);
    outcome.prints("in\n");
    let mut pushed = pushes(&user.caller);
    pushed.sort();
    assert_eq!(pushed, [format!("ec2-user@{WEB1}"), ubuntu_at(PRIVATE)]);
    leaves_nothing(&user.caller);
}

#[test]
fn a_user_in_ssh_config_wins() {
    let user = user_with("Match originalhost i-*\n  User fedora\n");
    user.run("mssh", &["--login", "auto", WEB1, "echo in"])
        .prints("in\n");
    assert_eq!(pushes(&user.caller), [format!("fedora@{WEB1}")]);
    assert_eq!(user.caller.calls_of(IMAGES).len(), 0);
}

/// Look-ups of instances and images, and pushes.
fn calls(caller: &Caller<'_>) -> [usize; 3] {
    [DESCRIBE_INSTANCES, IMAGES, SEND_SSH_PUBLIC_KEY].map(|it| caller.calls_of(it).len())
}

/// The socket may depend on the user, so that it is looked for once the user is known.
#[test]
fn a_master_connection_of_the_user_is_used() {
    let caller = with_ubuntu();
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("%r-%p").display().to_string();
    let mssh = |words: &[&str]| {
        let mut mssh = caller.command("mssh");
        finish(mssh.args(["--login", "auto", "-S", &path]).args(words))
    };
    mssh(&["-M", "-f", "-N", WEB1]).prints("");
    assert_eq!(calls(&caller), [1, 1, 1]);
    let socket = directory.path().join(format!("ubuntu-{}", lab().port()));
    assert!(socket.exists());
    mssh(&[WEB1, "echo in"]).prints("in\n");
    assert_eq!(calls(&caller), [2, 2, 1]);
    let outcome = mssh(&["-O", "exit", &ubuntu_at(WEB1)]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    leaves_nothing(&caller);
}
