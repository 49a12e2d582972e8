//! Thousands of instances, for lists: EC2's `DescribeInstances` without IDs, page by page.
//!
//! Each is described at the length of a real one, some 4 KB.

use super::aws_error::{AwsError, escape};
use super::describe::check_page_size;
use super::filter::is_like;
use super::instances::{ACCOUNT, WEB1, find};
use super::request::Operation;

/// The fleet of one caller, in every region; there is none if it is empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fleet {
    pub(crate) size: usize,
    /// The names of the first instances, instead of `web-N`.
    pub(crate) names: Vec<String>,
    /// Whether logins are possible: all have the public address and the sshd of [`WEB1`].
    pub(crate) has_sshd: bool,
}

/// The page size without MaxResults.
const USUAL_PAGE: usize = 1000;

/// The start of a token for the next page; a number follows.
const TOKEN: &str = "eyJmbGVldCI6";

/// The start of all IDs.
const ID: &str = "i-0f1ee7";

impl Fleet {
    /// The ID of an instance.
    pub(crate) fn id(number: usize) -> String {
        format!("{ID}{number:011x}")
    }

    /// A fleet of which so many instances run, with sshds.
    pub(crate) fn with_sshds(running: usize) -> Self {
        let runs = |number: &usize| state(*number) == "running";
        let last = (0..).filter(runs).nth(running.saturating_sub(1));
        Self {
            size: last.map_or(0, |it| it + 1),
            has_sshd: true,
            ..Self::default()
        }
    }

    /// Whether it answers a request for these IDs, instead of the lab's instances.
    pub(crate) fn knows(&self, ids: &[String]) -> bool {
        let is_ours = |id: &String| self.has_sshd && id.starts_with(ID);
        self.size > 0 && ids.iter().all(is_ours)
    }

