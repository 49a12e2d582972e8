//! EC2: `DescribeInstanceConnectEndpoints`.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceConnectEndpoints.html>

use aws_sdk_ec2::operation::describe_instance_connect_endpoints::DescribeInstanceConnectEndpointsError;
use aws_sdk_ec2::types::{
    Ec2InstanceConnectEndpoint, InstanceConnectEndpointDnsNames, IpAddressType,
};

use super::Regional;
use super::pages;
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
        let call = self.call("ec2:DescribeInstanceConnectEndpoints");
        let page = async |token| {
            let client = self.ec2::<DescribeInstanceConnectEndpointsError>();
            let page = client.describe_instance_connect_endpoints();
            let page = call.send(page.set_next_token(token).send()).await?;
            let all = page.instance_connect_endpoints().iter();
            let next = page.next_token().map(str::to_owned);
            Ok((
                all.filter_map(|it| endpoint(it, is_trusted)).collect(),
                next,
            ))
        };
        pages::all(&call, page).await
    }

    /// Which of an endpoint's DNS names the configuration asks for.
    pub(crate) fn endpoint_preference(&self) -> Preference {
        Preference {
            fips: self.aws.sdk.use_fips().unwrap_or(false),
            dual_stack: self.aws.sdk.use_dual_stack().unwrap_or(false),
        }
    }
}

/// The SDK's endpoint as ours, with those of its names that are trusted; `None` if it has no ID,
/// which AWS never does.
fn endpoint(
    endpoint: &Ec2InstanceConnectEndpoint,
    is_trusted: impl Fn(&str, &EndpointId) -> bool,
) -> Option<Endpoint> {
    let id = EndpointId::parse(endpoint.instance_connect_endpoint_id()?)?;
    let text = |value: Option<&str>| value.map(str::to_owned);
    let name = |names: Option<&InstanceConnectEndpointDnsNames>| text(names?.dns_name());
    let fips = |names: Option<&InstanceConnectEndpointDnsNames>| text(names?.fips_dns_name());
    let public = endpoint.public_dns_names();
    let (ipv4, dual_stack) = (
        public.and_then(|it| it.ipv4()),
        public.and_then(|it| it.dualstack()),
    );
    let mut foreign = None;
    let mut trusted = |name: Option<String>| {
        let name = name.filter(|name| !name.is_empty())?;
        if is_trusted(&name, &id) {
            return Some(name);
        }
        foreign = Some(name);
        None
    };
    let names = Names {
        usual: trusted(text(endpoint.dns_name()).or_else(|| name(ipv4))),
        fips: trusted(text(endpoint.fips_dns_name()).or_else(|| fips(ipv4))),
        dual_stack: trusted(name(dual_stack)),
        dual_stack_fips: trusted(fips(dual_stack)),
        foreign: None,
    };
    Some(Endpoint {
        id,
        state: EndpointState::parse(endpoint.state().map_or("unknown", |it| it.as_str())),
        vpc: endpoint.vpc_id().and_then(resource_id),
        subnet: endpoint.subnet_id().and_then(resource_id),
        zone: endpoint.availability_zone().and_then(resource_id),
        reach: Reach::parse(endpoint.ip_address_type().map(IpAddressType::as_str)),
        names: Names { foreign, ..names },
    })
}
