//! OpenSSH before 8.5, which has no KnownHostsCommand. None is installed: a script in front of the
//! installed one rejects that option, and prints the settings under their old names.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use super::{
    OTHER_KEY, OTHER_PRINT, UNKNOWN, console_calls, fingerprint, fingerprint_block, key,
    keys_block, known_hosts, named, user,
};
use crate::lab::console_output::{ConsoleOutput, GET_CONSOLE_OUTPUT};
use crate::lab::instances::{PRIVATE_WITH_AGENT, WEB1, WEB2};
use crate::lab::{Fault, Trouble};
use crate::sandbox::{Login, Outcome, SshUser, finish, mode, write_script};

/// A key of a type that no sshd here has.
const ECDSA_KEY: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBH2z17PbCr6Kwst4s6H55hlw1bwjyzcHxkfmQyeXPNgabhxzpsPovwpx+i9KhZlUcnjpKz7DAATTN5SA9qNRGNs=";

/// `mssh` and the like, with an old ssh.
fn command(user: &SshUser, program: &str) -> Command {
    let directory = user.home.join("old");
    let ssh = which::which("ssh").expect("ssh");
    let script = format!(
        "#!/bin/sh\n\
         case \"$*\" in *KnownHostsCommand*)\n  \
           echo 'command-line: line 0: Bad configuration option: knownhostscommand' >&2; exit 255\n\
         esac\n\
         for word; do\n  if [ \"$word\" = -G ]; then\n    '{0}' \"$@\" | sed -e \
         's/^pubkeyacceptedalgorithms/pubkeyacceptedkeytypes/' -e \
         's/^hostbasedacceptedalgorithms/hostbasedkeytypes/' -e '/^forkafter/d'\n    exit\n  fi\ndone\n\
         exec '{0}' \"$@\"\n",
        ssh.display()
    );
    if !directory.exists() {
        fs::create_dir(&directory).expect("a directory");
        write_script(directory.join("ssh"), &script);
    }
    let mut command = user.command(program);
    let path = command.get_envs().find(|(name, _)| *name == "PATH");
    let path = path.and_then(|(_, value)| value).expect("PATH").to_owned();
    let mut with_ours = directory.into_os_string();
    with_ours.push(":");
    with_ours.push(path);
    command.env("PATH", with_ours);
    command
}

fn run(user: &SshUser, words: &[&str]) -> Outcome {
    finish(command(user, "mssh").args(words))
}

