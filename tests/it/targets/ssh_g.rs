//! `ssh -G` reads the same configuration as the later ssh, and has no side effects.

use std::fs::{self};
use std::os::unix::fs::chown;
use std::process::Command;

use crate::lab::instances::{PRIVATE, WEB1};
use crate::sandbox::{SshUser, caller, config, finish, lab, pushes, run, skipped, write_script};

/// An ssh_config with which ssh fails on a name without a dot that DNS does not know.
const CANONICAL: &str = "Host *\n  CanonicalizeHostname yes\n  CanonicalDomains nowhere\n  CanonicalizeFallbackLocal no";

#[test]
fn an_instance_id_is_not_resolved() {
    let (_kept, file) = config(&format!("Host db\n  HostName {PRIVATE}\n{CANONICAL}"));
    let caller = caller();
    for target in [WEB1, "db"] {
        run(&caller, "mssh", ["-F", &file, target, "echo in"]).prints("in\n");
    }
    // As ssh would, for a host that is no instance.
    let outcome = run(&caller, "mssh", ["-F", &file, "web1", "true"]);
    assert!(outcome.stderr.contains("resolve"), "{outcome:?}");
}

#[test]
fn the_socket_of_a_master_needs_no_dns() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().display();
    let (_kept, file) = config(&format!("{CANONICAL}\n  ControlPath {path}/%C"));
    run(&caller(), "mssh", ["-F", &file, WEB1, "echo in"]).prints("in\n");
}

#[test]
fn a_canonical_name_is_used() {
    let text = "Host web1.lab\n  User ubuntu\nHost *\n  CanonicalizeHostname yes\n  \
                CanonicalDomains lab";
    let (kept, file) = config(text);
    let caller = caller();
    // ssh resolves the full name, with a dot at the end.
    let hosts = kept.path().join("hosts");
    let known = fs::read_to_string(lab().path().join("hosts")).expect("a file");
    fs::write(&hosts, format!("{known}127.0.0.11 web1.lab.\n")).expect("a file");
    let mut mssh = caller.command("mssh");
    mssh.args(["-F", &file, "web1", "echo $USER"]);
    finish(mssh.env("NSS_WRAPPER_HOSTS", &hosts)).prints("ubuntu\n");
    assert_eq!(pushes(&caller), [format!("ubuntu@{WEB1}")]);
}

/// `ssh -G` prints a user even if none is configured: the local name.
#[test]
fn a_configured_user_with_the_local_name_is_told_from_the_default() {
    let us = lab_user();
    for (text, login) in [
        ("", "ec2-user"),
        (&format!("Host other\n  User {us}\n"), "ec2-user"),
        (&format!("Host i-*\n  User \"{us}\"\n"), &us),
        (&format!("Match host i-*\n  user={us}\n"), &us),
    ] {
        let (_kept, file) = config(text);
        let user = SshUser::with(text);
        let caller = caller();
        run(&caller, "mssh", ["-F", &file, WEB1, "true"]).prints("");
        assert_eq!(pushes(&caller), [format!("{login}@{WEB1}")], "{text}");
        user.run("mssh", &[WEB1, "true"]).prints("");
        assert_eq!(pushes(&user.caller), [format!("{login}@{WEB1}")], "{text}");
    }
}

/// The user who runs the lab.
fn lab_user() -> String {
    let told = finish(caller().command("id").arg("-un"));
    told.stdout.trim_end().to_owned()
}

/// As in a user namespace. ssh rejects such a file in an Include.
#[test]
fn the_system_config_may_belong_to_nobody() {
    let user = SshUser::with("");
    let us = lab_user();
    let script = "mount --bind \"$1\" /etc/ssh/ssh_config && shift && exec \"$@\"";
    for (text, login) in [
        ("Host *\n  SendEnv LANG\n".to_owned(), "ec2-user"),
        ("Host i-*\n  User ubuntu\n".to_owned(), "ubuntu"),
        (format!("Host i-bastion\n  User {us}\n"), "ec2-user"),
    ] {
        let file = user.home.join("system");
        fs::write(&file, text).expect("a file");
        let within = |words: &[&str]| -> Command {
            let mut unshare = user.command("unshare");
            unshare.args(["-m", "sh", "-c", script, "sh"]).arg(&file);
            unshare.args(words);
            unshare
        };
        let may = chown(&file, Some(4711), None).is_ok()
            && finish(&mut within(&["true"])).code == Some(0);
        if !may {
            skipped(
                "a file of nobody's in the place of the system's ssh_config, which is root's to do",
            );
            return;
        }
        finish(&mut within(&["mssh", WEB1, "echo $USER"])).prints(&format!("{login}\n"));
    }
}

/// As in Homebrew, Termux and Nix, where another path is compiled in.
#[test]
fn the_system_config_may_have_another_path() {
    const USUAL: &[u8] = b"/etc/ssh/ssh_config\0";
    let user = SshUser::with("");
    let bin = user.home.join("bin");
    fs::create_dir(&bin).expect("a directory");
    let ssh = which::which("ssh").expect("ssh");
    let mut program = fs::read(ssh).expect("a program");
    let at = program.windows(USUAL.len()).position(|it| it == USUAL);
    let Some(at) = at else {
        skipped(
            "an ssh with another path for the system's ssh_config: this one has none to replace",
        );
        return;
    };
    let directory = tempfile::Builder::new()
        .prefix("")
        .rand_bytes(3)
        .tempdir_in("/tmp");
    let directory = directory.expect("a directory");
    let file = directory.path().join("ssh_config");
    let path = file.to_str().expect("text").as_bytes();
    assert_eq!(path.len(), USUAL.len() - 1);
    program[at..at + path.len()].copy_from_slice(path);
    write_script(bin.join("ssh"), &program);
    let us = lab_user();
    for (text, login) in [
        ("Host i-*\n  User ubuntu\n".to_owned(), "ubuntu"),
        (format!("Host i-*\n  User {us}\n"), us.as_str()),
        (format!("Host other\n  User {us}\n"), "ec2-user"),
    ] {
        fs::write(&file, text).expect("a file");
        let mut mssh = user.command("mssh");
        let path = mssh.get_envs().find(|(name, _)| *name == "PATH");
        let path = path.and_then(|(_, value)| value).expect("a PATH");
        let path = format!("{}:{}", bin.display(), path.to_string_lossy());
        mssh.args([WEB1, "echo $USER"]).env("PATH", path);
        finish(&mut mssh).prints(&format!("{login}\n"));
    }
}
