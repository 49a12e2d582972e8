//! A login to an instance: find it, push the key, choose the route.

use std::cell::RefCell;

use super::find::{self, Need};
use super::host::Host;
use super::master::{self, Sharing};
use super::push::Begun;
use super::route::{self, Choice, Inputs};
use super::{Resolver, os_user, race, start};
use crate::error::Error;
use crate::plan::argv::Resolved;
use crate::plan::route::Route;
use crate::plan::target::ids::InstanceId;
use crate::plan::target::instance::{Instance, State};
use crate::plan::target::lookup::Lookup;
use crate::plan::wait::Awaited;
use crate::world::aws::Regional;

impl Resolver<'_> {
    /// Finds the instance and chooses the route while the key is pushed, since the ID is known.
    ///
    /// Of several errors, reports the most useful one: the instance's own look-up's, which ends the
    /// push; then the push's; then that there is no route.
    pub(super) async fn push_beside(
        &self,
        id: &InstanceId,
        host: &Host<'_>,
        aws: &Regional<'_>,
    ) -> Result<Resolved, Error> {
        let push = self.push.to_user(id, &host.login, aws).await?;
        let need = Need::of(self.invocation, host.destination);
        let find = self.find_by_id(id, need, aws);
        let route = match self.with_endpoints(find, host, aws).await? {
            (None, _) => Ok(Route::AsTyped(host.destination.host.clone())),
            (Some(instance), inputs) => {
                self.note(&instance, host);
                route_to(&instance, inputs).await
            }
        };
        match route {
            Ok(route) => self.log_in(id, host, route, &push).await,
            Err(error) => {
                push.accepted().await?;
                Err(error)
            }
        }
    }

    /// Finds the instance, then pushes the key while the route is tried: the look-up gives the ID,
    /// or the address by which to find a running master connection, or the user.
    pub(super) async fn push_after(
        &self,
        lookup: &Lookup,
        sharing: Sharing,
        host: &Host<'_>,
        aws: &Regional<'_>,
    ) -> Result<Resolved, Error> {
        let find = self.find(lookup, host, aws);
        let (instance, inputs) = self.with_endpoints(find, host, aws).await?;
        let inputs = &inputs?;
        let (instance, mut choice) = self.choose(instance, inputs).await?;
        let with_user;
        let host = if host.finds_user {
            (with_user, choice) = self.find_user(choice, &instance, inputs).await?;
            &with_user
        } else {
            host
        };
        // Through a tunnel, ssh would look for a master of the host as typed.
        if sharing == Sharing::ByAddress
            && let Some(route) = choice.direct()
            && master::is_running(&self.settings, host, route).await?
        {
            return self.by_master(instance.id.as_str(), host, route.clone());
        }
        self.note(&instance, host);
        self.push.make_key(self.terminal)?;
        let push = self.push.to_user(&instance.id, &host.login, aws).await?;
        let route = race::settle(choice, &instance, inputs).await?;
        self.log_in(&instance.id, host, route, &push).await
    }

    /// What is known about the route to an instance, which is started first if it does not run.
    async fn choose(
        &self,
        found: Instance,
        inputs: &Inputs<'_>,
    ) -> Result<(Instance, Choice), Error> {
        if found.state == State::Running {
            let choice = route::choose(&found, inputs).await?;
            return Ok((found, choice));
        }
        let way_in = async |instance: &Instance| start::way_in(instance, inputs).await;
        let options = &self.invocation.options;
        let started = Box::pin(start::run(&found, options, inputs.aws, way_in));
        let (instance, route) = started.await?;
        Ok((instance, Choice::Fixed(route)))
    }

    /// The instance, which is started first if it does not run.
    pub(super) async fn find_running(
        &self,
        lookup: &Lookup,
        host: &Host<'_>,
        aws: &Regional<'_>,
    ) -> Result<Instance, Error> {
        let found = self.find(lookup, host, aws).await?;
        let options = &self.invocation.options;
        if !start::is_wanted(self.invocation, &found.state) {
            return Ok(found);
        }
        let runs = async |_: &Instance| Ok(Awaited::There(()));
        let (instance, ()) = Box::pin(start::run(&found, options, aws, runs)).await?;
        Ok(instance)
    }

    /// Has the software of the instance decide the user. First tries the route, for which Session
    /// Manager may be asked: it knows which system runs.
    async fn find_user<'b>(
        &self,
        choice: Choice,
        instance: &Instance,
        inputs: &Inputs<'b>,
    ) -> Result<(Host<'b>, Choice), Error> {
        let route = race::settle(choice, instance, inputs).await?;
        let system = inputs.system.take();
        let login = os_user::find(instance, system, inputs.aws, self.terminal).await?;
        let host = Host {
            login,
            ..inputs.host.clone()
        };
        Ok((host, Choice::Fixed(route)))
    }

    /// The login, unless the push has failed so far.
    async fn log_in(
        &self,
        id: &InstanceId,
        host: &Host<'_>,
        route: Route,
        push: &Begun<'_>,
    ) -> Result<Resolved, Error> {
        push.not_failed().await?;
        self.announce(&route, host);
        let access = push.access();
        self.by_login(id.as_str(), host, route, access).await
    }

    /// The instance, if it is running, or will be started.
    pub(super) async fn find(
        &self,
        lookup: &Lookup,
        host: &Host<'_>,
        aws: &Regional<'_>,
    ) -> Result<Instance, Error> {
        let (word, pick) = (&host.destination.host, self.invocation.options.pick);
        let instance = find::instance(lookup, word, pick, aws).await?;
        self.check_state(&instance, aws)?;
        Ok(instance)
    }

    /// The same by its ID; `None` if it need not be found.
    pub(super) async fn find_by_id(
        &self,
        id: &InstanceId,
        need: Need,
        aws: &Regional<'_>,
    ) -> Result<Option<Instance>, Error> {
        let instance = find::by_id(id, need, aws).await?;
        if let Some(instance) = &instance {
            self.check_state(instance, aws)?;
        }
        Ok(instance)
    }

    fn check_state(&self, instance: &Instance, aws: &Regional<'_>) -> Result<(), Error> {
        if start::is_wanted(self.invocation, &instance.state) {
            return Ok(());
        }
        let way = self.invocation.options.via;
        find::check_state(instance, way, aws, self.terminal)
    }

    /// Finds an instance, and at the same time the endpoints, if the user wants one. Only an error of
    /// the former ends this.
    async fn with_endpoints<'b, T>(
        &'b self,
        find: impl Future<Output = Result<T, Error>>,
        host: &'b Host<'b>,
        aws: &'b Regional<'b>,
    ) -> Result<(T, Result<Inputs<'b>, Error>), Error> {
        let endpoints = async { Ok(route::endpoints(self.invocation, host, aws).await) };
        let (endpoints, found) = tokio::try_join!(endpoints, find)?;
        let inputs = endpoints.map(|endpoints| Inputs {
            host,
            settings: &self.settings,
            invocation: self.invocation,
            endpoints,
            aws,
            terminal: self.terminal,
            system: RefCell::default(),
        });
        Ok((found, inputs))
    }
}

async fn route_to(instance: &Instance, inputs: Result<Inputs<'_>, Error>) -> Result<Route, Error> {
    let inputs = &inputs?;
    let choice = route::choose(instance, inputs).await?;
    race::settle(choice, instance, inputs).await
}
