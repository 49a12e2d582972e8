//! A push that the agent is to make.

use crate::plan::aws::region::RegionSource;
use crate::plan::target::ids::{InstanceId, Login, Region, Zone};
use crate::world::aws::Credentials;

/// One key for one user of an instance, or for its serial console, with all that the call needs.
#[derive(Clone, Debug)]
pub(crate) struct Push {
    pub id: InstanceId,
    /// The user; `None` for the serial console.
    pub login: Option<Login>,
    pub zone: Option<Zone>,
    /// The public half of the user's own key; `None` for the agent's.
    pub own_key: Option<String>,
    pub region: Region,
    /// What has set the region, if not the environment or the profile.
    pub by: Option<RegionSource>,
    pub profile: Option<String>,
    pub credentials: Credentials,
}
