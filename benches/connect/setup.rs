//! What all comparisons need: a caller, a ready key, the words for ssh, and medians.

use std::process::{Command, Stdio};

use crate::lab::instances::WEB1;
use crate::lab::{Caller, Lab};

/// One caller, with a key that its plain ssh can use.
pub(crate) struct Stage<'lab> {
    lab: &'lab Lab,
    pub(crate) caller: Caller<'lab>,
    /// The account that runs this, which exists on every instance.
    pub(crate) account: String,
    key: String,
}

impl<'lab> Stage<'lab> {
    /// Makes the key, and has [`WEB1`] know it.
    pub(crate) fn set(lab: &'lab Lab) -> Self {
        let caller = lab.caller();
        let mut id = caller.command("id");
        let output = id.env_remove("LD_PRELOAD").arg("-un").output().expect("id");
        let account = String::from_utf8(output.stdout).expect("a name");
        let account = account.trim().to_owned();
        let key = caller.run_dir().join("ready").display().to_string();
        let mut keygen = caller.command("ssh-keygen");
        succeeds(keygen.args(["-q", "-t", "ed25519", "-N", "", "-f", &key]));
        let stage = Self {
            lab,
            caller,
            account,
            key,
        };
        stage.lend_key(&stage.account, WEB1);
        stage
    }

    /// Lets the ready key in for an hour, as if somebody had put it there.
    pub(crate) fn lend_key(&self, login: &str, id: &str) {
        let hour = std::time::Duration::from_hours(1);
        let mut push = self.caller.key_lifetime(hour).command("mssh");
        succeeds(push.args(["-i", &self.key, "-l", login, id, "true"]));
    }

    /// A command in an environment like a user's own: without the lab's stand-in for the passwd
    /// database, which would cost each process some time.
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

    /// The options that lead a client to the lab's instances, whoever runs this; and plain ssh to
    /// its key.
    pub(crate) fn options(&self, program: &str) -> Vec<String> {
        let known = self.lab.home().join(".ssh/known_hosts");
        let known = format!("UserKnownHostsFile={}", known.display());
        let port = self.lab.port().to_string();
        let mut options = vec!["-F", "none", "-o", &known, "-p", &port];
        if program == "ssh" {
            options.extend(["-o", "IdentitiesOnly=yes", "-i", &self.key]);
        }
        options.into_iter().map(str::to_owned).collect()
    }
}

/// Whether there is such a program; says aloud that a part is skipped if not.
pub(crate) fn has(stage: &Stage<'_>, program: &str) -> bool {
    let line = format!("command -v {program}");
    let found = stage.command("sh").args(["-c", &line]).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        println!("\nSKIPPED: {program} is not installed: see `scripts/setup tests`");
    }
    found
}

/// Runs a command in silence, to its success.
pub(crate) fn succeeds(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|cause| panic!("{command:?}: {cause}"));
    assert!(output.status.success(), "{command:?}: {output:?}");
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The median of what is made of each pair.
pub(crate) fn of_pairs(ours: &[f64], theirs: &[f64], make: impl Fn(f64, f64) -> f64) -> f64 {
    let pairs = ours.iter().zip(theirs);
    median(pairs.map(|(ours, theirs)| make(*ours, *theirs)).collect())
}
