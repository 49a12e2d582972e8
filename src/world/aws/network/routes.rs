//! EC2: `DescribeRouteTables`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html>

use roxmltree::Node;

use super::id;
use crate::plan::doctor::network::route::{Destinations, RouteEntry, RouteTable};
use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;
use crate::world::aws::query::Form;
use crate::world::aws::query::xml::{items, text, value};

/// What a route may lead to: the names of the IDs.
const TARGETS: [&str; 8] = [
    "gatewayId",
    "natGatewayId",
    "egressOnlyInternetGatewayId",
    "transitGatewayId",
    "vpcPeeringConnectionId",
    "networkInterfaceId",
    "localGatewayId",
    "carrierGatewayId",
];

impl Regional<'_> {
    /// The route tables of a VPC. All of them: that of a subnet without one of its own is the main
    /// one, and which gateway the VPC has, another may show.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn route_tables(&self, vpc: &str) -> Result<Vec<RouteTable>, AwsError> {
        let form = Form::default().filter("vpc-id", &[vpc.to_owned()]);
        self.query_all("ec2:DescribeRouteTables", form, "routeTableSet", table)
            .await
    }
}

fn table(table: Node<'_, '_>) -> Option<RouteTable> {
    let associations = || items(table, "associationSet");
    Some(RouteTable {
        id: id(table, "routeTableId")?,
        vpc: id(table, "vpcId")?,
        subnets: associations().filter_map(|it| id(it, "subnetId")).collect(),
        is_main: associations().any(|it| value(it, "main") == Some(true)),
        routes: items(table, "routeSet").filter_map(entry).collect(),
    })
}

fn entry(route: Node<'_, '_>) -> Option<RouteEntry> {
    let block = text(route, "destinationCidrBlock");
    let block = block.or_else(|| text(route, "destinationIpv6CidrBlock"));
    let target = TARGETS.iter().find_map(|it| id(route, it));
    Some(RouteEntry {
        destination: match block {
            Some(block) => Destinations::Block(block.parse().ok()?),
            None => Destinations::List(id(route, "destinationPrefixListId")?),
        },
        target: target.unwrap_or_else(|| "an unknown target".to_owned()),
        is_blackhole: text(route, "state") == Some("blackhole"),
    })
}
