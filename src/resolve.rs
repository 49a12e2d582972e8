//! From a destination to a route: ask ssh, find the instance, choose the route; and push the key at
//! the same time as the last two.
//!
//! ```text
//! ssh -G ─┬ find: DescribeInstances ─ route ─── Resolved
//!         └ push: SendSSHPublicKey, by the agent ───────── accepted
//! ```
//!
//! Where the ID is known, they begin at the same time; and the push may take longer: the agent then
//! keeps ssh waiting for the key.
//!
//! `find` and `route` change nothing: they push nothing and make no key.

pub(crate) mod find;
pub(crate) mod host;
mod host_key_check;
mod host_key_name;
pub(crate) mod jump;
pub(crate) mod lazy_aws;
mod master;
mod os_user;
mod own_connection;
pub(crate) mod push;
mod race;
mod report;
pub(crate) mod route;
mod route_config;
mod serial;

use std::cell::RefCell;

use futures_util::future::try_join_all;

use self::find::{InstanceLookup, Need};
use self::host::{Host, Settings};
use self::lazy_aws::LazyAws;
use self::master::Sharing;
use self::push::KeyPush;
use self::route::{Choice, Inputs};
use crate::error::Error;
use crate::plan::argv::Resolved;
use crate::plan::cli::invocation::Invocation;
use crate::plan::route::Route;
use crate::plan::route::eice::Endpoint;
use crate::plan::target::Target;
use crate::plan::target::ids::{InstanceId, Login};
use crate::plan::target::instance::Instance;
use crate::plan::target::lookup::Lookup;
use crate::plan::way::Way;
use crate::world::aws::Regional;
use crate::world::tty::terminal::Terminal;

/// What the destinations of one command line have in common.
pub(crate) struct Resolver<'a> {
    pub(crate) invocation: &'a Invocation,
    pub(crate) settings: Settings<'a>,
    pub(crate) aws: LazyAws,
    pub(crate) push: KeyPush<'a>,
    pub(crate) terminal: Terminal,
}

