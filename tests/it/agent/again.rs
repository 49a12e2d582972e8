//! A key that AWS will soon have forgotten is pushed again before ssh may use it.

use std::thread;
use std::time::Duration;

use crate::lab::instances::WEB1;
use crate::lab::{Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{
    AwsUser, PATIENCE, Pty, caller, eventually, finish, lab, leaves_nothing, outcome, pushes,
    spawn, write_script,
};

/// Longer than a pushed key is used without being pushed again, and how long this AWS keeps it.
const TOO_LONG: u64 = 47;
const LIFETIME: Duration = Duration::from_secs(46);

/// A proxy that waits too long.
fn slow_proxy() -> String {
    let port = lab().port();
    // Nothing that outlives ssh keeps its error output open.
    let connect =
        format!("exec 2>/dev/null 3<>/dev/tcp/127.0.0.11/{port}; cat <&3 & cat >&3; kill $!");
    format!("ProxyCommand=bash -c 'sleep {TOO_LONG}; {connect}'")
}

fn a_slow_proxy() {
    let caller = caller();
    caller.key_lifetime(LIFETIME);
    let mut mssh = caller.command("mssh");
    finish(mssh.args(["-o", &slow_proxy(), WEB1, "echo in"])).prints("in\n");
    assert_eq!(pushes(&caller).len(), 2);
    leaves_nothing(&caller);
}

fn a_host_key_that_is_accepted_late() {
    let caller = caller();
    caller.key_lifetime(LIFETIME);
    let ask = "-o StrictHostKeyChecking=ask -o UserKnownHostsFile=/dev/null";
    let mut terminal = Pty::open(&caller, &format!("mssh {ask} {WEB1} 'echo i''n'"));
    terminal.shows("(yes/no");
    thread::sleep(Duration::from_secs(TOO_LONG));
    terminal.types("yes\n");
    terminal.shows("in");
    assert_eq!(terminal.end(), Some(0));
    assert_eq!(pushes(&caller).len(), 2);
}

fn credentials_that_have_expired() {
    let user = AwsUser::with("");
    let helper = user.aws("helper");
    let count = user.aws("count").display().to_string();
    let answer = user.filled_in(
        r#"echo "{\"Version\": 1, \"AccessKeyId\": \"$IDN$n\", \"SecretAccessKey\": \"$SECRET\", \"Expiration\": \"$end\"}""#,
    );
    let script = format!(
        "#!/bin/sh\necho >>'{count}'\nn=$(wc -l <'{count}')\n\
         end=$(date -u -d \"+$((n * 40)) seconds\" +%Y-%m-%dT%H:%M:%SZ)\n{answer}\n"
    );
    write_script(&helper, script);
    let process = format!("[default]\ncredential_process = {}\n", helper.display());
    user.writes("config", &process);
    user.caller.key_lifetime(LIFETIME);
    let proxy = slow_proxy();
    let mut mssh = user.mssh(&["-o", &proxy]);
    finish(&mut mssh).prints("");
    let signers = user.caller.calls_of(SEND_SSH_PUBLIC_KEY).into_iter();
    let signers: Vec<String> = signers.map(|it| user.short(&it.access_key)).collect();
    assert_eq!(signers, ["AKIAN1", "AKIAN2"]);
}

fn credentials_that_are_refused() {
    let caller = caller();
    caller.key_lifetime(LIFETIME);
    let mut mssh = caller.command("mssh");
    let child = spawn(mssh.args(["-o", &slow_proxy(), WEB1, "echo in"]));
    assert!(eventually(PATIENCE, || pushes(&caller).len() == 1));
    caller.fault(Fault::new(Trouble::BadToken).on(SEND_SSH_PUBLIC_KEY));
    let outcome = outcome(child);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(255), ""));
    let errors = outcome.stderr.matches("mssh: error: ").count();
    assert_eq!(errors, 1, "{outcome:?}");
    assert!(
        outcome.stderr.contains("Permission denied (publickey)"),
        "{outcome:?}"
    );
    leaves_nothing(&caller);
}

/// Side by side, since each of them waits most of the time.
#[test]
fn a_key_is_pushed_again_if_ssh_asks_for_it_too_late() {
    let cases = [
        a_slow_proxy,
        a_host_key_that_is_accepted_late,
        credentials_that_have_expired,
        credentials_that_are_refused,
    ];
    thread::scope(|scope| {
        for case in cases {
            scope.spawn(case);
        }
    });
}
