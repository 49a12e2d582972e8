//! git over `mssh`. It first runs `mssh -G` to learn whether `-p` works, which must cost no call.

use std::process::Command;

use super::{Places, costs, program, pushes, read, succeeds, write};
use crate::lab::Caller;
use crate::lab::instances::{ODD_PORT, WEB1};
use crate::sandbox::{caller, lab};

/// git with an identity, and none of this machine's settings.
fn git(caller: &Caller<'_>, places: &Places) -> Command {
    let mut git = program(caller, places, "git");
    git.env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0");
    git.args(["-c", "user.name=lab", "-c", "user.email=lab@example.com"]);
    git.args(["-c", "init.defaultBranch=main"]);
    git
}

/// A bare remote repository, with one commit of the file `greeting`.
fn repository(caller: &Caller<'_>, places: &Places, name: &str) {
    let bare = places.there.join(name);
    let seed = places.here.join("seed");
    succeeds(
        git(caller, places)
            .args(["init", "-q", "--bare"])
            .arg(&bare),
    );
    succeeds(git(caller, places).args(["init", "-q"]).arg(&seed));
    write(&seed.join("greeting"), "hello\n");
    let at = |words: &[&str]| {
        succeeds(git(caller, places).arg("-C").arg(&seed).args(words));
    };
    at(&["add", "greeting"]);
    at(&["commit", "-q", "-m", "greet"]);
    let bare = bare.to_str().expect("a path");
    at(&["push", "-q", bare, "HEAD:refs/heads/main"]);
}

/// Environment variables that make git use mssh.
const SETTINGS: &[&[(&str, &str)]] = &[
    &[("GIT_SSH_COMMAND", "mssh")],
    &[("GIT_SSH", "mssh")],
    &[
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "core.sshCommand"),
        ("GIT_CONFIG_VALUE_0", "mssh"),
    ],
];

/// Clones from `url`, commits, pushes and fetches: one look-up and one key push for each, and none
/// for git's probe.
#[track_caller]
fn clones_and_pushes(settings: &[(&str, &str)], url: impl Fn(&Places) -> String) {
    let caller = caller();
    let places = Places::of(&caller);
    repository(&caller, &places, "a repo.git");
    let over_mssh = |words: &[&str]| {
        let mut git = git(&caller, &places);
        let git = git.envs(settings.iter().copied()).args(words);
        succeeds(git).prints("");
    };
    over_mssh(&["clone", "-q", &url(&places), "clone"]);
    assert_eq!(read(&places.here.join("clone/greeting")), "hello\n");
    costs(&caller, 1);
    write(&places.here.join("clone/greeting"), "hello again\n");
    over_mssh(&["-C", "clone", "commit", "-q", "-a", "-m", "again"]);
    over_mssh(&["-C", "clone", "push", "-q", "origin", "main"]);
    costs(&caller, 2);
    let in_bare = |words: &[&str]| {
        let mut git = git(&caller, &places);
        let bare = places.there.join("a repo.git");
        succeeds(git.arg("-C").arg(bare).args(words)).stdout
    };
    assert_eq!(in_bare(&["show", "main:greeting"]), "hello again\n");
    in_bare(&["branch", "other", "main"]);
    over_mssh(&["-C", "clone", "fetch", "-q", "origin"]);
    costs(&caller, 3);
    let mut verify = git(&caller, &places);
    verify.args(["-C", "clone", "rev-parse", "--verify", "origin/other"]);
    succeeds(&mut verify);
}

/// `ssh://` with the port of [`ODD_PORT`].
fn with_port(places: &Places) -> String {
    let (port, there) = (lab().odd_port(), places.there.display());
    format!("ssh://ubuntu@{ODD_PORT}:{port}{there}/a repo.git")
}

#[test]
fn git_uses_mssh_by_each_setting_and_form_of_url() {
    for settings in SETTINGS {
        clones_and_pushes(settings, |places| {
            places.remote(&format!("ubuntu@{WEB1}"), "a repo.git")
        });
        clones_and_pushes(settings, |places| {
            format!("ssh://ubuntu@{WEB1}{}/a repo.git", places.there.display())
        });
        clones_and_pushes(settings, with_port);
    }
}

#[test]
fn git_ssh_may_be_the_path_of_mssh() {
    let settings = [("GIT_SSH", env!("CARGO_BIN_EXE_mssh"))];
    clones_and_pushes(&settings, with_port);
}

#[test]
fn git_may_pass_options_of_mssh() {
    let settings = [("GIT_SSH_COMMAND", "mssh --region us-east-1 -l ubuntu")];
    clones_and_pushes(&settings, |places| places.remote(WEB1, "a repo.git"));
}

#[test]
fn git_takes_names() {
    let caller = caller();
    let places = Places::of(&caller);
    repository(&caller, &places, "named.git");
    let there = places.there.join("named.git").display().to_string();
    for (clone, url) in [
        ("short", format!("ubuntu@web1:{there}")),
        ("long", format!("ssh://ubuntu@web1{there}")),
        ("glob", format!("ubuntu@we?1:{there}")),
        ("tag", format!("ubuntu@[tag:Name=web1]:{there}")),
    ] {
        let mut git = git(&caller, &places);
        git.env("GIT_SSH", "mssh")
            .args(["clone", "-q", &url, clone]);
        succeeds(&mut git).prints("");
        assert_eq!(read(&places.here.join(clone).join("greeting")), "hello\n");
    }
    pushes(&caller, 4);
}
