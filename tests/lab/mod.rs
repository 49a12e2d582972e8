//! The lab: a region, its instances and a home, all on this machine and gone when dropped.
//!
//! `mssh` runs in it unmodified. A fake AWS answers on loopback and `AWS_ENDPOINT_URL` alone leads
//! there; each running one of the [`instances`] is a real `sshd`, which lets in exactly the keys
//! pushed to it within the last 60 seconds; the OS users and the home directory come from
//! `libnss_wrapper`, since OpenSSH asks the passwd database and never `$HOME`.
//!
//! Tests share one lab and stay apart by [`Caller`]: calls and faults belong to an access key.
//! The way in: [`Lab::start`], [`Lab::caller`], [`Caller::command`], then [`Caller::calls`].

#![allow(
    dead_code,
    unused_imports,
    reason = "tests, benchmarks and the example each use another part of it"
)]
#![allow(
    clippy::expect_used,
    reason = "where the lab is broken, a panic which says so is the right answer"
)]

mod authority;
mod aws_error;
mod blackholes;
mod caller;
mod calls;
pub(crate) mod cargo;
pub(crate) mod clock;
mod describe;
pub(crate) mod eice;
mod fake_aws;
mod fault;
mod filter;
mod http;
mod imds;
pub(crate) mod instances;
mod keys;
mod lab_dir;
pub(crate) mod ports;
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
pub(crate) use imds::Metadata;
use keys::KeyStore;
use lab_dir::LabDir;
use server::Server;
use sshd_pool::SshdPool;
pub(crate) use ssm::{Break, Ended, Pause, SessionBehavior, SessionRecord};
pub(crate) use sts::SECRET;
pub(crate) use tinyproxy::Tinyproxy;
pub(crate) use tools::StartError;
use tools::Tools;

/// A started lab. Dropping it kills its daemons with all they started, and removes its files.
///
/// In a `static`, which is never dropped, the daemons die with the process where `setpriv` is
/// there to arrange that, and the files go when the next lab starts.
pub(crate) struct Lab {
    sshds: SshdPool,
    _blackholes: Blackholes,
    server: Server,
    home: LabDir,
    tools: Tools,
    callers: AtomicU64,
    endpoints: OnceLock<std::io::Result<eice::Service>>,
}

impl Lab {
    /// Starts a lab whose `PATH` begins with the programs under test, where Cargo names them.
    pub(crate) fn start() -> Result<Self, StartError> {
        let bins = option_env!("CARGO_BIN_EXE_mssh").and_then(|mssh| Path::new(mssh).parent());
        Self::open(bins)
    }

    /// Starts a lab whose `PATH` begins with the `mssh`, `msftp` and `mscp` of `bins`.
    pub(crate) fn start_with(bins: &Path) -> Result<Self, StartError> {
        Self::open(Some(bins))
    }

    fn open(bins: Option<&Path>) -> Result<Self, StartError> {
        let tools = Tools::find()?;
        sweep::dead_labs();
        let home = LabDir::make(&tools, bins)?;
        eice::find_port(home.endpoints);
        let sshds = SshdPool::start(&home, &tools)?;
        let region = FakeAws::new(KeyStore::new(home.keys()))?;
        Ok(Self {
            _blackholes: Blackholes::open(sshds.port())?,
            sshds,
            server: Server::open(Arc::new(region))?,
            home,
            tools,
            callers: AtomicU64::new(0),
            endpoints: OnceLock::new(),
        })
    }

    /// Someone with an access key of their own, whose calls and faults nobody else sees.
    pub(crate) fn caller(&self) -> Caller<'_> {
        Caller::new(self, self.callers.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// A command in the lab's environment, for a visitor who asks for no caller of their own.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        Caller::new(self, 0).command(program)
    }

    /// The port every instance listens on but [`instances::ODD_PORT`], to all programs of the lab: see [`ports`].
    #[expect(
        clippy::unused_self,
        reason = "a property of the lab, like its other ports"
    )]
    pub(crate) fn port(&self) -> u16 {
        ports::SSH
    }

    /// The port of [`instances::ODD_PORT`], never that of the others.
    pub(crate) fn odd_port(&self) -> u16 {
        self.sshds.odd_port()
    }

    /// Whether `::1` exists here, and so whether anybody listens at [`instances::IPV6_ONLY`].
    pub(crate) fn has_ipv6(&self) -> bool {
        self.sshds.runs(instances::IPV6_ONLY)
    }

    /// Where the fake AWS listens, for `AWS_ENDPOINT_URL`.
    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// Opens another door to the fake AWS, over TLS with a certificate for these names; its port.
    pub(crate) fn open_tls(&self, authority: &Authority, names: &str) -> std::io::Result<u16> {
        authority.serve(Arc::clone(self.server.region()), names)
    }

    /// The service behind the EC2 Instance Connect Endpoints, opened when it is first asked for.
    pub(crate) fn endpoints(&self) -> Result<&eice::Service, &std::io::Error> {
        let open = || {
            let directory = self.path().join("endpoints");
            let region = Arc::clone(self.server.region());
            eice::Service::open(self.home.endpoints, directory, region, self.sshds.port())
        };
        self.endpoints.get_or_init(open).as_ref()
    }

    /// The same behind a proxy that speaks TLS, too.
    pub(crate) fn open_tls_proxy(
        &self,
        authority: &Authority,
        names: &str,
    ) -> std::io::Result<u16> {
        authority.serve_proxied(Arc::clone(self.server.region()), names)
    }

    /// What the daemon of the instance `id` has logged; empty when it has none.
    pub(crate) fn sshd_log(&self, id: &str) -> String {
        self.sshds.log(id)
    }

    /// The host key of the serial consoles, which is none of AWS's.
    pub(crate) fn console_key(&self) -> PathBuf {
        self.home.console_key()
    }

    /// The directory that holds everything else.
    pub(crate) fn path(&self) -> &Path {
        self.home.path()
    }

    /// The home of whoever runs commands here.
    pub(crate) fn home(&self) -> PathBuf {
        self.home.local()
    }

    /// The home of every OS user of every instance.
    pub(crate) fn remote(&self) -> PathBuf {
        self.home.remote()
    }

    /// The `XDG_RUNTIME_DIR` of [`Lab::command`], above those of the callers.
    pub(crate) fn run_dir(&self) -> PathBuf {
        self.home.run()
    }

    fn region(&self) -> &FakeAws {
        self.server.region()
    }

    /// Everything a program of the caller `access_key` finds in its environment.
    fn environment(&self, access_key: &str, run_dir: &Path) -> Vec<(&'static str, OsString)> {
        let mut environment = self.home.environment(&self.tools);
        environment.extend([
            ("XDG_RUNTIME_DIR", run_dir.into()),
            ("AWS_ENDPOINT_URL", self.url().into()),
            ("AWS_ACCESS_KEY_ID", access_key.into()),
            ("AWS_SECRET_ACCESS_KEY", sts::SECRET.into()),
            ("AWS_REGION", instances::HOME_REGION.into()),
            ("AWS_EC2_METADATA_DISABLED", "true".into()),
        ]);
        environment
    }
}
