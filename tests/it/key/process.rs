//! The agent's process: holds nothing that it inherited, and is out of the terminal's reach.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use super::cleanup::hanging;
use crate::lab::instances::WEB1;
use crate::lab::{DESCRIBE_INSTANCES, Fault, Trouble};
use crate::sandbox::{
    Login, PATIENCE, agents_below, caller, eventually, finish, leaves_nothing, outcome, pid_of,
    process, processes, skipped, spawn,
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
fn the_agent_holds_nothing_that_was_inherited() {
    let caller = caller();
    let file = caller.lab().path().join(caller.access_key());
    fs::write(&file, "").expect("a file");
    let line = "exec 7>>\"$1\" 9<\"$1\" 200>>\"$1\"; shift; exec mssh \"$@\"";
    let mut bash = caller.command("bash");
    bash.args(["-c", line, "bash"]).arg(&file).arg("127.0.0.11");
    let mut mssh = hanging(&mut bash, &caller, DESCRIBE_INSTANCES);
    let ours = descriptors(pid_of(&mssh).as_raw_nonzero().get());
    // Only root may see those of mssh itself, which holds secrets.
    assert!(ours.is_some() || !rustix::process::geteuid().is_root());
    for (fd, ours) in ["7", "9", "200"].into_iter().zip(ours.iter().cycle()) {
        assert!(ours.contains(&(fd.to_owned(), file.clone())), "{ours:?}");
    }
    let agents = || agents_below(caller.run_dir());
    assert!(eventually(PATIENCE, || agents().len() == 1), "no agent");
    for (fd, to) in descriptors(agents()[0].pid).into_iter().flatten() {
        let name = to.to_string_lossy();
        let its_directory = to.parent() == Some(caller.run_dir());
        let anonymous = name.starts_with("anon_inode:") || name.starts_with("socket:");
        let standard =
            (fd == "1" && name == "/dev/null") || (fd == "2" && name.starts_with("pipe:"));
        // The lab's own resolver, in each process.
        let of_lab = to == caller.lab().path().join("hosts");
        assert!(
            its_directory || anonymous || standard || of_lab,
            "{fd} is {name}"
        );
    }
    mssh.kill().expect("a child");
    mssh.wait().expect("a child");
    leaves_nothing(&caller);
}

/// It has the error output, for a push that fails late, and ends with ssh.
#[test]
fn a_reader_of_our_output_sees_its_end_with_the_session() {
    let caller = caller();
    for words in [
        &[WEB1, "true"][..],
        &["-N", "-o", "BatchMode=yes", "-p", "1", WEB1],
    ] {
        let began = Instant::now();
        // Reads both outputs to their ends, with a time limit.
        let child = spawn(caller.command("mssh").args(words));
        outcome(child);
        assert!(began.elapsed() < PATIENCE / 3, "{words:?}");
        leaves_nothing(&caller);
    }
}

#[test]
fn the_agent_has_its_own_session_and_is_out_of_the_terminals_reach() {
    let caller = caller();
    let session = Login::of(&caller);
    let ssh = process(session.pid());
    let agent = session.agent();
    assert_ne!(agent.session, ssh.session);
    assert_ne!(agent.group, ssh.group);
    // This sees zombies, too.
    let zombies = processes().filter(|it| it.state == "Z" && it.group == ssh.group);
    assert_eq!(zombies.filter(|it| it.parent == ssh.pid).count(), 0);
}

/// It may load credentials again, and so needs the AWS configuration; a secret there is not new to it.
#[test]
fn the_agent_has_no_variable_that_the_client_does_not_have() {
    let caller = caller();
    let session = Login::of(&caller);
    let environment = |pid| {
        let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
        let variables = environment.split(|it| *it == 0);
        let text = |it: &[u8]| String::from_utf8_lossy(it).into_owned();
        Some(variables.map(text).collect::<Vec<_>>())
    };
    let Some(agents) = environment(session.agent().pid) else {
        return skipped("only root can read the environment of an agent");
    };
    let ssh = environment(session.pid().as_raw_nonzero().get()).expect("ssh's environment");
    for variable in agents {
        assert!(ssh.contains(&variable), "{variable}");
    }
}

#[test]
fn no_command_line_holds_a_secret() {
    let caller = caller();
    let session = Login::of(&caller);
    let command = caller.command("mssh");
    let secret = command
        .get_envs()
        .find(|it| it.0 == "AWS_SECRET_ACCESS_KEY");
    let secret = secret.and_then(|it| it.1).expect("a secret key");
    let secret = secret.to_string_lossy().into_owned();
    let (ssh, agent) = (session.pid().as_raw_nonzero().get(), session.agent().pid);
    let mut ours = 0;
    for process in processes() {
        let line = process.words.join("\0".as_ref());
        let line = String::from_utf8_lossy(line.as_bytes()).into_owned();
        ours += usize::from([ssh, agent].contains(&process.pid));
        assert!(
            !line.contains(&secret) && !line.contains("PRIVATE KEY"),
            "{line}"
        );
    }
    assert_eq!(ours, 2, "ssh and the agent were to be looked at");
}

/// Then nobody can sign.
#[test]
fn no_login_succeeds_if_the_agent_was_killed_and_one_message_says_so() {
    let caller = caller();
    let slow = Trouble::Latency(Duration::from_secs(3));
    caller.fault(Fault::new(slow).on(DESCRIBE_INSTANCES));
    let mut mssh = caller.command("mssh");
    let child = spawn(mssh.args(["127.0.0.11", "true"]));
    let agents = || agents_below(caller.run_dir());
    assert!(eventually(PATIENCE, || agents().len() == 1), "no agent");
    kill_process(agents()[0].pid(), Signal::KILL).expect("an agent");
    let outcome = outcome(child);
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    assert!(
        outcome.stderr.contains("cannot start an ssh agent"),
        "{outcome:?}"
    );
    finish(caller.command("mssh").args([WEB1, "true"]));
    leaves_nothing(&caller);
}
