//! EC2: `DescribeRouteTables`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html>

use aws_sdk_ec2::operation::describe_route_tables::DescribeRouteTablesError;
use aws_sdk_ec2::types::{self, Route, RouteState};

use super::{filter, id, list};
use crate::plan::doctor::network::route::{Destinations, RouteEntry, RouteTable};
use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;

impl Regional<'_> {
    /// The route tables of a VPC. All of them: that of a subnet without one of its own is the main
    /// one, and which gateway the VPC has, another may show.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn route_tables(&self, vpc: &str) -> Result<Vec<RouteTable>, AwsError> {
        let vpc = [vpc.to_owned()];
        list!(
            self,
            "DescribeRouteTables",
            DescribeRouteTablesError,
            |client| client
                .describe_route_tables()
                .filters(filter("vpc-id", &vpc)),
            route_tables,
            table
        )
    }
}

fn table(table: &types::RouteTable) -> Option<RouteTable> {
    let associations = table.associations();
    Some(RouteTable {
        id: id(table.route_table_id())?,
        vpc: id(table.vpc_id())?,
        subnets: associations
            .iter()
            .filter_map(|it| id(it.subnet_id()))
            .collect(),
        is_main: associations.iter().any(|it| it.main() == Some(true)),
        routes: table.routes().iter().filter_map(entry).collect(),
    })
}

fn entry(route: &Route) -> Option<RouteEntry> {
    let block = route
        .destination_cidr_block()
        .or(route.destination_ipv6_cidr_block());
    let targets = [
        route.gateway_id(),
        route.nat_gateway_id(),
        route.egress_only_internet_gateway_id(),
        route.transit_gateway_id(),
        route.vpc_peering_connection_id(),
        route.network_interface_id(),
        route.local_gateway_id(),
        route.carrier_gateway_id(),
    ];
    let target = targets.into_iter().find_map(id);
    Some(RouteEntry {
        destination: match block {
            Some(block) => Destinations::Block(block.parse().ok()?),
            None => Destinations::List(id(route.destination_prefix_list_id())?),
        },
        target: target.unwrap_or_else(|| "an unknown target".to_owned()),
        is_blackhole: route.state() == Some(&RouteState::Blackhole),
    })
}
