//! Differences between releases of OpenSSH. A wrapper reports another release, and otherwise runs
//! the installed client.

use std::fs;
use std::process::Command;

use crate::lab::Caller;
use crate::lab::instances::{WEB1, WEB2};
use crate::sandbox::{caller, config, finish, lab, pushes, write_script};

/// A directory with an `ssh` of this release. It counts how often its release is queried.
struct OtherRelease {
    directory: tempfile::TempDir,
}

impl OtherRelease {
    fn release(release: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let ssh = which::which("ssh").expect("ssh");
        let script = format!(
            "#!/bin/sh\nif [ \"$*\" = -V ]; then\n  echo asked >> '{}'\n  \
             echo 'OpenSSH_{release}, OpenSSL 3' >&2\n  exit\nfi\nexec '{}' \"$@\"\n",
            directory.path().join("asked").display(),
            ssh.display()
        );
        write_script(directory.path().join("ssh"), &script);
        Self { directory }
    }

    /// Adds a client that prints its arguments, since there is no old one that would reject them.
    fn echoes(&self, client: &str) {
        let file = self.directory.path().join(client);
        write_script(&file, "#!/bin/sh\necho \"$@\"\n");
    }

    fn command(&self, caller: &Caller<'_>, program: &str) -> Command {
        let mut command = caller.command(program);
        let path = command.get_envs().find(|(name, _)| *name == "PATH");
        let path = path.and_then(|(_, value)| value).expect("PATH").to_owned();
        let mut with_ours = self.directory.path().as_os_str().to_owned();
        with_ours.push(":");
        with_ours.push(path);
        command.env("PATH", with_ours);
        command
    }

    fn was_asked(&self) -> usize {
        let asked = fs::read_to_string(self.directory.path().join("asked"));
        asked.unwrap_or_default().lines().count()
    }
}

#[test]
fn a_serial_console_needs_openssh_8_5_and_says_so_before_any_push() {
    let old = OtherRelease::release("8.4p1 Debian-5+deb11u3");
    for words in [&["--serial", WEB1][..], &["--dry-run", "--serial", WEB1]] {
        let caller = caller();
        finish(old.command(&caller, "mssh").args(words)).fails(
            255,
            &[
                "mssh: error: --serial needs OpenSSH 8.5 or later, and this is 8.4",
                "mssh: hint: update the OpenSSH clients: ssh gets the console's host key by \
                 KnownHostsCommand, which came with that release",
            ],
        );
        assert_eq!(caller.calls().len(), 0);
    }
    let new = OtherRelease::release("8.5p1");
    let outcome = finish(
        new.command(&caller(), "mssh")
            .args(["--dry-run", "--serial", WEB1]),
    );
    assert!(outcome.stdout.contains("KnownHostsCommand"), "{outcome:?}");
}

#[test]
fn copies_between_instances_go_through_this_machine_in_old_releases_too() {
    let (from, to) = (format!("{WEB1}:a"), format!("{WEB2}:b"));
    let line = |release: &str, words: &[&str]| {
        let other = OtherRelease::release(release);
        let mut mscp = other.command(&caller(), "mscp");
        let outcome = finish(mscp.arg("--dry-run").args(words).args([&from, &to]));
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", Some(0)));
        outcome.stdout
    };
    let old = line("8.6p1", &["-p"]);
    assert!(old.contains(" -3 -p ec2-user@127.0.0.11:a "), "{old}");
    for (release, words) in [("8.6p1", &["-3"][..]), ("8.7p1", &[]), ("9.2p1", &["-R"])] {
        let line = line(release, words);
        assert_eq!(
            line.matches(" -3").count(),
            words.iter().filter(|it| **it == "-3").count()
        );
    }
    let other = OtherRelease::release("8.6p1");
    let mut up = other.command(&caller(), "mscp");
    let outcome = finish(up.args(["--dry-run", "x", &to]));
    assert!(!outcome.stdout.contains("-3"), "{outcome:?}");
    assert_eq!(other.was_asked(), 0);
}

