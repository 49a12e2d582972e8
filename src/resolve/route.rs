//! The route to an instance that was found. Changes nothing.

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};

use super::host::{Host, Settings};
use crate::error::Error;
use crate::plan::cli::invocation::Invocation;
use crate::plan::os_user::RunningSystem;
use crate::plan::route;
use crate::plan::route::eice::{self, EiceTunnel, Endpoint, NoEndpoint, Reach};
use crate::plan::route::error::RouteError;
use crate::plan::route::tunnel::{SsmTarget, Tunnel};
use crate::plan::route::{IdProxy, NoAddress, Route, RouteInputs, race};
use crate::plan::ssh_g;
use crate::plan::target::Target;
use crate::plan::target::eice_id::EndpointRef;
use crate::plan::target::ids::InstanceId;
use crate::plan::target::instance::Instance;
use crate::plan::way::Way;
use crate::world::aws::Regional;
use crate::world::net::resolver;
use crate::world::tty::terminal::Terminal;

/// What decides the route.
pub(crate) struct Inputs<'a> {
    pub(crate) host: &'a Host<'a>,
    pub(crate) settings: &'a Settings<'a>,
    pub(crate) invocation: &'a Invocation,
    /// The EC2 Instance Connect Endpoints of the region, where the user wants one of them.
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) aws: &'a Regional<'a>,
    pub(crate) terminal: Terminal,
    /// The system of the instance, if Session Manager was asked and knows.
    pub(crate) system: RefCell<Option<RunningSystem>>,
}

/// What is known about the route before any is tried.
pub(crate) enum Choice {
    Fixed(Route),
    /// Any route that works; this is the direct one.
    Race(Result<(Route, SocketAddr), NoAddress>),
}

impl Choice {
    /// The route by an address or by a name, if there is one.
    pub(super) fn direct(&self) -> Option<&Route> {
        match self {
            Self::Fixed(Route::Tunnel(..)) | Self::Race(Err(_)) => None,
            Self::Fixed(route) | Self::Race(Ok((route, _))) => Some(route),
        }
    }
}

/// Chooses the route, or decides that all must be probed.
///
/// # Errors
/// No address or endpoint that fits, and those of `ssh -G`.
pub(crate) async fn choose(instance: &Instance, inputs: &Inputs<'_>) -> Result<Choice, Error> {
    let decisive = decisive(instance, inputs).await?;
    let route = route::choose(instance, &decisive);
    if is_settled(inputs) || !race::needs_race(instance, &decisive) {
        let route = route.map_err(|missing| RouteError::NoAddress {
            id: instance.id.clone(),
            missing,
        })?;
        return Ok(Choice::Fixed(route));
    }
    let route = match route {
        Ok(route) => route,
        Err(missing) => return Ok(Choice::Race(Err(missing))),
    };
    Ok(match private_socket(instance, &route, inputs).await? {
        Some(socket) => Choice::Race(Ok((route, socket))),
        None => Choice::Fixed(route),
    })
}

/// The EC2 Instance Connect Endpoints, if the user wants one and does not give its DNS name. Asked
/// for together with the instance, which saves a round trip.
///
/// # Errors
/// Those of the call.
pub(super) async fn endpoints(
    invocation: &Invocation,
    host: &Host<'_>,
    aws: &Regional<'_>,
) -> Result<Vec<Endpoint>, Error> {
    let named = invocation.options.endpoint.as_ref();
    if host.way == Way::Eice && !matches!(named, Some(EndpointRef::Host(..))) {
        Ok(aws.endpoints().await?)
    } else {
        Ok(Vec::new())
    }
}

async fn decisive<'b>(instance: &Instance, inputs: &Inputs<'b>) -> Result<RouteInputs<'b>, Error> {
    let (host, invocation) = (inputs.host, inputs.invocation);
    Ok(RouteInputs {
        destination: host.destination,
        is_beside_id: invocation.is_host_beside_id(host.destination),
        is_only_destination: !invocation.has_several_destinations(),
        way: host.way,
        config: &host.config,
        named: if host.by_tag {
            Target::Id(instance.id.clone())
        } else {
            host.config.target()?
        },
        proxy_for_ids: proxy_for_ids(instance, inputs).await?,
        tunnel: match host.way {
            Way::Eice => Some(through_endpoint(instance, &inputs.endpoints, inputs)?),
            Way::Ssm => Some(by_session(&instance.id, inputs.aws)),
            _ => None,
        },
    })
}

