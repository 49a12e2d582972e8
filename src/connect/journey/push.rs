//! What AWS is to have before anybody logs in.

use super::{Badge, Journey, Leg};
use crate::error::Error;
use crate::plan::target::ids::{InstanceId, Zone};
use crate::plan::way::Way;
use crate::world::aws::{KeyPush, PushTarget};

impl Journey<'_> {
    /// Pushes the public half of what we log in with, if this run pushes anything.
    pub(super) async fn push(&self, id: &InstanceId, leg: &Leg<'_>) -> Result<(), Error> {
        if !self.pushes() {
            return Ok(());
        }
        let target = match self.invocation.options.via {
            Way::Serial => PushTarget::Serial,
            _ => PushTarget::User(leg.login.for_push()?, self.zone()),
        };
        let badge = self.badge().await?;
        let aws = self.aws(leg.region.as_ref()).await?;
        aws.push(KeyPush { id, target }, &badge.public()?, badge.bell())
            .await?;
        Ok(())
    }

    /// Whether anything is pushed in this run.
    pub(super) fn pushes(&self) -> bool {
        self.would_push() && !self.invocation.options.dry_run
    }

    /// The same, but for a dry run, which shows what a run would do.
    pub(super) fn would_push(&self) -> bool {
        self.invocation.options.listen.is_none() && !self.invocation.is_control_command()
    }

    /// What we log in with; made once.
    pub(super) async fn badge(&self) -> Result<&Badge, Error> {
        let make = || async { Badge::make(self.invocation) };
        Ok(self.badge.get_or_try_init(make).await?)
    }

    /// The zone that goes with the push: only where the user names instance and host apart, and
    /// means it as part of the name. A wrong one beside an ID does no harm.
    fn zone(&self) -> Option<&Zone> {
        let options = &self.invocation.options;
        let apart = self
            .invocation
            .destinations()
            .all(|d| self.is_host_beside_id(d));
        options.zone.as_ref().filter(|_| apart)
    }
}
