//! The keeper process: inherits nothing, is no child of ssh, and knows no secret.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Signal, kill_process};

use super::cleanup::hanging;
use crate::lab::instances::WEB1;
use crate::lab::{Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{
    Login, PATIENCE, caller, eventually, keepers_below, leaves_nothing, mode, outcome, pid_of,
    process, processes,
};

/// The open files of a process; `None` if only root may see them.
fn descriptors(pid: i32) -> Option<Vec<(String, PathBuf)>> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).ok()?;
    let mut found: Vec<_> = entries
        .flatten()
        .filter_map(|entry| {
            let number = entry.file_name().into_string().ok()?;
            Some((number, fs::read_link(entry.path()).ok()?))
        })
        .collect();
    found.sort();
    Some(found)
}

#[test]
fn the_keeper_holds_nothing_that_was_inherited() {
    let caller = caller();
    caller.fault(Fault::new(Trouble::Hang).on(SEND_SSH_PUBLIC_KEY));
    let file = caller.lab().path().join(caller.access_key());
    fs::write(&file, "").expect("a file");
    let line = "exec 7>>\"$1\" 9<\"$1\" 200>>\"$1\"; shift; exec mssh \"$@\"";
    let mut bash = caller.command("bash");
    bash.args(["-c", line, "bash"]).arg(&file).arg(WEB1);
    let mut mssh = hanging(&mut bash, &caller);
    let ours = descriptors(pid_of(&mssh).as_raw_nonzero().get());
    // Only root may see those of mssh itself, which holds secrets.
    assert!(ours.is_some() || !rustix::process::geteuid().is_root());
    for (fd, ours) in ["7", "9", "200"].into_iter().zip(ours.iter().cycle()) {
        assert!(ours.contains(&(fd.to_owned(), file.clone())), "{ours:?}");
    }
    // The process that starts the keeper still has them, for a moment.
    let only_keeper = || keepers_below(caller.run_dir()).len() == 1;
    assert!(eventually(PATIENCE, only_keeper), "no keeper");
    let keeper = keepers_below(caller.run_dir()).remove(0).pid;
    for (fd, to) in descriptors(keeper).expect("the keeper's descriptors") {
        let name = to.to_string_lossy();
        let its_room = to.parent() == Some(caller.run_dir());
        let own_pipe = fd == "0" && name.starts_with("pipe:");
        let null = ["1", "2"].contains(&fd.as_str()) && name == "/dev/null";
        assert!(
            own_pipe || null || its_room || name.contains("[pidfd]") || name.contains("[signalfd]"),
            "{fd} is {name}"
        );
    }
    mssh.kill().expect("a child");
    mssh.wait().expect("a child");
    leaves_nothing(&caller);
}

#[test]
fn a_reader_of_our_output_sees_its_end_while_the_keeper_lives() {
    let caller = caller();
    let mut session = Login::of(&caller);
    let keeper = session.keeper();
    kill_process(keeper.pid(), Signal::STOP).expect("a keeper");
    // Reads both outputs to their ends, with a time limit.
    let outcome = session.end();
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(process(keeper.pid()).words == keeper.words, "it is to live");
    kill_process(keeper.pid(), Signal::CONT).expect("a keeper");
    leaves_nothing(&caller);
}

#[test]
fn the_keeper_has_its_own_session_and_is_no_child_of_ssh() {
    let caller = caller();
    let session = Login::of(&caller);
    let ssh = process(session.pid());
    let keeper = session.keeper();
    assert_ne!(keeper.session, ssh.session);
    assert_ne!(keeper.group, ssh.group);
    assert_ne!(keeper.parent, ssh.pid);
    // This sees zombies, too.
    let children: Vec<_> = processes().filter(|it| it.parent == ssh.pid).collect();
    assert!(children.is_empty(), "{children:?}");
    let zombies = processes().filter(|it| it.state == "Z" && it.group == ssh.group);
    assert_eq!(zombies.filter(|it| it.parent == ssh.pid).count(), 0);
}

#[test]
fn a_session_with_a_key_of_the_user_has_no_child() {
    let caller = caller();
    let key = caller.run_dir().with_extension("own");
    let mut made = caller.command("ssh-keygen");
    made.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key);
    assert!(made.status().expect("ssh-keygen").success());
    let session = Login::open(caller.command("mssh").arg("-i").arg(&key).arg(WEB1));
    let ssh = process(session.pid());
    let children: Vec<_> = processes().filter(|it| it.parent == ssh.pid).collect();
    assert!(children.is_empty(), "{children:?}");
    leaves_nothing(&caller);
}

#[test]
fn the_keeper_inherits_no_environment() {
    let caller = caller();
    let session = Login::of(&caller);
    let proc = PathBuf::from(format!("/proc/{}", session.keeper().pid));
    let environment = fs::read(proc.join("environ")).expect("its environment");
    assert_eq!(String::from_utf8_lossy(&environment), "");
    let directory = fs::read_link(proc.join("cwd")).expect("its directory");
    assert_eq!(directory, Path::new("/"));
}

#[test]
fn no_command_line_holds_a_secret() {
    let caller = caller();
    let session = Login::of(&caller);
    let key = fs::read_to_string(session.key()).expect("a key");
    let mut secrets: Vec<String> = key
        .lines()
        .filter(|line| !line.starts_with('-'))
        .map(str::to_owned)
        .collect();
    let command = caller.command("mssh");
    let secret = command
        .get_envs()
        .find(|it| it.0 == "AWS_SECRET_ACCESS_KEY");
    let secret = secret.and_then(|it| it.1).expect("a secret key");
    secrets.push(secret.to_string_lossy().into_owned());
    let mut ours = 0;
    for process in processes() {
        let line = process.words.join("\0".as_ref());
        let line = String::from_utf8_lossy(line.as_bytes()).into_owned();
        ours += usize::from(line.contains(&*caller.run_dir().to_string_lossy()));
        for secret in &secrets {
            assert!(!line.contains(secret), "{line}");
        }
    }
    assert_eq!(ours, 2, "ssh and the keeper were to be looked at");
}

#[test]
fn the_key_directory_stays_private() {
    let caller = caller();
    let session = Login::of(&caller);
    let keeper = session.keeper();
    let words: Vec<_> = keeper.words.iter().filter(|it| !it.is_empty()).collect();
    let key_dir = Path::new(words.last().expect("words"));
    assert_eq!(Some(key_dir), session.key().parent());
    assert_eq!(mode(key_dir), 0o700);
}

/// Nothing would remove it.
#[test]
fn no_key_is_written_if_the_keeper_was_killed() {
    let caller = caller();
    let slow = Trouble::Latency(Duration::from_secs(3));
    caller.fault(Fault::new(slow).on(SEND_SSH_PUBLIC_KEY));
    let child = hanging(caller.command("mssh").args([WEB1, "true"]), &caller);
    let keepers = || keepers_below(caller.run_dir());
    assert!(eventually(PATIENCE, || keepers().len() == 1), "no keeper");
    kill_process(keepers()[0].pid(), Signal::KILL).expect("a keeper");
    let outcome = outcome(child);
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    assert!(
        outcome.stderr.contains("the process that deletes the key"),
        "{outcome:?}"
    );
    leaves_nothing(&caller);
}
