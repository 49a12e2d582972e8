//! Every form of a target leads to its instance, as the right user, by the fewest calls.

mod addresses;
mod asking;
pub(crate) mod config;
mod forms;
mod pasted;

use crate::lab::Tenant;
use crate::lab::{DESCRIBE_INSTANCES, SEND_SSH_PUBLIC_KEY};

/// The pushes that AWS took: `user@instance zone`, the zone only where one was given.
pub(crate) fn pushes(tenant: &Tenant<'_>) -> Vec<String> {
    let taken = tenant.calls_of(SEND_SSH_PUBLIC_KEY).into_iter();
    taken
        .filter(|call| call.status == Some(200))
        .map(|call| {
            let zone = call.zone.map_or(String::new(), |zone| format!(" {zone}"));
            format!(
                "{}@{}{zone}",
                call.user.unwrap_or_default(),
                call.instance_ids.join(",")
            )
        })
        .collect()
}

/// How often DescribeInstances was called.
pub(crate) fn look_ups(tenant: &Tenant<'_>) -> usize {
    tenant.calls_of(DESCRIBE_INSTANCES).len()
}
