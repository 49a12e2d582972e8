//! EC2: the network interfaces in `DescribeInstances`, and `DescribeNetworkInterfaces`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html>

use std::net::IpAddr;

use roxmltree::Node;

use super::id;
use crate::plan::doctor::network::facts::InterfaceFacts;
use crate::plan::target::ids::InstanceId;
use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;
use crate::world::aws::query::Form;
use crate::world::aws::query::xml::{items, value};

impl Regional<'_> {
    /// The network interfaces of an instance, the primary one first.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn interfaces(
        &self,
        instance: &InstanceId,
    ) -> Result<Vec<InterfaceFacts>, AwsError> {
        let all = self.each_instance(Form::instance(instance), |it| {
            let mut interfaces: Vec<_> = items(it, "networkInterfaceSet").collect();
            interfaces.sort_by_key(|it| value::<i32>(*it, "attachment/deviceIndex"));
            Some(interfaces.into_iter().filter_map(facts).collect())
        });
        let all: Vec<Vec<InterfaceFacts>> = all.await?;
        Ok(all.into_iter().flatten().collect())
    }

    /// The private addresses of these network interfaces.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn addresses_of(
        &self,
        interfaces: &[String],
    ) -> Result<Vec<IpAddr>, AwsError> {
        self.query_all(
            "ec2:DescribeNetworkInterfaces",
            Form::default().each("NetworkInterfaceId", interfaces),
            "networkInterfaceSet",
            |it| value(it, "privateIpAddress"),
        )
        .await
    }
}

fn facts(interface: Node<'_, '_>) -> Option<InterfaceFacts> {
    let private = items(interface, "privateIpAddressesSet").flat_map(|it| {
        [
            value(it, "privateIpAddress"),
            value(it, "association/publicIp"),
        ]
    });
    let ipv6 = items(interface, "ipv6AddressesSet").map(|it| value(it, "ipv6Address"));
    Some(InterfaceFacts {
        subnet: id(interface, "subnetId")?,
        vpc: id(interface, "vpcId")?,
        groups: items(interface, "groupSet")
            .filter_map(|it| id(it, "groupId"))
            .collect(),
        private: value(interface, "privateIpAddress"),
        addresses: private.chain(ipv6).flatten().collect(),
    })
}
