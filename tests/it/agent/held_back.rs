//! ssh starts before the push is answered. Its agent lists the key only then.

use std::time::{Duration, Instant};

use crate::lab::instances::WEB1;
use crate::lab::{Caller, DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{
    PATIENCE, SshUser, caller, directory_of, eventually, finish, leaves_nothing, outcome, pid_of,
    pushes, run, spawn,
};

const LATENCY: Duration = Duration::from_millis(1500);

/// Makes every push slow.
fn slow(caller: &Caller<'_>) {
    caller.fault(Fault::new(Trouble::Latency(LATENCY)).on(SEND_SSH_PUBLIC_KEY));
}

#[test]
fn ssh_starts_before_the_push_is_answered_and_the_login_succeeds() {
    for words in [&[WEB1, "echo in"][..], &["-p", "22", WEB1, "echo in"]] {
        let caller = caller();
        slow(&caller);
        let began = Instant::now();
        let child = spawn(caller.command("mssh").args(words));
        let is_ssh = || directory_of(pid_of(&child)).is_some();
        assert!(eventually(PATIENCE, is_ssh), "it does not become ssh");
        let calls = caller.calls_of(SEND_SSH_PUBLIC_KEY);
        assert!(calls.iter().all(|it| it.status.is_none()), "{calls:?}");
        outcome(child).prints("in\n");
        let took = began.elapsed();
        assert!(took >= LATENCY, "{took:?}");
        assert_eq!(pushes(&caller).len(), 1);
        leaves_nothing(&caller);
    }
}

#[test]
fn the_other_clients_do_not_wait_for_the_push_either() {
    let caller = caller();
    slow(&caller);
    let copy = caller.run_dir().with_extension("copy");
    let from = format!("{WEB1}:/etc/hostname");
    let mut mscp = caller.command("mscp");
    let child = spawn(mscp.args(["-q", &from]).arg(&copy));
    let is_scp = || directory_of(pid_of(&child)).is_some();
    assert!(eventually(PATIENCE, is_scp), "it does not become scp");
    let calls = caller.calls_of(SEND_SSH_PUBLIC_KEY);
    assert!(calls.iter().all(|it| it.status.is_none()), "{calls:?}");
    outcome(child).prints("");
    assert!(copy.exists());
    leaves_nothing(&caller);
}

#[test]
fn a_push_that_fails_late_is_reported_once_and_no_login_succeeds() {
    let caller = caller();
    slow(&caller);
    caller.fault(Fault::new(Trouble::Denied).on(SEND_SSH_PUBLIC_KEY));
    let outcome = run(&caller, "mssh", ["-o", "BatchMode=yes", WEB1, "echo in"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(255), ""));
    let lines = |start: &str| {
        outcome
            .stderr
            .lines()
            .filter(|it| it.starts_with(start))
            .count()
    };
    let told = (lines("mssh: error: "), lines("mssh: hint: "));
    assert_eq!(told, (1, 1), "{outcome:?}");
    assert!(
        outcome
            .stderr
            .contains("ec2-instance-connect:SendSSHPublicKey"),
        "{outcome:?}"
    );
    // ssh's own word comes after ours.
    let ours = outcome.stderr.find("mssh: hint: ");
    let theirs = outcome.stderr.find("Permission denied (publickey)");
    assert!(theirs.is_some() && ours < theirs, "{outcome:?}");
    leaves_nothing(&caller);
}

#[test]
fn a_push_that_fails_before_the_look_up_is_answered_starts_no_ssh() {
    let user = SshUser::with("");
    let caller = &user.caller;
    caller.fault(Fault::new(Trouble::Latency(LATENCY)).on(DESCRIBE_INSTANCES));
    caller.fault(Fault::new(Trouble::Denied).on(SEND_SSH_PUBLIC_KEY));
    let mut mssh = user.command("mssh");
    mssh.args(["-o", "ProxyCommand=touch started; false", WEB1, "true"]);
    let outcome = finish(&mut mssh);
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    assert!(!user.home.join("started").exists(), "{outcome:?}");
    let others = outcome
        .stderr
        .lines()
        .filter(|it| !it.starts_with("mssh: "));
    assert_eq!(others.count(), 0, "{outcome:?}");
    leaves_nothing(caller);
}

/// The user's own key is not ours to list: the agent keeps ssh waiting all the same.
#[test]
fn ssh_waits_for_the_push_of_the_users_own_key() {
    let user = SshUser::with("");
    let words = ["-q", "-t", "ed25519", "-N", "", "-f", "mine"];
    user.run("ssh-keygen", &words).prints("");
    slow(&user.caller);
    let mut mssh = user.command("mssh");
    let child = spawn(mssh.args(["-i", "mine", WEB1, "echo in"]));
    outcome(child).prints("in\n");
    assert_eq!(pushes(&user.caller).len(), 1);
    leaves_nothing(&user.caller);
}
