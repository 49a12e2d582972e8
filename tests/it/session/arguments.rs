//! The arguments of a remote command arrive as with plain ssh, byte by byte.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use crate::lab::Caller;
use crate::lab::instances::WEB1;
use crate::sandbox::{caller, finish, plain_ssh, run};

/// A remote command that prints what sshd passed to the shell. The shell reads line by line, and
/// exits before it parses what follows.
const SHOW: &str = "tr '\\0' '\\n' </proc/$$/cmdline; exit\n";

/// Asserts that these arguments arrive joined by spaces, and otherwise unchanged.
#[track_caller]
fn arrive(caller: &Caller<'_>, words: &[&[u8]]) {
    let words: Vec<&OsStr> = std::iter::once(SHOW.as_bytes())
        .chain(words.iter().copied())
        .map(OsStr::from_bytes)
        .collect();
    let outcome = run(
        caller,
        "mssh",
        std::iter::once(&OsStr::new(WEB1)).chain(&words),
    );
    let joined = OsString::from_vec(words.join(OsStr::new(" ")).into_vec());
    let (_, shown) = outcome.stdout.split_once("-c\n").expect("a shell");
    assert_eq!(
        shown,
        format!("{}\n", joined.to_string_lossy()),
        "{words:?}"
    );
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
}

const WORDS: &[&[&[u8]]] = &[
    &[b"one"],
    &[b"a   b", b" c "],
    &[b"", b"", b"x", b""],
    &[
        b"it's",
        b"\"quoted\"",
        b"'",
        b"\"",
        b"`id`",
        b"back\\slash",
        b"\\",
    ],
    &[b"$HOME", b"${HOME}", b"$(id)", b"~", b"!!"],
    &[b"*", b"?", b"[a-z]", b"{a,b}", b"*.txt"],
    &[
        b";", b"|", b"&&", b"||", b">out", b"<in", b"&", b"#", b"(", b")",
    ],
    &[b"two\nlines", b"tab\there", b"\r", b"\x01\x7f"],
    &[
        b"-r",
        b"-t",
        b"i-0face000000000002",
        b"-d",
        b"-u",
        b"-z",
        b"us-east-1b",
        b"-h",
    ],
    &[
        b"--region",
        b"nowhere",
        b"--help",
        b"--debug",
        b"--",
        b"--dry-run",
        b"-l",
        b"x",
    ],
    &[b"%h", b"%%", b"%"],
    &["grün".as_bytes(), "日本".as_bytes()],
];

#[test]
fn arguments_arrive_joined_by_spaces_and_otherwise_unchanged() {
    let caller = caller();
    for words in WORDS {
        arrive(&caller, words);
    }
}

#[test]
fn arguments_arrive_as_with_plain_ssh() {
    let caller = caller();
    for words in WORDS {
        let words: Vec<&OsStr> = words.iter().map(|word| OsStr::from_bytes(word)).collect();
        let plain = finish(plain_ssh(&caller).arg(SHOW).args(&words));
        let ours = finish(caller.command("mssh").args([WEB1, SHOW]).args(&words));
        assert_eq!(ours.stdout, plain.stdout);
        assert_eq!((ours.stderr, ours.code), (plain.stderr, plain.code));
    }
}

#[test]
fn bytes_that_are_not_utf8_arrive() {
    let caller = caller();
    let mut mssh = caller.command("mssh");
    mssh.args([WEB1, "printf %s"]);
    mssh.arg(OsStr::from_bytes(b"\xff\xfe\xc3'\x80'"));
    let hexadecimal = "| od -An -tx1 | tr -d ' \\n'";
    finish(mssh.arg(hexadecimal)).prints("fffec380");
}

#[test]
fn arguments_after_the_target_are_options_until_the_command() {
    let caller = caller();
    let words = [WEB1, "-T", "-o", "LogLevel=ERROR", "echo", "-T", "-o", "x"];
    run(&caller, "mssh", words).prints("-T -o x\n");
    run(&caller, "mssh", [WEB1, "--", "echo", "-n", "x"]).prints("x");
    run(&caller, "mssh", ["--", WEB1, "echo", "-n", "x"]).prints("x");
}

/// The remote shell interprets the quotes.
#[test]
fn shell_syntax_is_interpreted_by_the_remote_shell_only() {
    let caller = caller();
    let script = "x='a   b'; for i in 1 2; do echo \"$x$i\" | tr a-z A-Z; done; echo \"$HOME\"";
    let home = caller.lab().remote().display().to_string();
    run(&caller, "mssh", [WEB1, script]).prints(&format!("A   B1\nA   B2\n{home}\n"));
}
