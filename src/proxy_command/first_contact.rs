//! The host key of an instance that ssh does not know yet: compared with the instance's console while
//! the key passes from the server to ssh, which reads known_hosts only then.
//!
//! ssh asks nothing then, in any release, and a login to a known host costs nothing.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::parent_id;
use std::sync::mpsc;
use std::thread;

use aws_smithy_types::base64;
use tokio::sync::oneshot;

use crate::agent::host_key::HostKeyChecks;
use crate::agent::host_key_check::HostKeyCheck;
use crate::agent::push::AwsAccess;
use crate::error::Error;
use crate::plan::argv::host_key_check::CannotVerify;
use crate::plan::cli::invocation::Invocation;
use crate::plan::cli::parent_ssh;
use crate::plan::cli::proxy_command::ProxyRequest;
use crate::plan::program::Program;
use crate::plan::route::Route;
use crate::plan::ssh_g::known_hosts::{name, names};
use crate::plan::ssh_g::{self, HostKeyConfig, Query, QueryOptions};
use crate::plan::target::ids::InstanceId;
use crate::plan::verify_host_key::VerifyHostKey;
use crate::resolve::push::KeyPush;
use crate::wire::agent::{Fields, HostKeyQuestion};
use crate::wire::key_exchange::{HostKeyBlob, HostKeyReader};
use crate::world::net::stream_filter;
use crate::world::openssh::error::SshError;
use crate::world::openssh::known_hosts::look;
use crate::world::openssh::{self, ConfigSource, config_files};
use crate::world::process;
use crate::world::process::error::IoError;
use crate::world::process::parents::words_of;
use crate::world::tty::terminal::Terminal;

/// A host key that may have to be compared.
pub(super) struct FirstContact<'a> {
    request: &'a ProxyRequest,
    /// The ssh that has started us.
    ssh: Invocation,
    id: InstanceId,
    access: AwsAccess,
    /// The address that is connected to; `None` through a tunnel.
    address: Option<String>,
    terminal: Terminal,
}

/// What the copying thread tells, and waits for.
pub(super) struct Copying {
    shown: oneshot::Receiver<HostKeyBlob>,
    go_on: mpsc::Sender<()>,
    end: oneshot::Receiver<()>,
}

impl<'a> FirstContact<'a> {
    /// `None` if the usual files know the host, or a program that is not ssh(1) has started us: it has
    /// rules of its own.
    ///
    /// # Errors
    /// Why the key cannot be verified, if it must be.
    pub(super) fn of(
        request: &'a ProxyRequest,
        push: &KeyPush<'_>,
        route: &Route,
        terminal: Terminal,
    ) -> Result<Option<Self>, Error> {
        let option = request.invocation.options.verify_host_key;
        let is_required = option == VerifyHostKey::Require;
        let Some(destination) = request.invocation.destinations().next() else {
            return Ok(None);
        };
        if option == VerifyHostKey::Off {
            return Ok(None);
        }
        let Some((id, access)) = push.last() else {
            let error = is_required.then_some(CannotVerify::NoInstance);
            return error.map_or(Ok(None), |it| Err(it.into()));
        };
        let by_files = || request.invocation.for_hop(destination.clone());
        let Some(ssh) = parent(by_files).or_else(|| is_required.then(by_files)) else {
            return Ok(None);
        };
        let alias = parent_ssh::host_key_alias(&ssh);
        let own = names(alias, &destination.host, request.port);
        let is_known = look(&HostKeyConfig::usual(), &own, id.as_str()).own;
        Ok((!is_known || is_required).then_some(Self {
            request,
            ssh,
            id,
            access,
            address: route.key_address(),
            terminal,
        }))
    }

    /// Compares the key, and waits until all bytes are copied.
    ///
    /// # Errors
    /// Why ssh must not get the key.
    pub(super) async fn watch(self, copying: Copying) -> Result<(), Error> {
        let Copying { shown, go_on, end } = copying;
        let is_required = self.is_required();
        let begun = self.begin().await?;
        if let (Some((checks, name)), Ok(shown)) = (begun, shown.await) {
            let (kind, key) = match &shown {
                HostKeyBlob::Shown(blob) => words(blob).unwrap_or_default(),
                HostKeyBlob::Unread | HostKeyBlob::Missing => Default::default(),
            };
            if key.is_empty() && is_required {
                return Err(CannotVerify::NoKey.into());
            }
            let question = HostKeyQuestion {
                reason: "HOSTNAME",
                name: &name,
                kind: &kind,
                key: &key,
            };
            let answer = checks.answer(question).await;
            if let Some(refusal) = answer.and_then(|it| it.refusal) {
                return Err(SshError::RefusedHostKey(refusal).into());
            }
        }
        // If the thread is gone, so is ssh.
        let _ = go_on.send(());
        let _ = end.await;
        Ok(())
    }

