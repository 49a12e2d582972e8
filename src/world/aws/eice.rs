//! EC2: `DescribeInstanceConnectEndpoints`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceConnectEndpoints.html>

use roxmltree::Node;

use super::Regional;
use super::query::Form;
use super::query::xml::{string, text};
use crate::plan::aws::service_host::is_endpoint_name;
use crate::plan::route::eice::{Endpoint, EndpointId, EndpointState, Names, Preference, Reach};
use crate::plan::target::ids::resource_id;
use crate::world::aws::error::AwsError;

impl Regional<'_> {
    /// All EC2 Instance Connect Endpoints of the account in this region.
    ///
    /// There are few (five, unless the quota was raised), and this call need not wait until the
    /// instance's VPC is known.
    ///
    /// # Errors
    /// Those of any call.
    pub(crate) async fn endpoints(&self) -> Result<Vec<Endpoint>, AwsError> {
        let own = self.aws.endpoint_urls.get("EC2");
        let is_trusted =
            |name: &str, id: &EndpointId| is_endpoint_name(name, id, &self.region, own);
        self.query_all(
            "ec2:DescribeInstanceConnectEndpoints",
            Form::default(),
            "instanceConnectEndpointSet",
            |it| endpoint(it, is_trusted),
        )
        .await
    }

    /// Which of an endpoint's DNS names the configuration asks for.
    pub(crate) fn endpoint_preference(&self) -> Preference {
        Preference {
            fips: self.aws.sdk.use_fips().unwrap_or(false),
            dual_stack: self.aws.sdk.use_dual_stack().unwrap_or(false),
        }
    }
}

/// An endpoint with those of its names that are trusted; `None` if it has no ID, which AWS never does.
fn endpoint(it: Node<'_, '_>, is_trusted: impl Fn(&str, &EndpointId) -> bool) -> Option<Endpoint> {
    let id = EndpointId::parse(text(it, "instanceConnectEndpointId")?)?;
    let mut foreign = None;
    let mut trusted = |name: Option<String>| {
        let name = name.filter(|name| !name.is_empty())?;
        if is_trusted(&name, &id) {
            return Some(name);
        }
        foreign = Some(name);
        None
    };
    let name = |path: &str| string(it, path);
    let or_ipv4 = |path: &str| name(path).or_else(|| name(&format!("publicDnsNames/ipv4/{path}")));
    let names = Names {
        usual: trusted(or_ipv4("dnsName")),
        fips: trusted(or_ipv4("fipsDnsName")),
        dual_stack: trusted(name("publicDnsNames/dualstack/dnsName")),
        dual_stack_fips: trusted(name("publicDnsNames/dualstack/fipsDnsName")),
        foreign: None,
    };
    Some(Endpoint {
        id,
        state: EndpointState::parse(text(it, "state").unwrap_or("unknown")),
        vpc: text(it, "vpcId").and_then(resource_id),
        subnet: text(it, "subnetId").and_then(resource_id),
        zone: text(it, "availabilityZone").and_then(resource_id),
        reach: Reach::parse(text(it, "ipAddressType")),
        names: Names { foreign, ..names },
    })
}
