//! What connections from this machine show.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use super::Login;
use crate::hint;
use crate::plan::doctor::fact::{Fact, Failure};
use crate::plan::doctor::network::facts::{InstanceAddress, PortAnswer, PublicAddress};
use crate::plan::route::{Route, address};
use crate::plan::way::Way;
use crate::world::aws;
use crate::world::net::{public_address, ssh_banner};

/// How long the service that tells our address may take.
const ADDRESS: Duration = Duration::from_secs(3);

impl Login<'_> {
    /// All addresses, the one that a login tries first.
    fn addresses(&self) -> Vec<(IpAddr, Way, bool)> {
        let used = self.address();
        let each = [Way::Public, Way::Private, Way::Ipv6]
            .into_iter()
            .filter_map(|way| match address(self.instance, way, self.family) {
                Ok(Route::Direct(address, way)) => Some((address, way)),
                _ => None,
            });
        let others = each.filter(|it| Some(*it) != used);
        let all = used.into_iter().chain(others);
        all.map(|it| (it.0, it.1, Some(it) == used)).collect()
    }
}

/// What connections from this machine show.
pub(super) async fn from_here(login: &Login<'_>) -> (Vec<InstanceAddress>, Fact<PublicAddress>) {
    let each = login
        .addresses()
        .into_iter()
        .map(async |(address, way, is_used)| {
            let at = SocketAddr::new(address, login.port);
            InstanceAddress {
                address,
                way,
                is_used,
                local: ssh_banner::local_address(at),
                answer: ssh_banner::answer(at).await,
            }
        });
    let addresses = join_all(each).await;
    // Only then do the groups have to be judged.
    let is_judged = addresses
        .iter()
        .any(|it| it.is_used && it.way == Way::Public && it.answer == PortAnswer::Dropped);
    let public = if is_judged {
        public(login).await
    } else {
        Fact::NotAsked
    };
    (addresses, public)
}

/// The address that the internet sees.
pub(super) async fn public(login: &Login<'_>) -> Fact<PublicAddress> {
    let network = match aws::network(login.profile) {
        Ok(network) => network,
        Err(error) => return Fact::Failed(Failure::new(hint::line(&error))),
    };
    match timeout(
        ADDRESS.min(login.limits.left()),
        public_address::ask(&network),
    )
    .await
    {
        Ok(Ok((address, service))) => Fact::Known(PublicAddress { address, service }),
        Ok(Err(error)) => Fact::Failed(Failure::new(hint::line(&error))),
        Err(_) => Fact::Failed(Failure::new("no service told your address in time")),
    }
}