/// Files in a directory.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("a directory").flatten();
    let names = entries.map(|it| it.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn a_published_key_needs_no_question_and_is_remembered() {
    let block = keys_block(&key());
    for text in [block.clone(), fingerprint_block("ec2: ") + &block] {
        let user = user("HashKnownHosts no\n", ConsoleOutput::of(text));
        run(&user, &["-o", "BatchMode=yes", WEB1, "echo in"]).prints("in\n");
        assert_eq!(known_hosts(&user), format!("{} {}\n", named(WEB1), key()));
        run(&user, &[WEB1, "echo again"]).prints("again\n");
        assert_eq!(console_calls(&user), 1, "a known key needs no call");
    }
}

#[test]
fn all_published_types_are_remembered_hashed() {
    let both = format!("{ECDSA_KEY} root@host\r\n{}", key());
    let user = user("HashKnownHosts yes\n", ConsoleOutput::of(keys_block(&both)));
    run(&user, &[WEB1, "echo in"]).prints("in\n");
    let known = known_hosts(&user);
    assert!(known.lines().all(|it| it.starts_with("|1|")), "{known}");
    assert_eq!(known.lines().count(), 2, "{known}");
    run(&user, &[WEB1, "echo again"]).prints("again\n");
}

#[test]
fn tunnels_are_verified_too() {
    let user = user("", ConsoleOutput::of(keys_block(&key())));
    run(&user, &["--ssm", PRIVATE_WITH_AGENT, "echo in"]).prints("in\n");
    assert_eq!(known_hosts(&user).lines().count(), 1);
}

#[test]
fn several_destinations_are_verified_each_time() {
    let user = user("", ConsoleOutput::of(keys_block(&key())));
    let from = [WEB1, WEB2].map(|id| format!("{id}:/etc/hostname"));
    for calls in [2, 4] {
        finish(command(&user, "mscp").arg("-q").args(&from).arg(".")).prints("");
        assert_eq!(
            (known_hosts(&user).as_str(), console_calls(&user)),
            ("", calls)
        );
    }
}

#[test]
fn another_key_is_refused_by_ssh_which_names_the_file() {
    let different = format!(
        "mssh: error: the host key at 127.0.0.11 is not one that {WEB1} printed on its console: {}, not \
         {OTHER_PRINT}\nmssh: hint: another machine may have that address",
        fingerprint()
    );
    let of_type = format!(
        "mssh: error: cannot verify the host key of {WEB1}: its console shows none of this type, \
         ssh-ed25519\nmssh: hint: "
    );
    for (policy, published, explained) in [
        ("ask", OTHER_KEY, &different),
        ("accept-new", OTHER_KEY, &different),
        // The server has no key of this type.
        ("ask", ECDSA_KEY, &of_type),
    ] {
        let user = user("", ConsoleOutput::of(keys_block(published)));
        let policy = format!("StrictHostKeyChecking={policy}");
        let outcome = run(&user, &["-o", &policy, WEB1, "true"]);
        for text in [
            "REMOTE HOST IDENTIFICATION HAS CHANGED!",
            "/keys-on-console:1\r\n",
            explained,
        ] {
            assert!(outcome.stderr.contains(text), "{outcome:?}");
        }
        assert_eq!((outcome.code, &*outcome.stdout), (Some(255), ""));
        assert_eq!(known_hosts(&user), "");
    }
}

#[test]
fn without_whole_keys_ssh_asks_as_ever() {
    let late = Trouble::Latency(Duration::from_secs(3));
    for (console, trouble) in [
        (ConsoleOutput::default(), None),
        (ConsoleOutput::of("login: "), None),
        (ConsoleOutput::of(fingerprint_block("ec2: ")), None),
        (ConsoleOutput::of(keys_block(&key())), Some(Trouble::Denied)),
        (ConsoleOutput::of(keys_block(&key())), Some(late)),
    ] {
        let user = user("", console);
        if let Some(trouble) = trouble {
            user.caller
                .fault(Fault::new(trouble).on(GET_CONSOLE_OUTPUT));
        }
        let outcome = run(&user, &[WEB1, "true"]);
        let got = (outcome.stderr.as_str(), outcome.code);
        assert_eq!(got, (UNKNOWN, Some(255)), "{trouble:?}");
        assert_eq!(known_hosts(&user), "");
    }
}

#[test]
fn require_takes_a_published_key_and_nothing_else() {
    let require = |user: &SshUser| {
        let policy = "StrictHostKeyChecking=no";
        run(
            user,
            &[
                "--verify-host-key",
                "require",
                "-o",
                policy,
                WEB1,
                "echo in",
            ],
        )
    };
    let published = user("", ConsoleOutput::of(keys_block(&key())));
    let late = Trouble::Latency(Duration::from_secs(2));
    published
        .caller
        .fault(Fault::new(late).on(GET_CONSOLE_OUTPUT));
    require(&published).prints("in\n");
    for other in [OTHER_KEY, ECDSA_KEY] {
        let outcome = require(&user("", ConsoleOutput::of(keys_block(other))));
        assert_eq!(
            (&*outcome.stdout, outcome.code),
            ("", Some(255)),
            "{outcome:?}"
        );
    }
    for (console, why) in [
        (ConsoleOutput::default(), "its console shows nothing yet"),
        (
            ConsoleOutput::of("login: "),
            "its console shows no host keys (any more)",
        ),
        (
            ConsoleOutput::of(fingerprint_block("ec2: ")),
            "its console shows fingerprints only, which this ssh (older than OpenSSH 8.5) cannot compare",
        ),
    ] {
        let outcome = require(&user("", console));
        let error = format!("mssh: error: cannot verify the host key of {WEB1}: {why}\n");
        assert!(outcome.stderr.starts_with(&error), "{outcome:?}");
        assert!(outcome.stderr.contains("\nmssh: hint: "), "{outcome:?}");
        assert_eq!(outcome.code, Some(255));
    }
}

#[test]
fn a_known_host_costs_nothing() {
    let user = user("", ConsoleOutput::of(keys_block(OTHER_KEY)));
    let known = format!("{} {}\n", named(WEB1), key());
    fs::write(user.dot_ssh("known_hosts"), known).expect("written");
    let session = Login::open(command(&user, "mssh").arg(WEB1));
    assert_eq!(names(&session.directory()), ["agent", "key.pub"]);
    assert_eq!(console_calls(&user), 0);
}

#[test]
fn the_file_goes_with_the_directory() {
    for signal in [None, Some(Signal::KILL), Some(Signal::TERM)] {
        let user = user("", ConsoleOutput::of(keys_block(&key())));
        let mut session = Login::open(command(&user, "mssh").arg(WEB1));
        let directory = session.directory();
        assert_eq!(names(&directory), ["agent", "key.pub", "keys-on-console"]);
        assert_eq!(mode(&directory.join("keys-on-console")), 0o600);
        if let Some(it) = signal {
            session.signal(it);
        }
        session.end();
        user.is_clean();
    }
}

#[test]
fn a_space_in_the_path_is_no_end() {
    let user = user("", ConsoleOutput::of(keys_block(&key())));
    let place = user.home.join("a b");
    fs::create_dir(&place).expect("a directory");
    crate::sandbox::set_mode(&place, 0o700);
    let mut mssh = command(&user, "mssh");
    let words = ["-vv", WEB1, "echo in"];
    let outcome = finish(mssh.env("XDG_RUNTIME_DIR", &place).args(words));
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let file = format!("{}/mssh-key-", place.display());
    assert!(outcome.stderr.contains(&file), "{outcome:?}");
}