#[test]
fn a_copy_between_instances_works_with_an_old_release() {
    let caller = caller();
    let there = lab().remote().join(caller.access_key());
    fs::create_dir_all(&there).expect("a directory");
    fs::write(there.join("from"), "text\n").expect("a file");
    let path = |id: &str, name: &str| format!("{id}:{}", there.join(name).display());
    let other = OtherRelease::release("8.4p1");
    let words = ["-q", &path(WEB1, "from"), &path(WEB2, "to")];
    finish(other.command(&caller, "mscp").args(words)).prints("");
    assert_eq!(fs::read(there.join("to")).expect("a copy"), b"text\n");
}

#[test]
fn an_old_client_rejects_newer_options_and_nothing_is_pushed() {
    let remote = format!("{WEB1}:x");
    for (program, release, words) in [
        ("mscp", "8.6p1", &["-O", &remote, "."][..]),
        ("mscp", "8.6p1", &["-pR", &remote, "."]),
        ("mscp", "8.6p1", &["-D", "/bin/x", &remote, "."]),
        ("mscp", "9.1p1", &["-X", "buffer=1", &remote, "."]),
        ("msftp", "9.1p1", &["-X", "buffer=1", WEB1]),
    ] {
        let (caller, other) = (caller(), OtherRelease::release(release));
        other.echoes(&program[1..]);
        let outcome = finish(other.command(&caller, program).args(words));
        let all = format!("{}\n", words.join(" "));
        assert_eq!(outcome.stdout, all, "{program} {words:?}");
        assert_eq!(caller.calls().len(), 0, "{program} {words:?}");
    }
    // For a newer release, the same arguments are an option.
    let new = OtherRelease::release("8.7p1");
    let outcome = finish(
        new.command(&caller(), "mscp")
            .args(["--dry-run", "-O", &remote, "."]),
    );
    assert!(
        outcome.stdout.contains(" -O ec2-user@127.0.0.11:x ."),
        "{outcome:?}"
    );
}

/// A query costs a process.
#[test]
fn the_release_is_queried_only_if_it_matters() {
    let remote = format!("{WEB1}:x");
    for (program, words, asks) in [
        ("mssh", &[WEB1][..], 0),
        ("mssh", &["-oProxyCommand=nc %h %p", WEB1], 0),
        ("mssh", &["-P", "tag", WEB1], 1),
        ("mscp", &["-rp", "-oUserKnownHostsFile=x", &remote, "."], 0),
        ("mscp", &["-s", &remote, "."], 1),
        ("msftp", &["-oBatchMode=yes", "-R", "9", WEB1], 0),
    ] {
        let other = OtherRelease::release("9.6p1");
        let words = [&["--dry-run"][..], words].concat();
        finish(other.command(&caller(), program).args(&words));
        assert_eq!(other.was_asked(), asks, "{program} {words:?}");
    }
}

/// ssh does so itself since 10.0. Before, as the installed one, it prints them unexpanded.
#[test]
fn tokens_in_a_user_of_ssh_config_are_expanded() {
    let who = "ubuntu";
    let (_kept, file) = config("Host i-*\n  User ${MSSH_TEST_USER}");
    let caller = caller();
    let mut mssh = caller.command("mssh");
    mssh.env("MSSH_TEST_USER", who);
    finish(mssh.args(["-F", &file, WEB1, "echo $USER"])).prints("ubuntu\n");
    assert_eq!(pushes(&caller), [format!("{who}@{WEB1}")]);
    let (_kept, file) = config("Host i-*\n  User %u");
    let line = finish(
        caller
            .command("mssh")
            .args(["--dry-run", "-F", &file, WEB1]),
    );
    let me = finish(caller.command("id").arg("-un")).stdout;
    let me = me.trim_end();
    assert!(
        line.stdout.ends_with(&format!(" {me}@127.0.0.11\n")),
        "{line:?}"
    );
    // As in ssh, an unset variable is an error.
    let (_kept, file) = config("Host i-*\n  User ${MSSH_TEST_NOBODY}");
    let outcome = finish(caller.command("mssh").args(["-F", &file, WEB1]));
    let said = "mssh: error: `${MSSH_TEST_NOBODY}` is not a valid user name (User in the ssh \
                configuration)\n";
    assert!(outcome.stderr.starts_with(said), "{outcome:?}");
}
