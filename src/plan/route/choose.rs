//! The choice of a route by what the user typed and what ssh says.

use std::net::IpAddr;

use super::tunnel::Tunnel;
use super::{NoAddress, Route, address};
use crate::plan::ssh_g::HostConfig;
use crate::plan::target::destination::Destination;
use crate::plan::target::instance::Instance;
use crate::plan::target::{AwsHost, Target};
use crate::plan::way::Way;

/// A proxy that ssh_config has for instance IDs, and not for every host alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdProxy {
    /// There is none.
    None,
    /// A ProxyCommand, which accepts an ID.
    Command,
    /// Hops (ProxyJump), which do not.
    Jump,
}

/// What decides the route to a destination.
#[derive(Clone, Debug)]
pub(crate) struct RouteInputs<'a> {
    /// What the user typed.
    pub destination: &'a Destination,
    /// Whether that is a host next to a separate instance ID (`-t`).
    pub is_beside_id: bool,
    /// Whether it is the only destination.
    pub is_only_destination: bool,
    /// The value of `--via`.
    pub way: Way,
    /// ssh's settings for the host.
    pub config: &'a HostConfig,
    /// The target in ssh_config's HostName, or the host itself.
    pub named: Target,
    /// What ssh_config has for this host because it is an instance ID.
    pub proxy_for_ids: IdProxy,
    /// The tunnel, if the way is [`Way::Eice`] or [`Way::Ssm`].
    pub tunnel: Option<Tunnel>,
}

/// The route to this instance.
///
/// The way that the user chose with `--via`, else: a typed host is used as typed; an ID goes
/// through the proxy that ssh_config has for IDs, if there is one, and to [`address`] if not.
///
/// # Errors
/// When the instance has no address that fits.
pub(crate) fn choose(instance: &Instance, inputs: &RouteInputs<'_>) -> Result<Route, NoAddress> {
    let uri = inputs.destination.is_uri();
    Ok(match way_to(instance, inputs)? {
        // OpenSSH takes no IPv6 address in a URI.
        route @ Route::Direct(IpAddr::V6(_), _) if uri => inputs.by_hostname(route),
        route => route,
    })
}

fn way_to(instance: &Instance, inputs: &RouteInputs<'_>) -> Result<Route, NoAddress> {
    let RouteInputs {
        destination,
        config,
        way,
        ..
    } = inputs;
    let typed = || Route::AsTyped(destination.host.clone());
    let direct = || address(instance, *way, config.family);
    let target = match &destination.target {
        Target::Host(_) => &inputs.named,
        other => other,
    };
    match (target, way) {
        (_, Way::Eice | Way::Ssm) => match &inputs.tunnel {
            Some(tunnel) => {
                let name = destination.name().to_owned();
                Ok(Route::Tunnel(name, tunnel.clone()))
            }
            None => direct(),
        },
        (_, Way::InstanceId) => Ok(Route::InstanceId(instance.id.clone())),
        (_, Way::Public | Way::Private | Way::Ipv6) => direct(),
        _ if inputs.is_beside_id => Ok(typed()),
        (Target::Id(_), Way::Auto) => match (inputs.proxy_for_ids, &destination.target) {
            (IdProxy::Command, Target::Id(_)) => Ok(Route::InstanceId(instance.id.clone())),
            (IdProxy::Command, _) => Ok(typed()),
            (IdProxy::Jump, _) => Ok(inputs.by_hostname(direct()?)),
            (IdProxy::None, _) => Ok(inputs.with_host_block(direct()?)),
        },
        (Target::Tags(_), Way::Auto) => direct(),
        // Private names resolve inside the VPC only; the addresses in them work outside, too.
        (Target::Aws(name), Way::Auto) => match &name.host {
            AwsHost::Private(address) => {
                let address = Route::Direct((*address).into(), Way::Private);
                Ok(inputs.with_host_block(address))
            }
            AwsHost::Id(_) => Ok(inputs.with_host_block(direct()?)),
            AwsHost::Public(_) => Ok(typed()),
        },
        // The route to a console depends on the region alone, and is not chosen here.
        (Target::Address(_) | Target::Host(_) | Target::Node(_), Way::Auto) | (_, Way::Serial) => {
            Ok(typed())
        }
    }
}

impl RouteInputs<'_> {
    /// The route to an address that the user named by a Host of ssh_config: with that name, so that
    /// its block still applies. ssh has no use for any other name, and gets the address.
    fn with_host_block(&self, route: Route) -> Route {
        match &self.destination.target {
            Target::Host(_) => self.by_hostname(route),
            Target::Id(_)
            | Target::Node(_)
            | Target::Address(_)
            | Target::Aws(_)
            | Target::Tags(_) => route,
        }
    }

    /// The name as typed, and the address as its HostName. That is an option, which applies to all
    /// destinations; so if there are several, each gets only its address.
    fn by_hostname(&self, route: Route) -> Route {
        match route {
            Route::Direct(address, _) if self.is_only_destination => {
                Route::ByHostName(self.destination.host.clone(), address)
            }
            other => other,
        }
    }
}