impl Resolver<'_> {
    /// Resolves every destination, in the order of the command line. Repeats all of them if AWS
    /// refused a session from the AWS CLI's cache.
    ///
    /// # Errors
    /// The first step that fails.
    pub(crate) async fn all(&mut self) -> Result<Vec<Resolved>, Error> {
        let error = match self.all_once().await {
            Err(error) => error,
            resolved => return resolved,
        };
        let Some(stale) = error.dropped_session() else {
            return Err(error);
        };
        self.terminal.warn(&stale.to_string());
        self.aws.forget();
        self.push.forget()?;
        self.all_once().await
    }

    /// Resolves all at the same time, and a repeated destination only once.
    async fn all_once(&self) -> Result<Vec<Resolved>, Error> {
        let (distinct, order) = self.invocation.distinct_destinations();
        let ask = |it| host::ask(&self.settings, self.invocation, it, &self.aws);
        let hosts = try_join_all(distinct.into_iter().map(ask)).await?;
        self.push.choose_key(&hosts)?;
        let resolved = try_join_all(hosts.into_iter().map(|it| self.one(it))).await?;
        self.push.wait_a_moment(self.aws.loaded()).await?;
        Ok(order.into_iter().map(|at| resolved[at].clone()).collect())
    }

    /// The steps for one destination.
    async fn one(&self, mut host: Host<'_>) -> Result<Resolved, Error> {
        let destination = host.destination;
        let sharing = match host.finds_user {
            // The socket may depend on the user.
            true if host.config.master.is_some() => Sharing::ByAddress,
            true => Sharing::Nothing,
            false => master::sharing(&self.settings, self.invocation, &host).await?,
        };
        if sharing == Sharing::AsTyped {
            return self.by_master(destination.name(), &host, host.as_typed());
        }
        if let Target::Node(id) = &destination.target {
            route::check_node(id, self.invocation, &host)?;
            let aws = self.aws.in_region(host.region.as_ref()).await?;
            return self
                .by_login(id.as_str(), &host, route::to_node(id, &aws))
                .await;
        }
        let logs_in = sharing == Sharing::Nothing;
        let bad_user = |name| host::bad_user(name, &self.settings, self.invocation, destination);
        self.push.check(logs_in, &host.login, bad_user).await?;
        if logs_in {
            self.push.make_key(self.terminal)?;
        }
        let beside = self.invocation.options.instance.as_ref();
        let (target, hostname) = (&destination.target, &host.config.hostname);
        let InstanceLookup { lookup, region } =
            find::lookup(target, hostname, beside, self.terminal).await?;
        host.region = host.region.or(region);
        if let Lookup::Id(id) = &lookup
            && logs_in
            && !self.push.pushes()
            && !host.finds_user
            && Need::of(self.invocation, destination) == Need::Unneeded
        {
            // Nothing needs AWS: not even credentials.
            let route = Route::AsTyped(destination.host.clone());
            return self.by_login(id.as_str(), &host, route).await;
        }
        let aws = &self.aws.in_region(host.region.as_ref()).await?;
        // On the heap: each of these futures is tens of kilobytes.
        match lookup {
            lookup if self.invocation.options.via == Way::Serial => {
                Box::pin(self.serial_console(lookup, host, aws)).await
            }
            Lookup::Id(id) if logs_in && !host.finds_user => {
                Box::pin(self.push_beside(&id, &host, aws)).await
            }
            lookup => Box::pin(self.push_after(&lookup, sharing, &host, aws)).await,
        }
    }

    /// Finds the instance and chooses the route while the key is pushed, since the ID is known.
    ///
    /// Of several errors, reports the most useful one: the look-ups', then the push's, then that
    /// there is no route. Only the instance's own look-up ends the push.
    async fn push_beside(
        &self,
        id: &InstanceId,
        host: &Host<'_>,
        aws: &Regional<'_>,
    ) -> Result<Resolved, Error> {
        let push = self.push.to_user(id, &host.login, aws).await?;
        let route = async {
            let need = Need::of(self.invocation, host.destination);
            let find = async {
                let instance = find::by_id(id, need, aws).await?;
                if let Some(instance) = &instance {
                    let way = self.invocation.options.via;
                    find::check_state(instance, way, aws, self.terminal)?;
                    self.note(instance, host);
                }
                Ok::<_, Error>(instance)
            };
            let endpoints = async { Ok(route::endpoints(self.invocation, host, aws).await) };
            let (endpoints, instance) = tokio::try_join!(endpoints, find)?;
            let inputs = match endpoints {
                Ok(endpoints) => self.inputs(host, endpoints, aws),
                Err(error) => return Ok::<_, Error>(Err(error)),
            };
            let Some(instance) = instance else {
                return Ok(Ok(Ok(Route::AsTyped(host.destination.host.clone()))));
            };
            Ok(Ok(match route::choose(&instance, &inputs).await {
                Ok(choice) => race::settle(choice, &instance, &inputs).await,
                Err(error) => Err(error),
            }))
        };
        let route = match route.await?? {
            Ok(route) => {
                push.not_failed().await?;
                route
            }
            Err(error) => {
                push.accepted().await?;
                return Err(error);
            }
        };
        self.announce(&route, host);
        self.by_login(id.as_str(), host, route).await
    }

    /// Finds the instance, then pushes the key while the route is tried: the look-up gives the ID,
    /// or the address by which to find a running master connection.
    async fn push_after(
        &self,
        lookup: &Lookup,
        sharing: Sharing,
        host: &Host<'_>,
        aws: &Regional<'_>,
    ) -> Result<Resolved, Error> {
        let find = find::instance(lookup, &host.destination.host, aws);
        let endpoints = async { Ok(route::endpoints(self.invocation, host, aws).await) };
        let (endpoints, instance) = tokio::try_join!(endpoints, find)?;
        let inputs = self.inputs(host, endpoints?, aws);
        find::check_state(&instance, self.invocation.options.via, aws, self.terminal)?;
        let choice = route::choose(&instance, &inputs).await?;
        if host.finds_user {
            return Box::pin(self.push_to_found_user(choice, &instance, sharing, &inputs)).await;
        }
        // Through a tunnel, ssh would look for a master of the host as typed, and none was running.
        if sharing == Sharing::ByAddress
            && let Some(route) = choice.direct()
            && master::is_running(&self.settings, host, route).await?
        {
            return self.by_master(instance.id.as_str(), host, route.clone());
        }
        self.note(&instance, host);
        self.push.make_key(self.terminal)?;
        let push = self.push.to_user(&instance.id, &host.login, aws).await?;
        let route = race::settle(choice, &instance, &inputs).await?;
        push.not_failed().await?;
        self.announce(&route, host);
        self.by_login(instance.id.as_str(), host, route).await
    }

    /// Tries the route first, for which Session Manager may be asked: it knows which system runs, and
    /// so the user. Then pushes the key for that user.
    async fn push_to_found_user(
        &self,
        choice: Choice,
        instance: &Instance,
        sharing: Sharing,
        inputs: &Inputs<'_>,
    ) -> Result<Resolved, Error> {
        let (id, aws) = (&instance.id, inputs.aws);
        let route = race::settle(choice, instance, inputs).await?;
        let login = os_user::find(instance, inputs.system.take(), aws, self.terminal).await?;
        let host = &Host {
            login,
            ..inputs.host.clone()
        };
        if sharing == Sharing::ByAddress
            && !matches!(route, Route::Tunnel(..))
            && master::is_running(&self.settings, host, &route).await?
        {
            return self.by_master(id.as_str(), host, route);
        }
        self.note(instance, host);
        self.push.make_key(self.terminal)?;
        let push = self.push.to_user(id, &host.login, aws).await?;
        push.not_failed().await?;
        self.announce(&route, host);
        self.by_login(id.as_str(), host, route).await
    }

    /// The serial console of an instance. Its address depends on the region alone, so the push need
    /// not wait for a look-up by ID, which only explains why a console may be silent.
    async fn serial_console(
        &self,
        lookup: Lookup,
        host: Host<'_>,
        aws: &Regional<'_>,
    ) -> Result<Resolved, Error> {
        let (id, is_found) = match lookup {
            Lookup::Id(id) => (id, false),
            lookup @ Lookup::Filters(_) => {
                let instance = find::instance(&lookup, &host.destination.host, aws).await?;
                find::check_state(&instance, Way::Serial, aws, self.terminal)?;
                (instance.id, true)
            }
        };
        let console = serial::console(&id, &self.settings, aws)?;
        let login = Login::at_console(&id);
        let (host, knows_key) = (Host { login, ..host }, console.fingerprint.is_some());
        let route = Route::Serial(console);
        if master::is_running(&self.settings, &host, &route).await? {
            return self.by_master(id.as_str(), &host, route);
        }
        if !knows_key && !self.invocation.is_control_command() {
            serial::warn_of_unknown_host_key(aws, self.terminal);
        }
        self.push.make_key(self.terminal)?;
        let push = self.push.to_console(&id, aws).await?;
        let check = async {
            if is_found {
                return Ok(());
            }
            match find::by_id(&id, Need::MayBeDenied, aws).await? {
                Some(instance) => find::check_state(&instance, Way::Serial, aws, self.terminal),
                None => Ok(()),
            }
        };
        check.await?;
        // Not while ssh starts already: that access to consoles is disabled is the usual error.
        push.accepted().await?;
        self.by_login(id.as_str(), &host, route).await
    }

    fn inputs<'b>(
        &'b self,
        host: &'b Host<'b>,
        endpoints: Vec<Endpoint>,
        aws: &'b Regional<'b>,
    ) -> Inputs<'b> {
        Inputs {
            host,
            settings: &self.settings,
            invocation: self.invocation,
            endpoints,
            aws,
            terminal: self.terminal,
            system: RefCell::default(),
        }
    }
}
