//! An instance that has only private addresses: all routes are tried at the same time.
//!
//! ```text
//! DescribeInstances ─┬ TCP to the private address ───
//!                    └┬ DescribeInstanceConnectEndpoints
//!                     └ DescribeInstanceInformation
//! SendSSHPublicKey ──────────────────────────────────
//! ```
//!
//! Inside the instance's network, this must need no more calls and permissions than before, so the
//! address has a head start. That costs nothing: from elsewhere the address only times out, which
//! takes far longer.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use tokio::time::sleep;

use super::route::{self, Choice, Inputs};
use crate::error::Error;
use crate::hint;
use crate::plan::route::error::RouteError;
use crate::plan::route::race::{Decision, Probe, Probes, RouteKind, Unavailable};
use crate::plan::route::tunnel::{AgentStatus, Tunnel};
use crate::plan::route::{NoAddress, Route};
use crate::plan::target::instance::Instance;
use crate::plan::way::EICE_PORTS;
use crate::world::aws::error::AwsError;
use crate::world::net::tcp;
use crate::world::tty::terminal::Terminal;

/// How long an open route waits for a better one. From within the instance's network the answer
/// takes a few milliseconds, and through a VPN around the world a third of a second.
const LIMIT: Duration = Duration::from_secs(1);

/// How long the address is tried alone: enough within a continent.
const HEAD_START: Duration = Duration::from_millis(100);

/// The route that is taken.
///
/// # Errors
/// [`RouteError::NoRoute`], with the reason of each.
pub(super) async fn settle(
    choice: Choice,
    instance: &Instance,
    inputs: &Inputs<'_>,
) -> Result<Route, Error> {
    match choice {
        Choice::Fixed(route) => Ok(route),
        // On the heap: it is large, and most routes are fixed.
        Choice::Race(direct) => Box::pin(race(direct, instance, inputs)).await,
    }
}

async fn race(
    direct: Result<(Route, SocketAddr), NoAddress>,
    instance: &Instance,
    inputs: &Inputs<'_>,
) -> Result<Route, Error> {
    let terminal = inputs.terminal;
    let mut direct = pin!(directly(direct));
    let mut endpoint = pin!(by_endpoint(instance, inputs));
    let mut session = pin!(by_session(instance, inputs));
    let mut limit = pin!(sleep(LIMIT));
    let mut head_start = pin!(sleep(HEAD_START));
    let (mut alone, mut late) = (true, false);
    let mut found = Probes {
        direct: Probe::Pending,
        endpoint: Probe::Pending,
        session: Probe::Pending,
    };
    loop {
        match found.decide(late) {
            Decision::Take(route) => return Ok(route.clone()),
            Decision::Nothing(tried) => {
                let id = instance.id.clone();
                return Err(RouteError::NoRoute { id, tried }.into());
            }
            Decision::Wait => {}
        }
        alone &= found.direct == Probe::Pending;
        let asks = |finding: &Probe| !alone && *finding == Probe::Pending;
        tokio::select! {
            biased;
            it = &mut direct, if found.direct == Probe::Pending => {
                found.direct = tried(RouteKind::Direct, it, terminal);
            }
            it = &mut endpoint, if asks(&found.endpoint) => {
                found.endpoint = tried(RouteKind::Eice, it, terminal);
            }
            it = &mut session, if asks(&found.session) => {
                found.session = tried(RouteKind::Ssm, it, terminal);
            }
            () = &mut head_start, if alone => {
                alone = false;
                terminal
                    .debug(|| "direct: no answer yet, trying the other routes, too".to_owned());
            }
            () = &mut limit, if !late => {
                late = true;
                terminal
                    .debug(|| "from now on the first available route is taken".to_owned());
            }
        }
    }
}

/// Reports the result for a route.
fn tried(way: RouteKind, finding: Probe, terminal: Terminal) -> Probe {
    terminal.debug(|| match &finding {
        Probe::Available(_) => format!("{way}: available"),
        Probe::Unavailable(why) => format!("{way}: {why}"),
        Probe::Pending => format!("{way}: not known yet"),
    });
    finding
}

async fn by_endpoint(instance: &Instance, inputs: &Inputs<'_>) -> Probe {
    match inputs.host.config.port {
        Some(port) if !EICE_PORTS.contains(&port) => {
            return Probe::Unavailable(Unavailable::Port(port));
        }
        _ => {}
    }
    let endpoints = match inputs.aws.endpoints().await {
        Ok(endpoints) => endpoints,
        Err(error) => return finding(inputs, Err(error.into())),
    };
    finding(
        inputs,
        route::through_endpoint(instance, &endpoints, inputs),
    )
}

async fn by_session(instance: &Instance, inputs: &Inputs<'_>) -> Probe {
    let known = inputs.aws.agent(instance.id.as_str()).await;
    let status = known.map(|(status, system)| {
        inputs.system.replace(system);
        status
    });
    match status {
        Ok(AgentStatus::Unknown) => Probe::Unavailable(Unavailable::Unmanaged),
        Ok(AgentStatus::Silent) => Probe::Unavailable(Unavailable::NoAgent),
        Ok(AgentStatus::Online) => finding(inputs, Ok(route::by_session(&instance.id, inputs.aws))),
        Err(error) => finding(inputs, Err(error.into())),
    }
}

/// Whether anything listens at the address.
async fn directly(direct: Result<(Route, SocketAddr), NoAddress>) -> Probe {
    let (route, address) = match direct {
        Ok(direct) => direct,
        Err(missing) => return Probe::Unavailable(Unavailable::NoAddress(missing)),
    };
    Probe::Unavailable(match tcp::probe(address).await {
        Ok(()) => return Probe::Available(route),
        Err(cause) => match cause.kind() {
            io::ErrorKind::ConnectionRefused => Unavailable::Refused(address),
            io::ErrorKind::TimedOut => Unavailable::Silent(address),
            _ => Unavailable::NoPath(address, cause.to_string()),
        },
    })
}

/// The result of the look-up for a tunnel.
fn finding(inputs: &Inputs<'_>, tunnel: Result<Tunnel, Error>) -> Probe {
    Probe::Unavailable(match tunnel {
        Ok(tunnel) => {
            let host = inputs.host.destination.name().to_owned();
            return Probe::Available(Route::Tunnel(host, tunnel));
        }
        Err(Error::Route(RouteError::NoEndpoint(no))) => Unavailable::NoEndpoint(no),
        Err(Error::Aws(AwsError::Denied(denied))) => {
            Unavailable::Denied(denied.action, denied.reason)
        }
        Err(error) => Unavailable::Failed(hint::line(&error)),
    })
}
