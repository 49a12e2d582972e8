//! The findings about the network: for each address of the instance, and for the endpoint in its
//! VPC.

mod acl;
mod direct;
mod endpoint;
mod group;
mod route;

pub(crate) use self::direct::PORT;
use super::facts::{InstanceAddress, NetworkFacts, PortAnswer};
use crate::plan::doctor::finding::{Finding, Verdict};

/// The check that tells of the question for this machine's address.
pub(crate) const OWN_ADDRESS: &str = "your-address";

/// All findings about the network. `is_reached_otherwise`: whether a login would get there by
/// something else, such as Session Manager.
///
/// A way that is closed keeps a login from working only if the login would use it, and no other that
/// is open.
pub(crate) fn check(facts: &NetworkFacts, is_reached_otherwise: bool) -> Vec<Finding> {
    let endpoint = endpoint::check(facts);
    let is_open = |it: &InstanceAddress| matches!(it.answer, PortAnswer::Ssh(_));
    let is_good = |it: &Finding| it.verdict == Verdict::Good;
    let is_reached = is_reached_otherwise
        || facts.addresses.iter().any(|it| it.is_used && is_open(it))
        || facts.wants_endpoint && !endpoint.is_empty() && endpoint.iter().all(is_good);
    let mut findings: Vec<Finding> = own_address(facts).into_iter().collect();
    findings.extend(facts.no_address.as_ref().map(|missing| {
        Finding::bad("address", format!("the instance has no {missing}")).mended_by(missing.hint())
    }));
    for address in &facts.addresses {
        // Another way than the login's matters only where that one is closed.
        if address.is_used || !is_reached && is_open(address) {
            let of_address = direct::check(facts, address);
            findings.extend(weighed(of_address, address.is_used && !is_reached));
        }
    }
    if facts.wants_endpoint || !is_reached {
        findings.extend(weighed(endpoint, facts.wants_endpoint && !is_reached));
    }
    findings
}

/// That we asked for the address that the internet sees, and the answer.
fn own_address(facts: &NetworkFacts) -> Option<Finding> {
    let own = facts.public_address.known()?;
    let (address, service) = (own.address, &own.service);
    let what = format!("the internet sees you as {address}");
    Some(Finding::good(OWN_ADDRESS, what).because(format!("{service} was asked, and says so")))
}

/// The findings as warnings, unless they keep a login from working.
fn weighed(findings: Vec<Finding>, are_decisive: bool) -> impl Iterator<Item = Finding> {
    findings.into_iter().map(move |it| match it.verdict {
        Verdict::Bad if !are_decisive => Finding {
            verdict: Verdict::Warning,
            ..it
        },
        _ => it,
    })
}

#[cfg(test)]
mod tests;
