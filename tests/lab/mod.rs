//! The lab: a fake AWS, its instances and a home directory, all on this machine. It is removed when
//! dropped.
//!
//! `mssh` runs in it unmodified. The fake AWS listens on loopback, and `AWS_ENDPOINT_URL` points to
//! it. Each running one of the [`instances`] is a real `sshd` that accepts the keys pushed to it
//! within the last 60 seconds. `libnss_wrapper` provides the OS users and the home directory, since
//! OpenSSH reads the passwd database and not `$HOME`.
//!
//! Tests share one lab. Each has a [`Caller`] of its own, since calls are recorded, and faults
//! injected, by access key. Start with [`Lab::start`], [`Lab::caller`], [`Caller::command`] and
//! [`Caller::calls`].

#![allow(
    dead_code,
    unused_imports,
    reason = "tests, benchmarks and the example each use a part of it"
)]
#![allow(clippy::expect_used, reason = "a broken lab is reported by a panic")]

mod authority;
mod aws_error;
pub(crate) mod blackholes;
mod broken;
mod caller;
mod calls;
pub(crate) mod cargo;
pub(crate) mod clock;
pub(crate) mod console_output;
mod describe;
pub(crate) mod eice;
mod everyday;
mod fake_aws;
mod fault;
mod filter;
mod fleet;
mod http;
pub(crate) mod images;
mod imds;
mod inspect;
pub(crate) mod instances;
mod keys;
mod lab_dir;
pub(crate) mod network;
pub(crate) mod ports;
pub(crate) mod power;
mod preload;
mod push;
mod request;
#[cfg(test)]
mod selftest;
mod server;
mod sshd;
mod sshd_pool;
pub(crate) mod ssm;
mod sts;
mod sweep;
mod tinyproxy;
mod token_services;
mod tools;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

pub(crate) use authority::Authority;
use blackholes::Blackholes;
pub(crate) use caller::Caller;
pub(crate) use calls::Call;
use fake_aws::FakeAws;
pub(crate) use fault::{DESCRIBE_INSTANCES, Fault, SEND_CONSOLE_KEY, SEND_SSH_PUBLIC_KEY, Trouble};
pub(crate) use fleet::Fleet;
pub(crate) use imds::Metadata;
use keys::KeyStore;
use lab_dir::LabDir;
pub(crate) use lab_dir::RSA_ONLY;
use server::Server;
use sshd_pool::SshdPool;
pub(crate) use ssm::{Break, Ended, Pause, SessionBehavior, SessionRecord};
pub(crate) use sts::SECRET;
pub(crate) use tinyproxy::Tinyproxy;
pub(crate) use tools::StartError;
use tools::Tools;

/// A running lab. Dropping it kills its sshds with their sessions, and removes its files.
///
/// A lab in a `static` is never dropped: its sshds end with the process if `setpriv` is installed,
/// and the next lab removes its files.
pub(crate) struct Lab {
    sshds: SshdPool,
    _blackholes: Blackholes,
    server: Server,
    directory: LabDir,
    tools: Tools,
    callers: AtomicU64,
    endpoints: OnceLock<std::io::Result<eice::Service>>,
}

impl Lab {
    /// Starts a lab with the programs under test on its `PATH`, if Cargo names them.
    pub(crate) fn start() -> Result<Self, StartError> {
        let bins = option_env!("CARGO_BIN_EXE_mssh").and_then(|mssh| Path::new(mssh).parent());
        Self::open(bins)
    }

    /// Starts a lab with the `mssh`, `msftp` and `mscp` of `bins` on its `PATH`.
    pub(crate) fn start_with(bins: &Path) -> Result<Self, StartError> {
        Self::open(Some(bins))
    }

    fn open(bins: Option<&Path>) -> Result<Self, StartError> {
        let tools = Tools::find()?;
        sweep::dead_labs();
        let directory = LabDir::make(&tools, bins)?;
        eice::find_port(directory.endpoints);
        let sshds = SshdPool::start(&directory, &tools)?;
        let aws = FakeAws::new(KeyStore::new(directory.keys()))?;
        Ok(Self {
            _blackholes: Blackholes::open(sshds.port())?,
            sshds,
            server: Server::open(Arc::new(aws))?,
            directory,
            tools,
            callers: AtomicU64::new(0),
            endpoints: OnceLock::new(),
        })
    }

