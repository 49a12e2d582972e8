//! EC2 Instance Connect Endpoints: `DescribeInstanceConnectEndpoints`, and the service behind them.
//!
//! `mssh` connects to an endpoint as it does at AWS: the DNS name comes from
//! `DescribeInstanceConnectEndpoints`, resolves (by the lab's hosts file, to a loopback address of
//! this lab), and is served over TLS on port 443.

mod backend;
mod relay;
mod request;
mod service;
mod tunnel_fault;

use std::net::{IpAddr, Ipv4Addr};

pub(crate) use backend::pattern;
pub(crate) use request::TunnelRequest;
pub(crate) use service::Service;
pub(crate) use tunnel_fault::TunnelFault;

use super::aws_error::AwsError;
use super::instances::{HOME_REGION, OTHER_REGION};
use super::network::{ENDPOINT_GROUP, ENDPOINT_INTERFACE};
use super::ports;
use super::request::Operation;
use super::sshd::can_listen;
use super::sshd_pool;

/// The label of a DNS name that is a hash at AWS.
const HASH: &str = "0a1b2c3d";

/// In the subnet of [`super::instances::PRIVATE`].
pub(crate) const SAME_SUBNET: &str = "eice-0cafe000000000001";
/// In no instance's subnet, in zone us-east-1b.
pub(crate) const ZONE_B: &str = "eice-0face000000000002";
/// In no instance's subnet or zone.
pub(crate) const ZONE_C: &str = "eice-0face000000000003";
/// Like ZONE_C, but being deleted.
pub(crate) const DELETING: &str = "eice-0dead000000000001";
/// The only one in the VPC of [`super::instances::BROKEN`]: its creation has failed.
pub(crate) const CREATE_FAILED: &str = "eice-0fa11000000000001";
/// In the VPC of [`super::instances::SAME_ADDRESS1`], for IPv6 only.
pub(crate) const IPV6_ENDPOINT: &str = "eice-02220000000000001";
/// Its DNS name is not in a domain of AWS.
pub(crate) const FOREIGN: &str = "eice-0bad0000000000002";
pub(crate) const FOREIGN_NAME: &str = "eice-0bad0000000000002.evil.example";
/// A name without a server, and one whose server never answers.
pub(crate) const NO_SERVER: &str = "eice-0dead";
pub(crate) const SILENT: &str = "eice-0a0a0";
/// Its name is not in the service's certificate.
pub(crate) const NO_CERTIFICATE: &str = "eice-0bad0";

pub(crate) struct Endpoint {
    pub(crate) id: &'static str,
    pub(crate) region: &'static str,
    state: &'static str,
    vpc: &'static str,
    subnet: &'static str,
    zone: &'static str,
    reach: &'static str,
    fips: bool,
}

const AVAILABLE: Endpoint = Endpoint {
    id: "",
    region: HOME_REGION,
    state: "create-complete",
    vpc: "vpc-0face000000000001",
    subnet: "subnet-0e1ce000000000001",
    zone: "us-east-1c",
    reach: "dualstack",
    fips: true,
};

/// The best one does not come first, so that taking the first is an error.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: DELETING,
        state: "delete-in-progress",
        ..AVAILABLE
    },
    Endpoint {
        id: ZONE_C,
        ..AVAILABLE
    },
    Endpoint {
        id: ZONE_B,
        zone: "us-east-1b",
        reach: "ipv4",
        fips: false,
        ..AVAILABLE
    },
    Endpoint {
        id: SAME_SUBNET,
        subnet: "subnet-0cafe000000000001",
        zone: "us-east-1a",
        ..AVAILABLE
    },
    Endpoint {
        id: IPV6_ENDPOINT,
        vpc: "vpc-02220000000000001",
        reach: "ipv6",
        ..AVAILABLE
    },
    Endpoint {
        id: FOREIGN,
        vpc: "vpc-0bad0000000000005",
        ..AVAILABLE
    },
    Endpoint {
        id: CREATE_FAILED,
        state: "create-failed",
        vpc: "vpc-0bad0000000000004",
        ..AVAILABLE
    },
    Endpoint {
        id: "eice-0e000000000000001",
        region: OTHER_REGION,
        vpc: "vpc-0elsewhere",
        ..AVAILABLE
    },
];

/// The DNS name of an endpoint in the home region.
pub(crate) fn name(id: &str) -> String {
    format!("{id}.{HASH}.ec2-instance-connect-endpoint.{HOME_REGION}.amazonaws.com")
}

/// Its DNS name with FIPS.
pub(crate) fn fips_name(id: &str) -> String {
    format!("{id}.{HASH}.fips.ec2-instance-connect-endpoint.{HOME_REGION}.amazonaws.com")
}

/// The dual-stack name for either.
pub(crate) fn dual_stack(name: &str) -> String {
    name.replace(".amazonaws.com", ".api.aws")
}

fn names(id: &str) -> [String; 4] {
    let [usual, fips] = [name(id), fips_name(id)];
    [dual_stack(&usual), dual_stack(&fips), usual, fips]
}

/// The names in the service's certificate.
fn certified() -> String {
    names("*").map(|name| format!("DNS:{name}")).join(",")
}

