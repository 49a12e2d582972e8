//! Command lines that `--each` refuses before any call, and those that find no instance.

use super::each;
use crate::sandbox::{caller, finish};

#[test]
fn a_mistake_is_told_before_any_call() {
    const ONE: &str = "mssh: hint: it runs one command, or one copy, for each instance: nothing is \
                       forwarded, and no ssh goes to the background";
    const JOBS: &str = "mssh: hint: use a number from 1 to 256";
    const COMMAND: &str = "mssh: hint: write `mssh --each TARGET,TARGET,... -- COMMAND`";
    const COMMA: &str = "mssh: hint: write one between two, and none at the ends";
    const TARGET: &str = "mssh: hint: a target is an instance ID, a name, an IP address or a host name, with \
                          or without user@; tag:Name=NAME finds any other name";

    let caller = caller();
    for (words, error, hint) in [
        (
            &[][..],
            "no target given",
            "mssh: hint: give one, like `ec2-user@i-0123456789abcdef0`; see `--help`",
        ),
        (&["web1,web2"], "no command given", COMMAND),
        (&["web1", "--"], "no command given", COMMAND),
        (
            &["--jobs", "0", "web1", "true"],
            "`0` is not a valid number of jobs",
            JOBS,
        ),
        (
            &["--jobs", "x", "web1", "true"],
            "`x` is not a valid number of jobs",
            JOBS,
        ),
        (
            &["--jobs=-1", "web1", "true"],
            "`-1` is not a valid number of jobs",
            JOBS,
        ),
        (
            &["--jobs", "257", "web1", "true"],
            "`257` is not a valid number of jobs",
            JOBS,
        ),
        (
            &["-N", "web1", "true"],
            "`-N` cannot be used with --each",
            ONE,
        ),
        (
            &["-f", "web1", "true"],
            "`-f` cannot be used with --each",
            ONE,
        ),
        (
            &["-M", "web1", "true"],
            "`-M` cannot be used with --each",
            ONE,
        ),
        (
            &["-vW", "a:1", "web1", "true"],
            "`-W` cannot be used with --each",
            ONE,
        ),
        (&["", "true"], "the target is empty", TARGET),
        (&["web1,", "true"], "`web1,` has a comma too many", COMMA),
    ] {
        let error = format!("mssh: error: {error}");
        finish(&mut each(&caller, words)).fails(255, &[&error, hint]);
    }
    assert!(caller.calls().is_empty());
}

/// A command has no input: `-t` is for those who type, and `-tt` for programs that insist on a terminal.
#[test]
fn a_terminal_is_allocated_only_if_it_is_forced() {
    let caller = caller();
    let outcome = finish(&mut each(
        &caller,
        &["-t", "web1", "test -t 1 || echo none"],
    ));
    assert_eq!(outcome.stdout, "web1 | none\n");
    assert!(outcome.stderr.ends_with("mssh: 1 ok\n"), "{outcome:?}");
    let outcome = finish(&mut each(
        &caller,
        &["-tt", "web1", "test -t 1 && echo one"],
    ));
    assert_eq!(outcome.stdout, "web1 | one\r\n");
}