    /// A new caller, with an access key of its own.
    pub(crate) fn caller(&self) -> Caller<'_> {
        Caller::new(self, self.callers.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// A command in the lab's environment, for a program that needs no caller of its own.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        self.visitor().command(program)
    }

    /// The caller of [`Lab::command`].
    pub(crate) fn visitor(&self) -> Caller<'_> {
        Caller::new(self, 0)
    }

    /// The port of all instances but [`instances::ODD_PORT`], as programs in the lab see it (see
    /// [`ports`]).
    #[expect(
        clippy::unused_self,
        reason = "a property of the lab, like its other ports"
    )]
    pub(crate) fn port(&self) -> u16 {
        ports::SSH
    }

    /// The port of [`instances::ODD_PORT`].
    pub(crate) fn odd_port(&self) -> u16 {
        self.sshds.odd_port()
    }

    /// Whether this machine has `::1`, and so [`instances::IPV6_ONLY`] an sshd.
    pub(crate) fn has_ipv6(&self) -> bool {
        self.sshds.runs(instances::IPV6_ONLY)
    }

    /// The URL of the fake AWS, for `AWS_ENDPOINT_URL`.
    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// Serves the fake AWS over TLS, too, with a certificate for these names. Returns the port.
    pub(crate) fn open_tls(&self, authority: &Authority, names: &str) -> std::io::Result<u16> {
        authority.serve(Arc::clone(self.server.aws()), names)
    }

    /// The service behind the EC2 Instance Connect Endpoints, started on first use.
    pub(crate) fn endpoints(&self) -> Result<&eice::Service, &std::io::Error> {
        let open = || {
            let directory = self.path().join("endpoints");
            let aws = Arc::clone(self.server.aws());
            eice::Service::open(self.directory.endpoints, directory, aws, self.sshds.port())
        };
        self.endpoints.get_or_init(open).as_ref()
    }

    /// The same behind a proxy that speaks TLS itself.
    pub(crate) fn open_tls_proxy(
        &self,
        authority: &Authority,
        names: &str,
    ) -> std::io::Result<u16> {
        authority.serve_proxied(Arc::clone(self.server.aws()), names)
    }

    /// The log of the sshd of an instance; empty if it has none.
    pub(crate) fn sshd_log(&self, id: &str) -> String {
        self.sshds.log(id)
    }

    /// The host key of the serial consoles, which is not one of AWS's.
    pub(crate) fn console_key(&self) -> PathBuf {
        self.directory.console_key()
    }

    /// The directory of the lab.
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The home of the user who runs `mssh`.
    pub(crate) fn home(&self) -> PathBuf {
        self.directory.local()
    }

    /// The home of the OS users of all instances.
    pub(crate) fn remote(&self) -> PathBuf {
        self.directory.remote()
    }

    /// The `XDG_RUNTIME_DIR` of [`Lab::command`]. Those of the callers are below it.
    pub(crate) fn run_dir(&self) -> PathBuf {
        self.directory.run()
    }

    fn aws(&self) -> &FakeAws {
        self.server.aws()
    }

    /// The environment of the programs of a caller.
    fn environment(&self, access_key: &str, run_dir: &Path) -> Vec<(&'static str, OsString)> {
        let mut environment = self.directory.environment(&self.tools);
        environment.extend([
            ("XDG_RUNTIME_DIR", run_dir.into()),
            ("AWS_ENDPOINT_URL", self.url().into()),
            ("AWS_ACCESS_KEY_ID", access_key.into()),
            ("AWS_SECRET_ACCESS_KEY", sts::SECRET.into()),
            ("AWS_REGION", instances::HOME_REGION.into()),
            ("AWS_EC2_METADATA_DISABLED", "true".into()),
            (
                "MSSH_CHECKIP_URL",
                network::checkip_url(&self.url(), access_key).into(),
            ),
        ]);
        environment
    }
}
