//! The way to one of the instance's addresses.

use super::{acl, group, route};
use crate::plan::doctor::finding::{Finding, Verdict};
use crate::plan::doctor::network::facts::{InstanceAddress, NetworkFacts, PortAnswer};
use crate::plan::way::Way;

pub(crate) const PORT: &str = "port";

/// What was found about this address. AWS's filters are judged only if nothing answers: they drop
/// packets, and never refuse a connection.
pub(super) fn check(facts: &NetworkFacts, address: &InstanceAddress) -> Vec<Finding> {
    let port = answered(facts, address);
    let PortAnswer::Dropped = address.answer else {
        return vec![port];
    };
    let filters = [
        group::check(facts, address),
        acl::check(facts, address),
        route::check(facts, address),
    ]
    .concat();
    let worst = |verdict| filters.iter().any(|it| it.verdict == verdict);
    let why = if worst(Verdict::Bad) {
        "packets are dropped on the way, as the next lines say"
    } else if worst(Verdict::Skipped) || worst(Verdict::Warning) {
        "packets are dropped on the way; not all that could do it could be judged"
    } else if address.way == Way::Private {
        "nothing of its VPC drops them: is there a path from this network to that VPC (VPN, \
         peering)?"
    } else {
        "nothing of its VPC drops them: is there a firewall in your own network or on the \
         instance, or does it hang?"
    };
    let port = port.because(why);
    let is_ours = filters.iter().all(|it| it.verdict == Verdict::Good);
    let mut findings = vec![if is_ours {
        port.mended_by("try another network, or go around it: `--via eice` or `--via ssm`")
    } else {
        port
    }];
    findings.extend(filters);
    findings
}

/// What the connection shows.
fn answered(facts: &NetworkFacts, address: &InstanceAddress) -> Finding {
    let at = format!("{} port {}", name(address), facts.port);
    match &address.answer {
        PortAnswer::Ssh(version) => {
            let found = Finding::good(PORT, format!("{at} answers: {version}"));
            if address.is_used {
                found
            } else {
                found.because(format!("--via {} would use it", address.way.name()))
            }
        }
        PortAnswer::Other(text) => Finding::bad(PORT, format!("{at} is no SSH server: {text}"))
            .because("another program listens there, or a proxy answers in its place")
            .mended_by("give the port of its sshd with -p"),
        PortAnswer::Silent => Finding::bad(PORT, format!("{at} connects, but says nothing")).because(
            "sshd hangs, the instance has no memory or CPU left, or a proxy answers in its place",
        ),
        PortAnswer::Closed => {
            Finding::bad(PORT, format!("{at} closes the connection at once")).because(
                "sshd has too many connections (MaxStartups), refuses this address \
                 (PerSourcePenalties, hosts.deny), or no longer starts",
            )
        }
        PortAnswer::Refused => Finding::bad(PORT, format!("{at} refuses connections"))
            .because(
                "the network lets you through, but nothing listens there: sshd does not run (yet), \
                 or listens on another port",
            )
            .mended_by("give the port of its sshd with -p, or start sshd there"),
        PortAnswer::Dropped => Finding::bad(PORT, format!("{at} does not answer")),
        PortAnswer::NoPath(why) => {
            Finding::bad(PORT, format!("no path to {}: {why}", name(address)))
                .because("this machine's own network has no route to that address")
        }
    }
}

/// `public address 203.0.113.10`.
fn name(address: &InstanceAddress) -> String {
    match address.way {
        Way::Ipv6 => format!("IPv6 address {}", address.address),
        way => format!("{} address {}", way.name(), address.address),
    }
}
