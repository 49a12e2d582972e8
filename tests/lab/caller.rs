//! One caller among many: how tests that share a lab stay out of each other's way.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::calls::Call;
use super::eice::{TunnelFault, TunnelRequest};
use super::fault::Fault;
use super::ssm::{SessionBehavior, SessionRecord};
use super::{Lab, lab_dir};

/// An access key of its own, with the calls made and the faults met by it alone.
pub(crate) struct Caller<'lab> {
    lab: &'lab Lab,
    access_key: String,
    run_dir: PathBuf,
}

impl<'lab> Caller<'lab> {
    /// Number 0 is whoever uses the lab itself, and has its own directory.
    pub(crate) fn new(lab: &'lab Lab, number: u64) -> Self {
        let access_key = format!("AKIALAB{number:013}");
        let run_dir = match number {
            0 => lab.run_dir(),
            _ => lab.run_dir().join(&access_key),
        };
        lab_dir::make_private(&run_dir).expect("a directory in the lab");
        Self {
            lab,
            access_key,
            run_dir,
        }
    }

    pub(crate) fn lab(&self) -> &'lab Lab {
        self.lab
    }

    pub(crate) fn access_key(&self) -> &str {
        &self.access_key
    }

    /// Its `XDG_RUNTIME_DIR`: where nothing is to be left.
    pub(crate) fn run_dir(&self) -> &Path {
        &self.run_dir
    }

    /// A command in the lab's environment, nothing of ours but `PATH` and `TERM` let in.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let environment = self.lab.environment(&self.access_key, &self.run_dir);
        command.env_clear().envs(environment);
        command
    }

    /// Its calls so far, in the order they came in.
    pub(crate) fn calls(&self) -> Vec<Call> {
        let calls = |state: &mut super::calls::CallerState| state.calls.clone();
        self.lab.region().with_state(&self.access_key, calls)
    }

    /// Its calls of one operation.
    pub(crate) fn calls_of(&self, action: &str) -> Vec<Call> {
        let mut calls = self.calls();
        calls.retain(|call| call.action == action);
        calls
    }

    /// The tunnels it has asked for.
    pub(crate) fn tunnels(&self) -> Vec<TunnelRequest> {
        let region = self.lab.region();
        region.with_state(&self.access_key, |state| state.tunnels.clone())
    }

    /// Has this be wrong with its tunnels from now on.
    pub(crate) fn tunnel_fault(&self, fault: TunnelFault) -> &Self {
        let region = self.lab.region();
        region.with_state(&self.access_key, |state| state.tunnel_fault = Some(fault));
        self
    }

    /// Has `fault` befall it from now on, along with any others.
    pub(crate) fn fault(&self, fault: Fault) -> &Self {
        let region = self.lab.region();
        region.with_state(&self.access_key, |state| state.faults.push(fault));
        self
    }

    /// Has AWS's clock be this many minutes ahead of this machine's.
    pub(crate) fn clock_ahead(&self, minutes: i64) -> &Self {
        let region = self.lab.region();
        region.with_state(&self.access_key, |state| state.clock.ahead = minutes);
        self
    }

    /// Has this befall the sessions that it starts from now on.
    pub(crate) fn session_behavior(&self, behavior: SessionBehavior) -> &Self {
        let region = self.lab.region();
        region.with_state(&self.access_key, |state| state.behavior = behavior);
        self
    }

    /// Its sessions, in the order in which they were started.
    pub(crate) fn sessions(&self) -> Vec<SessionRecord> {
        self.lab.region().sessions().records(&self.access_key)
    }

    /// Lets the keys it pushes from now on die sooner or later than after 60 seconds.
    pub(crate) fn key_lifetime(&self, lifetime: Duration) -> &Self {
        let region = self.lab.region();
        region.with_state(&self.access_key, |state| state.lifetime = lifetime);
        self
    }
}
