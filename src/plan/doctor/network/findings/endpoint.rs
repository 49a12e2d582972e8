//! The EC2 Instance Connect Endpoint in the instance's VPC.
//!
//! Its own groups must let it out to the instance, and the instance's must let it in; which
//! connections come into the endpoint, IAM decides.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/eice-security-groups.html>

use super::{acl, group};
use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::finding::{Finding, Verdict};
use crate::plan::doctor::network::facts::{EndpointFacts, InterfaceFacts, NetworkFacts};
use crate::plan::doctor::network::group::{Admission, NotAdmitted, Peer, admit, let_out};
use crate::plan::route::eice::EndpointState;
use crate::plan::way::EICE_PORTS;

const CHECK: &str = "endpoint";
const EGRESS: &str = "endpoint-egress";
const INGRESS: &str = "endpoint-ingress";

/// What was found about the first endpoint of the VPC.
pub(super) fn check(facts: &NetworkFacts) -> Vec<Finding> {
    let Fact::Known(endpoints) = &facts.endpoints else {
        return Finding::unknown(CHECK, &facts.endpoints);
    };
    let interface = facts.interfaces.known().and_then(|it| it.first());
    if let Some(asked) = &facts.asked_endpoint
        && endpoints.iter().all(|it| it.id != *asked)
    {
        let what =
            format!("not checked: {asked} is not one of the endpoints in the instance's VPC");
        return vec![Finding::skipped(CHECK, what).because(
            "one of another VPC needs a path between the two, one of another account \
                          is not listed",
        )];
    }
    let Some(endpoint) = endpoints.first() else {
        // That is no fault where no login wants one.
        let wanting = interface.filter(|_| facts.wants_endpoint);
        return wanting.map(|it| none(facts, it)).into_iter().collect();
    };
    let state = state(facts, endpoint);
    let usable = state.verdict == Verdict::Good;
    let mut findings = vec![state];
    if let Some(interface) = interface.filter(|_| usable) {
        findings.extend(egress(facts, endpoint, interface));
        findings.extend(ingress(facts, endpoint, interface));
        // ACLs do not filter what stays in a subnet.
        if endpoint.subnet != interface.subnet {
            findings.extend(acls(facts, endpoint, interface));
        }
    }
    findings
}

/// What the ACLs of the two subnets drop.
fn acls(facts: &NetworkFacts, endpoint: &EndpointFacts, to: &InterfaceFacts) -> Vec<Finding> {
    let mut findings = acl::from_subnet(facts, &endpoint.subnet, &to.as_other_end());
    if facts.endpoint_addresses.known().is_some() {
        let source = facts.source_by(endpoint);
        findings.extend(acl::of_subnet(facts, &to.subnet, &source));
    }
    findings.retain(|it| it.verdict == Verdict::Bad);
    findings
}

fn none(facts: &NetworkFacts, interface: &InterfaceFacts) -> Finding {
    let what = format!("no EC2 Instance Connect Endpoint in {}", interface.vpc);
    Finding::bad(CHECK, what)
        .because(
            "without a path of your own to its private address, a login needs an endpoint or \
             Session Manager",
        )
        .mended_by(facts.commands.aws(&[
            "create-instance-connect-endpoint",
            "--subnet-id",
            &interface.subnet,
        ]))
}

fn state(facts: &NetworkFacts, endpoint: &EndpointFacts) -> Finding {
    let (id, port) = (&endpoint.id, facts.port);
    let why = endpoint.state_message.clone();
    match &endpoint.state {
        EndpointState::Other(state) => {
            let finding = Finding::bad(CHECK, format!("{id} is not usable: {state}")).because(
                why.as_deref()
                    .unwrap_or("it accepts connections once it is create-complete"),
            );
            finding.mended_by(match state.as_str() {
                "create-in-progress" => "wait for a few minutes, and try again".to_owned(),
                _ => format!(
                    "delete it (`{}`), and create another",
                    facts.commands.aws(&[
                        "delete-instance-connect-endpoint",
                        "--instance-connect-endpoint-id",
                        id,
                    ])
                ),
            })
        }
        EndpointState::Usable if !EICE_PORTS.contains(&port) => {
            Finding::bad(CHECK, format!("{id} does not connect to port {port}"))
                .because("endpoints connect to ports 22 and 3389 only")
        }
        EndpointState::Usable => {
            let found = Finding::good(CHECK, format!("{id} is usable"));
            if facts.wants_endpoint {
                found
            } else {
                found.because("--via eice would use it")
            }
        }
    }
}

