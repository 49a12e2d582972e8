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

mod choose;
pub(crate) mod find;
pub(crate) mod hop_lookup;
pub(crate) mod host;
mod host_key_check;
mod host_key_name;
mod instance;
pub(crate) mod jump;
pub(crate) mod lazy_aws;
mod master;
pub(crate) mod name;
mod node;
mod os_user;
mod own_connection;
pub(crate) mod push;
mod race;
mod report;
pub(crate) mod route;
mod route_config;
pub(crate) mod search;
mod serial;
pub(crate) mod start;

use std::slice;

use futures_util::future::try_join_all;

use self::find::{InstanceLookup, Need};
use self::host::{Host, Settings};
use self::lazy_aws::{LazyAws, forget_dropped};
use self::master::Sharing;
use self::name::Named;
use self::push::KeyPush;
use crate::error::Error;
use crate::plan::argv::Resolved;
use crate::plan::cli::invocation::Invocation;
use crate::plan::route::Route;
use crate::plan::target::Target;
use crate::plan::target::lookup::Lookup;
use crate::plan::way::Way;
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
        forget_dropped(slice::from_mut(&mut self.aws), error, self.terminal)?;
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
        let sharing = self.sharing(&host).await?;
        if sharing == Sharing::AsTyped {
            return self.by_master(destination.name(), &host, host.as_typed());
        }
        if let Target::Node(id) = &destination.target {
            return self.node(id, &host).await;
        }
        let logs_in = sharing == Sharing::Nothing;
        let bad_user = |name| host::bad_user(name, &self.settings, self.invocation, destination);
        self.push.check(logs_in, &host.login, bad_user).await?;
        if logs_in {
            self.push.make_key(self.terminal)?;
        }
        let found = self.lookup(&host).await?;
        host.by_tag = found.by_tag;
        host.region = host.region.or(found.region);
        if let Lookup::Id(id) = &found.lookup
            && logs_in
            && !self.needs_aws(&host)
        {
            let route = Route::AsTyped(destination.host.clone());
            return self.by_login(id.as_str(), &host, route, None).await;
        }
        let aws = &self.aws.in_region(host.region.as_ref()).await?;
        // On the heap: each of these futures is tens of kilobytes.
        match found.lookup {
            lookup if self.invocation.options.via == Way::Serial => {
                Box::pin(self.serial_console(lookup, host, aws)).await
            }
            // A stopped instance takes no key.
            Lookup::Id(id) if logs_in && !host.finds_user && !self.invocation.options.start => {
                Box::pin(self.push_beside(&id, &host, aws)).await
            }
            lookup => Box::pin(self.push_after(&lookup, sharing, &host, aws)).await,
        }
    }

    /// How to look up the instance.
    async fn lookup(&self, host: &Host<'_>) -> Result<InstanceLookup, Error> {
        if let Some(known) = host.destination.known() {
            return Ok(InstanceLookup {
                lookup: Lookup::Found(Box::new(known.instance.clone())),
                region: None,
                by_tag: known.by_tag,
            });
        }
        let named = Named::new(host.destination, &host.config.hostname);
        let in_region = (&self.aws, host.region.as_ref());
        find::lookup(&named, &self.invocation.options, in_region, self.terminal).await
    }

    /// Which master connection ssh may use.
    async fn sharing(&self, host: &Host<'_>) -> Result<Sharing, Error> {
        match host.finds_user {
            // The socket may depend on the user.
            true if host.config.master.is_some() => Ok(Sharing::ByAddress),
            true => Ok(Sharing::Nothing),
            false => master::sharing(&self.settings, self.invocation, host).await,
        }
    }

    /// Whether AWS must be asked for anything if the ID is known. If not, credentials are not needed,
    /// either.
    fn needs_aws(&self, host: &Host<'_>) -> bool {
        let need = Need::of(self.invocation, host.destination);
        let starts = self.invocation.options.start;
        self.push.pushes() || host.finds_user || starts || need != Need::Unneeded
    }
}
