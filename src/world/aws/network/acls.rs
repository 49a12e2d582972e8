//! EC2: `DescribeNetworkAcls`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html>

use aws_sdk_ec2::operation::describe_network_acls::DescribeNetworkAclsError;
use aws_sdk_ec2::types::{NetworkAcl, NetworkAclEntry, PortRange, RuleAction};

use super::{filter, id, list};
use crate::plan::doctor::network::acl::{Acl, AclEntry};
use crate::plan::doctor::network::tcp_ports;
use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;

impl Regional<'_> {
    /// The network ACLs of these subnets.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn network_acls(&self, subnets: &[String]) -> Result<Vec<Acl>, AwsError> {
        list!(
            self,
            "DescribeNetworkAcls",
            DescribeNetworkAclsError,
            |client| client
                .describe_network_acls()
                .filters(filter("association.subnet-id", subnets)),
            network_acls,
            acl
        )
    }
}

fn acl(acl: &NetworkAcl) -> Option<Acl> {
    let subnets = acl.associations().iter();
    Some(Acl {
        id: id(acl.network_acl_id())?,
        subnets: subnets.filter_map(|it| id(it.subnet_id())).collect(),
        entries: acl.entries().iter().filter_map(entry).collect(),
    })
}

/// The entry as ours; `None` if it is about another protocol.
fn entry(entry: &NetworkAclEntry) -> Option<AclEntry> {
    let ports = entry.port_range();
    let (from, to) = (
        ports.and_then(PortRange::from),
        ports.and_then(PortRange::to),
    );
    let block = entry.cidr_block().or(entry.ipv6_cidr_block())?;
    Some(AclEntry {
        number: entry.rule_number()?.try_into().ok()?,
        is_egress: entry.egress()?,
        allows: entry.rule_action() == Some(&RuleAction::Allow),
        ports: tcp_ports(entry.protocol()?, from, to)?,
        block: block.parse().ok()?,
    })
}
