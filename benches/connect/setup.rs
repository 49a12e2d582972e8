//! What all comparisons share: a caller, an installed key, options for ssh, and statistics.

use std::process::{Command, Stdio};

use crate::lab::instances::WEB1;
use crate::lab::{Caller, Lab};

/// The width of a name in a table.
const NAME_WIDTH: usize = 28;

/// A caller, with a key that plain ssh can use.
pub(crate) struct Setup<'lab> {
    lab: &'lab Lab,
    pub(crate) caller: Caller<'lab>,
    /// The local user, who exists on every instance.
    pub(crate) user: String,
    /// The port to connect to.
    pub(crate) port: u16,
    key: String,
}

impl<'lab> Setup<'lab> {
    /// Makes the key, and installs it on [`WEB1`].
    pub(crate) fn new(lab: &'lab Lab) -> Self {
        let caller = lab.caller();
        let mut id = caller.command("id");
        let output = id.env_remove("LD_PRELOAD").arg("-un").output().expect("id");
        let user = String::from_utf8(output.stdout).expect("a name");
        let user = user.trim().to_owned();
        let key = caller.run_dir().join("ready").display().to_string();
        let mut keygen = caller.command("ssh-keygen");
        succeeds(keygen.args(["-q", "-t", "ed25519", "-N", "", "-f", &key]));
        let setup = Self {
            lab,
            caller,
            user,
            port: lab.port(),
            key,
        };
        setup.install_key(&setup.user, WEB1);
        setup
    }

    /// Installs the key for an hour.
    pub(crate) fn install_key(&self, login: &str, id: &str) {
        let hour = std::time::Duration::from_hours(1);
        let mut push = self.caller.key_lifetime(hour).command("mssh");
        succeeds(push.args(["-i", &self.key, "-l", login, id, "true"]));
    }

    /// A command without nss_wrapper, which would slow down every process.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = self.caller.command(program);
        for name in [
            "LD_PRELOAD",
            "NSS_WRAPPER_PASSWD",
            "NSS_WRAPPER_GROUP",
            "NSS_WRAPPER_SHADOW",
            "NSS_WRAPPER_HOSTS",
            "NSS_WRAPPER_MAX_HOSTENTS",
        ] {
            command.env_remove(name);
        }
        command
    }

    /// Options for a client to reach the lab's instances; for plain ssh also its key.
    pub(crate) fn options(&self, program: &str) -> Vec<String> {
        let known = self.lab.home().join(".ssh/known_hosts");
        let known = format!("UserKnownHostsFile={}", known.display());
        let port = self.port.to_string();
        let mut options = vec!["-F", "none", "-o", &known, "-p", &port];
        if program == "ssh" {
            options.extend(self.key_options());
        }
        options.into_iter().map(str::to_owned).collect()
    }

    /// Options for plain ssh to use the installed key.
    pub(crate) fn key_options(&self) -> [&str; 4] {
        ["-o", "IdentitiesOnly=yes", "-i", &self.key]
    }
}

/// Whether a program is installed. If not, reports that a part is skipped.
pub(crate) fn has(setup: &Setup<'_>, program: &str) -> bool {
    let line = format!("command -v {program}");
    let found = setup.command("sh").args(["-c", &line]).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        println!("\nSKIPPED: {program} is not installed: see `scripts/setup tests`");
    }
    found
}

/// Runs a command, and asserts that it succeeds.
pub(crate) fn succeeds(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|cause| panic!("{command:?}: {cause}"));
    assert!(output.status.success(), "{command:?}: {output:?}");
}

/// The end of a name that is too long for a table.
pub(crate) fn short(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    match chars.len().checked_sub(NAME_WIDTH) {
        None | Some(0) => name.to_owned(),
        Some(more) => format!("…{}", chars[more + 1..].iter().collect::<String>()),
    }
}

pub(crate) fn median(values: Vec<f64>) -> f64 {
    quantile(values, 50)
}

/// The value below which this percentage of all values are.
pub(crate) fn quantile(mut values: Vec<f64>, percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() * percent / 100]
}

/// A function of each pair.
pub(crate) fn pairs(ours: &[f64], theirs: &[f64], make: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let pairs = ours.iter().zip(theirs);
    pairs.map(|(ours, theirs)| make(*ours, *theirs)).collect()
}

/// The median of a function of each pair.
pub(crate) fn of_pairs(ours: &[f64], theirs: &[f64], make: impl Fn(f64, f64) -> f64) -> f64 {
    median(pairs(ours, theirs, make))
}
