//! The way to each destination: which instance it is, who logs in, where ssh goes.

mod console;
mod endpoint;
mod entry;
mod node;
mod outlook;
mod push;
mod search;
mod sharing;
mod trial;
mod way;

use std::cell::Cell;
use std::path::Path;
use std::pin::Pin;

use tokio::sync::OnceCell;

use self::sharing::Sharing;
use super::badge::Badge;
use crate::error::Error;
use crate::plan::argv::Arrival;
use crate::plan::aws::region::RegionSource;
use crate::plan::cli::invocation::Invocation;
use crate::plan::route::Route;
use crate::plan::route::eice::Endpoint;
use crate::plan::ssh_g::HostConfig;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::plan::target::hop::Hop;
use crate::plan::target::ids::{Login, Region};
use crate::plan::target::lookup::Lookup;
use crate::plan::way::Way;
use crate::world::aws::{Aws, Prompts, Regional};
use crate::world::openssh::Source;
use crate::world::tty::terminal::Terminal;
use crate::world::tty::waiting;

/// What the way to every destination has in common.
pub(super) struct Journey<'a> {
    pub(super) invocation: &'a Invocation,
    pub(super) ssh: &'a Path,
    /// What ssh reads for its answers.
    pub(super) source: &'a Source,
    /// What we log in with, made when it is certain that it is to be pushed.
    pub(super) badge: OnceCell<Badge>,
    pub(super) terminal: Terminal,
    pub(super) aws: OnceCell<Aws>,
    /// Forbidden as soon as ssh has said so of a destination.
    pub(super) prompts: Cell<Prompts>,
}

/// One destination with what ssh says of it.
struct Leg<'a> {
    destination: &'a Destination,
    answer: HostConfig,
    /// The hops that lead there, where ssh cannot do them itself; the nearest first.
    hops: Vec<Hop>,
    /// The way on from the last of them, or from here.
    way: Way,
    /// Who logs in.
    login: Login,
    /// The region that the destination's own name tells.
    region: Option<Region>,
    sharing: Sharing,
    /// The endpoints there, once they are looked up.
    endpoints: OnceCell<Vec<Endpoint>>,
}

