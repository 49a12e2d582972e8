//! A caller of AWS: how tests that share a lab are kept apart.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::calls::{Call, CallerState};
use super::console_output::ConsoleOutput;
use super::eice::{TunnelFault, TunnelRequest};
use super::fault::Fault;
use super::fleet::Fleet;
use super::images::Software;
use super::network::Network;
use super::power::Power;
use super::ssm::{SessionBehavior, SessionRecord};
use super::{Lab, lab_dir};

/// An access key, with its own recorded calls and injected faults.
pub(crate) struct Caller<'lab> {
    lab: &'lab Lab,
    access_key: String,
    run_dir: PathBuf,
}

impl<'lab> Caller<'lab> {
    /// Number 0 is the caller of `Lab::command`.
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

    /// Its `XDG_RUNTIME_DIR`.
    pub(crate) fn run_dir(&self) -> &Path {
        &self.run_dir
    }

    /// A command in the lab's environment. Of the environment of this process, only `PATH` and
    /// `TERM` are inherited.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let environment = self.lab.environment(&self.access_key, &self.run_dir);
        command.env_clear().envs(environment);
        command
    }

    /// Its calls so far, oldest first.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.with_state(|state| state.calls.clone())
    }

    pub(crate) fn calls_of(&self, action: &str) -> Vec<Call> {
        let mut calls = self.calls();
        calls.retain(|call| call.action == action);
        calls
    }

    /// The EICE tunnels it has asked for.
    pub(crate) fn tunnels(&self) -> Vec<TunnelRequest> {
        self.with_state(|state| state.tunnels.clone())
    }

    /// Injects this fault into its EICE tunnels from now on.
    pub(crate) fn tunnel_fault(&self, fault: TunnelFault) -> &Self {
        self.with_state(|state| state.tunnel_fault = Some(fault));
        self
    }

    /// Injects this fault into its calls from now on, beside any others.
    pub(crate) fn fault(&self, fault: Fault) -> &Self {
        self.with_state(|state| state.faults.push(fault));
        self
    }

    /// What runs on all instances from now on.
    pub(crate) fn power(&self, power: Power) -> &Self {
        self.with_state(|state| state.power = power);
        self
    }

    pub(crate) fn software(&self, software: Software) -> &Self {
        self.with_state(|state| state.software = software);
        self
    }

    /// Its instances from now on, in calls without IDs.
    pub(crate) fn fleet(&self, fleet: Fleet) -> &Self {
        self.with_state(|state| state.fleet = fleet);
        self
    }

    /// Sets AWS's clock this many minutes ahead of the clock of this machine.
    pub(crate) fn clock_ahead(&self, minutes: i64) -> &Self {
        self.with_state(|state| state.clock.ahead = minutes);
        self
    }

    /// The network that EC2 describes to it, around any instance.
    pub(crate) fn network(&self, network: Network) -> &Self {
        self.with_state(|state| state.network = network);
        self
    }

    /// How the gateway and the agent treat the SSM sessions that it starts from now on.
    pub(crate) fn session_behavior(&self, behavior: SessionBehavior) -> &Self {
        self.with_state(|state| state.behavior = behavior);
        self
    }

    /// What the consoles of its instances show from now on.
    pub(crate) fn console(&self, console: ConsoleOutput) -> &Self {
        self.with_state(|state| state.console = console);
        self
    }

    fn with_state<T>(&self, read: impl FnOnce(&mut CallerState) -> T) -> T {
        self.lab.aws().with_state(&self.access_key, read)
    }

    /// Its SSM sessions, oldest first.
    pub(crate) fn sessions(&self) -> Vec<SessionRecord> {
        self.lab.aws().sessions().records(&self.access_key)
    }

    /// How long the keys that it pushes from now on are valid, instead of 60 seconds.
    pub(crate) fn key_lifetime(&self, lifetime: Duration) -> &Self {
        self.with_state(|state| state.lifetime = lifetime);
        self
    }
}
