//! Real programs through the tunnel to a real sshd.

use std::fs;
use std::process::Stdio;

use super::{bytes, the_session};
use crate::lab::instances::{PRIVATE_WITH_AGENT, WEB1};
use crate::lab::ssm::MANAGED_NODE;
use crate::lab::{Break, Caller, Ended, SessionBehavior};
use crate::sandbox::{caller, finish, finish_with, run};

/// The name of a file of the caller, in the home that all instances share.
fn remote(caller: &Caller<'_>, name: &str) -> String {
    format!("{}-{name}", caller.access_key())
}

#[test]
fn a_login_through_the_tunnel_leaves_no_session() {
    let caller = caller();
    let port = format!("-p{}", caller.lab().port());
    let words = ["--ssm", port.as_str(), PRIVATE_WITH_AGENT, "cat; exit 44"];
    let outcome = finish_with(caller.command("mssh").args(words), b"through the tunnel");
    assert_eq!(outcome.stderr, "");
    assert_eq!(outcome.stdout, "through the tunnel");
    assert_eq!(outcome.code, Some(44));
    let session = the_session(&caller);
    assert_eq!(session.target, PRIVATE_WITH_AGENT);
    assert_eq!(
        (session.repeated, session.early_birds),
        (0, 0),
        "{session:?}"
    );
}

#[test]
fn a_killed_ssh_leaves_no_session() {
    let caller = caller();
    let port = format!("-p{}", caller.lab().port());
    let words = ["--ssm", port.as_str(), WEB1, "echo up; sleep 60"];
    let mut child = caller
        .command("mssh")
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("mssh");
    let mut up = [0; 3];
    let stdout = child.stdout.as_mut().expect("a pipe");
    std::io::Read::read_exact(stdout, &mut up).expect("a word");
    // Its ProxyCommand gets no signal; only the pipes close.
    child.kill().expect("a process");
    let _ = child.wait();
    let session = the_session(&caller);
    assert_eq!(session.ended, Some(Ended::Flag));
}

#[test]
fn sftp_scp_and_rsync_copy_both_ways_while_websockets_break() {
    let caller = caller();
    let breaks = Some((Break::Bytes(700_000), true, 1));
    caller.session_behavior(SessionBehavior {
        breaks,
        paced: true,
        ..SessionBehavior::default()
    });
    let content = bytes(500_000, 8);
    let here = caller.run_dir().join("content");
    fs::write(&here, &content).expect("a file");
    let local = here.to_str().expect("text");
    let port = caller.lab().port().to_string();
    let (there, back) = (remote(&caller, "file"), format!("{local}.back"));
    let place = format!("{WEB1}:{there}");
    let both_ways: [(&str, Vec<Vec<&str>>); 3] = [
        (
            "mscp",
            vec![
                vec!["--ssm", "-qP", &port, local, &place],
                vec!["--ssm", "-qP", &port, &place, &back],
            ],
        ),
        ("msftp", vec![vec!["--ssm", "-qP", &port, &place, &back]]),
        ("rsync", vec![vec![local, &place], vec![&place, &back]]),
    ];
    let rsh = format!("mssh -p{port} --ssm");
    for (program, runs) in both_ways {
        for words in runs {
            let mut command = caller.command(program);
            if program == "rsync" {
                command.args(["-I", "-e", &rsh]);
            }
            let outcome = finish(command.args(&words));
            assert_eq!(
                (outcome.stderr.as_str(), outcome.code),
                ("", Some(0)),
                "{program}"
            );
        }
        let got = fs::read(&back).expect("a file");
        assert!(got == content, "{program}");
        fs::remove_file(&back).expect("a file");
    }
    let sessions = caller.sessions();
    assert_eq!(sessions.len(), 5);
    for session in sessions {
        assert_eq!(session.complaints, [] as [String; 0]);
        assert!(session.ended.is_some(), "an orphan: {session:?}");
    }
}

#[test]
fn a_rejected_host_key_ends_the_session() {
    let caller = caller();
    let port = format!("-p{}", caller.lab().port());
    let strict = [
        "-oUserKnownHostsFile=/dev/null",
        "-oStrictHostKeyChecking=yes",
    ];
    let words = [strict[0], strict[1], "--ssm", &port, WEB1, "true"];
    assert_eq!(run(&caller, "mssh", words).code, Some(255));
    the_session(&caller);
}

#[test]
fn a_managed_node_is_reached_with_an_installed_key() {
    let caller = caller();
    // The lab's node shares its sshd with WEB1, so a push to WEB1 installs the key.
    let key = caller.run_dir().join("key");
    let file = key.to_str().expect("text");
    let made = finish(
        caller
            .command("ssh-keygen")
            .args(["-qt", "ed25519", "-N", "", "-f", file]),
    );
    assert_eq!(made.code, Some(0), "{made:?}");
    let port = format!("-p{}", caller.lab().port());
    let pushed = run(&caller, "mssh", ["-i", file, &port, WEB1, "true"]);
    assert_eq!(pushed.code, Some(0), "{pushed:?}");
    fs::remove_file(key.with_extension("pub")).expect("a file");
    let outcome = run(
        &caller,
        "mssh",
        ["--ssm", "-i", file, &port, MANAGED_NODE, "echo", "here"],
    );
    assert_eq!(
        (outcome.stdout.as_str(), outcome.stderr.as_str()),
        ("here\n", "")
    );
    the_session(&caller);
    let calls = caller.calls();
    let actions: Vec<&str> = calls.iter().skip(2).map(|it| it.action.as_str()).collect();
    assert_eq!(actions, ["StartSession"]);
}

#[test]
fn without_a_push_any_user_name_is_allowed() {
    let caller = caller();
    for words in [
        vec!["-i", "key", "CORP\\jane@MANAGED_NODE"],
        vec!["-i", "key", "-l", "CORP\\jane", "MANAGED_NODE"],
        vec!["-i", "key", "-o", "User=CORP\\jane", "MANAGED_NODE"],
        vec!["-i", "key", "ssh://CORP%5Cjane@MANAGED_NODE"],
        vec!["-O", "exit", "-S", "none", "CORP\\jane@MANAGED_NODE"],
    ] {
        let words = words
            .iter()
            .map(|word| word.replace("MANAGED_NODE", MANAGED_NODE));
        let words: Vec<String> = ["--dry-run".to_owned()].into_iter().chain(words).collect();
        let outcome = run(&caller, "mssh", &words);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
        let spelled = ["'CORP\\jane@", "ssh://CORP%5Cjane@"];
        let goes_as_jane = spelled.iter().any(|it| outcome.stdout.contains(it));
        assert!(goes_as_jane, "{words:?}: {outcome:?}");
    }
}

#[test]
fn a_managed_node_without_a_key_of_the_user_is_explained() {
    for words in [
        vec![MANAGED_NODE],
        vec!["--ssm", MANAGED_NODE],
        vec!["--private", "-i", "x", MANAGED_NODE],
    ] {
        let outcome = run(&caller(), "mssh", words);
        assert_eq!(outcome.code, Some(255));
        assert_eq!(
            outcome.stderr,
            format!(
                "mssh: error: `{MANAGED_NODE}` is a managed node, not an EC2 instance\n\
                 mssh: hint: EC2 Instance Connect cannot push a key to it: use `--ssm -i KEY` with a \
                 key that it already accepts\n"
            )
        );
    }
}
