//! An instance with private addresses only: every route is tried, all at the same time.
//!
//! ```text
//! DescribeInstances ─┬ TCP to the private address ───
//!                    └┬ DescribeInstanceConnectEndpoints
//!                     └ DescribeInstanceInformation
//! SendSSHPublicKey ──────────────────────────────────
//! ```
//!
//! From within the instance's network no more calls and permissions are needed than ever, so the
//! address has a head start. It costs nothing: from elsewhere the address only times out, which
//! takes far longer.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use tokio::time::sleep;

use super::route;
use super::route::{Choice, Inputs};
use crate::error::Error;
use crate::hint;
use crate::plan::route::error::RouteError;
use crate::plan::route::race::{Finding, Findings, RouteKind, Shut, Verdict};
use crate::plan::route::tunnel::{Agent, Passage};
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
    let mut found = Findings {
        direct: Finding::Pending,
        endpoint: Finding::Pending,
        session: Finding::Pending,
    };
    loop {
        match found.verdict(late) {
            Verdict::Take(route) => return Ok(route.clone()),
            Verdict::Nothing(tried) => {
                let id = instance.id.clone();
                return Err(RouteError::NoRoute { id, tried }.into());
            }
            Verdict::Wait => {}
        }
        alone &= found.direct == Finding::Pending;
        let asks = |finding: &Finding| !alone && *finding == Finding::Pending;
        tokio::select! {
            biased;
            it = &mut direct, if found.direct == Finding::Pending => {
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
                    .debug(|| "direct: no answer yet, the other ways are asked for".to_owned());
            }
            () = &mut limit, if !late => {
                late = true;
                terminal
                    .debug(|| "from now on the first way that is open is taken".to_owned());
            }
        }
    }
}

/// Tells what was found of a route.
fn tried(way: RouteKind, finding: Finding, terminal: Terminal) -> Finding {
    terminal.debug(|| match &finding {
        Finding::Open(_) => format!("{way}: leads there"),
        Finding::Shut(why) => format!("{way}: {why}"),
        Finding::Pending => format!("{way}: not known yet"),
    });
    finding
}

async fn by_endpoint(instance: &Instance, inputs: &Inputs<'_>) -> Finding {
    match inputs.host.config.port {
        Some(port) if !EICE_PORTS.contains(&port) => return Finding::Shut(Shut::Port(port)),
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

async fn by_session(instance: &Instance, inputs: &Inputs<'_>) -> Finding {
    match inputs.aws.agent(instance.id.as_str()).await {
        Ok(Agent::Unknown) => Finding::Shut(Shut::Unmanaged),
        Ok(Agent::Silent) => Finding::Shut(Shut::NoAgent),
        Ok(Agent::Online) => finding(inputs, Ok(route::by_session(&instance.id, inputs.aws))),
        Err(error) => finding(inputs, Err(error.into())),
    }
}

/// Whether anything listens at the address.
async fn directly(direct: Result<(Route, SocketAddr), NoAddress>) -> Finding {
    let (route, address) = match direct {
        Ok(direct) => direct,
        Err(missing) => return Finding::Shut(Shut::NoAddress(missing)),
    };
    Finding::Shut(match tcp::probe(address).await {
        Ok(()) => return Finding::Open(route),
        Err(cause) => match cause.kind() {
            io::ErrorKind::ConnectionRefused => Shut::Refused(address),
            io::ErrorKind::TimedOut => Shut::Silent(address),
            _ => Shut::NoPath(address, cause.to_string()),
        },
    })
}

/// What the look-up for a tunnel has found.
fn finding(inputs: &Inputs<'_>, passage: Result<Passage, Error>) -> Finding {
    Finding::Shut(match passage {
        Ok(passage) => {
            let host = inputs.host.destination.name().to_owned();
            return Finding::Open(Route::Through(host, passage));
        }
        Err(Error::Route(RouteError::NoEndpoint(no))) => Shut::NoEndpoint(no),
        Err(Error::Aws(AwsError::Denied(denied))) => Shut::Denied(denied.action, denied.reason),
        Err(error) => Shut::Failed(hint::line(&error)),
    })
}
