//! The block that an older version of mssh has installed.

use std::fs;

use super::text;
use crate::lab::instances::WEB1;
use crate::sandbox::{SshUser, pushes};

/// The block of 2.0, with the key in a file.
fn older(user: &SshUser) -> String {
    let block = text(&user.dot_ssh("mssh.conf"));
    let keys = user.keys().display().to_string();
    let mut lines: Vec<String> = Vec::new();
    for line in block.lines() {
        let line = line.replace("--agent-dir", "--key-dir");
        let line = line.replace("--skip-block", &format!("--skip-block {keys}"));
        match line.trim_start().split(' ').next() {
            Some("IdentityAgent") => {
                lines.push(format!("    IdentityFile \"{keys}/%h/key\""));
                lines.push("    AddKeysToAgent no".to_owned());
            }
            Some("IdentityFile") => {}
            Some("IdentitiesOnly") => lines.push("    IdentitiesOnly yes".to_owned()),
            _ => lines.push(line),
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn it_fails_with_one_error_that_says_how_to_renew_it() {
    let user = SshUser::installed("", &[]);
    let new = text(&user.dot_ssh("mssh.conf"));
    let old = older(&user);
    assert!(
        old.contains("--key-dir") && old.contains("/%h/key"),
        "{old}"
    );
    fs::write(user.dot_ssh("mssh.conf"), old).expect("a file");
    let outcome = user.run("ssh", &[WEB1, "true"]);
    assert_eq!(outcome.code, Some(255));
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert_eq!(
        lines[..2],
        [
            "mssh: error: the configuration of plain ssh is from an older version of mssh",
            "mssh: hint: run `mssh --ssh-config --install` again, with the options of then",
        ]
    );
    assert_eq!(outcome.stderr.matches("mssh:").count(), 2, "{outcome:?}");
    assert!(!outcome.stderr.contains("resolve"), "{outcome:?}");
    assert!(pushes(&user.caller).is_empty());
    user.is_clean();
    // mssh itself goes on.
    user.run("mssh", &[WEB1, "echo in"]).prints("in\n");
    assert_eq!(user.install(&[]).code, Some(0));
    assert_eq!(text(&user.dot_ssh("mssh.conf")), new);
    user.run("ssh", &[WEB1, "echo in"]).prints("in\n");
    user.is_clean();
}
