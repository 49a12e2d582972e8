//! The agent lives as long as a login is possible, and no longer.

use std::fs;
use std::process::Stdio;

use rustix::process::{Signal, kill_process};

use crate::lab::instances::{WEB1, WEB2};
use crate::sandbox::{
    Login, PATIENCE, agents_below, caller, eventually, files_below, finish, finish_with, lab,
    leaves_nothing, look_ups, pushes, run, spawn,
};

#[test]
fn a_persistent_master_needs_no_agent_for_further_sessions() {
    let caller = caller();
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("master").display().to_string();
    let master = [
        "-o",
        "ControlMaster=auto",
        "-o",
        "ControlPersist=60",
        "-S",
        &path,
    ];
    let mut mssh = caller.command("mssh");
    // Nobody reads the outputs: the master in the background keeps them open.
    mssh.args(master).args([WEB1, "true"]).stdin(Stdio::null());
    let status = mssh.stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.is_ok_and(|it| it.success()));
    leaves_nothing(&caller);
    let pushed = pushes(&caller).len();
    for _ in 0..2 {
        run(&caller, "mssh", ["-S", &path, WEB1, "echo in"]).prints("in\n");
        leaves_nothing(&caller);
    }
    assert_eq!(pushes(&caller).len(), pushed);
    run(&caller, "ssh", ["-q", "-O", "exit", "-S", &path, "whoever"]);
}

#[test]
fn scp_between_two_instances_logs_in_to_each() {
    let caller = caller();
    let remote = lab().remote().join(caller.access_key());
    fs::write(&remote, "text\n").expect("a file");
    let from = format!("{WEB1}:{}", remote.display());
    let to = format!("{WEB2}:{}.copy", remote.display());
    let outcome = run(&caller, "mscp", ["-q", "-3", &from, &to]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let copy = remote.with_extension("copy");
    assert_eq!(fs::read_to_string(copy).expect("a copy"), "text\n");
    assert_eq!(pushes(&caller).len(), 2);
    leaves_nothing(&caller);
}

#[test]
fn scp_of_several_files_logs_in_for_each_with_one_push() {
    let caller = caller();
    let target = tempfile::tempdir().expect("a directory");
    let files = [
        format!("{WEB1}:/etc/hostname"),
        format!("{WEB1}:/etc/passwd"),
    ];
    let mut mscp = caller.command("mscp");
    finish(mscp.arg("-q").args(&files).arg(target.path())).prints("");
    assert_eq!(files_below(target.path()).len(), 2);
    assert_eq!((look_ups(&caller) > 0, pushes(&caller).len()), (true, 1));
    leaves_nothing(&caller);
}

/// As mosh does: one login starts the server, another program goes on.
#[test]
fn two_runs_one_after_the_other_have_an_agent_each() {
    let caller = caller();
    for _ in 0..2 {
        run(&caller, "mssh", ["-n", "-tt", WEB1, "--", "echo in"]);
    }
    assert_eq!(pushes(&caller).len(), 2);
    leaves_nothing(&caller);
}

#[test]
fn sftp_has_its_agent_to_its_end() {
    let caller = caller();
    let mut msftp = caller.command("msftp");
    finish_with(msftp.args(["-q", "-b", "-", WEB1]), b"pwd\nbye\n");
    leaves_nothing(&caller);
    // Killed, it leaves nothing either, though its ssh may live a moment longer.
    let mut msftp = caller.command("msftp");
    let mut child = spawn(msftp.arg(WEB1));
    let one = || agents_below(caller.run_dir()).len() == 1;
    assert!(eventually(PATIENCE, one), "no agent");
    child.kill().expect("a child");
    child.wait().expect("a child");
    leaves_nothing(&caller);
}

#[test]
fn a_session_goes_on_after_its_agent_was_killed() {
    let caller = caller();
    let mut session = Login::of(&caller);
    kill_process(session.agent().pid(), Signal::KILL).expect("an agent");
    assert!(session.answers());
    assert_eq!(session.end().code, Some(0));
    // The next run sweeps its socket.
    run(&caller, "mssh", [WEB1, "true"]).prints("");
    leaves_nothing(&caller);
}
