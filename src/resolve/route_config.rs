//! ssh's settings for the route that is taken: its files may say something else about an address than
//! about the host as typed.

use super::host::{Host, Settings};
use super::host_key_name;
use crate::error::Error;
use crate::plan::argv::host_key_name::HostKeyName;
use crate::plan::cli::invocation::Invocation;
use crate::plan::host_key_alias::HostKeyAlias;
use crate::plan::route::Route;
use crate::plan::ssh_g::{HostConfig, host_blocks};
use crate::world::openssh::known_hosts::{any_file, files_say_the_same};

/// The settings, as far as they are known without asking ssh again.
pub(super) struct RouteConfig {
    pub(super) config: HostConfig,
    /// Whether ssh would say just this.
    pub(super) is_certain: bool,
    /// Whether the command line sets a HostName.
    is_named: bool,
}

impl RouteConfig {
    /// Those of the host as typed, with the address of the route.
    pub(super) fn of(invocation: &Invocation, host: &Host<'_>, route: &Route) -> Self {
        let (config, typed) = (host.config.clone(), &host.destination.host);
        if route.host() == *typed && route.hostname().is_none() {
            return Self {
                config,
                is_certain: true,
                is_named: false,
            };
        }
        let is_unnamed = config.hostname == *typed || route.hostname().is_some();
        let is_named = invocation.sets(&["canonicalizehostname", "hostname"]);
        let same = || files_say_the_same(&config, [typed, &route.host()]);
        Self {
            is_certain: is_unnamed && !is_named && same(),
            is_named,
            config: HostConfig {
                hostname: route.destination(),
                ..config
            },
        }
    }

    /// Whether ssh may say something else about the host key.
    fn may_differ_in_host_key(&self) -> bool {
        let differs = || any_file(&self.config, host_blocks::may_differ_in_host_keys);
        !self.is_certain && (self.is_named || differs())
    }

    /// Asks ssh, unless the settings are certain.
    ///
    /// # Errors
    /// Those of `ssh -G`.
    pub(super) async fn ask(
        &mut self,
        settings: &Settings<'_>,
        host: &Host<'_>,
        route: &Route,
    ) -> Result<(), Error> {
        if !self.is_certain {
            self.config = settings.of(host.destination, route).await?;
            self.is_certain = true;
        }
        Ok(())
    }

    /// The name under which ssh looks for the host key of the instance `id`.
    ///
    /// `None` if it is not mssh's to choose: on a serial console, whose key is published; where ssh's
    /// settings are not known, or ssh does not log in.
    ///
    /// # Errors
    /// Those of `ssh -G`, which is asked again only if its files may say something else about the host
    /// key on this route than for the host as typed.
    pub(super) async fn host_key_name(
        &mut self,
        id: &str,
        settings: &Settings<'_>,
        invocation: &Invocation,
        (host, route): (&Host<'_>, &Route),
    ) -> Result<Option<HostKeyName>, Error> {
        let option = invocation.options.host_key_alias;
        let is_unknown = settings.is_pipe() && option != HostKeyAlias::Yes;
        if settings.is_given()
            || is_unknown
            || invocation.is_control_command()
            || matches!(route, Route::Serial(_))
        {
            return Ok(None);
        }
        if self.may_differ_in_host_key() {
            // On the heap: it is large.
            Box::pin(self.ask(settings, host, route)).await?;
        }
        let name = host_key_name::choose(id, &self.config, invocation, option);
        Ok(Some(name))
    }
}
