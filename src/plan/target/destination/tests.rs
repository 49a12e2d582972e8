use super::{Destination, *};
use crate::plan::program::Program;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::ids::Login;

/// The destination rewritten for root at `host`, or the error.
fn respelled(program: Program, word: &str, host: &str) -> Result<String, BadName> {
    let login = Login::parse("root")?;
    let destination = Destination::parse(program, OsStr::new(word))?;
    Ok(destination
        .for_client(&login, host, program)
        .to_string_lossy()
        .into_owned())
}

#[test]
fn a_destination_keeps_its_form_and_its_path() {
    use Program::{Scp, Sftp, Ssh};
    for (program, word, host, expected) in [
        (Ssh, "ubuntu@i-0abcdef0", "10.0.0.1", "root@10.0.0.1"),
        (Ssh, "i-0abcdef0", "::1", "root@::1"),
        (Ssh, "[::1]", "::1", "root@::1"),
        (Ssh, "ssh://a@i-0abcdef0:22", "::1", "ssh://root@[::1]:22"),
        (Sftp, "i-0abcdef0", "::1", "root@[::1]"),
        (Sftp, "u@i-0abcdef0:a:b", "10.0.0.1", "root@10.0.0.1:a:b"),
        (Sftp, "u@[::1]:/x", "::1", "root@[::1]:/x"),
        (
            Sftp,
            "sftp://h:22/a/b",
            "10.0.0.1",
            "sftp://root@10.0.0.1:22/a/b",
        ),
        (Scp, "i-0abcdef0:", "10.0.0.1", "root@10.0.0.1:"),
        (Scp, "h:a b$(x)", "10.0.0.1", "root@10.0.0.1:a b$(x)"),
        (Ssh, "u@tag:role=a@b", "10.0.0.1", "root@10.0.0.1"),
        (Scp, "tag:role=web:/x", "::1", "root@[::1]:/x"),
        (Scp, "[tag:a=b:c@d]:/x", "10.0.0.1", "root@10.0.0.1:/x"),
        (Scp, "web 1:/x", "10.0.0.1", "root@10.0.0.1:/x"),
        (Sftp, "u@asg:web", "10.0.0.1", "root@10.0.0.1"),
    ] {
        let got = respelled(program, word, host);
        assert_eq!(got, Ok(expected.to_owned()), "{word}");
    }
}

#[test]
fn scp_distinguishes_files_from_remotes_as_openssh_does() {
    let remote = |word: &str| Destination::parse_operand(OsStr::new(word));
    for file in ["a.txt", ":x", "./a:b", "/a:b", "dir/x:y", "[a]x"] {
        assert_eq!(remote(file), Ok(None), "{file}");
    }
    for there in [
        "h:",
        "u@h:x",
        "[::1]:x",
        "u@[::1]:x",
        "scp://h/x",
        "tag:role=web:x",
    ] {
        assert!(matches!(remote(there), Ok(Some(_))), "{there}");
    }
}

#[test]
fn users_are_split_off_at_the_last_at_sign_and_decoded_in_uris() {
    let login = |program, word: &str| {
        Destination::parse(program, OsStr::new(word))
            .map(|d| d.login.map(|login| login.to_string()))
    };
    assert_eq!(login(Program::Ssh, "a@b@h"), Ok(Some("a@b".into())));
    assert_eq!(
        login(Program::Ssh, "ssh://a%40b;x=y@h"),
        Ok(Some("a@b".into()))
    );
    assert_eq!(login(Program::Ssh, "h"), Ok(None));
    assert_eq!(
        login(Program::Ssh, "ssh://first+last@h"),
        Ok(Some("first last".into()))
    );
    for user in ["CORP\\jane", "a/b:c%d+e f", "ü@corp"] {
        let encoded = format!("ssh://{}@h", utf8_percent_encode(user, uri::ESCAPED));
        assert_eq!(login(Program::Ssh, &encoded), Ok(Some(user.into())));
    }
    for bad in ["@h", "a;b@h", "ssh://@h", "ssh://a%4@h", "-x@h", "$(x)@h"] {
        assert!(
            matches!(login(Program::Ssh, bad), Err(BadName::User(_))),
            "{bad}"
        );
    }
    for bad in [
        "",
        "u@",
        "ssh://h:0",
        "ssh://h:x",
        "ssh://[::1]",
        "-h",
        "ssh://a b",
        "ssh://web-*",
    ] {
        assert!(login(Program::Ssh, bad).is_err(), "{bad}");
    }
}
