//! Whether the way to an instance is settled, or to be tried.

use std::net::{IpAddr, SocketAddr};

use super::{Journey, Leg};
use crate::error::Error;
use crate::plan::route;
use crate::plan::route::error::RouteError;
use crate::plan::route::race;
use crate::plan::route::{NoAddress, Route};
use crate::plan::target::instance::Instance;
use crate::world::net::resolver;

/// What is known of the way before anything is tried.
pub(super) enum Outlook<'a> {
    /// Where ssh goes.
    Settled(Route),
    /// Whatever leads to this instance; directly, this.
    Open(&'a Instance, Result<(Route, SocketAddr), NoAddress>),
}

impl Outlook<'_> {
    /// The way by an address or by a name, if there is one.
    pub(super) fn direct(&self) -> Option<&Route> {
        match self {
            Self::Settled(route) | Self::Open(_, Ok((route, _))) => Some(route),
            Self::Open(_, Err(_)) => None,
        }
    }
}

impl Journey<'_> {
    /// Where ssh goes, or what is to be tried.
    pub(super) async fn outlook<'b>(
        &self,
        instance: Option<&'b Instance>,
        leg: &Leg<'_>,
    ) -> Result<Outlook<'b>, Error> {
        let Some(instance) = instance else {
            let typed = Route::AsTyped(leg.destination.host.clone());
            return Ok(Outlook::Settled(typed));
        };
        let situation = self.situation(instance, leg).await?;
        let route = route::choose(instance, &situation);
        if self.is_settled(leg) || !race::is_open(instance, &situation) {
            let route = route.map_err(|missing| RouteError::NoAddress {
                id: instance.id.clone(),
                missing,
            })?;
            return Ok(Outlook::Settled(route));
        }
        let route = match route {
            Ok(route) => route,
            Err(missing) => return Ok(Outlook::Open(instance, Err(missing))),
        };
        Ok(match self.goal(instance, leg, &route).await? {
            Some(goal) => Outlook::Open(instance, Ok((route, goal))),
            None => Outlook::Settled(route),
        })
    }

    /// Whether the way is settled, whatever the instance is: by a proxy or hops of the user's own,
    /// which a configuration that only ssh can read may have; or since there are several places,
    /// and a tunnel would be for all of them.
    fn is_settled(&self, leg: &Leg<'_>) -> bool {
        self.invocation.is_control_command()
            || !self.is_one_place()
            || self.reads_pipe()
            || leg.answer.proxy.is_some()
            || self.carries_hops()
    }

    /// What ssh would connect to by this route, if that is the instance's own address in its VPC.
    async fn goal(
        &self,
        instance: &Instance,
        leg: &Leg<'_>,
        route: &Route,
    ) -> Result<Option<SocketAddr>, Error> {
        let answer = match route {
            Route::AsTyped(_) => leg.answer.clone(),
            other => self.ask(leg.destination, other).await?,
        };
        // Only the user's own proxy could tell whether somebody listens behind it.
        let (Some(port), None) = (answer.port, &answer.proxy) else {
            return Ok(None);
        };
        let addresses: Vec<IpAddr> = match answer.hostname.parse() {
            Ok(address) => vec![address],
            // What cannot be resolved is for ssh to complain of.
            Err(_) => resolver::addresses(&answer.hostname)
                .await
                .unwrap_or_default(),
        };
        let mut addresses = addresses.into_iter();
        let first = addresses.find(|it| answer.family.includes(*it));
        let own = first.filter(|it| race::is_private(instance, *it));
        Ok(own.map(|address| SocketAddr::new(address, port)))
    }
}
