//! Where ssh goes: what is asked of ssh and what follows from its answers.

use std::ffi::OsString;

use super::{Journey, Leg};
use crate::connect::hops::{Hops, told};
use crate::error::Error;
use crate::plan::route;
use crate::plan::route::hops;
use crate::plan::route::{ForIds, Route, Situation};
use crate::plan::ssh_g;
use crate::plan::ssh_g::{HostConfig, Query};
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::plan::target::hop::Hop;
use crate::plan::target::ids::{InstanceId, Region};
use crate::plan::target::instance::Instance;
use crate::plan::way::Way;
use crate::world::openssh;
use crate::world::openssh::Source;

impl Journey<'_> {
    /// Puts the question about a destination, by this route, to ssh.
    pub(super) async fn ask(
        &self,
        destination: &Destination,
        route: &Route,
    ) -> Result<HostConfig, Error> {
        if let Source::Told(answer) = self.source {
            return Ok(HostConfig {
                hostname: route.destination(),
                ..answer.clone()
            });
        }
        let host = &route.host();
        let subject = Query {
            destination,
            host: host.clone(),
            hostname: route.hostname(),
            port: None,
            login: None,
        };
        let answer = openssh::ask(self.ssh, self.invocation, &subject, self.source).await?;
        self.terminal
            .debug(|| format!("ssh would use for {host}: {answer}"));
        Ok(answer)
    }

    pub(super) async fn situation<'b>(
        &self,
        instance: &Instance,
        leg: &'b Leg<'_>,
    ) -> Result<Situation<'b>, Error> {
        let Leg {
            destination,
            answer,
            ..
        } = leg;
        Ok(Situation {
            destination,
            beside_id: self.is_host_beside_id(destination),
            alone: self.is_alone(),
            way: leg.way,
            answer,
            named: Target::parse(&answer.hostname)?,
            proxy_for_ids: self.proxy_for_ids(instance, leg).await?,
            passage: self.passage(instance, leg).await?,
        })
    }

    /// Whether ssh has started us to lead through hops.
    pub(super) fn carries_hops(&self) -> bool {
        matches!(self.source, Source::Told(_)) && self.invocation.has(b'J')
    }

    /// The hops to a destination, where there are instances among them, and the way on from the
    /// last of them.
    pub(super) async fn hops(
        &self,
        answer: &HostConfig,
        region: Option<&Region>,
    ) -> Result<(Vec<Hop>, Way), Error> {
        let hops = hops::of(answer.proxy.as_deref())?;
        // Past a master connection, ssh needs no hop.
        let master = answer.master.as_deref();
        let needs_none =
            self.invocation.is_control_command() || master.is_some_and(openssh::master_listens);
        let is_instance =
            async |address| Ok(!needs_none && self.is_instance_at(address, region).await?);
        let hops = told(hops, (self.invocation, self.source), is_instance).await?;
        let typed = ssh_g::proxied_by_words(self.invocation);
        Ok(hops::settle(hops, typed, self.invocation.options.via)?)
    }

    /// The ProxyCommand that leads through hops, where there are instances among them, which ssh
    /// does not know. Each is found, and gets its key, when its turn comes.
    pub(super) fn through(&self, hops: Vec<Hop>) -> Result<Option<OsString>, Error> {
        let lead = self.invocation.options.via;
        let hops = Hops::settle(hops, self.invocation, lead)?;
        if !self.is_alone() && self.pushes() {
            hops.share_keys()?;
        }
        Ok(hops.chain().proxy_command()?)
    }

    /// The proxy that ssh_config has for this host which is meant for IDs, since that is what the
    /// host is, there or as typed. A proxy on the command line, or one for every host alike, is
    /// there for addresses, as it was in the original; so are hops of ours.
    async fn proxy_for_ids(&self, instance: &Instance, leg: &Leg<'_>) -> Result<ForIds, Error> {
        let Leg {
            destination,
            answer,
            ..
        } = leg;
        let is_id = InstanceId::parse(&answer.hostname).is_ok();
        let settled = leg.way != Way::Auto || self.is_host_beside_id(destination);
        let proxied = answer.proxy.is_some()
            && leg.hops.is_empty()
            && !ssh_g::proxied_by_words(self.invocation);
        if settled || !is_id || !proxied {
            return Ok(ForIds::Nothing);
        }
        let ours = if answer.jumps() {
            ForIds::Jump
        } else {
            ForIds::Command
        };
        match route::address(instance, Way::Auto, answer.family) {
            Err(_) => Ok(ours),
            Ok(address) => {
                let general = self.ask(destination, &address).await?;
                let for_all = general.proxy == answer.proxy;
                Ok(if for_all { ForIds::Nothing } else { ours })
            }
        }
    }
}

/// The destination by the host that the user typed.
pub(super) fn as_typed(destination: &Destination) -> Route {
    Route::AsTyped(destination.name().to_owned())
}
