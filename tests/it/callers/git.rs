//! git over `mssh`: it first asks `mssh -G` whether we take a port, which must cost no call.

use std::process::Command;

use super::{Places, program, pushes, read, succeeds, write};
use crate::lab::Tenant;
use crate::lab::cast::{ODD, WEB1};
use crate::sandbox::{finish, lab, tenant};

/// git, with an identity and no settings of this machine.
fn git(tenant: &Tenant<'_>, places: &Places) -> Command {
    let mut git = program(tenant, places, "git");
    git.env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0");
    git.args(["-c", "user.name=lab", "-c", "user.email=lab@example.com"]);
    git.args(["-c", "init.defaultBranch=main"]);
    git
}

/// A bare repository over there, with one commit of the file `greeting`.
fn repository(tenant: &Tenant<'_>, places: &Places, name: &str) {
    let bare = places.there.join(name);
    let seed = places.here.join("seed");
    succeeds(
        git(tenant, places)
            .args(["init", "-q", "--bare"])
            .arg(&bare),
    );
    succeeds(git(tenant, places).args(["init", "-q"]).arg(&seed));
    write(&seed.join("greeting"), "hello\n");
    let at = |words: &[&str]| {
        succeeds(git(tenant, places).arg("-C").arg(&seed).args(words));
    };
    at(&["add", "greeting"]);
    at(&["commit", "-q", "-m", "greet"]);
    let bare = bare.to_str().expect("a path");
    at(&["push", "-q", bare, "HEAD:refs/heads/main"]);
}

/// Clones from `url`, commits, and pushes back: one key pushed for each way.
#[track_caller]
fn clones_and_pushes(variable: &str, value: &str, url: impl Fn(&Places) -> String) {
    let tenant = tenant();
    let places = Places::of(&tenant);
    repository(&tenant, &places, "a repo.git");
    let over_mssh = |words: &[&str]| {
        let mut git = git(&tenant, &places);
        succeeds(git.env(variable, value).args(words)).prints("");
    };
    over_mssh(&["clone", "-q", &url(&places), "clone"]);
    assert_eq!(read(&places.here.join("clone/greeting")), "hello\n");
    pushes(&tenant, 1);
    write(&places.here.join("clone/greeting"), "hello again\n");
    over_mssh(&["-C", "clone", "commit", "-q", "-a", "-m", "again"]);
    over_mssh(&["-C", "clone", "push", "-q", "origin", "main"]);
    pushes(&tenant, 2);
    let mut show = git(&tenant, &places);
    show.arg("-C").arg(places.there.join("a repo.git"));
    finish(show.args(["show", "main:greeting"])).prints("hello again\n");
}

#[test]
fn git_clones_and_pushes_by_the_short_form() {
    let url = |places: &Places| places.remote(&format!("ubuntu@{WEB1}"), "a repo.git");
    clones_and_pushes("GIT_SSH_COMMAND", "mssh", url);
}

#[test]
fn git_clones_and_pushes_by_a_url() {
    let url = |places: &Places| format!("ssh://ubuntu@{WEB1}{}/a repo.git", places.there.display());
    clones_and_pushes("GIT_SSH_COMMAND", "mssh", url);
}

#[test]
fn git_clones_and_pushes_by_a_url_with_a_port() {
    let url = |places: &Places| {
        let port = lab().odd_port();
        format!(
            "ssh://ubuntu@{ODD}:{port}{}/a repo.git",
            places.there.display()
        )
    };
    clones_and_pushes("GIT_SSH_COMMAND", "mssh", url);
}

#[test]
fn git_ssh_takes_us_by_name_and_by_path() {
    let url = |places: &Places| {
        let port = lab().odd_port();
        format!("ssh://{ODD}:{port}{}/a repo.git", places.there.display())
    };
    clones_and_pushes("GIT_SSH", "mssh", url);
    clones_and_pushes("GIT_SSH", env!("CARGO_BIN_EXE_mssh"), url);
}

#[test]
fn git_may_give_us_options_of_ours() {
    let url = |places: &Places| places.remote(WEB1, "a repo.git");
    clones_and_pushes("GIT_SSH_COMMAND", "mssh --region us-east-1 -l ubuntu", url);
}
