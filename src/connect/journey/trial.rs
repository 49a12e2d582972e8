//! An instance with private addresses only: every way to it is tried, all at the same time.
//!
//! ```text
//! DescribeInstances ─┬ TCP to the private address ───
//!                    └┬ DescribeInstanceConnectEndpoints
//!                     └ DescribeInstanceInformation
//! SendSSHPublicKey ──────────────────────────────────
//! ```
//!
//! Whoever is in the instance's network shall need no more calls and permissions than ever, so the
//! address has a head start. Nobody pays for it: who is elsewhere has no answer from the address,
//! and that is waited for much longer.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use tokio::time::sleep;

use super::outlook::Outlook;
use super::{Journey, Leg, endpoint};
use crate::error::Error;
use crate::hint;
use crate::plan::route::error::RouteError;
use crate::plan::route::race::{Finding, Findings, RouteKind, Shut, Verdict};
use crate::plan::route::tunnel::{Agent, Passage};
use crate::plan::route::{NoAddress, Route};
use crate::plan::target::instance::Instance;
use crate::plan::way::EICE_PORTS;
use crate::plan::way::Way;
use crate::world::aws::error::AwsError;
use crate::world::net::tcp;

/// How long a way that is open waits for a better one. Whoever is in the instance's network has
/// its answer in a few milliseconds, and through a VPN around the world in a third of a second.
const LIMIT: Duration = Duration::from_secs(1);

/// How long the address is tried alone: enough within a continent.
const HEAD_START: Duration = Duration::from_millis(100);

impl Journey<'_> {
    /// The way that is taken.
    pub(super) async fn settle(&self, outlook: Outlook<'_>, leg: &Leg<'_>) -> Result<Route, Error> {
        match outlook {
            Outlook::Settled(route) => Ok(route),
            Outlook::Open(instance, direct) => Box::pin(self.try_all(instance, direct, leg)).await,
        }
    }

    async fn try_all(
        &self,
        instance: &Instance,
        direct: Result<(Route, SocketAddr), NoAddress>,
        leg: &Leg<'_>,
    ) -> Result<Route, Error> {
        let mut direct = pin!(directly(direct));
        let mut endpoint = pin!(self.by_endpoint(instance, leg));
        let mut session = pin!(self.by_session(instance, leg));
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
                it = &mut direct, if found.direct == Finding::Pending => found.direct = self.tried(RouteKind::Direct, it),
                it = &mut endpoint, if asks(&found.endpoint) => {
                    found.endpoint = self.tried(RouteKind::Eice, it);
                }
                it = &mut session, if asks(&found.session) => {
                    found.session = self.tried(RouteKind::Ssm, it);
                }
                () = &mut head_start, if alone => {
                    alone = false;
                    self.terminal
                        .debug(|| "direct: no answer yet, the other ways are asked for".to_owned());
                }
                () = &mut limit, if !late => {
                    late = true;
                    self.terminal
                        .debug(|| "from now on the first way that is open is taken".to_owned());
                }
            }
        }
    }

    /// Tells what was found of a way.
    fn tried(&self, way: RouteKind, finding: Finding) -> Finding {
        self.terminal.debug(|| match &finding {
            Finding::Open(_) => format!("{way}: leads there"),
            Finding::Shut(why) => format!("{way}: {why}"),
            Finding::Pending => format!("{way}: not known yet"),
        });
        finding
    }

    async fn by_endpoint(&self, instance: &Instance, leg: &Leg<'_>) -> Finding {
        match leg.answer.port {
            Some(port) if !EICE_PORTS.contains(&port) => Finding::Shut(Shut::Port(port)),
            _ => finding(leg, self.by_door(instance, leg).await),
        }
    }

    async fn by_session(&self, instance: &Instance, leg: &Leg<'_>) -> Finding {
        let look_up = async {
            let aws = self.aws(leg.region.as_ref()).await?;
            let agent = aws.agent(instance.id.as_str()).await?;
            Ok((agent, endpoint::session(instance, aws.region)))
        };
        match look_up.await {
            Ok((Agent::Unknown, _)) => Finding::Shut(Shut::Unmanaged),
            Ok((Agent::Silent, _)) => Finding::Shut(Shut::NoAgent),
            Ok((Agent::Online, session)) => finding(leg, Ok(session)),
            Err(error) => finding(leg, Err(error)),
        }
    }

    /// Says on a terminal that the way was not the direct one, which nobody has asked for; but
    /// not where ssh is to be quiet, too.
    pub(super) fn tell(&self, route: &Route, leg: &Leg<'_>) {
        let quiet = leg.answer.batch || self.invocation.has(b'q');
        let asked = self.invocation.options.via == Way::Auto && !self.invocation.options.dry_run;
        let Route::Through(_, passage) = route else {
            return;
        };
        if asked && !quiet {
            let way = match passage {
                Passage::Endpoint(door) => door.endpoint.to_string(),
                Passage::Session(..) => passage.to_string(),
            };
            self.terminal.remark(&format!("through {way}"));
        }
    }
}

/// Whether anybody listens at the address.
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
fn finding(leg: &Leg<'_>, passage: Result<Passage, Error>) -> Finding {
    Finding::Shut(match passage {
        Ok(passage) => {
            let host = leg.destination.name().to_owned();
            return Finding::Open(Route::Through(host, passage));
        }
        Err(Error::Route(RouteError::NoEndpoint(no))) => Shut::NoEndpoint(no),
        Err(Error::Aws(AwsError::Denied(denied))) => Shut::Denied(denied.action, denied.reason),
        Err(error) => Shut::Failed(hint::line(&error)),
    })
}
