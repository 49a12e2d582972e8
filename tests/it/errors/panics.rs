//! A bug in mssh (a panic) ends like an error.
//!
//! A real one: tokio panics if it cannot start a thread to resolve a name.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::lab::Caller;
use crate::lab::instances::WEB1;
use crate::sandbox::{SshUser, caller, finish, leaves_nothing};

/// A library to preload, with which no thread can be started.
fn without_threads(caller: &Caller<'_>) -> PathBuf {
    let library = caller.lab().path().join("threads.so");
    let source = library.with_extension("c");
    fs::write(
        &source,
        "int pthread_create(void) { return 11; } /* EAGAIN */",
    )
    .expect("a file");
    let fresh = library.with_extension(caller.access_key());
    let mut compiler = Command::new("cc");
    compiler
        .args(["-shared", "-fPIC", "-o"])
        .args([&fresh, &source]);
    assert!(
        compiler
            .stdin(Stdio::null())
            .status()
            .is_ok_and(|it| it.success())
    );
    fs::rename(fresh, &library).expect("a library");
    library
}

/// Makes a command panic when it resolves the host of AWS.
fn breaks(command: &mut Command, caller: &Caller<'_>) {
    let preloaded = command.get_envs().find(|it| it.0 == "LD_PRELOAD");
    let preloaded = preloaded.and_then(|it| it.1).unwrap_or_default();
    let mut libraries = without_threads(caller).into_os_string();
    libraries.push(":");
    libraries.push(preloaded);
    let url = caller.lab().url().replace("127.0.0.1", "localhost");
    command
        .env("LD_PRELOAD", libraries)
        .env("AWS_ENDPOINT_URL", url);
}

/// Asserts the one line, ignoring the location.
#[track_caller]
fn is_reported(stderr: &str) {
    let said = "mssh: error: this is a bug in mssh, at ";
    assert!(stderr.starts_with(said), "{stderr}");
    let asked = ": please report it with the output of --debug\n";
    assert!(stderr.ends_with(asked), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

#[test]
fn a_panic_is_one_line_and_status_255_and_leaves_no_key() {
    for words in [
        &[WEB1, "true"][..],
        &["--listen", "0", WEB1],
        &["--dry-run", WEB1],
    ] {
        let caller = caller();
        let mut mssh = caller.command("mssh");
        breaks(&mut mssh, &caller);
        let outcome = finish(mssh.args(words));
        let ended = (outcome.code, outcome.stdout.as_str());
        assert_eq!(ended, (Some(255), ""), "{outcome:?}");
        is_reported(&outcome.stderr);
        leaves_nothing(&caller);
    }
}

#[test]
fn debug_shows_the_details_of_a_panic() {
    let caller = caller();
    let mut mssh = caller.command("mssh");
    breaks(&mut mssh, &caller);
    let outcome = finish(mssh.args(["--debug", WEB1, "true"]));
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    let lines: Vec<_> = outcome.stderr.lines().collect();
    let panic = lines
        .iter()
        .position(|it| it.starts_with("mssh: debug: panic: "));
    let panic = panic.unwrap_or_else(|| panic!("{outcome:?}"));
    assert!(lines[panic].contains("thread"), "{outcome:?}");
    assert!(lines.len() > panic + 5, "no backtrace: {outcome:?}");
    assert!(
        lines.iter().all(|it| it.starts_with("mssh: ")),
        "{outcome:?}"
    );
    is_reported(&format!("{}\n", lines.last().expect("a line")));
    leaves_nothing(&caller);
}

#[test]
fn a_panic_behind_plain_ssh_leaves_no_key() {
    let user = SshUser::installed("", &[]);
    let mut ssh = user.command("ssh");
    let url = user.caller.lab().url().replace("127.0.0.1", "localhost");
    // ssh passes it on to the proxy. ssh itself has no threads.
    breaks(&mut ssh, &user.caller);
    let outcome = finish(ssh.env("AWS_ENDPOINT_URL", url).args([WEB1, "true"]));
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    let said = "mssh: error: this is a bug in mssh, at ";
    assert!(outcome.stderr.contains(said), "{outcome:?}");
    leaves_nothing(&user.caller);
}
