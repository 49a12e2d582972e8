//! The result for a destination, and the messages about it.

use super::host::Host;
use super::route_config::RouteConfig;
use super::{Resolver, host_key_check, jump, own_connection};
use crate::agent::push::AwsAccess;
use crate::error::Error;
use crate::plan::argv::own_connection::OwnConnection;
use crate::plan::argv::{Resolved, quote};
use crate::plan::route::Route;
use crate::plan::route::tunnel::Tunnel;
use crate::plan::target::bad_name::BadName;
use crate::plan::way::Way;

impl Resolver<'_> {
    /// ssh uses a running master connection: no login, and no hop. `what` is the instance, or what
    /// the user typed if that is enough.
    pub(super) fn by_master(
        &self,
        what: &str,
        host: &Host<'_>,
        route: Route,
    ) -> Result<Resolved, Error> {
        check_host(host, &route)?;
        let login = &host.login;
        self.terminal.verbose(&format!(
            "{login} at {what}: {route}, by the master connection that runs"
        ));
        Ok(Resolved {
            by_master: true,
            ..direct(host, route)
        })
    }

    /// ssh logs in. With `access`, the agent may read the console of the instance `what`.
    pub(super) async fn by_login(
        &self,
        what: &str,
        host: &Host<'_>,
        route: Route,
        access: Option<&AwsAccess>,
    ) -> Result<Resolved, Error> {
        check_host(host, &route)?;
        let jump = if host.hops.is_empty() {
            None
        } else {
            let directory = self.push.directory().await?;
            jump::proxy_command(&host.hops, self.invocation, self.push.key_type(), directory)?
        };
        let login = &host.login;
        self.terminal
            .verbose(&format!("{login} at {what}: {route}"));
        let mut config = RouteConfig::of(self.invocation, host, &route);
        let (settings, to) = (&self.settings, (host, &route));
        let name = config.host_key_name(what, settings, self.invocation, to);
        let host_key = name.await?;
        let by = (settings, self.invocation, &self.push, access);
        let asks_agent = host_key_check::begin(what, by, host_key.as_ref(), &route, &config)?;
        let resolved = Resolved {
            jump,
            host_key,
            asks_agent,
            ..direct(host, route)
        };
        let connection = self.connect(host, &resolved, config).await?;
        Ok(Resolved {
            connection,
            ..resolved
        })
    }

    /// Has the agent open the connection for ssh, if nobody would notice.
    async fn connect(
        &self,
        host: &Host<'_>,
        resolved: &Resolved,
        config: RouteConfig,
    ) -> Result<Option<OwnConnection>, Error> {
        if !self.push.has_process() {
            return Ok(None);
        }
        let of = own_connection::of(&self.settings, self.invocation, host, resolved, config);
        // On the heap: it is large.
        let connection = Box::pin(of).await?;
        if let Some(connection) = &connection {
            self.push.connect(connection);
        }
        Ok(connection)
    }

    /// Reports a tunnel that the user did not ask for, on a terminal, unless ssh must be quiet.
    pub(super) fn announce(&self, route: &Route, host: &Host<'_>) {
        let options = &self.invocation.options;
        let quiet = host.config.batch || self.invocation.is_quiet();
        let Route::Tunnel(_, tunnel) = route else {
            return;
        };
        if options.via == Way::Auto && !options.dry_run && !quiet {
            let by = match tunnel {
                Tunnel::Eice(eice) => eice.endpoint.to_string(),
                Tunnel::Ssm(..) => tunnel.to_string(),
            };
            self.terminal.info_if_interactive(&format!("through {by}"));
        }
    }
}

/// Checks that a shell does not interpret the host name: ssh passes it to one in our ProxyCommand.
fn check_host(host: &Host<'_>, route: &Route) -> Result<(), Error> {
    let by_shell = !host.hops.is_empty() || matches!(route, Route::Tunnel(..));
    if by_shell && !quote::fits_token(&route.host()) {
        return Err(BadName::Host(route.host()).into());
    }
    Ok(())
}

/// A destination that ssh logs in to, without hops of ours.
fn direct(host: &Host<'_>, route: Route) -> Resolved {
    Resolved {
        login: host.login.clone(),
        route,
        jump: None,
        by_master: false,
        batch: host.config.batch,
        agent: host.config.agent.clone(),
        host_key: None,
        asks_agent: None,
        connection: None,
    }
}