/// Whether the endpoint's groups let it out to the instance.
fn egress(facts: &NetworkFacts, endpoint: &EndpointFacts, to: &InterfaceFacts) -> Vec<Finding> {
    let Fact::Known(rules) = &facts.rules else {
        return Finding::unknown(EGRESS, &facts.rules);
    };
    let instance = to.as_other_end();
    let (lists, port) = (facts.lists.as_slice(), facts.port);
    let (id, groups) = (&endpoint.id, endpoint.groups.join(", "));
    vec![
        match let_out(rules, &endpoint.groups, &instance, port, lists) {
            Admission::By(rule) => Finding::good(
                EGRESS,
                format!("{} lets {id} out to port {port}", rule.group),
            ),
            Admission::Unknown(_) => Finding::unknown(EGRESS, &facts.are_lists_read)
                .pop()
                .unwrap_or_else(|| Finding::skipped(EGRESS, format!("{groups}: cannot be told"))),
            Admission::Refused(why) => {
                let own = endpoint.groups.first().map_or("", String::as_str);
                let other = to.groups.first().map_or("", String::as_str);
                let what = format!("{groups} does not let {id} out to port {port} of the instance");
                Finding::bad(EGRESS, what)
                    .because(described(facts, &why, "outbound"))
                    .mended_by(facts.commands.let_out_to_group(own, port, other))
            }
        },
    ]
}

/// Whether the instance's groups let the endpoint in.
fn ingress(facts: &NetworkFacts, endpoint: &EndpointFacts, to: &InterfaceFacts) -> Vec<Finding> {
    let Fact::Known(rules) = &facts.rules else {
        return Vec::new();
    };
    let source = facts.source_by(endpoint);
    let (lists, port) = (facts.lists.as_slice(), facts.port);
    let (id, groups) = (&endpoint.id, to.groups.join(", "));
    let who = if endpoint.preserves_client_ip {
        format!("you ({source}), whose address {id} preserves")
    } else {
        id.clone()
    };
    let own = to.groups.first().map_or("", String::as_str);
    let fix = match endpoint.groups.first() {
        Some(other) if !endpoint.preserves_client_ip => {
            facts.commands.open_to_group(own, port, other)
        }
        _ => facts.commands.open_to(own, port, &source),
    };
    match admit(rules, &to.groups, &source, port, lists) {
        Admission::By(rule) => {
            let peer = rule.peer.label(lists);
            vec![Finding::good(
                INGRESS,
                format!("{} lets {who} in ({peer})", rule.group),
            )]
        }
        Admission::Refused(why) => {
            vec![
                Finding::bad(
                    INGRESS,
                    format!("{groups} does not let {who} into port {port}"),
                )
                .because(described(facts, &why, "inbound"))
                .mended_by(fix),
            ]
        }
        Admission::Unknown(_) => unknown(facts, endpoint, &groups),
    }
}

fn unknown(facts: &NetworkFacts, endpoint: &EndpointFacts, groups: &str) -> Vec<Finding> {
    let address = if endpoint.preserves_client_ip {
        Finding::unknown(INGRESS, &facts.public_address)
    } else {
        Finding::unknown(INGRESS, &facts.endpoint_addresses)
    };
    let missing = [address, Finding::unknown(INGRESS, &facts.are_lists_read)];
    let missing = missing.into_iter().find(|it| !it.is_empty());
    let skipped = || {
        vec![Finding::skipped(
            INGRESS,
            format!("{groups}: cannot be told"),
        )]
    };
    missing.unwrap_or_else(skipped)
}

/// The sources that the existing rules admit.
fn described(facts: &NetworkFacts, why: &NotAdmitted, direction: &str) -> String {
    let peers: &[Peer] = match why {
        NotAdmitted::Others(peers) => peers,
        NotAdmitted::NoRule => {
            return format!("no {direction} rule is about port {}", facts.port);
        }
        NotAdmitted::ConsoleOnly | NotAdmitted::WrongConsoleList => {
            return "the rule for the console is not about endpoints".to_owned();
        }
    };
    let peers = group::labels(peers, &facts.lists);
    format!("its {direction} rules for the port are about {peers}")
}
