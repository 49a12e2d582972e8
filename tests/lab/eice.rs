//! EC2 Instance Connect Endpoints: which there are, as EC2 tells it, and the service behind them.
//!
//! `mssh` finds an endpoint as it does in earnest: its DNS name comes out of
//! `DescribeInstanceConnectEndpoints`, is resolved (by the lab's hosts file, to a loopback address
//! of this lab's own), and is spoken to over TLS on port 443.

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
use super::ports;
use super::request::Operation;
use super::sshd::can_listen;
use super::sshd_pool;

/// Where AWS has the hash of a name, the same for all here.
const HASH: &str = "0a1b2c3d";

/// In the subnet of [`super::instances::PRIVATE`].
pub(crate) const SAME_SUBNET: &str = "eice-0cafe000000000001";
/// In no instance's subnet, in zone us-east-1b.
pub(crate) const ZONE_B: &str = "eice-0face000000000002";
/// In no instance's subnet or zone.
pub(crate) const ZONE_C: &str = "eice-0face000000000003";
/// Beside ZONE_C, and on its way to be deleted.
pub(crate) const DELETING: &str = "eice-0dead000000000001";
/// Alone in the VPC of [`super::instances::BROKEN`], and never made.
pub(crate) const CREATE_FAILED: &str = "eice-0fa11000000000001";
/// In the VPC of the instances that share an address, for IPv6 alone.
pub(crate) const IPV6_ENDPOINT: &str = "eice-02220000000000001";
/// Its name in the answer is none of AWS's.
pub(crate) const FOREIGN: &str = "eice-0bad0000000000002";
pub(crate) const FOREIGN_NAME: &str = "eice-0bad0000000000002.evil.example";
/// A name that nobody answers at, and one whose server says nothing.
pub(crate) const NO_SERVER: &str = "eice-0dead";
pub(crate) const SILENT: &str = "eice-0a0a0";
/// A name for which the service has no certificate.
pub(crate) const NO_CERTIFICATE: &str = "eice-0bad0";

/// One endpoint.
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

/// Those that are far come first: who takes the first that is seen takes the wrong one.
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

/// The same two for IPv6, too.
pub(crate) fn dual_stack(name: &str) -> String {
    name.replace(".amazonaws.com", ".api.aws")
}

/// All of its names.
fn names(id: &str) -> [String; 4] {
    let [usual, fips] = [name(id), fips_name(id)];
    [dual_stack(&usual), dual_stack(&fips), usual, fips]
}

/// For which names the service has a certificate.
fn certified() -> String {
    names("*").map(|name| format!("DNS:{name}")).join(",")
}

/// Names of AWS's API for what the SDK takes from no environment: FIPS, IPv6, and its own where the
/// environment's are to be ignored.
const API: [&str; 7] = [
    "ec2-fips.us-east-1.amazonaws.com",
    "ec2-instance-connect-fips.us-east-1.amazonaws.com",
    "ec2.us-east-1.api.aws",
    "ec2-instance-connect.us-east-1.api.aws",
    "ec2-fips.us-east-1.api.aws",
    "ec2-instance-connect-fips.us-east-1.api.aws",
    "ssm.us-east-1.amazonaws.com",
];

/// The names and their addresses, for the hosts file of a lab whose service is at `address`. The
/// addresses after it are for who does not answer, for who is mute, and for the API.
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

/// A loopback address that no other lab is likely to have.
pub(crate) fn some_address() -> Ipv4Addr {
    Ipv4Addr::new(
        127,
        fastrand::u8(64..128),
        fastrand::u8(..),
        fastrand::u8(2..200),
    )
}

/// Chooses the port of the service at this address: another where 443 is not to be had.
pub(crate) fn find_port(address: Ipv4Addr) {
    if !can_listen(address.into(), ports::TLS) {
        ports::put(ports::TLS, sshd_pool::random_port());
    }
}

/// Whether an endpoint of this ID connects to this address.
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

/// The answer to `DescribeInstanceConnectEndpoints`: one at a time, after an empty page.
pub(crate) fn describe(
    operation: &Operation,
    region: &str,
    request_id: &str,
) -> Result<String, AwsError> {
    let here: Vec<&Endpoint> = ENDPOINTS
        .iter()
        .filter(|endpoint| endpoint.region == region)
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
         <dualstack>{dual}</dualstack></publicDnsNames><networkInterfaceIdSet/><vpcId>{}</vpcId><availabilityZone>{}</availabilityZone>\
         <subnetId>{}</subnetId><preserveClientIp>false</preserveClientIp><securityGroupIdSet/>\
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
