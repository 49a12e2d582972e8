//! ssh gives its ProxyCommand to the shell that SHELL names. Ours must not need that shell, nor hide it
//! from whatever else it is for.

use std::fs;

use crate::lab::instances::{PRIVATE, WEB1};
use crate::sandbox::{Login, SshUser, eice, finish, lab, skipped};

/// What runs nothing, is not there, is no path, or is not set.
const UNFIT: [&str; 6] = [
    "/usr/sbin/nologin",
    "/bin/false",
    "/nowhere/sh",
    "/etc/passwd",
    "bash",
    "",
];

#[test]
fn tunnels_and_hops_work_whatever_the_users_shell_is() {
    let user = SshUser::with("");
    fs::write(user.home.join("file"), "text\n").expect("a file");
    let remote = lab().remote().join(user.caller.access_key());
    let port = format!("-p{}", lab().port());
    for shell in UNFIT {
        let run = |program: &str, words: &[&str]| {
            let mut command = user.command(program);
            command.args(words).env("SHELL", shell);
            finish(command.env("AWS_CA_BUNDLE", eice::service().certificate()))
        };
        run("mssh", &["--eice", PRIVATE, "echo in"]).prints("in\n");
        run("mssh", &["--ssm", &port, WEB1, "echo in"]).prints("in\n");
        run("mssh", &["-J", WEB1, PRIVATE, "echo in"]).prints("in\n");
        // A hop behind another: our ProxyCommand becomes an ssh with one of its own.
        let two = format!("{WEB1},127.0.0.12");
        run("mssh", &["-J", &two, PRIVATE, "echo in"]).prints("in\n");
        let to = format!("{PRIVATE}:{}", remote.display());
        run("mscp", &["-q", "-J", WEB1, "file", &to]).prints("");
    }
}

/// The SHELL of the ssh that this command has become.
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
fn the_users_shell_stays_where_it_is_fit_or_not_needed() {
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
