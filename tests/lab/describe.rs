//! EC2's `DescribeInstances`.

use super::aws_error::{AwsError, Protocol, escape};
use super::filter;
use super::instances::{ACCOUNT, Access, INSTANCES, Instance, SecondaryAddress, State};
use super::request::Operation;

/// The start of a token for the next page; the number of a reservation follows.
const TOKEN: &str = "eyJsYWIiOjEs";

/// The whole answer, or one page of it.
///
/// With IDs, EC2 returns all instances at once. With filters, a page may hold any number of them,
/// even none. Here the first page is always empty, and each later one holds a single instance.
pub(crate) fn instances(
    operation: &Operation,
    region: &str,
    request_id: &str,
) -> Result<String, AwsError> {
    let ids = operation.list("InstanceId");
    let filters = operation.filters();
    let page_size = operation.get("MaxResults");
    check_page_size(page_size, !ids.is_empty())?;
    let mut found = Vec::new();
    for instance in by_id(&ids, region)? {
        if filter::matches(instance, &filters)? {
            found.push(instance);
        }
    }
    let found = permitted(found)?;
    if ids.is_empty() {
        let (page, next) = page(&found, operation.get("NextToken"))?;
        return Ok(envelope(page, next.as_deref(), request_id));
    }
    Ok(envelope(&found, None, request_id))
}

pub(super) fn check_page_size(size: Option<&str>, by_id: bool) -> Result<(), AwsError> {
    let Some(size) = size else { return Ok(()) };
    if by_id {
        let message = "The parameter instancesSet cannot be used with the parameter maxResults";
        return Err(AwsError::new(400, "InvalidParameterCombination", message));
    }
    if size
        .parse()
        .is_ok_and(|size: u32| (5..=1000).contains(&size))
    {
        return Ok(());
    }
    let message = format!(
        "Value ( {size} ) for parameter maxResults is invalid. \
         Expecting a value between 5 and 1000."
    );
    Err(AwsError::new(400, "InvalidParameterValue", message))
}

/// The instances of a region with these IDs, which must all exist; without IDs, all instances.
fn by_id(ids: &[String], region: &str) -> Result<Vec<&'static Instance>, AwsError> {
    if let Some(id) = ids.iter().find(|id| !is_id(id)) {
        let message = format!("Invalid id: \"{id}\"");
        return Err(AwsError::new(400, "InvalidInstanceID.Malformed", message));
    }
    let here = || {
        INSTANCES
            .iter()
            .filter(|instance| instance.region == region)
    };
    let known = |id: &String| here().any(|instance| instance.id == id);
    let unknown: Vec<_> = ids.iter().filter(|id| !known(id)).cloned().collect();
    let message = match unknown.as_slice() {
        [] => {
            let wanted =
                |instance: &&Instance| ids.is_empty() || ids.iter().any(|id| id == instance.id);
            return Ok(here().filter(wanted).collect());
        }
        [id] => format!("The instance ID '{id}' does not exist"),
        ids => format!("The instance IDs '{}' do not exist", ids.join(", ")),
    };
    Err(AwsError::new(400, "InvalidInstanceID.NotFound", message))
}

/// Whether it is `i-` and 8 or 17 lower-case hex digits.
pub(crate) fn is_id(id: &str) -> bool {
    id.strip_prefix("i-").is_some_and(|digits| {
        let hex = |digit: char| matches!(digit, '0'..='9' | 'a'..='f');
        matches!(digits.len(), 8 | 17) && digits.chars().all(hex)
    })
}

/// The instances that the caller may see. An error if some were found and none may be seen.
fn permitted(found: Vec<&'static Instance>) -> Result<Vec<&'static Instance>, AwsError> {
    let (hidden, seen): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|instance| instance.access == Access::DescribeDenied);
    if seen.is_empty() && !hidden.is_empty() {
        return Err(AwsError::denied(Protocol::Ec2, "DescribeInstances", None));
    }
    Ok(seen)
}

/// The page of a token, and the token of the next page.
fn page<'a>(
    found: &'a [&'static Instance],
    token: Option<&str>,
) -> Result<(&'a [&'static Instance], Option<String>), AwsError> {
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return Ok((&[], Some(format!("{TOKEN}0"))));
    };
    let number = token.strip_prefix(TOKEN).and_then(|it| it.parse().ok());
    let Some(number) = number.filter(|number: &usize| *number <= found.len()) else {
        let message = "The provided next token is invalid.";
        return Err(AwsError::new(400, "InvalidNextToken", message));
    };
    let end = found.len().min(number + 1);
    let next = (end < found.len()).then(|| format!("{TOKEN}{end}"));
    Ok((&found[number..end], next))
}

fn envelope(instances: &[&Instance], next: Option<&str>, request_id: &str) -> String {
    let reservations: String = instances
        .iter()
        .map(|instance| reservation(instance))
        .collect();
    let next = element("nextToken", next);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <requestId>{request_id}</requestId>\
         <reservationSet>{reservations}</reservationSet>{next}</DescribeInstancesResponse>"
    )
}

fn reservation(instance: &Instance) -> String {
    format!(
        "<item><reservationId>{}</reservationId><ownerId>{ACCOUNT}</ownerId><groupSet/>\
         <instancesSet><item>{}</item></instancesSet></item>",
        instance.resource_id("r"),
        instance_xml(instance)
    )
}