/// AWS API hosts that no environment variable overrides: FIPS, dual-stack, and the defaults if
/// configured endpoints are ignored.
const API: [&str; 7] = [
    "ec2-fips.us-east-1.amazonaws.com",
    "ec2-instance-connect-fips.us-east-1.amazonaws.com",
    "ec2.us-east-1.api.aws",
    "ec2-instance-connect.us-east-1.api.aws",
    "ec2-fips.us-east-1.api.aws",
    "ec2-instance-connect-fips.us-east-1.api.aws",
    "ssm.us-east-1.amazonaws.com",
];

/// Lines for the hosts file of a lab whose service is at `address`. The next three addresses are
/// for the name without a server, the silent server, and the API.
pub(crate) fn hosts(address: Ipv4Addr) -> String {
    let [dead, mute, api] = [1, 2, 3].map(|more| beside(address, more));
    let mut lines: Vec<String> = ENDPOINTS
        .iter()
        .flat_map(|endpoint| names(endpoint.id))
        .map(|name| format!("{address} {name}\n"))
        .collect();
    lines.push(format!("{dead} {}\n", name(NO_SERVER)));
    lines.push(format!("{mute} {}\n", name(SILENT)));
    lines.push(format!("{address} {NO_CERTIFICATE}.elsewhere.lab\n"));
    lines.extend(API.map(|name| format!("{api} {name}\n")));
    lines.concat()
}

fn beside(address: Ipv4Addr, more: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(address) + more)
}

/// A random loopback address, so that labs do not collide.
pub(crate) fn some_address() -> Ipv4Addr {
    Ipv4Addr::new(
        127,
        fastrand::u8(64..128),
        fastrand::u8(..),
        fastrand::u8(2..200),
    )
}

/// Chooses another port for the service if 443 is not free at this address.
pub(crate) fn find_port(address: Ipv4Addr) {
    if !can_listen(address.into(), ports::TLS) {
        ports::replace(ports::TLS, sshd_pool::random_port());
    }
}

/// Whether the endpoint connects to this address family.
fn reaches(id: &str, address: IpAddr) -> bool {
    ENDPOINTS.iter().any(|endpoint| {
        endpoint.id == id
            && match endpoint.reach {
                "ipv4" => address.is_ipv4(),
                "ipv6" => address.is_ipv6(),
                _ => true,
            }
    })
}

/// The answer to `DescribeInstanceConnectEndpoints`: an empty page, then one endpoint a page.
pub(crate) fn describe(
    operation: &Operation,
    region: &str,
    request_id: &str,
) -> Result<String, AwsError> {
    let filters = operation.filters();
    let vpc = filters.iter().find(|(name, _)| name == "vpc-id");
    let here: Vec<&Endpoint> = ENDPOINTS
        .iter()
        .filter(|endpoint| endpoint.region == region)
        .filter(|endpoint| vpc.is_none_or(|(_, vpcs)| vpcs.iter().any(|it| it == endpoint.vpc)))
        .collect();
    let at = match operation.get("NextToken") {
        None => None,
        Some(token) => match token.parse::<usize>() {
            Ok(at) if at < here.len() => Some(at),
            _ => {
                let message = "The provided next token is invalid.";
                return Err(AwsError::new(400, "InvalidNextToken", message));
            }
        },
    };
    let item = at.map(|at| item(here[at])).unwrap_or_default();
    let next = at.map_or(0, |at| at + 1);
    let token = if next < here.len() {
        format!("<nextToken>{next}</nextToken>")
    } else {
        String::new()
    };
    Ok(format!(
        "<DescribeInstanceConnectEndpointsResponse \
         xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>{request_id}</requestId>\
         <instanceConnectEndpointSet>{item}</instanceConnectEndpointSet>{token}\
         </DescribeInstanceConnectEndpointsResponse>"
    ))
}

fn item(endpoint: &Endpoint) -> String {
    let [dual, dual_fips, usual, fips] = match endpoint.id {
        FOREIGN => [FOREIGN_NAME; 4].map(str::to_owned),
        id => names(id),
    };
    let dns = |name: &str, fips: &str| {
        let fips = format!("<fipsDnsName>{fips}</fipsDnsName>");
        let fips = if endpoint.fips { fips } else { String::new() };
        format!("<dnsName>{name}</dnsName>{fips}")
    };
    let (dns, dual) = (dns(&usual, &fips), dns(&dual, &dual_fips));
    format!(
        "<item><ownerId>{}</ownerId><instanceConnectEndpointId>{}</instanceConnectEndpointId>\
         <state>{}</state><stateMessage/>{dns}<publicDnsNames><ipv4>{dns}</ipv4>\
         <dualstack>{dual}</dualstack></publicDnsNames><networkInterfaceIdSet><item>{ENDPOINT_INTERFACE}</item></networkInterfaceIdSet><vpcId>{}</vpcId><availabilityZone>{}</availabilityZone>\
         <subnetId>{}</subnetId><preserveClientIp>false</preserveClientIp><securityGroupIdSet><item>{ENDPOINT_GROUP}</item></securityGroupIdSet>\
         <tagSet/><ipAddressType>{}</ipAddressType></item>",
        super::instances::ACCOUNT,
        endpoint.id,
        endpoint.state,
        endpoint.vpc,
        endpoint.zone,
        endpoint.subnet,
        endpoint.reach
    )
}
