//! The network between this machine and the instance.

use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::facts::Facts;
use crate::plan::doctor::finding::{Finding, Verdict};
use crate::plan::doctor::network::findings;
use crate::plan::way::Way;

pub(in crate::plan::doctor) fn network(facts: &Facts) -> Vec<Finding> {
    // Nothing was gathered for an instance that does not run.
    if facts.network.port == 0 {
        return Vec::new();
    }
    let by_session = matches!(facts.way, Way::Ssm | Way::Auto)
        && facts.is_agent_online()
        && !facts
            .network
            .addresses
            .iter()
            .any(|it| it.way == Way::Public);
    let has_proxy = matches!(&facts.ssh.settings, Fact::Known(Ok(it)) if it.proxy.is_some());
    let succeeds = facts.login_succeeds();
    let findings = findings::check(&facts.network, by_session || has_proxy || succeeds);
    if !succeeds {
        return findings;
    }
    findings.into_iter().filter_map(after_success).collect()
}

/// What is left of a finding where a login has succeeded: a port that does not answer is no trouble then,
/// and why it does not is of no interest.
fn after_success(finding: Finding) -> Option<Finding> {
    match finding.check {
        findings::PORT if finding.verdict == Verdict::Warning => {
            Some(Finding::good(findings::PORT, finding.what).because("the login took another way"))
        }
        findings::PORT | findings::OWN_ADDRESS => Some(finding),
        _ => Some(finding)
            .filter(|it| it.verdict == Verdict::Good && it.check.starts_with("endpoint")),
    }
}