/// One instance. As in EC2, a missing DNS name is an empty element, a missing address is no
/// element.
fn instance_xml(instance: &Instance) -> String {
    let (code, state) = instance.state.code_and_name();
    let in_vpc = instance.state != State::Terminated;
    let subnet = in_vpc.then(|| instance.resource_id("subnet"));
    let interfaces = if in_vpc {
        interfaces(instance)
    } else {
        String::new()
    };
    [
        element("instanceId", Some(instance.id)),
        "<imageId>ami-0123456789abcdef0</imageId>".to_owned(),
        format!("<instanceState><code>{code}</code><name>{state}</name></instanceState>"),
        element(
            "privateDnsName",
            Some(&instance.private_dns().unwrap_or_default()),
        ),
        element("dnsName", Some(&instance.public_dns().unwrap_or_default())),
        "<reason/><keyName>lab</keyName><amiLaunchIndex>0</amiLaunchIndex><productCodes/>"
            .to_owned(),
        "<instanceType>t3.micro</instanceType>".to_owned(),
        element("launchTime", Some(instance.launched())),
        format!(
            "<placement><availabilityZone>{}</availabilityZone><groupName/>\
             <tenancy>default</tenancy></placement>",
            instance.zone
        ),
        element("platform", instance.platform),
        "<monitoring><state>disabled</state></monitoring>".to_owned(),
        element("subnetId", subnet.as_deref()),
        element("vpcId", in_vpc.then_some(instance.vpc)),
        element("privateIpAddress", instance.private),
        element("ipAddress", instance.public),
        format!(
            "<metadataOptions><state>applied</state><httpTokens>required</httpTokens>\
             <httpEndpoint>{}</httpEndpoint></metadataOptions>",
            if instance.metadata {
                "enabled"
            } else {
                "disabled"
            }
        ),
        "<architecture>x86_64</architecture><rootDeviceType>ebs</rootDeviceType>".to_owned(),
        tags(instance),
        "<hypervisor>xen</hypervisor>".to_owned(),
        interfaces,
        element("ipv6Address", instance.ipv6),
        format!(
            "<platformDetails>{}</platformDetails>",
            instance.platform.map_or("Linux/UNIX", |_| "Windows")
        ),
    ]
    .concat()
}

fn tags(instance: &Instance) -> String {
    let tag = |(key, value)| {
        let (key, value) = (escape(key), escape(value));
        format!("<item><key>{key}</key><value>{value}</value></item>")
    };
    let items: String = instance.tags().into_iter().map(tag).collect();
    format!("<tagSet>{items}</tagSet>")
}

/// The network interfaces. Only they list secondary addresses.
fn interfaces(instance: &Instance) -> String {
    let all: Vec<Vec<SecondaryAddress>> = instance.interfaces();
    let each = (0..).zip(&all);
    let each: String = each
        .map(|(index, it)| interface(instance, index, it))
        .collect();
    format!("<networkInterfaceSet>{each}</networkInterfaceSet>")
}

fn interface(instance: &Instance, index: u8, addresses: &[SecondaryAddress]) -> String {
    let (v6, v4): (Vec<SecondaryAddress>, Vec<SecondaryAddress>) =
        addresses.iter().partition(|it| it.address.contains(':'));
    let association = |it: &SecondaryAddress| {
        it.elastic.map_or_else(String::new, |address| {
            format!(
                "<association><publicIp>{address}</publicIp><ipOwnerId>amazon</ipOwnerId>\
                 </association>"
            )
        })
    };
    let set = |name: &str, items: Vec<String>| match items.concat().as_str() {
        "" => format!("<{name}/>"),
        items => format!("<{name}>{items}</{name}>"),
    };
    let private = v4.iter().enumerate().map(|(at, it)| {
        format!(
            "<item><privateIpAddress>{}</privateIpAddress><primary>{}</primary>{}</item>",
            it.address,
            at == 0,
            association(it)
        )
    });
    let ipv6 = v6.iter().map(|it| {
        format!(
            "<item><ipv6Address>{}</ipv6Address><isPrimaryIpv6>false</isPrimaryIpv6></item>",
            it.address
        )
    });
    let primary = v4.first();
    let mut id = instance.resource_id("eni");
    id.replace_range(id.len() - 1.., &index.to_string());
    [
        "<item>".to_owned(),
        element("networkInterfaceId", Some(&id)),
        element("subnetId", Some(&instance.resource_id("subnet"))),
        element("vpcId", Some(instance.vpc)),
        format!(
            "<groupSet><item><groupId>{}</groupId></item></groupSet>",
            instance.resource_id("sg")
        ),
        "<status>in-use</status>".to_owned(),
        element("privateIpAddress", primary.map(|it| it.address)),
        primary.map_or_else(String::new, association),
        set("privateIpAddressesSet", private.collect()),
        set("ipv6AddressesSet", ipv6.collect()),
        format!("<attachment><deviceIndex>{index}</deviceIndex></attachment>"),
        "</item>".to_owned(),
    ]
    .concat()
}

/// `<name>text</name>`, `<name/>` for empty text, nothing for none.
fn element(name: &str, text: Option<&str>) -> String {
    match text.map(escape).as_deref() {
        None => String::new(),
        Some("") => format!("<{name}/>"),
        Some(text) => format!("<{name}>{text}</{name}>"),
    }
}

impl State {
    /// Code and name in the EC2 API.
    pub(crate) fn code_and_name(self) -> (u8, &'static str) {
        match self {
            State::Pending => (0, "pending"),
            State::Running => (16, "running"),
            State::Terminated => (48, "terminated"),
            State::Stopping => (64, "stopping"),
            State::Stopped => (80, "stopped"),
        }
    }
}
