//! EC2: `DescribeSecurityGroupRules`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html>

use aws_sdk_ec2::operation::describe_security_group_rules::DescribeSecurityGroupRulesError;
use aws_sdk_ec2::types::SecurityGroupRule;

use super::{filter, id, list};
use crate::plan::doctor::network::group::{GroupRule, Peer};
use crate::plan::doctor::network::tcp_ports;
use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;

impl Regional<'_> {
    /// The rules about TCP of these security groups.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn group_rules(&self, groups: &[String]) -> Result<Vec<GroupRule>, AwsError> {
        list!(
            self,
            "DescribeSecurityGroupRules",
            DescribeSecurityGroupRulesError,
            |client| client
                .describe_security_group_rules()
                .filters(filter("group-id", groups)),
            security_group_rules,
            rule
        )
    }
}

/// The rule as ours; `None` if it is about another protocol.
fn rule(rule: &SecurityGroupRule) -> Option<GroupRule> {
    let block = rule.cidr_ipv4().or(rule.cidr_ipv6());
    let list = || id(rule.prefix_list_id()).map(Peer::List);
    let group = || id(rule.referenced_group_info()?.group_id()).map(Peer::Group);
    Some(GroupRule {
        group: id(rule.group_id())?,
        is_egress: rule.is_egress()?,
        ports: tcp_ports(rule.ip_protocol()?, rule.from_port(), rule.to_port())?,
        peer: match block {
            Some(block) => Peer::Block(block.parse().ok()?),
            None => list().or_else(group)?,
        },
    })
}
