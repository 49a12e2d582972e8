//! ssh runs its ProxyCommand with SHELL. Ours must work with any shell, and must not change SHELL
//! for other uses.

use std::fs;

use crate::lab::instances::{PRIVATE, WEB1};
use crate::sandbox::{Login, SshUser, eice, finish, lab, skipped};

/// Shells that run nothing, do not exist, are no path, or are not set.
const UNUSABLE: [&str; 6] = [
    "/usr/sbin/nologin",
    "/bin/false",
    "/nowhere/sh",
    "/etc/passwd",
    "bash",
    "",
];

#[test]
fn tunnels_and_hops_work_with_any_shell() {
    let user = SshUser::with("");
    fs::write(user.home.join("file"), "text\n").expect("a file");
    let remote = lab().remote().join(user.caller.access_key());
    let port = format!("-p{}", lab().port());
    for shell in UNUSABLE {
        let run = |program: &str, words: &[&str]| {
            let mut command = user.command(program);
            command.args(words).env("SHELL", shell);
            finish(command.env("AWS_CA_BUNDLE", eice::service().certificate()))
        };
        run("mssh", &["--eice", PRIVATE, "echo in"]).prints("in\n");
        run("mssh", &["--ssm", &port, WEB1, "echo in"]).prints("in\n");
        run("mssh", &["-J", WEB1, PRIVATE, "echo in"]).prints("in\n");
        // A hop behind a hop: our ProxyCommand execs an ssh with a ProxyCommand of its own.
        let two = format!("{WEB1},127.0.0.12");
        run("mssh", &["-J", &two, PRIVATE, "echo in"]).prints("in\n");
        let to = format!("{PRIVATE}:{}", remote.display());
        run("mscp", &["-q", "-J", WEB1, "file", &to]).prints("");
    }
}

/// SHELL in the environment of the ssh that mssh has become.
fn shell_of_ssh(user: &SshUser, words: &[&str], shell: &str) -> String {
    let mut command = user.command("mssh");
    let session = Login::open(command.args(words).env("SHELL", shell));
    let file = format!("/proc/{}/environ", session.pid().as_raw_nonzero());
    let environment = fs::read(file).expect("an environment");
    let environment = String::from_utf8_lossy(&environment).into_owned();
    let mut variables = environment.split('\0');
    let shell = variables.find_map(|it| it.strip_prefix("SHELL="));
    shell.unwrap_or_default().to_owned()
}

#[test]
fn shell_is_not_changed_if_it_works_or_is_not_needed() {
    let user = SshUser::with("");
    let through: &[&str] = &["-J", WEB1, PRIVATE];
    for shell in ["/bin/sh", "/bin/bash", "/usr/bin/zsh", "/usr/bin/fish"] {
        if fs::exists(shell).expect("an answer") {
            assert_eq!(shell_of_ssh(&user, through, shell), shell);
        } else {
            skipped(&format!("a user of {shell}, which is not there"));
        }
    }
    assert_eq!(shell_of_ssh(&user, through, "/bin/false"), "/bin/sh");
    assert_eq!(shell_of_ssh(&user, &[WEB1], "/bin/false"), "/bin/false");
}
