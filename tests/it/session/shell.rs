//! ssh gives its ProxyCommand to the shell that SHELL names. Ours must not need that shell, nor hide it
//! from whatever else it is for.

use std::fs;

use crate::lab::instances::{DB1, WEB1};
use crate::sandbox::{House, Session, eice, finish, lab, skipped};

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
    let house = House::with("");
    fs::write(house.home.join("file"), "text\n").expect("a file");
    let remote = lab().remote().join(house.tenant.access_key());
    let port = format!("-p{}", lab().port());
    for shell in UNFIT {
        let run = |program: &str, words: &[&str]| {
            let mut command = house.command(program);
            command.args(words).env("SHELL", shell);
            finish(command.env("AWS_CA_BUNDLE", eice::service().certificate()))
        };
        run("mssh", &["--eice", DB1, "echo in"]).prints("in\n");
        run("mssh", &["--ssm", &port, WEB1, "echo in"]).prints("in\n");
        run("mssh", &["-J", WEB1, DB1, "echo in"]).prints("in\n");
        // A hop behind another: our ProxyCommand becomes an ssh with one of its own.
        let two = format!("{WEB1},127.0.0.12");
        run("mssh", &["-J", &two, DB1, "echo in"]).prints("in\n");
        let to = format!("{DB1}:{}", remote.display());
        run("mscp", &["-q", "-J", WEB1, "file", &to]).prints("");
    }
}

/// The SHELL of the ssh that this command has become.
fn shell_of_ssh(house: &House, words: &[&str], shell: &str) -> String {
    let mut command = house.command("mssh");
    let session = Session::open(command.args(words).env("SHELL", shell));
    let file = format!("/proc/{}/environ", session.pid().as_raw_nonzero());
    let environment = fs::read(file).expect("an environment");
    let environment = String::from_utf8_lossy(&environment).into_owned();
    let mut variables = environment.split('\0');
    let shell = variables.find_map(|it| it.strip_prefix("SHELL="));
    shell.unwrap_or_default().to_owned()
}

#[test]
fn the_users_shell_stays_where_it_is_fit_or_not_needed() {
    let house = House::with("");
    let through: &[&str] = &["-J", WEB1, DB1];
    for shell in ["/bin/sh", "/bin/bash", "/usr/bin/zsh", "/usr/bin/fish"] {
        if fs::exists(shell).expect("an answer") {
            assert_eq!(shell_of_ssh(&house, through, shell), shell);
        } else {
            skipped(&format!("a user of {shell}, which is not there"));
        }
    }
    assert_eq!(shell_of_ssh(&house, through, "/bin/false"), "/bin/sh");
    assert_eq!(shell_of_ssh(&house, &[WEB1], "/bin/false"), "/bin/false");
}
