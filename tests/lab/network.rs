//! What EC2 says about the network around the instances, and the service that tells a caller's
//! address. Each caller sees one network, around whichever instance it asks about.

use super::aws_error::{AwsError, escape};
use super::calls::Call;
use super::fake_aws::{FakeAws, Reaction};
use super::http::{Request, Response};
use super::request::{Operation, Signer};

/// The security group of the endpoints.
pub(crate) const ENDPOINT_GROUP: &str = "sg-0e1ce00000000000e";
/// Their network interface, and its address.
pub(crate) const ENDPOINT_INTERFACE: &str = "eni-0e1ce000000000001";
pub(crate) const ENDPOINT_ADDRESS: &str = "127.0.3.9";
/// What the caller's address is to the internet.
pub(crate) const CALLER_ADDRESS: &str = "203.0.113.7";
/// The prefix lists.
pub(crate) const OFFICE: &str = "pl-0ff1ce0000000001";
pub(crate) const CONSOLE_LIST: &str = "pl-0c0de00000000004";
pub(crate) const CONSOLE_LIST_IPV6: &str = "pl-0c0de00000000006";
/// The action that a call for the caller's address is recorded as.
pub(crate) const CHECK_IP: &str = "CheckIp";

/// The path of the service that tells a caller's address; the access key follows.
const CHECK_IP_PATH: &str = "/checkip/";

/// Name, ID and a block of each prefix list.
const LISTS: [(&str, &str, &str); 3] = [
    (OFFICE, "office", "203.0.113.0/28"),
    (
        CONSOLE_LIST,
        "com.amazonaws.us-east-1.ec2-instance-connect",
        "18.206.107.24/29",
    ),
    (
        CONSOLE_LIST_IPV6,
        "com.amazonaws.us-east-1.ipv6.ec2-instance-connect",
        "2600:1f18:1::/48",
    ),
];