    fn is_required(&self) -> bool {
        self.request.invocation.options.verify_host_key == VerifyHostKey::Require
    }

    /// Begins to read the console, unless ssh's settings say how keys are checked, or where a key is
    /// known. With it, the name under which ssh looks for the key.
    async fn begin(&self) -> Result<Option<(HostKeyChecks, String)>, Error> {
        let Some(config) = self.config().await else {
            let error = self.is_required().then_some(CannotVerify::UnknownConfig);
            return error.map_or(Ok(None), |it| Err(it.into()));
        };
        let home = config_files::home();
        let (host, port) = match self.request.invocation.destinations().next() {
            Some(destination) => (destination.host.as_str(), self.request.port),
            None => return Ok(None),
        };
        // mssh's own choice for a hop is no setting of the user's.
        let by_id = [self.id.as_str().to_owned(), name(self.id.as_str(), port)];
        let is_ours = config.alias.as_ref().is_some_and(|it| by_id.contains(it));
        let users = HostKeyConfig {
            alias: config.alias.clone().filter(|_| !is_ours),
            ..config.clone()
        };
        let own = names(config.alias.as_deref(), host, port);
        let is_known = look(&config, &own, self.id.as_str()).own;
        let is_set = users.is_set(&home.to_string_lossy()) && !self.is_required();
        let Some(name) = own.into_iter().next().filter(|_| !is_known && !is_set) else {
            return Ok(None);
        };
        let checks = HostKeyChecks::new(self.terminal);
        let (id, address) = (self.id.clone(), self.address.clone());
        checks.begin(HostKeyCheck {
            is_required: self.is_required(),
            ..HostKeyCheck::of(id, &self.access, (&name, address), &config)
        });
        Ok(Some((checks, name)))
    }

    /// What ssh's files and command line say. `None` if only that ssh can read them.
    async fn config(&self) -> Option<HostKeyConfig> {
        let source = ConfigSource::of(&self.ssh);
        if matches!(source, ConfigSource::Pipe) {
            return None;
        }
        let options = QueryOptions {
            config: source.config(),
            canonical: false,
            debug: false,
        };
        let query = Query::of(self.ssh.destinations().next()?);
        let program = process::find("ssh").ok()?;
        let words = ssh_g::words(&self.ssh, &query, options);
        let config = openssh::answer(&program, words).await.ok()?;
        Some(config.host_key)
    }
}

/// The ssh that has started us; without `/proc`, as if it had no options. `None` if it is no ssh.
fn parent(by_files: impl FnOnce() -> Invocation) -> Option<Invocation> {
    match words_of(parent_id()) {
        Some(words) => parent_ssh::of(&words, openssh::grammar(Program::Ssh, &words)),
        None => Some(by_files()),
    }
}

/// Where the copied bytes are to go, on their way to `output`. Until the key is compared, the
/// bytes from it on are held back.
///
/// # Errors
/// If the system is out of descriptors.
pub(super) fn copy_past(output: OwnedFd) -> Result<(OwnedFd, Copying), Error> {
    let (from, input) = io::pipe().map_err(IoError::Start)?;
    let (show, shown) = oneshot::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let (ended, end) = oneshot::channel();
    thread::spawn(move || {
        let mut reading = Some((HostKeyReader::default(), show));
        let passes = |bytes: &[u8]| {
            let Some((mut reader, show)) = reading.take() else {
                return true;
            };
            match reader.take(bytes) {
                HostKeyBlob::Unread => {
                    reading = Some((reader, show));
                    true
                }
                key => show.send(key).is_ok() && may_go_on.recv().is_ok(),
            }
        };
        // An error is that of the reader or the writer, who know it.
        let _ = stream_filter::copy(from.into(), output, passes);
        let _ = ended.send(());
    });
    let copying = Copying { shown, go_on, end };
    Ok((input.into(), copying))
}

/// The type of a key and its base64, as in known_hosts.
fn words(blob: &[u8]) -> Option<(String, String)> {
    let kind = Fields::new(blob).string()?;
    let kind = str::from_utf8(kind).ok()?.to_owned();
    Some((kind, base64::encode(blob)))
}
