//! EC2: `DescribeInstanceConnectEndpoints`, with what a login need not know of them.

use aws_sdk_ec2::operation::describe_instance_connect_endpoints::DescribeInstanceConnectEndpointsError;
use aws_sdk_ec2::types::Ec2InstanceConnectEndpoint;

use super::{filter, id, list};
use crate::plan::doctor::network::facts::EndpointFacts;
use crate::plan::route::eice::EndpointState;
use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;

impl Regional<'_> {
    /// The EC2 Instance Connect Endpoints in a VPC.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn endpoints_in(&self, vpc: &str) -> Result<Vec<EndpointFacts>, AwsError> {
        let vpc = [vpc.to_owned()];
        list!(
            self,
            "DescribeInstanceConnectEndpoints",
            DescribeInstanceConnectEndpointsError,
            |client| client
                .describe_instance_connect_endpoints()
                .filters(filter("vpc-id", &vpc)),
            instance_connect_endpoints,
            facts
        )
    }
}

fn facts(endpoint: &Ec2InstanceConnectEndpoint) -> Option<EndpointFacts> {
    let ids = |texts: &[String]| texts.iter().filter_map(|it| id(Some(it))).collect();
    let message = endpoint.state_message().filter(|it| !it.is_empty());
    Some(EndpointFacts {
        id: id(endpoint.instance_connect_endpoint_id())?,
        state: EndpointState::parse(endpoint.state().map_or("unknown", |it| it.as_str())),
        state_message: message.map(str::to_owned),
        subnet: id(endpoint.subnet_id()).unwrap_or_default(),
        zone: endpoint.availability_zone().map(str::to_owned),
        groups: ids(endpoint.security_group_ids()),
        interfaces: ids(endpoint.network_interface_ids()),
        preserves_client_ip: endpoint.preserve_client_ip() == Some(true),
    })
}
