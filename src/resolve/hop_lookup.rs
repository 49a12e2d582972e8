//! Which instances the hops are (ProxyJump in ssh_config(5)). Changes nothing.

use std::net::IpAddr;

use super::find;
use super::lazy_aws::LazyAws;
use super::name::{self, Named};
use crate::error::Error;
use crate::hint;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::target::candidate::Pick;
use crate::plan::target::hop::Hop;
use crate::plan::target::ids::{InstanceId, Region};
use crate::plan::target::lookup::{self, Lookup};
use crate::world::aws::error::AwsError;
use crate::world::tty::terminal::Terminal;

/// Where hops are looked up.
pub(crate) struct HopLookup<'a> {
    pub(crate) aws: &'a LazyAws,
    /// The target's region, for addresses. IDs and names of hops are those of the default region.
    pub(crate) region: Option<&'a Region>,
    /// Which one, if several instances have the name.
    pub(crate) pick: Option<Pick>,
    /// Whether ssh needs a hop at all.
    pub(crate) is_needed: bool,
    pub(crate) terminal: Terminal,
}

impl HopLookup<'_> {
    /// The instance that EC2 finds by this address of a hop. None if AWS denies the look-up or there is
    /// no region; an error if AWS cannot be called at all, since another try would ask for a second MFA
    /// code.
    ///
    /// # Errors
    /// Those of [`LazyAws::in_region`].
    pub(super) async fn at(&self, address: IpAddr) -> Result<Option<InstanceId>, Error> {
        if !self.is_needed {
            return Ok(None);
        }
        let aws = match self.aws.in_region(self.region).await {
            Err(Error::Aws(AwsError::NoRegion(_))) => return Ok(None),
            aws => aws?,
        };
        let lookup = lookup::by_addresses(&[address]);
        let found = find::instance(&lookup, &address.to_string(), None, &aws).await;
        match found {
            Ok(instance) => Ok(Some(self.found(address, instance.id))),
            Err(error) => {
                self.left_to_ssh(address, &error);
                Ok(None)
            }
        }
    }

    /// The instance whose Name tag a hop is, as a target's would be. None if it resolves, if there is no
    /// such instance, or if AWS denies the look-up: the hop before it may know the host.
    ///
    /// # Errors
    /// Several instances; AWS cannot be called.
    pub(super) async fn named(&self, hop: &Hop) -> Result<Option<InstanceId>, Error> {
        if !self.is_needed {
            return Ok(None);
        }
        let name = &hop.destination.host;
        let named = Named::new(&hop.destination, name);
        let place = (self.aws, None);
        // On the heap: it is large.
        match Box::pin(name::lookup(&named, place, self.pick, self.terminal)).await {
            Ok(Lookup::Found(instance)) => Ok(Some(self.found(name, instance.id))),
            Ok(_) => Ok(None),
            Err(
                error @ (Error::Instance(InstanceError::NoName { .. })
                | Error::Aws(AwsError::NoRegion(_) | AwsError::Denied(_))),
            ) => {
                self.left_to_ssh(name, &error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn found(&self, hop: impl std::fmt::Display, id: InstanceId) -> InstanceId {
        self.terminal.debug(|| format!("the hop {hop} is {id}"));
        id
    }

    fn left_to_ssh(&self, hop: impl std::fmt::Display, error: &Error) {
        let said = || format!("the hop {hop} is left to ssh: {}", hint::line(error));
        self.terminal.debug(said);
    }
}
