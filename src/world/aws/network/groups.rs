//! EC2: `DescribeSecurityGroupRules`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html>

use roxmltree::Node;

use super::id;
use crate::plan::doctor::network::group::{GroupRule, Peer};
use crate::plan::doctor::network::tcp_ports;
use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;
use crate::world::aws::query::Form;
use crate::world::aws::query::xml::{text, value};

impl Regional<'_> {
    /// The rules about TCP of these security groups.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn group_rules(&self, groups: &[String]) -> Result<Vec<GroupRule>, AwsError> {
        self.query_all(
            "ec2:DescribeSecurityGroupRules",
            Form::default().filter("group-id", groups),
            "securityGroupRuleSet",
            rule,
        )
        .await
    }
}

/// The rule as ours; `None` if it is about another protocol.
fn rule(rule: Node<'_, '_>) -> Option<GroupRule> {
    let block = text(rule, "cidrIpv4").or_else(|| text(rule, "cidrIpv6"));
    let list = || id(rule, "prefixListId").map(Peer::List);
    let group = || id(rule, "referencedGroupInfo/groupId").map(Peer::Group);
    let (from, to) = (value(rule, "fromPort"), value(rule, "toPort"));
    Some(GroupRule {
        group: id(rule, "groupId")?,
        is_egress: value(rule, "isEgress")?,
        ports: tcp_ports(text(rule, "ipProtocol")?, from, to)?,
        peer: match block {
            Some(block) => Peer::Block(block.parse().ok()?),
            None => list().or_else(group)?,
        },
    })
}
