//! The way to each destination: which instance it is, who logs in, where ssh goes.

mod way;

use std::path::Path;
use std::pin::Pin;

use tokio::sync::OnceCell;

use crate::error::Error;
use crate::plan::cli::Invocation;
use crate::plan::command::Arrival;
use crate::plan::destination::Destination;
use crate::plan::instance::{Instance, State};
use crate::plan::lookup::{self, Lookup};
use crate::plan::names::{InstanceId, Login, Region, Zone};
use crate::plan::question::Answer;
use crate::plan::route::{Route, Way};
use crate::plan::target::Target;
use crate::world::aws::{Aws, Push, Regional};
use crate::world::resolver;
use crate::world::terminal::Terminal;

/// What the way to every destination has in common.
pub(super) struct Journey<'a> {
    pub(super) invocation: &'a Invocation,
    pub(super) ssh: &'a Path,
    /// The configuration generated for questions to ssh.
    pub(super) config: &'a Path,
    /// What AWS is to have, if anything is to be pushed.
    pub(super) public_key: Option<String>,
    /// To be told just before it is pushed.
    pub(super) push_begins: &'a dyn Fn(),
    pub(super) terminal: Terminal,
    pub(super) aws: OnceCell<Aws>,
}

impl Journey<'_> {
    /// Prepares every destination, all at the same time and each but once, however often it is
    /// named.
    pub(super) async fn arrivals(&self) -> Result<Vec<Arrival>, Error> {
        let same = |a: &Destination, b: &Destination| a.host == b.host && a.login == b.login;
        let mut places: Vec<&Destination> = Vec::new();
        for destination in self.invocation.destinations() {
            if !places.iter().any(|place| same(place, destination)) {
                places.push(destination);
            }
        }
        let arrivals = self.all(&places).await?;
        let of = |destination| places.iter().position(|place| same(place, destination));
        let each = self.invocation.destinations().filter_map(of);
        Ok(each.map(|at| arrivals[at].clone()).collect())
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
        if let Some(id) = self.known_id(destination) {
            let region = region_in(&destination.target);
            let unasked = OnceCell::new();
            return Box::pin(self.arrive_at(&id, region.as_ref(), destination, unasked)).await;
        }
        let answer = self.ask(destination, host_of(destination)).await?;
        let named = Target::parse(&answer.hostname)?;
        let region = region_in(&destination.target).or(region_in(&named));
        let targets = [&destination.target, &named];
        match self.lookup(targets, &answer.hostname).await? {
            Lookup::Id(id) => {
                let asked = OnceCell::new_with(Some(answer));
                Box::pin(self.arrive_at(&id, region.as_ref(), destination, asked)).await
            }
            Lookup::Filters(filters) => {
                let aws = self.aws(region.as_ref()).await?;
                let instance = aws.instance_with(&filters, &destination.host).await?;
                self.running(&instance, &aws)?;
                let login = login(&answer)?;
                self.push(&instance.id, &login, region.as_ref()).await?;
                let route = self.route(&instance, destination, &answer).await?;
                Ok(self.arrived(&instance.id, login, route))
            }
        }
    }

    /// A destination whose instance is known by its ID: the push need not wait for the look-up.
    ///
    /// Of several errors the one that says most goes first: ssh's about the words, then the
    /// look-up's, then the push's.
    async fn arrive_at(
        &self,
        id: &InstanceId,
        region: Option<&Region>,
        destination: &Destination,
        answer: OnceCell<Answer>,
    ) -> Result<Arrival, Error> {
        let ask = || self.ask(destination, host_of(destination));
        let pushed = async {
            let login = login(answer.get_or_try_init(ask).await?)?;
            Ok((self.push(id, &login, region).await, login))
        };
        let found = async {
            let found = self.find(id, destination, region).await;
            if found.is_err() {
                login(answer.get_or_try_init(ask).await?)?;
            }
            found
        };
        let ((pushed, login), instance) = tokio::try_join!(pushed, found)?;
        pushed?;
        let answer = answer.get_or_try_init(ask).await?;
        let route = match instance {
            Some(instance) => self.route(&instance, destination, answer).await?,
            None => Route::AsTyped(destination.host.clone()),
        };
        Ok(self.arrived(id, login, route))
    }

    /// Looks up the instance, unless nothing hangs on it: who names the host, the ID and the zone
    /// may lack the permission for DescribeInstances.
    async fn find(
        &self,
        id: &InstanceId,
        destination: &Destination,
        region: Option<&Region>,
    ) -> Result<Option<Instance>, Error> {
        let optional =
            self.is_host_beside_id(destination) && self.invocation.wishes.via == Way::Auto;
        if optional && self.invocation.wishes.zone.is_some() {
            return Ok(None);
        }
        let aws = self.aws(region).await?;
        match aws.instance(id).await {
            Ok(instance) => self.running(&instance, &aws).map(|()| Some(instance)),
            Err(Error::Denied(_)) if optional => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn running(&self, instance: &Instance, aws: &Regional<'_>) -> Result<(), Error> {
        self.terminal.debug(|| format!("found {instance}"));
        if instance.state == State::Running {
            return Ok(());
        }
        Err(Error::NotRunning {
            id: instance.id.clone(),
            state: instance.state.clone(),
            region: aws.name.clone(),
        })
    }

    async fn push(
        &self,
        id: &InstanceId,
        login: &Login,
        region: Option<&Region>,
    ) -> Result<(), Error> {
        let Some(public_key) = &self.public_key else {
            return Ok(());
        };
        let aws = self.aws(region).await?;
        let zone = self.zone();
        (self.push_begins)();
        aws.push(Push { id, login, zone }, public_key).await
    }

    /// The zone that goes with the push: only where the user names instance and host apart, and
    /// means it as part of the name. A wrong one beside an ID does no harm.
    fn zone(&self) -> Option<&Zone> {
        let wishes = &self.invocation.wishes;
        let apart = self
            .invocation
            .destinations()
            .all(|d| self.is_host_beside_id(d));
        wishes.zone.as_ref().filter(|_| apart)
    }

    /// The instance that the words themselves name. An ID as the target wins over `-t`.
    fn known_id(&self, destination: &Destination) -> Option<InstanceId> {
        match lookup::of(&destination.target) {
            Some(Lookup::Id(id)) => Some(id),
            _ => self.invocation.wishes.instance.clone(),
        }
    }

    /// Whether this is the original's form of a host beside `-t ID`.
    fn is_host_beside_id(&self, destination: &Destination) -> bool {
        self.invocation.wishes.instance.is_some() && !matches!(destination.target, Target::Id(_))
    }

    /// How to look up a destination that is not known by an ID: by the name itself, by
    /// ssh_config's HostName for it, by the addresses that the system resolves it to.
    async fn lookup(&self, targets: [&Target; 2], host: &str) -> Result<Lookup, Error> {
        if let Some(lookup) = targets.into_iter().find_map(lookup::of) {
            return Ok(lookup);
        }
        let addresses = resolver::addresses(host).await?;
        self.terminal
            .debug(|| format!("{host} resolves to {addresses:?}"));
        Ok(lookup::by_addresses(&addresses))
    }

    /// AWS in the region asked for, told by the name, or configured; loaded once. What one name
    /// tells is nothing to the others.
    async fn aws(&self, told: Option<&Region>) -> Result<Regional<'_>, Error> {
        let wishes = &self.invocation.wishes;
        let region = wishes.region.as_ref().or(told);
        let for_all = region.filter(|_| wishes.region.is_some() || self.is_alone());
        let profile = wishes.profile.as_deref();
        let load = || {
            Aws::load(
                profile,
                for_all,
                async || self.is_batch().await,
                self.terminal,
            )
        };
        self.aws.get_or_try_init(load).await?.region(region)
    }

    /// Whether there is only one destination.
    fn is_alone(&self) -> bool {
        self.invocation.destinations().count() == 1
    }

    fn arrived(&self, id: &InstanceId, login: Login, route: Route) -> Arrival {
        self.terminal.note(&format!("{login} at {id}: {route}"));
        Arrival { login, route }
    }
}

/// The region that a DNS name made by AWS tells.
fn region_in(target: &Target) -> Option<Region> {
    match target {
        Target::Aws(name) => Some(name.region.clone()),
        Target::Id(_) | Target::Address(_) | Target::Host(_) => None,
    }
}

/// The host that ssh is asked about. Host patterns of ssh_config tell upper from lower case, and
/// instance IDs do not.
fn host_of(destination: &Destination) -> &str {
    match &destination.target {
        Target::Id(id) => id.as_str(),
        Target::Address(_) | Target::Aws(_) | Target::Host(_) => &destination.host,
    }
}

/// Who logs in: ssh's answer, else the original's default.
fn login(answer: &Answer) -> Result<Login, Error> {
    match &answer.login {
        Some(user) => Ok(Login::parse(user)?),
        None => Ok(Login::ec2_user()),
    }
}
