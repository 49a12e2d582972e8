//! The shell of the lab: runs everything that it lists, in a lab without the ports 22 and 443.

use std::path::Path;
use std::process::Command;

use super::program;
use crate::lab::instances::{
    BROKEN, CLOSED, CONSOLE_ONLY, DESCRIBE_DENIED, ENDPOINT_ONLY, ENDPOINT_OR_SSM, IN_EU_WEST_1,
    INSTANCES, IPV6_ONLY, METADATA_OFF, MULTI_HOMED, NO_ADDRESS, NO_PACKAGE, NO_SSHD, ODD_NAME,
    ODD_PORT, PENDING, PRIVATE, PRIVATE_WITH_AGENT, PUSH_DENIED, REJECTS_DIRECT, SAME_ADDRESS1,
    SAME_ADDRESS2, SHORT_ID, SSM_ONLY, STOPPED, STOPPED_SAME_ADDRESSES, STOPPING, TERMINATED,
    TWIN_IN_EU_WEST_1, TWIN_STOPPED, TWIN1, TWIN2, UNREACHABLE, WEB1, WEB2, WINDOWS,
};
use crate::sandbox::{PATIENCE, Pty, eventually, skipped};

/// The prompt of the lab's shell.
const PROMPT: &str = "lab$ ";

/// A lab in a terminal.
struct LabShell {
    pty: Pty,
    /// The length of the screen that earlier commands have filled.
    read: usize,
    /// What the lab shows at the start.
    list: String,
}

/// The exit status and output of a command.
struct End {
    status: i32,
    shown: String,
}

impl LabShell {
    fn begin() -> Self {
        let program = program();
        let mut script = Command::new("script");
        let path = std::env::var_os("PATH").expect("a PATH");
        script
            .env_clear()
            .env("PATH", path)
            .env("SHELL", "/bin/sh")
            .env("TERM", "dumb");
        let pty = Pty::of(script, &without_low_ports(&program));
        pty.shows(PROMPT);
        let list = pty.screen().replace('\r', "");
        Self {
            read: pty.screen().len(),
            pty,
            list,
        }
    }

    fn shown(&self) -> String {
        self.pty.screen()[self.read..].replace('\r', "")
    }

    /// Runs a line, and types keys when the screen ends with a text.
    #[track_caller]
    fn runs(&mut self, line: &str, keys: &[(&str, &str)]) -> End {
        self.read = self.pty.screen().len();
        self.pty.types(&format!("{line}; printf '\\n=%s=' $?\n"));
        for (end, keys) in keys {
            let waits = |text: &str| text.contains('\n') && text.ends_with(end);
            let there = eventually(PATIENCE, || waits(&self.shown()));
            assert!(there, "{line}: no {end:?} in {:?}", self.shown());
            self.pty.types(keys);
        }
        let status = || {
            let shown = self.shown();
            let (before, rest) = shown.rsplit_once("\n=")?;
            let status = rest.split_once('=')?.0.parse().ok()?;
            let shown = before.to_owned();
            Some(End { status, shown })
        };
        let ended = eventually(PATIENCE, || status().is_some());
        assert!(ended, "{line}: {:?}", self.shown());
        status().expect("a status")
    }

    #[track_caller]
    fn reaches(&mut self, words: &str) {
        let end = self.runs(&format!("{words} 'echo in-$((6*7))'"), &[]);
        assert!(end.shown.contains("in-42"), "{words}: {}", end.shown);
        assert_eq!(end.status, 0, "{words}: {}", end.shown);
    }
}

/// A command that runs a program without the right to listen on ports below 1024.
fn without_low_ports(program: &Path) -> String {
    let program = format!("'{}'", program.display());
    let is_root = rustix::process::geteuid().is_root();
    let setpriv = "setpriv --bounding-set -net_bind_service";
    if !is_root {
        return program;
    }
    let mut check = Command::new("sh");
    let check = check.args(["-c", &format!("{setpriv} true")]).output();
    if check.is_ok_and(|output| output.status.success()) {
        return format!("{setpriv} {program}");
    }
    skipped("setpriv is not here: ports 22 and 443 of the lab may be its own");
    program
}

/// The listed lines that begin with one of these words.
fn lines<'a>(list: &'a str, first: &'a [&str]) -> impl Iterator<Item = &'a str> {
    let lines = list.lines().filter_map(|line| line.strip_prefix("  "));
    lines.filter(|line| first.iter().any(|word| line.starts_with(word)))
}

