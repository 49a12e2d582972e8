//! EC2: `DescribeNetworkAcls`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html>

use roxmltree::Node;

use super::id;
use crate::plan::doctor::network::acl::{Acl, AclEntry};
use crate::plan::doctor::network::tcp_ports;
use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;
use crate::world::aws::query::Form;
use crate::world::aws::query::xml::{items, text, value};

impl Regional<'_> {
    /// The network ACLs of these subnets.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn network_acls(&self, subnets: &[String]) -> Result<Vec<Acl>, AwsError> {
        let form = Form::default().filter("association.subnet-id", subnets);
        self.query_all("ec2:DescribeNetworkAcls", form, "networkAclSet", acl)
            .await
    }
}

fn acl(acl: Node<'_, '_>) -> Option<Acl> {
    Some(Acl {
        id: id(acl, "networkAclId")?,
        subnets: items(acl, "associationSet")
            .filter_map(|it| id(it, "subnetId"))
            .collect(),
        entries: items(acl, "entrySet").filter_map(entry).collect(),
    })
}

/// The entry as ours; `None` if it is about another protocol.
fn entry(entry: Node<'_, '_>) -> Option<AclEntry> {
    let (from, to) = (value(entry, "portRange/from"), value(entry, "portRange/to"));
    let block = text(entry, "cidrBlock").or_else(|| text(entry, "ipv6CidrBlock"))?;
    Some(AclEntry {
        number: value(entry, "ruleNumber")?,
        is_egress: value(entry, "egress")?,
        allows: text(entry, "ruleAction") == Some("allow"),
        ports: tcp_ports(text(entry, "protocol")?, from, to)?,
        block: block.parse().ok()?,
    })
}
