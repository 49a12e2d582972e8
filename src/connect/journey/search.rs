//! Which instance a destination is.

use std::net::IpAddr;

use super::{Journey, Leg};
use crate::error::Error;
use crate::hint;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::{InstanceId, Region};
use crate::plan::target::instance::Instance;
use crate::plan::target::lookup;
use crate::plan::target::lookup::Lookup;
use crate::plan::way::Way;
use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;
use crate::world::net::resolver;

impl Journey<'_> {
    /// Looks up the instance, unless nothing hangs on it: who names the host, the ID and the zone
    /// may lack the permission for DescribeInstances.
    pub(super) async fn find(
        &self,
        id: &InstanceId,
        leg: &Leg<'_>,
    ) -> Result<Option<Instance>, Error> {
        let optional =
            self.is_host_beside_id(leg.destination) && self.invocation.options.via == Way::Auto;
        if optional && self.invocation.options.zone.is_some() {
            return Ok(None);
        }
        let aws = self.aws(leg.region.as_ref()).await?;
        match aws.instance(id).await {
            Ok(instance) => self.running(&instance, &aws).map(|()| Some(instance)),
            Err(AwsError::Denied(_)) if optional || self.goes_to_console() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn running(&self, instance: &Instance, aws: &Regional<'_>) -> Result<(), Error> {
        self.terminal
            .debug(|| format!("found the instance: {instance}"));
        if self.reaches(&instance.state) {
            return Ok(());
        }
        Err(InstanceError::NotRunning {
            id: instance.id.clone(),
            state: instance.state.clone(),
            region: aws.region.clone(),
        }
        .into())
    }

    /// The instance that the words themselves name. An ID as the target wins over `-t`.
    pub(super) fn known_id(&self, destination: &Destination) -> Option<InstanceId> {
        match lookup::of(&destination.target) {
            Some(Lookup::Id(id)) => Some(id),
            _ => self.invocation.options.instance.clone(),
        }
    }

    /// Whether this is the original's form of a host beside `-t ID`.
    pub(super) fn is_host_beside_id(&self, destination: &Destination) -> bool {
        self.invocation.options.instance.is_some() && !matches!(destination.target, Target::Id(_))
    }

    /// Whether EC2 knows an instance by this address in the region that a target tells, and says
    /// so. What keeps AWS from being asked at all is an error, as in [`Self::beside`].
    pub(in crate::connect) async fn is_instance_at(
        &self,
        address: IpAddr,
        told: Option<&Region>,
    ) -> Result<bool, Error> {
        let Lookup::Filters(filters) = lookup::by_addresses(&[address]) else {
            return Ok(false);
        };
        let found = match self.aws(told).await {
            Err(Error::Aws(AwsError::NoRegion(_))) => return Ok(false),
            aws => aws?.instance_with(&filters, &address.to_string()).await,
        };
        self.terminal.debug(|| match &found {
            Ok(instance) => format!("the hop {address} is {}", instance.id),
            Err(error) => format!("the hop {address} is left to ssh: {}", hint::line(error)),
        });
        Ok(found.is_ok())
    }

    /// How to look up a destination that is not known by an ID: by the name itself, by
    /// ssh_config's HostName for it, by the addresses that the system resolves it to.
    pub(super) async fn lookup(&self, targets: [&Target; 2], host: &str) -> Result<Lookup, Error> {
        if let Some(lookup) = targets.into_iter().find_map(lookup::of) {
            return Ok(lookup);
        }
        let addresses = resolver::addresses(host).await?;
        self.terminal.debug(|| {
            let each: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            format!("{host} resolves to {}", each.join(", "))
        });
        Ok(lookup::by_addresses(&addresses))
    }
}