/// What `mssh` should do with a listed instance.
enum Listed {
    /// A login, with these options.
    Reached(String),
    /// An error with this text.
    Refused(&'static str),
}

fn listed(id: &str, line: &str) -> Listed {
    let words = match id {
        IPV6_ONLY if line.contains("has no IPv6") => return Listed::Refused("failed"),
        WEB1 | WEB2 | PRIVATE | IPV6_ONLY | MULTI_HOMED | PRIVATE_WITH_AGENT | ENDPOINT_ONLY
        | SSM_ONLY | ENDPOINT_OR_SSM | REJECTS_DIRECT | SAME_ADDRESS1 | SAME_ADDRESS2 | TWIN1
        | TWIN2 | ODD_NAME => String::new(),
        ODD_PORT => format!("-p {}", line.rsplit(' ').next().expect("a port")),
        IN_EU_WEST_1 | TWIN_IN_EU_WEST_1 => "-r eu-west-1".to_owned(),
        // Its console is among the suggested commands.
        CONSOLE_ONLY => return Listed::Refused("there is no instance"),
        SHORT_ID | STOPPED | STOPPED_SAME_ADDRESSES | TWIN_STOPPED => {
            return Listed::Refused("is stopped");
        }
        TERMINATED => return Listed::Refused("is terminated"),
        PENDING => return Listed::Refused("is pending"),
        STOPPING => return Listed::Refused("is stopping"),
        PUSH_DENIED => return Listed::Refused("SendSSHPublicKey"),
        DESCRIBE_DENIED => return Listed::Refused("DescribeInstances"),
        NO_ADDRESS => return Listed::Refused("no address"),
        WINDOWS | NO_SSHD => return Listed::Refused("Connection refused"),
        METADATA_OFF | NO_PACKAGE => return Listed::Refused("Permission denied"),
        UNREACHABLE | BROKEN => return Listed::Refused("mssh: error:"),
        other => panic!("no test of {other}"),
    };
    Listed::Reached(words)
}

#[test]
fn every_listed_instance_behaves_as_described() {
    let mut shell = LabShell::begin();
    let list = shell.list.clone();
    let instances: Vec<&str> = lines(&list, &["i-"]).collect();
    assert_eq!(instances.len(), INSTANCES.len(), "{list}");
    for line in instances {
        let id = line.split_whitespace().next().expect("an ID");
        // ssh would try for two minutes.
        if id == CLOSED {
            continue;
        }
        match listed(id, line) {
            Listed::Reached(words) => shell.reaches(&format!("mssh {words} {id}")),
            Listed::Refused(said) => {
                let end = shell.runs(&format!("mssh {id} true"), &[]);
                assert!(end.shown.contains(said), "{line}: {}", end.shown);
                assert_eq!(end.status, 255, "{line}: {}", end.shown);
            }
        }
    }
}

/// Keys to type, exit status, and expected output.
type Expected = (&'static [(&'static str, &'static str)], i32, &'static str);

fn expected(command: &str) -> Expected {
    let prompt = if rustix::process::geteuid().is_root() {
        &[("# ", "exit\n")]
    } else {
        &[("$ ", "exit\n")]
    };
    let has = |part: &str| command.contains(part);
    match () {
        () if has("ubuntu@") || has("--serial") => (prompt, 0, ""),
        // The picker is not for this terminal: see `pick`.
        () if command == "mssh" => (&[], 255, "no target given"),
        () if command == "mssh --list" => (&[], 0, "web2"),
        () if has("--each") => (&[], 0, "web2 | "),
        () if has("--doctor") => (&[], 255, "ec2-instance-connect"),
        () if has("--shell") => (&[("there$ ", "exit\n")], 0, ""),
        () if has("--listen") => (&[("public address)\n", "\x03")], 255, "127.0.0.1:8022"),
        () if has("msftp") => (&[("sftp> ", "bye\n")], 0, "Connected"),
        () if has("mssh stopped") => (&[], 255, "is stopped"),
        () if has("push-denied") => (&[], 255, "SendSSHPublicKey"),
        () if has("--dry-run") => (&[], 0, "127.0.0.11"),
        () if has("uname -a") => (&[], 0, "Linux"),
        () if has(" id") => (&[], 0, "uid="),
        () => (&[], 0, ""),
    }
}

#[test]
fn every_suggested_command_works() {
    let mut shell = LabShell::begin();
    let list = shell.list.clone();
    let commands: Vec<&str> = lines(&list, &["mssh", "msftp", "mscp", "rsync", "ssh"]).collect();
    for line in &commands {
        // The note is in a column of its own.
        let command = line.get(..50).unwrap_or(line).trim_end();
        let (keys, status, shown) = expected(command);
        let end = shell.runs(command, keys);
        assert_eq!(end.status, status, "{command}: {}", end.shown);
        assert!(end.shown.contains(shown), "{command}: {}", end.shown);
    }
    assert!(commands.len() >= 15, "{list}");
}

#[test]
fn plain_ssh_hops_aliases_and_tunnels_reach_sshd_at_port_22() {
    let mut shell = LabShell::begin();
    for words in [
        format!("mssh --ssm {SSM_ONLY}"),
        format!("mssh --ssm {WEB1}"),
        format!("mssh --eice {ENDPOINT_ONLY}"),
        format!("mssh -J {WEB1} {PRIVATE}"),
        format!("mssh -J {PRIVATE},{WEB2} {PRIVATE_WITH_AGENT}"),
    ] {
        shell.reaches(&words);
    }
    let alias = format!("printf 'Host box\\n  HostName {SSM_ONLY}\\n' >~/.ssh/config");
    assert_eq!(shell.runs(&alias, &[]).status, 0);
    shell.reaches("mssh box");
    assert_eq!(shell.runs("mssh --ssh-config --install", &[]).status, 0);
    for target in [
        WEB1,
        PRIVATE,
        ENDPOINT_ONLY,
        SSM_ONLY,
        REJECTS_DIRECT,
        "box",
    ] {
        shell.reaches(&format!("ssh {target}"));
    }
    let copy = format!("scp -q /etc/hostname {SSM_ONLY}:hostname");
    let end = shell.runs(&copy, &[]);
    assert_eq!(end.status, 0, "{}", end.shown);
}