    /// The instance of the lab that takes the keys for this one.
    pub(crate) fn host<'a>(&self, id: &'a str) -> &'a str {
        if self.has_sshd && id.starts_with(ID) {
            WEB1
        } else {
            id
        }
    }

    pub(crate) fn name(&self, number: usize) -> String {
        let given = self.names.get(number).cloned();
        given.unwrap_or_else(|| format!("web-{number}"))
    }

    /// Answers `DescribeInstances`.
    pub(crate) fn answer(
        &self,
        operation: &Operation,
        region: &str,
        request_id: &str,
    ) -> Result<String, AwsError> {
        let size = operation.get("MaxResults");
        let ids = operation.list("InstanceId");
        check_page_size(size, !ids.is_empty())?;
        let size = size.and_then(|it| it.parse().ok()).unwrap_or(USUAL_PAGE);
        let token = operation.get("NextToken").unwrap_or_default();
        let begin = token.strip_prefix(TOKEN).and_then(|it| it.parse().ok());
        let begin: usize = begin.unwrap_or_default();
        let end = self.size.min(begin + size);
        let is_asked_for = |number| ids.is_empty() || ids.contains(&Self::id(number));
        let wanted = (begin..end).filter(|it| is_asked_for(*it) && self.matches(*it, operation));
        let page: String = wanted.map(|it| self.reservation(it, region)).collect();
        let next = if end < self.size {
            format!("<nextToken>{TOKEN}{end}</nextToken>")
        } else {
            String::new()
        };
        Ok(format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
             <requestId>{request_id}</requestId>\
             <reservationSet>{page}</reservationSet>{next}</DescribeInstancesResponse>"
        ))
    }

    /// Whether an instance has a value of every filter on its name, its role or its state. Other
    /// filters match none.
    fn matches(&self, number: usize, operation: &Operation) -> bool {
        operation.filters().iter().all(|(filter, patterns)| {
            let value = match filter.as_str() {
                "instance-state-name" => state(number).to_owned(),
                "instance-id" => Self::id(number),
                "tag:Name" => self.name(number),
                "tag:role" => role(number).to_owned(),
                tag if tag.starts_with("tag") => return false,
                _ => return true,
            };
            patterns.iter().any(|pattern| is_like(&value, pattern))
        })
    }

    fn reservation(&self, number: usize, region: &str) -> String {
        let (id, name) = (Self::id(number), escape(&self.name(number)));
        let (high, low) = (number / 250 % 250, number % 250);
        let (state, role) = (state(number), role(number));
        let code = if state == "running" { 16 } else { 80 };
        let public = match number % 3 {
            _ if self.has_sshd => find(WEB1).and_then(|it| it.public).map(str::to_owned),
            0 => Some(format!("198.18.{high}.{low}")),
            _ => None,
        };
        let public = public.map_or_else(String::new, |it| format!("<ipAddress>{it}</ipAddress>"));
        let disks = "<item><deviceName>/dev/xvda</deviceName><ebs><volumeId>vol-0123456789abcdef0\
                     </volumeId><status>attached</status><attachTime>2026-01-01T00:00:00.000Z\
                     </attachTime><deleteOnTermination>true</deleteOnTermination></ebs></item>"
            .repeat(2);
        let tags: Vec<String> = (0..8)
            .map(|tag| {
                format!("<item><key>team:tag-{tag}</key><value>some value {tag}</value></item>")
            })
            .collect();
        let tags = tags.concat();
        let hour = number % 24;
        format!(
            "<item><reservationId>r-0123456789abcdef0</reservationId><ownerId>{ACCOUNT}</ownerId>\
             <groupSet/><instancesSet><item><instanceId>{id}</instanceId>\
             <imageId>ami-0123456789abcdef0</imageId>\
             <instanceState><code>{code}</code><name>{state}</name></instanceState>\
             <privateDnsName>ip-10-0-{high}-{low}.ec2.internal</privateDnsName><dnsName/><reason/>\
             <keyName>lab</keyName><amiLaunchIndex>0</amiLaunchIndex><productCodes/>\
             <instanceType>t3.micro</instanceType>\
             <launchTime>2026-01-01T{hour:02}:00:00.000Z</launchTime>\
             <placement><availabilityZone>{region}a</availabilityZone><groupName/>\
             <tenancy>default</tenancy></placement><monitoring><state>disabled</state></monitoring>\
             <subnetId>subnet-0123456789abcdef0</subnetId><vpcId>vpc-0123456789abcdef0</vpcId>\
             <privateIpAddress>10.0.{high}.{low}</privateIpAddress>{public}\
             <sourceDestCheck>true</sourceDestCheck>{GROUPS}<architecture>x86_64</architecture>\
             <rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/xvda</rootDeviceName>\
             <blockDeviceMapping>{disks}</blockDeviceMapping>\
             <virtualizationType>hvm</virtualizationType><clientToken/>\
             <tagSet><item><key>role</key><value>{role}</value></item>{tags}\
             <item><key>Name</key><value>{name}</value></item></tagSet><hypervisor>xen</hypervisor>\
             <networkInterfaceSet><item><networkInterfaceId>eni-0123456789abcdef0\
             </networkInterfaceId><subnetId>subnet-0123456789abcdef0</subnetId>\
             <vpcId>vpc-0123456789abcdef0</vpcId><description/><ownerId>{ACCOUNT}</ownerId>\
             <status>in-use</status><macAddress>02:00:00:00:00:01</macAddress>\
             <privateIpAddress>10.0.{high}.{low}</privateIpAddress>\
             <sourceDestCheck>true</sourceDestCheck>{GROUPS}<attachment>\
             <attachmentId>eni-attach-0123456789abcdef0</attachmentId><deviceIndex>0</deviceIndex>\
             <status>attached</status><attachTime>2026-01-01T00:00:00.000Z</attachTime>\
             <deleteOnTermination>true</deleteOnTermination></attachment>\
             <privateIpAddressesSet><item><privateIpAddress>10.0.{high}.{low}</privateIpAddress>\
             <primary>true</primary></item></privateIpAddressesSet><ipv6AddressesSet/></item>\
             </networkInterfaceSet><ebsOptimized>false</ebsOptimized>{OPTIONS}</item></instancesSet>\
             </item>"
        )
    }
}

const GROUPS: &str = "<groupSet><item><groupId>sg-0123456789abcdef0</groupId>\
                      <groupName>web</groupName></item></groupSet>";

/// The end of a description.
const OPTIONS: &str = "<cpuOptions><coreCount>1</coreCount><threadsPerCore>2</threadsPerCore>\
    </cpuOptions><capacityReservationSpecification><capacityReservationPreference>open\
    </capacityReservationPreference></capacityReservationSpecification>\
    <hibernationOptions><configured>false</configured></hibernationOptions>\
    <metadataOptions><state>applied</state><httpTokens>required</httpTokens>\
    <httpPutResponseHopLimit>2</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint>\
    <httpProtocolIpv6>disabled</httpProtocolIpv6><instanceMetadataTags>disabled\
    </instanceMetadataTags></metadataOptions><enclaveOptions><enabled>false</enabled>\
    </enclaveOptions><platformDetails>Linux/UNIX</platformDetails>\
    <usageOperation>RunInstances</usageOperation>\
    <usageOperationUpdateTime>2026-01-01T00:00:00.000Z</usageOperationUpdateTime>\
    <privateDnsNameOptions><hostnameType>ip-name</hostnameType>\
    <enableResourceNameDnsARecord>false</enableResourceNameDnsARecord></privateDnsNameOptions>\
    <maintenanceOptions><autoRecovery>default</autoRecovery></maintenanceOptions>\
    <currentInstanceBootMode>uefi</currentInstanceBootMode>";

/// Every tenth is stopped.
fn state(number: usize) -> &'static str {
    if number % 10 == 9 {
        "stopped"
    } else {
        "running"
    }
}

fn role(number: usize) -> &'static str {
    ["web", "db"][number % 2]
}
