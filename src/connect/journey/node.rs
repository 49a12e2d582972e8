//! Machines outside EC2 that Systems Manager manages.

use super::{Journey, Leg};
use crate::error::Error;
use crate::plan::argv::Arrival;
use crate::plan::cli::usage::Usage;
use crate::plan::route::Route;
use crate::plan::route::tunnel::{Managed, Passage};
use crate::plan::ssh_g;
use crate::plan::target::ids::NodeId;
use crate::plan::way::Way;

impl Journey<'_> {
    /// Nothing can be pushed to such a machine, so the key must be there already; and Session
    /// Manager is the only way that AWS has.
    pub(super) async fn arrive_at_node(&self, id: &NodeId, leg: Leg<'_>) -> Result<Arrival, Error> {
        let by_session = matches!(self.invocation.options.via, Way::Auto | Way::Ssm);
        let has_key = self.invocation.value(b'i').is_some();
        let needs_none =
            self.invocation.options.listen.is_some() || self.invocation.is_control_command();
        if !by_session || !(has_key || needs_none) {
            return Err(Usage::ManagedNode(id.to_string()).into());
        }
        let jumps = leg.answer.jumps() && ssh_g::proxied_by_words(self.invocation);
        if !leg.hops.is_empty() || jumps {
            return Err(Usage::NodeByHops.into());
        }
        let aws = self.aws(leg.region.as_ref()).await?;
        let passage = Passage::Session(Managed::Node(id.clone()), aws.region);
        let route = Route::Through(id.to_string(), passage);
        self.arrived(id.as_str(), leg, route, false)
    }
}
