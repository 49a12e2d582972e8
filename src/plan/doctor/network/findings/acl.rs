//! Network ACLs, for a connection to one of the instance's addresses.

use std::ops::RangeInclusive;

use ipnet::IpNet;

use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::finding::Finding;
use crate::plan::doctor::network::acl::{Acl, EPHEMERAL, Filtering, LAST};
use crate::plan::doctor::network::facts::{InstanceAddress, NetworkFacts};
use crate::plan::doctor::network::source::Source;

const CHECK: &str = "network-acl";

/// What the ACL of the subnet does with this machine's connection.
pub(super) fn check(facts: &NetworkFacts, address: &InstanceAddress) -> Vec<Finding> {
    let Some(interface) = facts.interface_of(address.address) else {
        return Vec::new();
    };
    of_subnet(facts, &interface.subnet, &facts.source_for(address))
}

/// What the ACL of a subnet does with a connection from there to the port.
pub(super) fn of_subnet(facts: &NetworkFacts, subnet: &str, source: &Source) -> Vec<Finding> {
    judge(facts, subnet, source, false)
}

/// What the ACL of a subnet does with a connection from the subnet to the port there.
pub(super) fn from_subnet(facts: &NetworkFacts, subnet: &str, to: &Source) -> Vec<Finding> {
    judge(facts, subnet, to, true)
}

/// Judges both directions; `is_egress`: that of the connection, and the answers' is the other.
fn judge(facts: &NetworkFacts, subnet: &str, other: &Source, is_egress: bool) -> Vec<Finding> {
    let Fact::Known(acls) = &facts.acls else {
        return Finding::unknown(CHECK, &facts.acls);
    };
    let Some(acl) = Acl::of(acls, subnet) else {
        return Vec::new();
    };
    let (id, port) = (&acl.id, facts.port);
    let there = Packets {
        is_egress,
        ports: port..=port,
        other,
    };
    let back = Packets {
        is_egress: !is_egress,
        ports: EPHEMERAL,
        other,
    };
    let all = [there.filtered(acl), back.filtered(acl)];
    let mut findings = Vec::new();
    if all.iter().all(|it| *it == Filtering::Open) {
        findings.push(Finding::good(
            CHECK,
            format!("{id} lets port {port} and the answers through"),
        ));
    } else if all.contains(&Filtering::Unknown) {
        findings.push(Finding::skipped(
            CHECK,
            format!("{id} treats addresses differently, and yours is not known"),
        ));
    }
    let each = [there, back].into_iter().zip(&all);
    findings.extend(each.filter_map(|(packets, filtering)| packets.dropped(facts, acl, filtering)));
    findings
}

/// Packets of one direction.
struct Packets<'a> {
    is_egress: bool,
    ports: RangeInclusive<u16>,
    other: &'a Source,
}

impl Packets<'_> {
    fn filtered(&self, acl: &Acl) -> Filtering {
        acl.filter(self.is_egress, self.other, &self.ports)
    }

    fn dropped(&self, facts: &NetworkFacts, acl: &Acl, filtering: &Filtering) -> Option<Finding> {
        let Filtering::Dropped { ports, number, all } = filtering else {
            return None;
        };
        let by = match *number {
            LAST => "no entry allows it".to_owned(),
            number => format!("entry {number} denies it"),
        };
        let (id, port, other) = (&acl.id, facts.port, self.other);
        let (way, direction) = if self.is_egress {
            ("to", "outbound")
        } else {
            ("from", "inbound")
        };
        let finding = if self.ports != EPHEMERAL {
            Finding::bad(CHECK, format!("{id} drops port {port} {way} {other}: {by}"))
                .because("the ACL filters the whole subnet, whatever the security groups allow")
        } else if *all {
            Finding::bad(CHECK, format!("{id} drops the answers {way} {other}: {by}")).because(
                format!(
                    "ACLs are stateless: the answers need an {direction} entry, too, for the ports \
                     of clients (1024-65535)"
                ),
            )
        } else {
            let (first, last) = (ports.start(), ports.end());
            Finding::warning(
                CHECK,
                format!("{id} drops answers to ports {first}-{last}: {by}"),
            )
            .because("clients use any port of 1024-65535: some connections work, others do not")
        };
        let free = acl.free_number(self.is_egress, *number);
        Some(match free {
            Some(free) => finding.mended_by(self.entry(facts, acl, free)),
            None => finding,
        })
    }

    /// The command for an entry that allows it.
    fn entry(&self, facts: &NetworkFacts, acl: &Acl, number: u16) -> String {
        let number = number.to_string();
        let range = format!("From={},To={}", self.ports.start(), self.ports.end());
        let (option, block) = match self.other.block() {
            Some(block @ IpNet::V6(_)) => ("--ipv6-cidr-block", block.to_string()),
            Some(block) => ("--cidr-block", block.to_string()),
            None if self.other.is_ipv6 => ("--ipv6-cidr-block", "::/0".to_owned()),
            None => ("--cidr-block", "0.0.0.0/0".to_owned()),
        };
        facts.commands.aws(&[
            "create-network-acl-entry",
            "--network-acl-id",
            &acl.id,
            if self.is_egress {
                "--egress"
            } else {
                "--ingress"
            },
            "--rule-number",
            &number,
            "--protocol",
            "tcp",
            "--port-range",
            &range,
            option,
            &block,
            "--rule-action",
            "allow",
        ])
    }
}