/// An entry of a network ACL: see [`Network::acl`].
type AclEntry = (u16, bool, bool, (u16, u16), &'static str);

/// The network that a caller sees. Unless a test changes it, all is open.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    /// The sources that the groups of instances admit to port 22: blocks, prefix lists, groups.
    pub(crate) ingress: Vec<&'static str>,
    /// Where to the endpoints' group lets them out.
    pub(crate) endpoint_egress: Vec<&'static str>,
    /// The entries of the network ACL: number, whether it is for egress, whether it allows, ports,
    /// block.
    pub(crate) acl: Vec<AclEntry>,
    /// The routes beside the local one: destination, target, state.
    pub(crate) routes: Vec<(&'static str, &'static str, &'static str)>,
    /// What the service for addresses answers.
    pub(crate) checkip: &'static str,
}

impl Default for Network {
    fn default() -> Self {
        let all = (0, 65535);
        Self {
            ingress: vec!["0.0.0.0/0", "::/0"],
            endpoint_egress: vec!["0.0.0.0/0"],
            acl: vec![
                (100, false, true, all, "0.0.0.0/0"),
                (100, true, true, all, "0.0.0.0/0"),
            ],
            routes: vec![("0.0.0.0/0", "igw-0face000000000001", "active")],
            checkip: CALLER_ADDRESS,
        }
    }
}

/// The answer to an action about networks; `None` if it is another one.
pub(crate) fn perform(
    operation: &Operation,
    network: &Network,
    request_id: &str,
) -> Option<Result<String, AwsError>> {
    let (set, items) = match operation.action.as_str() {
        "DescribeSecurityGroupRules" => ("securityGroupRuleSet", rules(operation, network)),
        "DescribeNetworkAcls" => ("networkAclSet", acl(operation, network)),
        "DescribeRouteTables" => ("routeTableSet", table(operation, network)),
        "DescribeManagedPrefixLists" => ("prefixListSet", Ok(names(operation))),
        "GetManagedPrefixListEntries" => ("entrySet", Ok(entries(operation))),
        "DescribeNetworkInterfaces" => ("networkInterfaceSet", Ok(interface())),
        _ => return None,
    };
    let action = &operation.action;
    Some(items.map(|items| {
        format!(
            "<{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
             <requestId>{request_id}</requestId><{set}>{items}</{set}></{action}Response>"
        )
    }))
}

/// The values of this filter, which a caller must give.
fn filtered(operation: &Operation, name: &str) -> Result<Vec<String>, AwsError> {
    let mut filters = operation.filters().into_iter();
    let values = filters
        .find(|(known, _)| known == name)
        .map(|(_, values)| values);
    values.ok_or_else(|| {
        let message = format!("the lab needs the filter {name}");
        AwsError::new(400, "InvalidParameterValue", message)
    })
}

fn rules(operation: &Operation, network: &Network) -> Result<String, AwsError> {
    let groups = filtered(operation, "group-id")?;
    let of_group = |group: &String| {
        let (is_egress, peers) = match group.as_str() {
            ENDPOINT_GROUP => (true, &network.endpoint_egress),
            _ => (false, &network.ingress),
        };
        let each = peers.iter().map(|peer| rule(group, is_egress, peer));
        each.collect::<String>()
    };
    Ok(groups.iter().map(of_group).collect())
}

fn rule(group: &str, is_egress: bool, peer: &str) -> String {
    let peer = match peer {
        peer if peer.starts_with("pl-") => format!("<prefixListId>{peer}</prefixListId>"),
        peer if peer.starts_with("sg-") => {
            format!("<referencedGroupInfo><groupId>{peer}</groupId></referencedGroupInfo>")
        }
        peer if peer.contains(':') => format!("<cidrIpv6>{peer}</cidrIpv6>"),
        peer => format!("<cidrIpv4>{peer}</cidrIpv4>"),
    };
    format!(
        "<item><securityGroupRuleId>sgr-0123456789abcdef0</securityGroupRuleId>\
         <groupId>{group}</groupId><isEgress>{is_egress}</isEgress><ipProtocol>tcp</ipProtocol>\
         <fromPort>22</fromPort><toPort>22</toPort>{peer}</item>"
    )
}

fn acl(operation: &Operation, network: &Network) -> Result<String, AwsError> {
    let subnets = filtered(operation, "association.subnet-id")?;
    let associations = subnets
        .iter()
        .map(|subnet| format!("<item><subnetId>{}</subnetId></item>", escape(subnet)));
    let associations = associations.collect::<Vec<_>>().concat();
    let entries = network
        .acl
        .iter()
        .map(|(number, egress, allows, (from, to), block)| {
            let action = if *allows { "allow" } else { "deny" };
            let kind = if block.contains(':') {
                "ipv6CidrBlock"
            } else {
                "cidrBlock"
            };
            format!(
                "<item><ruleNumber>{number}</ruleNumber><protocol>6</protocol>\
             <ruleAction>{action}</ruleAction><egress>{egress}</egress>\
             <{kind}>{block}</{kind}>\
             <portRange><from>{from}</from><to>{to}</to></portRange></item>"
            )
        });
    Ok(format!(
        "<item><networkAclId>acl-0face000000000001</networkAclId><associationSet>{associations}\
         </associationSet><entrySet>{}</entrySet></item>",
        entries.collect::<String>()
    ))
}

fn table(operation: &Operation, network: &Network) -> Result<String, AwsError> {
    let vpc = filtered(operation, "vpc-id")?.concat();
    let routes = network.routes.iter().map(|(destination, target, state)| {
        let kind = match target.split_once('-') {
            Some(("nat", _)) => "natGatewayId",
            Some(("tgw", _)) => "transitGatewayId",
            _ => "gatewayId",
        };
        format!(
            "<item><destinationCidrBlock>{destination}</destinationCidrBlock>\
             <{kind}>{target}</{kind}><state>{state}</state></item>"
        )
    });
    Ok(format!(
        "<item><routeTableId>rtb-0face000000000001</routeTableId><vpcId>{}</vpcId><routeSet>\
         <item><destinationCidrBlock>127.0.0.0/8</destinationCidrBlock>\
         <gatewayId>local</gatewayId><state>active</state></item>{}</routeSet><associationSet>\
         <item><main>true</main></item></associationSet></item>",
        escape(&vpc),
        routes.collect::<String>()
    ))
}

fn names(operation: &Operation) -> String {
    let asked = operation.list("PrefixListId");
    let lists = LISTS
        .iter()
        .filter(|(id, ..)| asked.iter().any(|it| it == id));
    let item = |(id, name, _): &(&str, &str, &str)| {
        format!(
            "<item><prefixListId>{id}</prefixListId><prefixListName>{name}</prefixListName></item>"
        )
    };
    lists.map(item).collect()
}

fn entries(operation: &Operation) -> String {
    let asked = operation.get("PrefixListId");
    let lists = LISTS.iter().filter(|(id, ..)| asked == Some(id));
    let items = lists.map(|(.., block)| format!("<item><cidr>{block}</cidr></item>"));
    items.collect::<Vec<_>>().concat()
}

fn interface() -> String {
    format!(
        "<item><networkInterfaceId>{ENDPOINT_INTERFACE}</networkInterfaceId>\
         <privateIpAddress>{ENDPOINT_ADDRESS}</privateIpAddress></item>"
    )
}

/// The URL of the service that tells this caller's address.
pub(crate) fn checkip_url(aws: &str, access_key: &str) -> String {
    format!("{aws}{CHECK_IP_PATH}{access_key}")
}

/// The answer of that service, recorded as a call; `None` if the request is for another.
pub(crate) fn checkip(aws: &FakeAws, request: &Request) -> Option<Reaction> {
    let access_key = request.target.strip_prefix(CHECK_IP_PATH)?;
    let operation = Operation {
        action: CHECK_IP.to_owned(),
        ..Operation::read(request)
    };
    let signer = Signer {
        access_key: access_key.to_owned(),
        ..Signer::default()
    };
    let call = Call::read(request, &operation, &signer);
    let body = aws.with_state(access_key, |state| {
        state.calls.push(call);
        format!("{}\n", state.network.checkip)
    });
    Some(Reaction::Send(Response {
        status: 200,
        content_type: "text/plain",
        request_id: String::new(),
        date: std::time::SystemTime::now(),
        body: body.into_bytes(),
    }))
}
