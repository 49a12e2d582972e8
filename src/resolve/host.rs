//! ssh's settings for a destination: from `ssh -G`, or from the caller.

use std::path::{Path, PathBuf};

use super::hop_lookup::HopLookup;
use super::jump;
use super::lazy_aws::LazyAws;
use crate::error::Error;
use crate::plan::cli::invocation::{Invocation, LoginChoice};
use crate::plan::route::{Route, hops};
use crate::plan::ssh_g::bad_value::BadConfigValue;
use crate::plan::ssh_g::{self, HostConfig, Query, QueryOptions};
use crate::plan::target::Target;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::destination::Destination;
use crate::plan::target::hop::Hop;
use crate::plan::target::ids::{Login, Region};
use crate::plan::way::Way;
use crate::world::openssh::{self, ConfigSource};
use crate::world::tty::terminal::Terminal;
use crate::world::tty::{picker, waiting};

/// Where settings come from.
pub(crate) enum Settings<'a> {
    /// From ssh, asked with the user's words.
    Ssh(Ssh<'a>),
    /// From the caller: ssh started us with them, or this run does not use ssh.
    Given(Box<HostConfig>),
}

/// The ssh to ask, and the configuration that it reads.
pub(crate) struct Ssh<'a> {
    pub(crate) program: &'a Path,
    pub(crate) invocation: &'a Invocation,
    pub(crate) source: &'a ConfigSource,
    pub(crate) terminal: Terminal,
}

/// A destination with its settings.
#[derive(Clone)]
pub(crate) struct Host<'a> {
    pub(crate) destination: &'a Destination,
    pub(crate) config: HostConfig,
    /// The user to log in as.
    pub(crate) login: Login,
    /// Whether the software of the instance is to decide the user, since nothing names one.
    pub(crate) finds_user: bool,
    /// The hops to it that ssh cannot handle itself; the nearest first.
    pub(crate) hops: Vec<Hop>,
    /// How the last of them (or this machine) reaches the instance.
    pub(crate) way: Way,
    /// The region in its name.
    pub(crate) region: Option<Region>,
    /// Whether a name or tag has found the instance, so that the destination is no host.
    pub(crate) by_tag: bool,
}

impl Host<'_> {
    /// The host as the user typed it.
    pub(crate) fn as_typed(&self) -> Route {
        Route::AsTyped(self.destination.name().to_owned())
    }
}

/// Asks for the settings of a destination, and decides the user and the hops.
///
/// # Errors
/// ssh's own error, and what is wrong with a user or a hop.
pub(crate) async fn ask<'a>(
    settings: &Settings<'_>,
    invocation: &Invocation,
    destination: &'a Destination,
    aws: &LazyAws,
) -> Result<Host<'a>, Error> {
    let config = settings.of(destination, &asked_about(destination)).await?;
    // First of all: looking up a hop may need credentials.
    if config.batch {
        waiting::disable();
        picker::forbid();
        aws.forbid_prompts();
    }
    let region = destination.region();
    let (hops, way) = hops_and_way(settings, invocation, &config, (aws, region)).await?;
    let is_console = invocation.options.via == Way::Serial;
    // A console has no such user.
    let user = config.login.as_deref().filter(|_| !is_console);
    let login = match (user, &invocation.options.login) {
        (None, LoginChoice::Named(login)) => Ok(login.clone()),
        (user, _) => Login::or_default(user),
    };
    let login = login.map_err(|name| bad_user(name, settings, invocation, destination))?;
    let takes_user = !is_console && !invocation.is_control_command();
    let finds_user =
        takes_user && invocation.options.login == LoginChoice::Auto && config.login.is_none();
    if let Settings::Ssh(ssh) = settings
        && takes_user
        && !finds_user
    {
        let user = config.user(&login, invocation, destination);
        ssh.terminal.verbose(&user);
    }
    Ok(Host {
        destination,
        config,
        login,
        finds_user,
        hops,
        way,
        region: region.cloned(),
        by_tag: false,
    })
}

/// An ID that no instance has, where ssh is asked about one that is not known yet.
pub(super) const UNKNOWN_ID: &str = "i-00000000000000000";