impl Journey<'_> {
    /// Prepares every destination, all at the same time and each but once, however often it is
    /// named.
    pub(super) async fn arrivals(&self) -> Result<Vec<Arrival>, Error> {
        let mut places: Vec<&Destination> = Vec::new();
        for destination in self.invocation.destinations() {
            if !places.iter().any(|place| same_place(place, destination)) {
                places.push(destination);
            }
        }
        let arrivals = self.all(&places).await?;
        let of = |destination| {
            places
                .iter()
                .position(|place| same_place(place, destination))
        };
        let each = self.invocation.destinations().filter_map(of);
        Ok(each.map(|at| arrivals[at].clone()).collect())
    }

    /// The same, and once more where AWS has refused a session from the cache.
    pub(super) async fn arrivals_anew(&mut self) -> Result<Vec<Arrival>, Error> {
        let error = match self.arrivals().await {
            Err(error) => error,
            arrivals => return arrivals,
        };
        let Some(stale) = error.dropped_session() else {
            return Err(error);
        };
        self.terminal.warn(&stale.to_string());
        self.aws = OnceCell::new();
        self.arrivals().await
    }

    fn all<'b>(
        &'b self,
        places: &'b [&Destination],
    ) -> Pin<Box<dyn Future<Output = Result<Vec<Arrival>, Error>> + 'b>> {
        Box::pin(async move {
            let Some((first, rest)) = places.split_first() else {
                return Ok(Vec::new());
            };
            let (first, rest) = tokio::try_join!(self.arrival(first), self.all(rest))?;
            Ok([vec![first], rest].concat())
        })
    }

    /// One destination, from the word to the door.
    async fn arrival(&self, destination: &Destination) -> Result<Arrival, Error> {
        let mut leg = self.leg(destination).await?;
        if leg.sharing == Sharing::AsTyped {
            let host = destination.name();
            let route = Route::AsTyped(host.to_owned());
            return self.arrived(host, leg, route, true);
        }
        if let Target::Node(id) = &destination.target {
            return self.arrive_at_node(id, leg).await;
        }
        if leg.sharing == Sharing::Nothing && self.would_push() {
            leg.login.for_push()?;
        }
        if self.invocation.value(b'i').is_some() && !self.invocation.is_control_command() {
            // What is wrong with the user's own key is not worth a call.
            self.badge().await?;
        }
        if let Some(id) = self.known_id(destination) {
            return Box::pin(self.arrive_at(&id, leg)).await;
        }
        let named = Target::parse(&leg.answer.hostname)?;
        leg.region = leg.region.or_else(|| named.region().cloned());
        let targets = [&destination.target, &named];
        match self.lookup(targets, &leg.answer.hostname).await? {
            Lookup::Id(id) => Box::pin(self.arrive_at(&id, leg)).await,
            Lookup::Filters(filters) => {
                let aws = self.aws(leg.region.as_ref()).await?;
                let found = async { Ok(aws.instance_with(&filters, &destination.host).await?) };
                let ahead = self.beside(&leg, self.looks_ahead(&leg), self.look_ahead(&leg));
                let (instance, ahead) = tokio::try_join!(found, ahead)?;
                ahead?;
                self.running(&instance, &aws)?;
                self.enter(&instance.id, Some(&instance), leg).await
            }
        }
    }

    /// What ssh says of a destination, which goes before anything that AWS does.
    async fn leg<'b>(&self, destination: &'b Destination) -> Result<Leg<'b>, Error> {
        let answer = self.ask(destination, &way::as_typed(destination)).await?;
        if answer.batch {
            self.prompts.set(Prompts::Forbidden);
        }
        let region = destination.region().cloned();
        let (hops, way) = self.hops(&answer, region.as_ref()).await?;
        let mut leg = Leg {
            destination,
            hops,
            way,
            login: self.login(&answer)?,
            answer,
            region,
            sharing: Sharing::Nothing,
            endpoints: OnceCell::new(),
        };
        if leg.answer.batch {
            waiting::hush();
        }
        self.tell_user(&leg);
        leg.sharing = self.sharing(&leg).await?;
        Ok(leg)
    }

    /// Says who logs in and why, where it is us who decide that and somebody does.
    fn tell_user(&self, leg: &Leg<'_>) {
        let is_ours = !matches!(self.source, Source::Told(_)) && !self.goes_to_console();
        if is_ours && !self.invocation.is_control_command() {
            let user = leg
                .answer
                .user(&leg.login, self.invocation, leg.destination);
            self.terminal.note(&user);
        }
    }

    /// AWS in the region asked for, told by the name, or configured; loaded once. What one name
    /// tells is nothing to the others.
    async fn aws(&self, told: Option<&Region>) -> Result<Regional<'_>, Error> {
        let options = &self.invocation.options;
        let region = options.region.as_ref().or(told);
        let for_all = region.filter(|_| options.region.is_some() || self.is_alone());
        let profile = options.profile.as_deref();
        let load = || async {
            let prompts = self.prompts.get();
            let aws = Aws::load(profile, for_all, prompts, self.terminal).await?;
            let chosen = self.chosen(aws.region(region)?, told).chosen();
            self.terminal.debug(|| format!("region {chosen}"));
            Ok::<_, Error>(aws)
        };
        let aws = self.aws.get_or_try_init(load).await?.region(region)?;
        Ok(self.chosen(aws, told))
    }

    /// The region with who has chosen it, if that is not the configuration.
    fn chosen<'b>(&self, aws: Regional<'b>, told: Option<&Region>) -> Regional<'b> {
        match (&self.invocation.options.region, told) {
            (Some(_), _) => aws.chosen_by(RegionSource::Option),
            (None, Some(_)) => aws.chosen_by(RegionSource::Target),
            (None, None) => aws,
        }
    }

    /// Whether there is only one destination.
    fn is_alone(&self) -> bool {
        self.invocation.destinations().count() == 1
    }

    /// Whether there is only one, however often it is named.
    fn is_one_place(&self) -> bool {
        let mut destinations = self.invocation.destinations();
        let first = destinations.next();
        first.is_some_and(|first| destinations.all(|it| same_place(first, it)))
    }
}

fn same_place(a: &Destination, b: &Destination) -> bool {
    a.host == b.host && a.login == b.login
}
