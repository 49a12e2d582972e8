//! What `--dry-run`, `--verbose` and `--debug` print.

use crate::lab::instances::{self, REJECTS_DIRECT, WEB1, WEB2};
use crate::sandbox::{caller, lab, look_ups, pushes, run};

#[test]
fn every_call_has_our_user_agent() {
    let caller = caller();
    run(&caller, "mssh", [WEB1, "true"]).prints("");
    let name = format!("mssh/{}", env!("CARGO_PKG_VERSION"));
    for call in caller.calls() {
        assert!(call.user_agent.contains(&name), "{}", call.user_agent);
    }
}

#[test]
fn a_dry_run_pushes_nothing_and_prints_a_line_for_a_shell() {
    let caller = caller();
    let words = ["--dry-run", "-p22", WEB1, "echo $HOME; ls", "it's"];
    run(&caller, "mssh", words).prints(
        "ssh -o IdentityAgent=AGENT_SOCKET -o IdentitiesOnly=yes -i EPHEMERAL_KEY -p22 ec2-user@127.0.0.11 'echo $HOME; ls' \
         'it'\\''s'\n",
    );
    assert_eq!((look_ups(&caller), pushes(&caller).len()), (1, 0));
}

#[test]
fn debug_shows_calls_with_time_and_id_and_no_secret() {
    let caller = caller();
    let outcome = run(&caller, "mssh", ["-d", WEB1, "echo out"]);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("out\n", Some(0)));
    for part in [
        "DescribeInstances in us-east-1 answered after ",
        " ms, request ",
        "becoming ssh ",
    ] {
        assert!(outcome.stderr.contains(part), "{}", outcome.stderr);
    }
    for secret in ["labsecret", "PRIVATE KEY", "Signature"] {
        assert!(!outcome.stderr.contains(secret), "{}", outcome.stderr);
    }
    let verbose = run(
        &caller,
        "mssh",
        ["-v", "-o", "LogLevel=QUIET", WEB1, "true"],
    );
    let route = format!(
        "mssh: user ec2-user, the default, since neither the command line nor ssh_config names one\n\
         mssh: ec2-user at {WEB1}: 127.0.0.11, its public address\n"
    );
    assert!(verbose.stderr.starts_with(&route), "{}", verbose.stderr);
}

#[test]
fn verbose_tells_which_user_was_chosen_and_why() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "Match originalhost 127.0.0.11\n  User admin\n").expect("written");
    let file = file.path().to_str().expect("text");
    for (words, told) in [
        (
            &[WEB1][..],
            "ec2-user, the default, since neither the command line nor ssh_config names one",
        ),
        (&["-l", "ubuntu", WEB1], "ubuntu, named on the command line"),
        (
            &["-oUser=ubuntu", WEB1],
            "ubuntu, named on the command line",
        ),
        (&["ubuntu@127.0.0.11"], "ubuntu, named on the command line"),
        (&["127.0.0.11"], "admin, named in ssh_config"),
    ] {
        for letter in ["-v", "-d"] {
            let words = [&[letter, "--dry-run", "-F", file], words].concat();
            let outcome = run(&caller(), "mssh", words);
            let told = format!("mssh: user {told}\n");
            assert!(outcome.stderr.contains(&told), "{outcome:?}");
        }
    }
    // For sftp, -l is not the user.
    let words = ["-v", "--dry-run", "-l", "100", WEB1];
    let outcome = run(&caller(), "msftp", words);
    assert!(
        outcome
            .stderr
            .contains("msftp: user ec2-user, the default, "),
        "{outcome:?}"
    );
}

#[test]
fn debug_messages_are_sentences() {
    let caller = caller();
    let outcome = run(&caller, "mssh", ["-d", "web2.lab", "true"]);
    let address = instances::find(WEB2)
        .and_then(|it| it.public)
        .expect("an address");
    for sentence in [
        "mssh: debug: the client is ".to_owned(),
        format!(
            "mssh: debug: ssh would use for web2.lab: HostName web2.lab, Port {}, no User",
            lab().port()
        ),
        "mssh: debug: credentials come from the environment\n".to_owned(),
        "mssh: debug: region us-east-1 (set by AWS_REGION)\n".to_owned(),
        format!("mssh: debug: web2.lab resolves to {address}\n"),
        format!("mssh: debug: found the instance: {WEB2} "),
    ] {
        assert!(
            outcome.stderr.contains(&sentence),
            "{sentence}: {outcome:?}"
        );
    }
    let outcome = run(&caller, "mssh", ["-d", "-p22", REJECTS_DIRECT, "true"]);
    for sentence in [
        "mssh: debug: direct: 127.0.1.84 refuses connections to port 22\n",
        "mssh: debug: eice: available\n",
    ] {
        assert!(outcome.stderr.contains(sentence), "{sentence}: {outcome:?}");
    }
    for line in outcome
        .stderr
        .lines()
        .filter(|line| line.starts_with("mssh: debug: "))
    {
        let rust = ["Some(", "None", " { ", "Pending", "Ok(", "Err("];
        assert!(!rust.iter().any(|it| line.contains(it)), "{line}");
    }
}
