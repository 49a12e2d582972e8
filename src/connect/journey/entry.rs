//! An instance that was found, or is known by its ID: the way in, and the push.

use super::{Journey, Leg, Sharing};
use crate::error::Error;
use crate::plan::argv::{Arrival, quote};
use crate::plan::cli::usage::Usage;
use crate::plan::route::Route;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::ids::InstanceId;
use crate::plan::target::instance::Instance;

impl Journey<'_> {
    /// A destination whose instance is known by its ID: the push need not wait for the look-up,
    /// unless the look-up decides whether there is one.
    ///
    /// Of several errors the one that says most goes first: the look-ups', then the push's.
    pub(super) async fn arrive_at(&self, id: &InstanceId, leg: Leg<'_>) -> Result<Arrival, Error> {
        if self.goes_to_console() {
            return Box::pin(self.console(id, None, leg)).await;
        }
        if leg.sharing == Sharing::ByAddress {
            let instance = self.find(id, &leg).await?;
            return self.enter(id, instance.as_ref(), leg).await;
        }
        let push = self.beside(&leg, self.pushes(), self.push(id, &leg));
        let ahead = self.beside(&leg, self.looks_ahead(&leg), self.look_ahead(&leg));
        let way = async {
            let (ahead, instance) = tokio::try_join!(ahead, self.find(id, &leg))?;
            Ok(match ahead {
                Ok(()) => Ok(self.route_to(instance.as_ref(), &leg).await),
                Err(error) => Err(error),
            })
        };
        let (pushed, found) = tokio::try_join!(push, way)?;
        let route = found?;
        pushed?;
        let route = route?;
        self.tell(&route, &leg);
        self.arrived(id.as_str(), leg, route, false)
    }

    /// Runs a call, if it is `wanted`, beside another whose error would say more. What keeps AWS
    /// from being asked at all ends both: a second try of it would ask for a second MFA code.
    pub(super) async fn beside(
        &self,
        leg: &Leg<'_>,
        wanted: bool,
        call: impl Future<Output = Result<(), Error>>,
    ) -> Result<Result<(), Error>, Error> {
        if !wanted {
            return Ok(Ok(()));
        }
        self.aws(leg.region.as_ref()).await?;
        Ok(call.await)
    }

    /// The way into an instance that was found, past a master connection or with a push.
    pub(super) async fn enter(
        &self,
        id: &InstanceId,
        instance: Option<&Instance>,
        leg: Leg<'_>,
    ) -> Result<Arrival, Error> {
        if self.goes_to_console() {
            return Box::pin(self.console(id, instance, leg)).await;
        }
        let outlook = self.outlook(instance, &leg).await?;
        // A tunnel's master would listen for the host as typed, and has been looked for.
        if leg.sharing == Sharing::ByAddress
            && let Some(route) = outlook.direct()
            && self.has_master(&leg, route).await?
        {
            let route = route.clone();
            return self.arrived(id.as_str(), leg, route, true);
        }
        let route = self.settle(outlook, &leg);
        let (route, pushed) = tokio::join!(route, self.push(id, &leg));
        let route = route?;
        pushed?;
        self.tell(&route, &leg);
        self.arrived(id.as_str(), leg, route, false)
    }

    async fn route_to(&self, instance: Option<&Instance>, leg: &Leg<'_>) -> Result<Route, Error> {
        let outlook = self.outlook(instance, leg).await?;
        self.settle(outlook, leg).await
    }

    /// `what` is the instance, or what was typed if that says enough.
    pub(super) fn arrived(
        &self,
        what: &str,
        leg: Leg<'_>,
        route: Route,
        shared: bool,
    ) -> Result<Arrival, Error> {
        let by_shell = !leg.hops.is_empty() || matches!(route, Route::Through(..));
        if by_shell && !quote::fits_token(&route.host()) {
            return Err(Usage::Name(BadName::Host(route.host())).into());
        }
        let hops = if shared || leg.hops.is_empty() {
            None
        } else {
            self.through(leg.hops)?
        };
        let (login, batch) = (leg.login, leg.answer.batch);
        let by = if shared {
            ", by the master connection that runs"
        } else {
            ""
        };
        self.terminal
            .note(&format!("{login} at {what}: {route}{by}"));
        Ok(Arrival {
            login,
            route,
            hops,
            shared,
            batch,
        })
    }
}
