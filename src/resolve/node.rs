//! A machine outside EC2 that Session Manager manages.

use super::Resolver;
use super::host::Host;
use crate::error::Error;
use crate::plan::argv::Resolved;
use crate::plan::cli::invocation::Invocation;
use crate::plan::cli::usage::Usage;
use crate::plan::route::Route;
use crate::plan::route::tunnel::{SsmTarget, Tunnel};
use crate::plan::ssh_g;
use crate::plan::target::ids::NodeId;
use crate::plan::way::Way;
use crate::world::aws::Regional;

impl Resolver<'_> {
    /// The login to such a machine, to which no key can be pushed.
    pub(super) async fn node(&self, id: &NodeId, host: &Host<'_>) -> Result<Resolved, Error> {
        check_node(id, self.invocation, host)?;
        let aws = self.aws.in_region(host.region.as_ref()).await?;
        let route = to_node(id, &aws);
        self.by_login(id.as_str(), host, route, None).await
    }
}

/// Checks that a machine outside EC2 can be reached as the user wants. No key can be pushed to it,
/// so the user must have one; and Session Manager is AWS's only way to it.
///
/// # Errors
/// [`Usage::ManagedNode`] and [`Usage::NodeByHops`].
fn check_node(id: &NodeId, invocation: &Invocation, host: &Host<'_>) -> Result<(), Usage> {
    let options = &invocation.options;
    let by_session = matches!(options.via, Way::Auto | Way::Ssm);
    let has_key = invocation.identity().is_some();
    let needs_none = !options.listen.is_empty() || invocation.is_control_command();
    if !by_session || !(has_key || needs_none) {
        return Err(Usage::ManagedNode(id.to_string()));
    }
    let jumps = host.config.uses_jump_hosts() && ssh_g::has_proxy_on_command_line(invocation);
    if !host.hops.is_empty() || jumps {
        return Err(Usage::NodeByHops);
    }
    Ok(())
}

/// The route to a machine outside EC2.
fn to_node(id: &NodeId, aws: &Regional<'_>) -> Route {
    let tunnel = Tunnel::Ssm(SsmTarget::Node(id.clone()), aws.region.clone());
    Route::Tunnel(id.to_string(), tunnel)
}
