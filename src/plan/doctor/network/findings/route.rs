//! The route of the answers, for a connection to one of the instance's addresses.

use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::finding::Finding;
use crate::plan::doctor::network::facts::{InstanceAddress, NetworkFacts};
use crate::plan::doctor::network::route::{Return, RouteEntry, RouteTable};
use crate::plan::doctor::network::source::Source;
use crate::plan::way::Way;

const CHECK: &str = "route";

/// Where the answers to this machine go.
pub(super) fn check(facts: &NetworkFacts, address: &InstanceAddress) -> Vec<Finding> {
    let Fact::Known(tables) = &facts.tables else {
        return Finding::unknown(CHECK, &facts.tables);
    };
    let interface = facts.interface_of(address.address);
    let table = interface.and_then(|it| RouteTable::of(tables, &it.subnet, &it.vpc));
    let Some(table) = table else {
        return Vec::new();
    };
    let source = facts.source_for(address);
    let answers = table.answers_to(&source, &facts.lists);
    vec![if address.way == Way::Private {
        to_private(table, &source, &answers)
    } else {
        to_internet(facts, table, &source, &answers)
    }]
}

/// A client in a private network: the same VPC, or one with a link to it.
fn to_private(table: &RouteTable, source: &Source, answers: &Return<'_>) -> Finding {
    let id = &table.id;
    match answers {
        Return::Local => Finding::good(CHECK, format!("{source} is in its VPC")),
        Return::Other(route) => Finding::good(
            CHECK,
            format!("{id} sends answers to {source} to {}", route.target),
        ),
        Return::Blackhole(route) => blackhole(id, route),
        Return::None | Return::Internet(_) | Return::OutgoingOnly(_) => {
            Finding::warning(CHECK, format!("{id} has no private route to {source}")).because(
                "its private address is reached from its VPC and from networks linked to it; \
                 behind a VPN this machine may have another address there",
            )
        }
        Return::Unknown => unknown(id),
    }
}

/// A client in the internet.
fn to_internet(
    facts: &NetworkFacts,
    table: &RouteTable,
    source: &Source,
    answers: &Return<'_>,
) -> Finding {
    let (id, is_ipv6) = (&table.id, source.is_ipv6);
    let default = table.default_route(is_ipv6);
    let by_default = |route: &RouteEntry| !route.is_blackhole && route.target.starts_with("igw-");
    let finding = match answers {
        Return::Internet(route) => {
            return Finding::good(
                CHECK,
                format!("{id} leads to the internet by {}", route.target),
            );
        }
        // The address is unknown, and the rest of the table is about few.
        Return::Unknown if default.is_some_and(by_default) => {
            return Finding::good(CHECK, format!("{id} leads to the internet"));
        }
        Return::Other(route) => {
            return Finding::warning(CHECK, format!("{id} sends the answers to {}", route.target))
                .because("a firewall or another network is in between: this check ends there");
        }
        Return::Unknown if default.is_some() => return unknown(id),
        Return::Blackhole(route) => blackhole(id, route),
        Return::OutgoingOnly(route) => Finding::bad(
            CHECK,
            format!(
                "{id} sends the answers to {}, not to an internet gateway",
                route.target
            ),
        )
        .because(
            "its subnet is a private one: it has a public address, but nobody outside can connect \
             to it. The command makes the whole subnet public; --via eice or ssm do without",
        ),
        Return::None | Return::Local | Return::Unknown => {
            Finding::bad(CHECK, format!("{id} has no route to the internet")).because(
                "it has a public address, but its answers go nowhere: the subnet needs a route to \
                 an internet gateway",
            )
        }
    };
    finding.mended_by(to_gateway(facts, table, is_ipv6, default.is_some()))
}

fn blackhole(table: &str, route: &RouteEntry) -> Finding {
    Finding::bad(
        CHECK,
        format!(
            "{table} sends the answers to {}, which is gone",
            route.target
        ),
    )
    .because("the state of that route is blackhole: the target was deleted or detached")
}

fn unknown(table: &str) -> Finding {
    Finding::skipped(
        CHECK,
        format!("{table}: which route your address takes is not known"),
    )
}

/// The command for a default route to the VPC's internet gateway.
fn to_gateway(facts: &NetworkFacts, table: &RouteTable, is_ipv6: bool, replaces: bool) -> String {
    let verb = if replaces {
        "replace-route"
    } else {
        "create-route"
    };
    let (option, block) = if is_ipv6 {
        ("--destination-ipv6-cidr-block", "::/0")
    } else {
        ("--destination-cidr-block", "0.0.0.0/0")
    };
    let route = [verb, "--route-table-id", &table.id, option, block];
    let tables = facts.tables.known().map_or(&[][..], Vec::as_slice);
    let mut routes = tables.iter().flat_map(|it| &it.routes);
    let gateway = routes.find(|it| it.target.starts_with("igw-") && !it.is_blackhole);
    if let Some(gateway) = gateway {
        return facts
            .commands
            .aws(&[&route[..], &["--gateway-id", &gateway.target]].concat());
    }
    let filter = format!("Name=attachment.vpc-id,Values={}", table.vpc);
    let gateways = facts.commands.aws(&[
        "describe-internet-gateways",
        "--filters",
        &filter,
        "--query",
        "InternetGateways[0].InternetGatewayId",
        "--output",
        "text",
    ]);
    format!(
        "{} --gateway-id \"$({gateways})\"",
        facts.commands.aws(&route)
    )
}
