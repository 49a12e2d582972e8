//! What tunnels lead through: an EC2 Instance Connect Endpoint, or a session.

use super::{Journey, Leg};
use crate::error::Error;
use crate::plan::route::eice;
use crate::plan::route::eice::{Door, Endpoint, EndpointRef, NoEndpoint, Reach};
use crate::plan::route::tunnel::{Managed, Passage};
use crate::plan::target::ids::Region;
use crate::plan::target::instance::Instance;
use crate::plan::way::Way;

impl Journey<'_> {
    /// Whether the endpoints will be asked for, whatever the instance is.
    pub(super) fn looks_ahead(&self, leg: &Leg<'_>) -> bool {
        let named = &self.invocation.options.endpoint;
        leg.way == Way::Eice && !matches!(named, Some(EndpointRef::Host(..)))
    }

    /// Looks them up beside the instance: one round trip less.
    pub(super) async fn look_ahead(&self, leg: &Leg<'_>) -> Result<(), Error> {
        self.endpoints(leg).await.map(drop)
    }

    async fn endpoints<'b>(&self, leg: &'b Leg<'_>) -> Result<&'b Vec<Endpoint>, Error> {
        let look_up = || async {
            let aws = self.aws(leg.region.as_ref()).await?;
            Ok::<_, Error>(aws.endpoints().await?)
        };
        leg.endpoints.get_or_try_init(look_up).await
    }

    /// What a tunnel to the instance leads through, if one was asked for.
    pub(super) async fn passage(
        &self,
        instance: &Instance,
        leg: &Leg<'_>,
    ) -> Result<Option<Passage>, Error> {
        Ok(match leg.way {
            Way::Eice => Some(self.by_door(instance, leg).await?),
            Way::Ssm => {
                let region = self.aws(leg.region.as_ref()).await?.region;
                Some(session(instance, region))
            }
            _ => None,
        })
    }

    /// An endpoint for the instance.
    pub(super) async fn by_door(
        &self,
        instance: &Instance,
        leg: &Leg<'_>,
    ) -> Result<Passage, Error> {
        let aws = self.aws(leg.region.as_ref()).await?;
        let family = leg.answer.family;
        let chosen = match &self.invocation.options.endpoint {
            Some(EndpointRef::Host(id, host)) => {
                let addresses = eice::addresses(instance, family);
                let address = addresses.first().copied();
                let none = NoEndpoint::Reach(id.clone(), Reach::Both);
                address.map(|it| (id.clone(), host.clone(), it)).ok_or(none)
            }
            named => {
                let asked = match named {
                    Some(EndpointRef::Id(id)) => Some(id),
                    _ => None,
                };
                let endpoints = self.endpoints(leg).await?;
                let preference = aws.endpoint_preference();
                eice::choose(endpoints, asked, instance, family, preference)
            }
        };
        let (endpoint, host, address) = chosen?;
        Ok(Passage::Endpoint(Door {
            endpoint,
            host,
            address,
            region: aws.region,
        }))
    }
}

/// A session with the agent on an instance in this region.
pub(super) fn session(instance: &Instance, region: Region) -> Passage {
    Passage::Session(Managed::Instance(instance.id.clone()), region)
}
