//! A user with their own `~/.ssh`.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::process::Command;

use super::{Outcome, caller, finish, lab, leaves_nothing};
use crate::lab::{Caller, DESCRIBE_INSTANCES, SEND_SSH_PUBLIC_KEY};

/// A user with a home of their own.
pub(crate) struct SshUser {
    pub(crate) caller: Caller<'static>,
    pub(crate) home: PathBuf,
}

impl SshUser {
    /// With this ssh_config.
    pub(crate) fn with(config: &str) -> Self {
        let caller = caller();
        let home = lab().path().join(format!("home-{}", caller.access_key()));
        let user = Self { caller, home };
        let lab_home = lab().home();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(user.dot_ssh(""))
            .expect("a directory");
        fs::copy(
            lab_home.join(".ssh/known_hosts"),
            user.dot_ssh("known_hosts"),
        )
        .expect("a copy");
        let users = fs::read_to_string(lab().path().join("passwd")).expect("users");
        let lab_home = format!(":{}:", lab_home.display());
        let users = users.replacen(&lab_home, &format!(":{}:", user.home.display()), 1);
        fs::write(user.home.join("passwd"), users).expect("a file");
        if !config.is_empty() {
            fs::write(user.config(), config).expect("a file");
        }
        user
    }

    /// The same with the block installed, with these options.
    #[track_caller]
    pub(crate) fn installed(config: &str, words: &[&str]) -> Self {
        let user = Self::with(config);
        let outcome = user.install(words);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        user
    }

    pub(crate) fn dot_ssh(&self, name: &str) -> PathBuf {
        self.home.join(".ssh").join(name)
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.dot_ssh("config")
    }

    /// The directory of plain ssh's keys.
    pub(crate) fn keys(&self) -> PathBuf {
        self.caller.run_dir().join("plain")
    }

    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = self.caller.command(program);
        command
            .env("HOME", &self.home)
            .env("NSS_WRAPPER_PASSWD", self.home.join("passwd"))
            .current_dir(&self.home);
        command
    }

    pub(crate) fn run(&self, program: &str, words: &[&str]) -> Outcome {
        finish(self.command(program).args(words))
    }

    pub(crate) fn install(&self, words: &[&str]) -> Outcome {
        let mut mssh = self.command("mssh");
        mssh.args(["--ssh-config", "--install", "--agent-dir"]);
        finish(mssh.arg(self.keys()).args(words))
    }

    /// Asserts the numbers of look-ups and pushes, and no other calls.
    #[track_caller]
    pub(crate) fn cost(&self, look_ups: usize, pushes: usize) {
        let calls = self.caller.calls();
        let of = |action| self.caller.calls_of(action).len();
        let got = (of(DESCRIBE_INSTANCES), of(SEND_SSH_PUBLIC_KEY), calls.len());
        assert_eq!(got, (look_ups, pushes, look_ups + pushes), "{calls:?}");
    }

    /// Asserts that soon no key, key directory or keeper is left.
    #[track_caller]
    pub(crate) fn is_clean(&self) {
        leaves_nothing(&self.caller);
    }
}
