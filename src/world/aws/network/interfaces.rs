//! EC2: the network interfaces in `DescribeInstances`, and `DescribeNetworkInterfaces`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html>

use std::net::IpAddr;

use aws_sdk_ec2::operation::describe_instances::DescribeInstancesError;
use aws_sdk_ec2::operation::describe_network_interfaces::DescribeNetworkInterfacesError;
use aws_sdk_ec2::types::{
    Instance, InstanceNetworkInterface, InstanceNetworkInterfaceAttachment, Reservation,
};

use super::id;
use crate::plan::doctor::network::facts::InterfaceFacts;
use crate::plan::target::ids::InstanceId;
use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;

impl Regional<'_> {
    /// The network interfaces of an instance, the primary one first.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn interfaces(
        &self,
        instance: &InstanceId,
    ) -> Result<Vec<InterfaceFacts>, AwsError> {
        let client = self.ec2::<DescribeInstancesError>();
        let request = client.describe_instances().instance_ids(instance.as_str());
        let call = self.call("ec2:DescribeInstances");
        let answer = call.send(request.send()).await?;
        let instances = answer
            .reservations()
            .iter()
            .flat_map(Reservation::instances);
        let mut interfaces: Vec<&InstanceNetworkInterface> =
            instances.flat_map(Instance::network_interfaces).collect();
        interfaces.sort_by_key(|it| {
            it.attachment()
                .and_then(InstanceNetworkInterfaceAttachment::device_index)
        });
        Ok(interfaces.into_iter().filter_map(facts).collect())
    }

    /// The private addresses of these network interfaces.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn addresses_of(
        &self,
        interfaces: &[String],
    ) -> Result<Vec<IpAddr>, AwsError> {
        let client = self.ec2::<DescribeNetworkInterfacesError>();
        let request = client
            .describe_network_interfaces()
            .set_network_interface_ids(Some(interfaces.to_vec()));
        let call = self.call("ec2:DescribeNetworkInterfaces");
        let answer = call.send(request.send()).await?;
        let addresses = answer.network_interfaces().iter();
        let addresses = addresses.filter_map(|it| it.private_ip_address()?.parse().ok());
        Ok(addresses.collect())
    }
}

fn facts(interface: &InstanceNetworkInterface) -> Option<InterfaceFacts> {
    let parsed = |text: Option<&str>| text.and_then(|it| it.parse::<IpAddr>().ok());
    let private = interface.private_ip_addresses().iter().flat_map(|it| {
        let public = it.association().and_then(|it| it.public_ip());
        [parsed(it.private_ip_address()), parsed(public)]
    });
    let ipv6 = interface.ipv6_addresses().iter();
    let ipv6 = ipv6.map(|it| parsed(it.ipv6_address()));
    Some(InterfaceFacts {
        subnet: id(interface.subnet_id())?,
        vpc: id(interface.vpc_id())?,
        groups: interface
            .groups()
            .iter()
            .filter_map(|it| id(it.group_id()))
            .collect(),
        private: parsed(interface.private_ip_address()),
        addresses: private.chain(ipv6).flatten().collect(),
    })
}
