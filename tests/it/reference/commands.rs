//! Table C: the remote command is passed to ssh byte by byte; nothing of it is interpreted locally.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use super::{fill, mssh};
use crate::sandbox::Recorder;

#[test]
fn the_remote_command_is_never_interpreted() {
    for (label, command) in [
        ("C01", &["uname", "-a"][..]),
        // Fixed, up to C15: a local shell interpreted them.
        ("C02", &["echo $HOME"]),
        ("C03", &["echo", "*.txt"]),
        ("C04", &["echo a; echo b; touch pwned"]),
        ("C05", &["echo a | tee pwned"]),
        ("C06", &["echo a && false || touch pwned"]),
        ("C07", &["echo 'x   y'"]),
        ("C08", &["echo", "a   b"]),
        ("C09", &["echo", ""]),
        ("C10", &["echo x > out"]),
        ("C11", &["echo \"$(touch pwned)\" `touch pwned`"]),
        ("C12", &["echo", "#", "not a comment"]),
        ("C13", &["line1\ntouch pwned"]),
        ("C14", &["echo", "it's"]),
        ("C15", &["echo", "back\\slash"]),
        ("C16", &["ls", "-l", "/tmp"]),
        // Fixed, up to C26: they were taken for options.
        ("C17", &["ls", "-r", "/tmp"]),
        ("C18", &["ls", "-d", "/tmp"]),
        ("C19", &["tar", "-tzf", "x.tgz"]),
        ("C20", &["date", "-u"]),
        ("C21", &["date", "-u", "+%s"]),
        ("C22", &["sort", "-z", "f"]),
        ("C23", &["cmd", "-h"]),
        ("C24", &["cmd", "--help"]),
        ("C25", &["git", "--debug"]),
        ("C26", &["cmd", "--re", "x"]),
        ("C28", &["-p", "22", "ls", "-d", "/"]),
    ] {
        let typed = [&["root@WEB1"], command].concat();
        let argv = [&["root@127.0.0.11"], command].concat();
        mssh(label, &typed).goes(&argv).finds("WEB1", "root").runs();
    }
}

/// C27: bytes that are not UTF-8.
#[test]
fn bytes_that_are_not_utf8_are_kept() {
    let recorder = Recorder::new();
    let bytes = OsString::from_vec(b"echo \xff\xfe".to_vec());
    let mut command = recorder.command("mssh");
    let (outcome, argv) = recorder.run(command.arg(fill("root@WEB1")).arg(&bytes));
    let argv = argv.expect("ssh is called");
    let argv = recorder.after_key("ssh", &argv, "C27");
    assert_eq!(argv, ["root@127.0.0.11".into(), bytes]);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", Some(0)));
}
