//! Table B, users and keys: the key is pushed for the user that ssh logs in as.

use std::process::Command;

use super::mssh;
use crate::sandbox::Recorder;

#[test]
fn the_key_is_pushed_for_the_user_of_the_login() {
    for (label, words, argv, user) in [
        (
            "B27",
            &["-l", "root", "WEB1"][..],
            &["-l", "root", "root@127.0.0.11"][..],
            "root",
        ),
        (
            "B28",
            &["-l", "root", "WEB1", "uptime"],
            &["-l", "root", "root@127.0.0.11", "uptime"],
            "root",
        ),
        // Fixed: the original pushed for ec2-user, or for the user before the `@`.
        (
            "B29",
            &["-lroot", "WEB1"],
            &["-lroot", "root@127.0.0.11"],
            "root",
        ),
        (
            "B30",
            &["-l", "root", "ubuntu@WEB1"],
            &["-l", "root", "root@127.0.0.11"],
            "root",
        ),
        (
            "B31",
            &["-o", "User=root", "WEB1"],
            &["-o", "User=root", "root@127.0.0.11"],
            "root",
        ),
        // Extended: EC2 Instance Connect accepts capitals.
        ("B76", &["BAD@WEB1"], &["BAD@127.0.0.11"], "BAD"),
        (
            "B77",
            &["first.last@WEB1"],
            &["first.last@127.0.0.11"],
            "first.last",
        ),
    ] {
        mssh(label, words).goes(argv).finds("WEB1", user).runs();
    }
}

/// New: the original rejected `-i`, but not with the value attached (B58, B60; H13).
#[test]
fn a_key_of_the_user_is_pushed_and_not_named_again() {
    for (label, program, attached) in [
        ("B58", "mssh", false),
        ("B60", "mssh", true),
        ("H13", "msftp", false),
    ] {
        let recorder = Recorder::new();
        let key = recorder.file("key", "");
        std::fs::remove_file(&key).expect("the old key");
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(&key)
            .status();
        assert!(made.expect("ssh-keygen").success());
        let key = key.to_string_lossy().into_owned();
        let i = if attached {
            vec![format!("-i{key}")]
        } else {
            vec!["-i".to_owned(), key]
        };
        let (outcome, argv) = recorder.run(
            recorder
                .command(program)
                .args(&i)
                .arg(super::fill("root@WEB1")),
        );
        let mut expected = vec![
            program[1..].to_owned(),
            "-o".into(),
            "IdentitiesOnly=yes".into(),
        ];
        expected.extend(i);
        expected.push("root@127.0.0.11".into());
        let argv = argv.map(|words| {
            let words = words.iter().map(|w| w.to_string_lossy().into_owned());
            let mut words: Vec<String> = words.collect();
            // The agent that pushes it.
            let agent: Vec<String> = words.drain(1..3).collect();
            assert!(agent[1].starts_with("IdentityAgent="), "{agent:?}");
            words
        });
        assert_eq!(
            (argv, outcome.code),
            (Some(expected), Some(0)),
            "{label}: {}",
            outcome.stderr
        );
    }
}
