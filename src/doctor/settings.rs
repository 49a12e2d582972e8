//! ssh's settings for the destination, and what they lead to: the instance's look-up, a master
//! connection, known_hosts.

use std::path::PathBuf;

use super::account::Account;
use super::limits::Limits;
use super::machine;
use crate::error::Error;
use crate::plan::cli::invocation::Invocation;
use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::facts::{Answer, ConfigFile, Found, InstanceFacts, SshFacts, SshSettings};
use crate::plan::ssh_g::{HostConfig, known_hosts};
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::{Login, Region};
use crate::plan::target::lookup::Lookup;
use crate::plan::way::Family;
use crate::resolve::find;
use crate::resolve::host::{self, Settings, Ssh};
use crate::resolve::lazy_aws::LazyAws;
use crate::resolve::name::Named;
use crate::world::openssh::known_hosts::look;
use crate::world::openssh::{self, ConfigSource};
use crate::world::process;
use crate::world::tty::terminal::Terminal;

/// What ssh says about the destination.
pub(super) struct DestinationSettings {
    answer: Answer<SshSettings>,
    config: HostConfig,
    pub(super) login: Option<Login>,
    /// How to look up the instance.
    pub(super) lookup: Answer<Lookup>,
    region: Option<Region>,
}

/// Asks ssh, as a login would.
pub(super) async fn ask(
    invocation: &Invocation,
    destination: &Destination,
    account: &Account,
    limits: &Limits,
    terminal: Terminal,
) -> DestinationSettings {
    let asking = ask_ssh(invocation, destination, &account.aws, terminal);
    let asked = limits.answer(asking).await;
    let (config, login) = match &asked {
        Fact::Known(Ok((config, login))) => (config.clone(), Some(login.clone())),
        _ => (HostConfig::default(), None),
    };
    let settings = |(config, login)| described(&config, &login, invocation, destination);
    let answer = asked.map(|it| it.map(settings));
    let hostname = if config.hostname.is_empty() {
        destination.name()
    } else {
        &config.hostname
    };
    let named = Named::new(destination, hostname);
    let in_region = (&account.aws, destination.region());
    let finding = find::lookup(&named, &invocation.options, in_region, terminal);
    let found = limits.answer(finding).await;
    let named = match &found {
        Fact::Known(Ok(found)) => found.region.clone(),
        _ => None,
    };
    let lookup = found.map(|it| it.map(|found| found.lookup));
    let region = destination.region().cloned().or(named);
    DestinationSettings {
        answer,
        config,
        login,
        lookup,
        region,
    }
}

async fn ask_ssh(
    invocation: &Invocation,
    destination: &Destination,
    aws: &LazyAws,
    terminal: Terminal,
) -> Result<(HostConfig, Login), Error> {
    let program = process::find("ssh")?;
    let source = ConfigSource::of(invocation);
    let settings = Settings::Ssh(Ssh {
        program: &program,
        invocation,
        source: &source,
        terminal,
    });
    let host = host::ask(&settings, invocation, destination, aws).await?;
    Ok((host.config, host.login))
}

fn described(
    config: &HostConfig,
    login: &Login,
    invocation: &Invocation,
    destination: &Destination,
) -> SshSettings {
    let master = config.master.as_deref();
    let running = master.filter(|path| openssh::master_listens(path));
    // ssh was asked about some ID, since the instance was not found yet.
    let by_tags = matches!(destination.target, Target::Tags(_)).then(|| HostConfig {
        hostname: "INSTANCE-ID".to_owned(),
        ..config.clone()
    });
    SshSettings {
        line: by_tags.as_ref().unwrap_or(config).to_string(),
        login: login.to_string(),
        login_reason: config.user(login, invocation, destination),
        proxy: config.proxy.clone(),
        master: running.map(|path| path.display().to_string()),
    }
}

impl DestinationSettings {
    pub(super) fn region(&self) -> Option<&Region> {
        self.region.as_ref()
    }

    pub(super) fn port(&self) -> u16 {
        self.config.port.unwrap_or(known_hosts::USUAL_PORT)
    }

    pub(super) fn family(&self) -> Family {
        self.config.family
    }

    /// The files of ssh_config that were read.
    pub(super) fn files(&self) -> Vec<ConfigFile> {
        let files = self.config.files.iter().flatten();
        files.filter_map(|it: &PathBuf| machine::file(it)).collect()
    }

    pub(super) fn facts(&self, instance: &InstanceFacts) -> SshFacts {
        SshFacts {
            settings: self.answer.clone(),
            is_known: match &self.answer {
                Fact::Known(Ok(_)) => Fact::Known(self.knows(instance)),
                _ => Fact::NotAsked,
            },
        }
    }

    /// Whether known_hosts has a key for the host, by any of the names that ssh may use.
    fn knows(&self, instance: &InstanceFacts) -> bool {
        let mut hosts = vec![self.config.hostname.clone()];
        if let Fact::Known(Ok(Found::One(found))) = &instance.found {
            hosts.extend(found.public.map(|it| it.to_string()));
            hosts.extend(found.private.map(|it| it.to_string()));
            hosts.extend(found.ipv6.map(|it| it.to_string()));
        }
        let port = self.port();
        let host_key = &self.config.host_key;
        let alias = host_key.alias.as_deref();
        let names = hosts
            .iter()
            .flat_map(|it| known_hosts::names(alias, it, port));
        let id = instance.id.as_deref().unwrap_or_default();
        let by_id = known_hosts::name(id, port);
        let found = look(host_key, &names.collect::<Vec<_>>(), &by_id);
        found.own || found.knows_alias()
    }
}

/// The answer about a look-up that could not even begin.
pub(super) fn not_begun<T>(lookup: &Answer<Lookup>) -> Answer<T> {
    match lookup {
        Fact::Known(Err(failure)) => Fact::Known(Err(failure.clone())),
        Fact::Failed(failure) => Fact::Failed(failure.clone()),
        Fact::Denied(denial) => Fact::Denied(denial.clone()),
        Fact::Known(Ok(_)) | Fact::NotAsked => Fact::NotAsked,
    }
}
