//! EC2: `DescribeInstanceConnectEndpoints`, with what a login need not know of them.

use roxmltree::Node;

use super::{checked, id};
use crate::plan::doctor::network::facts::EndpointFacts;
use crate::plan::route::eice::EndpointState;
use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;
use crate::world::aws::query::Form;
use crate::world::aws::query::xml::{items, string, text, value};

impl Regional<'_> {
    /// The EC2 Instance Connect Endpoints in a VPC.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn endpoints_in(&self, vpc: &str) -> Result<Vec<EndpointFacts>, AwsError> {
        self.query_all(
            "ec2:DescribeInstanceConnectEndpoints",
            Form::default().filter("vpc-id", &[vpc.to_owned()]),
            "instanceConnectEndpointSet",
            facts,
        )
        .await
    }
}

fn facts(endpoint: Node<'_, '_>) -> Option<EndpointFacts> {
    let ids = |set| {
        items(endpoint, set)
            .filter_map(|it| checked(it.text()?))
            .collect()
    };
    Some(EndpointFacts {
        id: id(endpoint, "instanceConnectEndpointId")?,
        state: EndpointState::parse(text(endpoint, "state").unwrap_or("unknown")),
        state_message: string(endpoint, "stateMessage").filter(|it| !it.is_empty()),
        subnet: id(endpoint, "subnetId").unwrap_or_default(),
        zone: string(endpoint, "availabilityZone"),
        groups: ids("securityGroupIdSet"),
        interfaces: ids("networkInterfaceIdSet"),
        preserves_client_ip: value(endpoint, "preserveClientIp") == Some(true),
    })
}