/// The host that ssh is asked about. What a query by tags finds is not known yet, but is an ID.
pub(super) fn asked_about(destination: &Destination) -> Route {
    Route::AsTyped(match destination.target {
        Target::Tags(_) => UNKNOWN_ID.to_owned(),
        _ => destination.name().to_owned(),
    })
}

/// The hops to a destination, if some are instances, and the way from the last one.
async fn hops_and_way(
    settings: &Settings<'_>,
    invocation: &Invocation,
    config: &HostConfig,
    (aws, region): (&LazyAws, Option<&Region>),
) -> Result<(Vec<Hop>, Way), Error> {
    let Settings::Ssh(ssh) = settings else {
        return Ok((Vec::new(), invocation.options.via));
    };
    let typed = ssh_g::has_proxy_on_command_line(invocation);
    let mut hops = hops::of(config.proxy.as_deref()).map_err(|name| jump::bad_hop(name, typed))?;
    // Past a master connection, ssh needs no hop.
    let master = config.master.as_deref();
    let needs_none = invocation.is_control_command() || master.is_some_and(openssh::master_listens);
    let lookup = HopLookup {
        aws,
        region,
        pick: invocation.options.pick,
        is_needed: !needs_none,
        terminal: ssh.terminal,
    };
    jump::identify(&mut hops, invocation, ssh.source, &lookup).await?;
    Ok(hops::settle(hops, typed, invocation.options.via)?)
}

/// What is wrong with a user, and where it was set.
pub(super) fn bad_user(
    name: BadName,
    settings: &Settings<'_>,
    invocation: &Invocation,
    of: &Destination,
) -> Error {
    if matches!(settings, Settings::Given(_)) || ssh_g::user_by_words(invocation, of) {
        name.into()
    } else {
        BadConfigValue::user(name).into()
    }
}

impl Settings<'_> {
    /// The settings of a destination for this route.
    ///
    /// # Errors
    /// Those of [`openssh::ask`].
    pub(super) async fn of(
        &self,
        destination: &Destination,
        route: &Route,
    ) -> Result<HostConfig, Error> {
        let ssh = match self {
            Self::Ssh(ssh) => ssh,
            Self::Given(config) => {
                return Ok(HostConfig {
                    hostname: route.destination(),
                    ..(**config).clone()
                });
            }
        };
        let host = route.host();
        let query = Query {
            destination,
            host: host.clone(),
            hostname: route.hostname(),
            port: None,
            login: None,
        };
        let config = openssh::ask(ssh.program, ssh.invocation, &query, ssh.source).await?;
        ssh.terminal
            .debug(|| format!("ssh would use for {host}: {config}"));
        Ok(config)
    }

    /// Whether the configuration is a pipe, which only the client may read.
    pub(super) fn is_pipe(&self) -> bool {
        matches!(self, Self::Ssh(ssh) if matches!(ssh.source, ConfigSource::Pipe))
    }

    /// Whether ssh started us, or this run does not use ssh.
    pub(super) fn is_given(&self) -> bool {
        matches!(self, Self::Given(_))
    }

    /// The socket at which ssh looks for a master connection on this route; on this `port`, if the
    /// command line sets none.
    ///
    /// # Errors
    /// Those of [`openssh::answer`].
    pub(super) async fn control_path(
        &self,
        host: &Host<'_>,
        route: &Route,
        port: Option<u16>,
    ) -> Result<Option<PathBuf>, Error> {
        let Self::Ssh(ssh) = self else {
            return Ok(None);
        };
        let query = Query {
            destination: host.destination,
            host: route.host(),
            hostname: route.hostname(),
            port,
            login: Some(&host.login),
        };
        let options = QueryOptions {
            config: ssh.source.config(),
            canonical: query.has_canonical_name(&host.config.hostname),
            debug: false,
        };
        let words = ssh_g::words(ssh.invocation, &query, options);
        let master = openssh::answer(ssh.program, words).await?.master;
        ssh.terminal.debug(|| match &master {
            Some(path) => format!(
                "ssh looks for a master connection to {} at {}",
                query.host,
                path.display()
            ),
            None => format!("ssh looks for no master connection to {}", query.host),
        });
        Ok(master)
    }
}
