//! Network ACLs, for a connection to one of the instance's addresses.

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
    let Fact::Known(acls) = &facts.acls else {
        return Finding::unknown(CHECK, &facts.acls);
    };
    let Some(acl) = Acl::of(acls, subnet) else {
        return Vec::new();
    };
    let port = facts.port;
    let inward = acl.inbound(source, port);
    let outward = acl.outbound(source);
    let (id, mut findings) = (&acl.id, Vec::new());
    if inward == Filtering::Open && outward == Filtering::Open {
        findings.push(Finding::good(
            CHECK,
            format!("{id} lets port {port} and the answers through"),
        ));
    } else if inward == Filtering::Unknown || outward == Filtering::Unknown {
        findings.push(Finding::skipped(
            CHECK,
            format!("{id} treats addresses differently, and yours is not known"),
        ));
    }
    findings.extend(dropped(facts, acl, source, &inward, false));
    findings.extend(dropped(facts, acl, source, &outward, true));
    findings
}

fn dropped(
    facts: &NetworkFacts,
    acl: &Acl,
    source: &Source,
    filtering: &Filtering,
    is_egress: bool,
) -> Option<Finding> {
    let Filtering::Dropped { ports, number, all } = filtering else {
        return None;
    };
    let (id, port) = (&acl.id, facts.port);
    let by = match *number {
        LAST => "no entry allows it".to_owned(),
        number => format!("entry {number} denies it"),
    };
    let finding = match (is_egress, all) {
        (false, _) => Finding::bad(CHECK, format!("{id} drops port {port} from {source}: {by}"))
            .because("the ACL filters the whole subnet, whatever the security groups allow"),
        (true, true) => Finding::bad(CHECK, format!("{id} drops the answers to {source}: {by}"))
            .because(
                "ACLs are stateless: the answers need an outbound entry, too, for the ports of \
                 clients (1024-65535)",
            ),
        (true, false) => Finding::warning(
            CHECK,
            format!(
                "{id} drops answers to ports {}-{}: {by}",
                ports.start(),
                ports.end()
            ),
        )
        .because("clients use any port of 1024-65535: some connections work, others do not"),
    };
    let ports = if is_egress { EPHEMERAL } else { port..=port };
    let free = acl.free_number(is_egress, *number);
    Some(match free {
        Some(free) => finding.mended_by(entry(facts, acl, source, is_egress, free, &ports)),
        None => finding,
    })
}

/// The command for an entry that allows it.
fn entry(
    facts: &NetworkFacts,
    acl: &Acl,
    source: &Source,
    is_egress: bool,
    number: u16,
    ports: &std::ops::RangeInclusive<u16>,
) -> String {
    let number = number.to_string();
    let range = format!("From={},To={}", ports.start(), ports.end());
    let (option, block) = match source.block() {
        Some(block @ IpNet::V6(_)) => ("--ipv6-cidr-block", block.to_string()),
        Some(block) => ("--cidr-block", block.to_string()),
        None if source.is_ipv6 => ("--ipv6-cidr-block", "::/0".to_owned()),
        None => ("--cidr-block", "0.0.0.0/0".to_owned()),
    };
    facts.commands.aws(&[
        "create-network-acl-entry",
        "--network-acl-id",
        &acl.id,
        if is_egress { "--egress" } else { "--ingress" },
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
