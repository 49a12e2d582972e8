//! The agent serves the login of its own client, and nobody else.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::lab::instances::WEB1;
use crate::sandbox::{
    Login, SshAgent, SshUser, caller, finish, lab, leaves_nothing, skipped, write_script,
};

#[test]
fn another_process_of_the_user_gets_nothing_from_the_agent() {
    let user = SshUser::with("");
    let mut session = Login::open(user.command("mssh").arg(WEB1));
    let mut add = user.command("ssh-add");
    let listed = finish(add.arg("-l").env("SSH_AUTH_SOCK", session.socket()));
    assert_eq!(listed.stdout, "", "{listed:?}");
    assert_ne!(listed.code, Some(0), "{listed:?}");
    let agent = format!("IdentityAgent={}", session.socket().display());
    let key = session.directory().join("key.pub");
    let mut ssh = user.command("ssh");
    ssh.args([
        "-o",
        &agent,
        "-o",
        "IdentitiesOnly=yes",
        "-o",
        "BatchMode=yes",
        "-i",
    ]);
    let outcome = finish(ssh.arg(key).args(["ec2-user@127.0.0.11", "echo in"]));
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(255), ""));
    assert!(session.answers());
    assert_eq!(session.end().code, Some(0));
    leaves_nothing(&user.caller);
}

#[test]
fn other_users_cannot_reach_the_agent() {
    let caller = caller();
    if !rustix::process::geteuid().is_root() {
        return skipped("only root can become another user");
    }
    let base = tempfile::tempdir().expect("a directory");
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(&base, open).expect("the mode");
    let mut mssh = caller.command("mssh");
    let session = Login::open(mssh.arg(WEB1).env("XDG_RUNTIME_DIR", base.path()));
    let mut add = caller.command("setpriv");
    add.args(["--reuid", "54321", "--clear-groups", "ssh-add", "-l"]);
    add.env_remove("LD_PRELOAD");
    let listed = finish(add.env("SSH_AUTH_SOCK", session.socket()));
    assert_eq!(
        (listed.code, listed.stdout.as_str()),
        (Some(2), ""),
        "{listed:?}"
    );
    assert!(listed.stderr.contains("Permission denied"), "{listed:?}");
}

/// What ssh starts once it has logged in is the user's, and so is the agent that it sees.
#[test]
fn a_local_command_sees_the_keys_of_the_user_only() {
    let user = SshUser::with("");
    let agent = SshAgent::of(&user);
    let key = agent.has_a_key(&user);
    let words = [
        "-o",
        "PermitLocalCommand=yes",
        "-o",
        "LocalCommand=ssh-add -L >seen 2>&1; sh -c 'ssh-add -L' >>seen 2>&1",
        WEB1,
        "echo in",
    ];
    finish(agent.command(&user, "mssh").args(words)).prints("in\n");
    let seen = fs::read_to_string(user.home.join("seen")).expect("a file");
    assert_eq!(seen, key.repeat(2));
    // Without an agent of their own, they see none.
    finish(user.command("mssh").args(words)).prints("in\n");
    let seen = fs::read_to_string(user.home.join("seen")).expect("a file");
    assert!(!seen.contains("ssh-ed25519"), "{seen}");
    leaves_nothing(&user.caller);
}

/// Before the login, too, a ProxyCommand of the user's must not find our key.
#[test]
fn a_proxy_of_the_user_sees_their_own_agent() {
    let user = SshUser::with("");
    let agent = SshAgent::of(&user);
    let key = agent.has_a_key(&user);
    let port = lab().port();
    let connect = format!("exec 3<>/dev/tcp/127.0.0.11/{port}; cat <&3 & cat >&3; kill $!");
    let proxy = format!("ProxyCommand=bash -c 'ssh-add -L >seen 2>&1; {connect}'");
    let mut mssh = agent.command(&user, "mssh");
    finish(mssh.args(["-o", &proxy, WEB1, "echo in"])).prints("in\n");
    let seen = fs::read_to_string(user.home.join("seen")).expect("a file");
    assert!(seen.contains(&key), "{seen}");
    leaves_nothing(&user.caller);
}

#[test]
fn a_program_named_ssh_that_starts_the_real_one_logs_in() {
    for body in [
        "'$ssh' \"$@\"\nexit $?",
        "exec sh -c \"'$ssh' \\\"\\$@\\\"; exit \\$?\" sh \"$@\"",
    ] {
        let user = SshUser::with("");
        let real = which::which("ssh").expect("ssh");
        let bin = user.home.join("bin");
        fs::create_dir(&bin).expect("a directory");
        let body = body.replace("$ssh", &real.display().to_string());
        write_script(bin.join("ssh"), format!("#!/bin/sh\n{body}\n"));
        let mut mssh = user.command("mssh");
        let path = mssh
            .get_envs()
            .find(|it| it.0 == "PATH")
            .and_then(|it| it.1);
        let path = format!("{}:{}", bin.display(), path.expect("a PATH").display());
        mssh.env("PATH", path);
        finish(mssh.args([WEB1, "exit 7"])).ends(7, "");
        leaves_nothing(&user.caller);
    }
}
