//! Ansible: wall time and AWS calls of a playbook whose tasks do nothing. With pipelining, each
//! task is one run of ssh for each host.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::Plan;
use crate::lab::instances::{self, PRIVATE, SHORT_ID, WEB1, WEB2};
use crate::lab::{DESCRIBE_INSTANCES, Lab, SEND_SSH_PUBLIC_KEY};
use crate::setup::{Setup, has, median, of_pairs, succeeds};

const TASKS: usize = 10;
const LOGINS: [&str; 3] = ["ec2-user", "ubuntu", "admin"];
const INSTANCES: [&str; 4] = [WEB1, WEB2, SHORT_ID, PRIVATE];

#[derive(Clone, Copy)]
struct Case {
    hosts: usize,
    shared: bool,
}

/// Runs the playbook with each program in turn, and prints a line for each case.
pub(crate) fn compare(lab: &Lab, plan: &Plan) {
    let setup = Setup::new(lab);
    if !has(&setup, "ansible-playbook") {
        return;
    }
    for id in INSTANCES {
        for login in LOGINS {
            setup.install_key(login, id);
        }
    }
    println!(
        "\nAnsible, {TASKS} tasks, {} rounds: medians for each task, Ansible's own start included",
        plan.rounds
    );
    println!(
        "{:<28}{:>10}{:>10}{:>14}{:>12}{:>10}",
        "", "ssh ms", "mssh ms", "mssh over ssh", "look-ups", "pushes"
    );
    for hosts in [1, 10] {
        for shared in [true, false] {
            let case = Case { hosts, shared };
            println!("{}", line(&setup, plan, case));
        }
    }
}

fn line(setup: &Setup<'_>, plan: &Plan, case: Case) -> String {
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    let mut calls = (Vec::new(), Vec::new());
    // The first round only warms up.
    for round in 0..=plan.rounds {
        let alone = play(setup, "ssh", case);
        let before = counts(setup);
        let with_us = play(setup, "mssh", case);
        let after = counts(setup);
        if round > 0 {
            theirs.push(alone);
            ours.push(with_us);
            calls.0.push((after.0 - before.0) as f64 / TASKS as f64);
            calls.1.push((after.1 - before.1) as f64 / TASKS as f64);
        }
    }
    let connections = if case.shared {
        "shared"
    } else {
        "each its own"
    };
    format!(
        "{:<28}{:>10.1}{:>10.1}{:>14.1}{:>12.1}{:>10.1}",
        format!("hosts: {}, {connections}", case.hosts),
        median(theirs.clone()),
        median(ours.clone()),
        of_pairs(&ours, &theirs, |ours, theirs| ours - theirs),
        median(calls.0),
        median(calls.1)
    )
}

/// The numbers of look-ups and pushes so far.
fn counts(setup: &Setup<'_>) -> (usize, usize) {
    let count = |action| setup.caller.calls_of(action).len();
    (count(DESCRIBE_INSTANCES), count(SEND_SSH_PUBLIC_KEY))
}

/// Runs the playbook. Returns the milliseconds for each task.
fn play(setup: &Setup<'_>, name: &str, case: Case) -> f64 {
    let place = tempfile::tempdir().expect("a directory");
    fs::write(place.path().join("ansible.cfg"), "").expect("a file");
    fs::write(place.path().join("hosts"), inventory(name, case.hosts)).expect("a file");
    let play = "- hosts: all\n  gather_facts: false\n  tasks:\n";
    let play = format!("{play}{}", "    - ping:\n".repeat(TASKS));
    fs::write(place.path().join("play.yml"), play).expect("a file");
    let mut ansible = ansible(setup, name, case, place.path());
    let began = Instant::now();
    succeeds(&mut ansible);
    let took = began.elapsed().as_secs_f64() * 1000.0;
    end_masters(setup, &place.path().join("cp"));
    took / TASKS as f64
}

/// This many hosts, each with a different user and instance: the ID for `mssh`, the address for
/// ssh.
fn inventory(name: &str, hosts: usize) -> String {
    let all = LOGINS
        .iter()
        .flat_map(|login| INSTANCES.map(|id| (login, id)));
    let host = |(number, (login, id))| {
        let instance = instances::find(id).expect("an instance of the lab");
        let address = instance.public.or(instance.private).expect("an address");
        let host = if name == "ssh" { address } else { id };
        format!("host{number} ansible_host={host} ansible_user={login}")
    };
    let hosts: Vec<String> = all.take(hosts).enumerate().map(host).collect();
    let variables = "[all:vars]\nansible_python_interpreter=/usr/bin/python3";
    format!("{}\n{variables}\n", hosts.join("\n"))
}

fn ansible(setup: &Setup<'_>, name: &str, case: Case, place: &Path) -> Command {
    let quoted = |word: String| format!("'{word}'");
    let options: Vec<_> = setup.options(name).into_iter().map(quoted).collect();
    let shared = if case.shared {
        "-o ControlMaster=auto -o ControlPersist=60s"
    } else {
        "-o ControlMaster=no"
    };
    let mut ansible = setup.command("ansible-playbook");
    ansible
        .current_dir(place)
        .env("ANSIBLE_CONFIG", place.join("ansible.cfg"))
        .env("ANSIBLE_HOME", setup.caller.run_dir().join("ansible"))
        .env("ANSIBLE_SSH_CONTROL_PATH_DIR", place.join("cp"))
        .env("ANSIBLE_SSH_EXECUTABLE", name)
        .env(
            "ANSIBLE_SSH_ARGS",
            format!("{shared} {}", options.join(" ")),
        )
        .env("ANSIBLE_PIPELINING", "1")
        .args(["--inventory", "hosts", "--forks", "10", "play.yml"]);
    ansible
}

/// Ends the masters whose sockets are in `directory`.
fn end_masters(setup: &Setup<'_>, directory: &Path) {
    for socket in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = format!("ControlPath={}", socket.path().display());
        let words = ["-F", "none", "-o", &path, "-O", "exit", "any"];
        succeeds(setup.command("ssh").args(words));
    }
}
