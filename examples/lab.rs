//! Try `mssh` without an AWS account: `cargo run --example lab`.
//!
//! Runs the command after `--` in the lab and exits with its status; without one, opens a shell.
//! `--everyday` before the command gives ordinary names to some instances, without the others.

#[path = "../tests/lab/mod.rs"]
mod lab;

use std::env;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};
use std::time::Duration;

use lab::power::Power;
use lab::{Lab, cargo, instances};

/// Stopped until the visitor starts it.
const STARTABLE: &str = instances::SHORT_ID;

fn main() -> ExitCode {
    let mut words: Vec<OsString> = env::args_os().skip(1).collect();
    let everyday = words.first().is_some_and(|word| word == "--everyday");
    words.drain(..usize::from(everyday));
    let bins = match programs() {
        Ok(bins) => bins,
        Err(error) => return fail(error),
    };
    let lab = match Lab::start_with(&bins) {
        Ok(lab) => lab,
        Err(missing) => return fail(missing),
    };
    if everyday {
        lab.use_everyday_names();
    }
    let service = match lab.endpoints() {
        Ok(service) => service,
        Err(error) => return fail(error),
    };
    let mut command = if let Some((program, arguments)) = words.split_first() {
        let mut command = lab.command(program);
        command.args(arguments);
        command
    } else {
        let boots = Duration::from_secs(3);
        lab.visitor().power(Power::stopped(STARTABLE, boots));
        say(&screen(&lab));
        shell(&lab)
    };
    command.env("AWS_CA_BUNDLE", service.certificate());
    match command.status() {
        Ok(status) => exit_code(status),
        Err(error) => fail(format_args!("{}: {error}", command.get_program().display())),
    }
}

/// The directory of the programs. Builds them if Cargo runs this: it builds no programs for an example.
fn programs() -> io::Result<PathBuf> {
    let example = env::current_exe()?;
    let bins = example.ancestors().nth(2).unwrap_or(Path::new("."));
    if let Some(cargo) = env::var_os("CARGO") {
        let built = cargo::build(&cargo, cargo::profile_of(bins)).status()?;
        if !built.success() {
            return Err(io::Error::other("the programs do not build"));
        }
    }
    if bins.join("mssh").exists() {
        return Ok(bins.to_owned());
    }
    let place = bins.display();
    Err(io::Error::other(format!(
        "no mssh in {place}: run `cargo build` first"
    )))
}

/// An interactive shell whose prompt shows that it is in the lab.
fn shell(lab: &Lab) -> Command {
    let mut shell = if Path::new("/bin/bash").exists() {
        let mut bash = lab.command("/bin/bash");
        bash.args(["--norc", "--noprofile"]);
        bash
    } else {
        lab.command("/bin/sh")
    };
    shell.arg("-i").env("PS1", "lab$ ").current_dir(lab.home());
    shell
}

/// The list of instances and of commands to try.
fn screen(lab: &Lab) -> String {
    let url = lab.url();
    let mut lines = vec![format!("A fake AWS region is at {url}. Its instances:\n")];
    for member in instances::INSTANCES {
        let note = match member.id {
            STARTABLE => ", stopped until you start it".to_owned(),
            instances::ODD_PORT => format!(": {}", lab.odd_port()),
            instances::IPV6_ONLY if !lab.has_ipv6() => ", but this machine has no IPv6".to_owned(),
            _ => String::new(),
        };
        let (id, name, about) = (member.id, member.name, member.about);
        lines.push(format!("  {id:19}  {name:22}  {about}{note}"));
    }
    lines.push("\nThings to try:\n".to_owned());
    for (command, about) in things_to_try() {
        let line = format!("  {command:50} {about}");
        lines.push(line.trim_end().to_owned());
    }
    lines.push("\n`exit` leaves the lab and removes it.\n".to_owned());
    lines.join("\n")
}

/// Commands to try, each with a note. A test runs them all.
fn things_to_try() -> Vec<(String, &'static str)> {
    let (web, private) = (instances::WEB1, instances::PRIVATE);
    let suggestions = [
        ("mssh --list", "what there is"),
        ("mssh", "choose one: type a part of its name, Enter"),
        ("mssh web1 uname -a", "by its name"),
        ("mssh ubuntu@WEB", "by its ID: a shell there"),
        ("mssh --each tag:role=web -- uptime", "on all with this tag"),
        ("mssh --dry-run WEB", "what it would do"),
        ("mssh -d PRIVATE true", "what it does"),
        ("mssh stopped", "it is stopped, and stays so here"),
        (
            "mssh --start short-id uptime",
            "so is this one, but not for long",
        ),
        ("mssh push-denied", "no permission"),
        ("mssh no-package --doctor", "why does a login fail?"),
        ("mssh --all-regions in-eu-west-1 date", "in another region"),
        ("mssh -J WEB PRIVATE id", "through another instance"),
        ("mssh --eice PRIVATE uname -a", "through an endpoint"),
        ("mssh --ssm ssm-only uptime", "by Session Manager"),
        ("mssh --shell WEB", "without sshd"),
        ("mssh --serial -r REGION CONSOLE", "the serial console"),
        ("mssh --listen 8022 WEB", "its port 22 here; Ctrl-C ends it"),
        ("msftp WEB", ""),
        ("mscp /etc/hostname web1:", ""),
        ("rsync -e mssh /etc/hostname web1:", ""),
        ("mssh --ssh-config --install", "and then:"),
        ("ssh WEB id", "plain ssh"),
    ];
    let named = |command: &str| {
        let command = command.replace("WEB", web).replace("PRIVATE", private);
        let command = command.replace("REGION", instances::NEW_REGION);
        command.replace("CONSOLE", instances::CONSOLE_ONLY)
    };
    suggestions
        .map(|(command, about)| (named(command), about))
        .into()
}

/// The command's exit status, as a shell reports it.
fn exit_code(status: ExitStatus) -> ExitCode {
    let signal = || status.signal().map_or(1, |signal| 128 + signal);
    let code = status.code().unwrap_or_else(signal);
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}

fn fail(why: impl Display) -> ExitCode {
    say(&format!("lab: {why}\n"));
    ExitCode::FAILURE
}

fn say(text: &str) {
    // If stderr is closed, there is nowhere left to report it.
    let _ = io::stderr().write_all(text.as_bytes());
}