/// The proxy that ssh_config has for this host because it is an ID, as typed or as its HostName. A
/// proxy on the command line, or one for every host, is for addresses, as in the original; so are
/// hops that mssh handles.
async fn proxy_for_ids(instance: &Instance, inputs: &Inputs<'_>) -> Result<IdProxy, Error> {
    let (host, invocation) = (inputs.host, inputs.invocation);
    let config = &host.config;
    let is_id = InstanceId::parse(&config.hostname).is_ok();
    let settled = host.way != Way::Auto || invocation.is_host_beside_id(host.destination);
    let proxied = config.proxy.is_some()
        && host.hops.is_empty()
        && !ssh_g::has_proxy_on_command_line(invocation);
    if settled || !is_id || !proxied {
        return Ok(IdProxy::None);
    }
    let ours = if config.uses_jump_hosts() {
        IdProxy::Jump
    } else {
        IdProxy::Command
    };
    let Ok(address) = route::address(instance, Way::Auto, config.family) else {
        return Ok(ours);
    };
    let general = inputs.settings.of(host.destination, &address).await?;
    let for_all = general.proxy == config.proxy;
    Ok(if for_all { IdProxy::None } else { ours })
}

/// Whether the route does not depend on the instance: because of the user's own proxy or hops,
/// which a configuration that only ssh can read may contain; or because there are several
/// destinations, and a tunnel would apply to all of them.
fn is_settled(inputs: &Inputs<'_>) -> bool {
    let has_hops = inputs.settings.is_given() && inputs.invocation.jump().is_some();
    inputs.invocation.is_control_command()
        || inputs.invocation.has_several_places()
        || inputs.settings.is_pipe()
        || inputs.host.config.proxy.is_some()
        || has_hops
}

/// The address and port that ssh would connect to on this route, if that is the instance's own
/// address in its VPC.
async fn private_socket(
    instance: &Instance,
    route: &Route,
    inputs: &Inputs<'_>,
) -> Result<Option<SocketAddr>, Error> {
    let host = inputs.host;
    let config = match route {
        Route::AsTyped(_) => host.config.clone(),
        other => inputs.settings.of(host.destination, other).await?,
    };
    // Only the user's own proxy can find out whether anything listens behind it.
    let (Some(port), None) = (config.port, &config.proxy) else {
        return Ok(None);
    };
    let addresses: Vec<IpAddr> = match config.hostname.parse() {
        Ok(address) => vec![address],
        // ssh will report a name that does not resolve.
        Err(_) => resolver::addresses(&config.hostname)
            .await
            .unwrap_or_default(),
    };
    let mut addresses = addresses.into_iter();
    let first = addresses.find(|it| config.family.includes(*it));
    let own = first.filter(|it| race::is_private(instance, *it));
    Ok(own.map(|address| SocketAddr::new(address, port)))
}

/// A tunnel through the endpoint that the user names, or the best of these.
///
/// # Errors
/// [`RouteError::NoEndpoint`].
pub(super) fn through_endpoint(
    instance: &Instance,
    endpoints: &[Endpoint],
    inputs: &Inputs<'_>,
) -> Result<Tunnel, Error> {
    let family = inputs.host.config.family;
    let named = inputs.invocation.options.endpoint.as_ref();
    let chosen = match named {
        Some(EndpointRef::Host(id, host)) => {
            let addresses = eice::addresses(instance, family);
            let address = addresses.first().copied();
            let none = NoEndpoint::Reach(id.clone(), Reach::Both);
            address.map(|it| (id.clone(), host.clone(), it)).ok_or(none)
        }
        Some(EndpointRef::Id(id)) => {
            let preference = inputs.aws.endpoint_preference();
            eice::choose(endpoints, Some(id), instance, family, preference)
        }
        None => {
            let preference = inputs.aws.endpoint_preference();
            eice::choose(endpoints, None, instance, family, preference)
        }
    };
    let (endpoint, host, address) = chosen.map_err(RouteError::NoEndpoint)?;
    Ok(Tunnel::Eice(EiceTunnel {
        endpoint,
        host,
        address,
        region: inputs.aws.region.clone(),
    }))
}

/// A tunnel by a session with the agent on an instance.
pub(super) fn by_session(id: &InstanceId, aws: &Regional<'_>) -> Tunnel {
    Tunnel::Ssm(SsmTarget::Instance(id.clone()), aws.region.clone())
}
