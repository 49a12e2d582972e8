//! The network between this machine and the instance.

use super::login;
use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::facts::Facts;
use crate::plan::doctor::finding::Finding;
use crate::plan::doctor::network::findings;
use crate::plan::way::Way;

pub(in crate::plan::doctor) fn network(facts: &Facts) -> Vec<Finding> {
    // Nothing was gathered for an instance that does not run.
    if facts.network.port == 0 {
        return Vec::new();
    }
    let agent = facts.instance.agent.known().and_then(Option::as_ref);
    let by_session = matches!(facts.way, Way::Ssm | Way::Auto)
        && agent.is_some_and(|agent| agent.is_online)
        && !facts
            .network
            .addresses
            .iter()
            .any(|it| it.way == Way::Public);
    let has_proxy = matches!(&facts.ssh.settings, Fact::Known(Ok(it)) if it.proxy.is_some());
    findings::check(
        &facts.network,
        by_session || has_proxy || login::succeeds(facts),
    )
}
