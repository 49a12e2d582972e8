//! A request for a tunnel, and the checks that AWS would make, including the signature.

mod signature;

use std::net::IpAddr;

use super::reaches;

/// The names of the parameters, in the order of AWS's own client.
const ORDER: [&str; 11] = [
    "instanceConnectEndpointId",
    "remotePort",
    "privateIpAddress",
    "maxTunnelDuration",
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
];

/// A request for a tunnel.
#[derive(Clone, Debug, Default)]
pub(crate) struct TunnelRequest {
    pub(crate) host: String,
    pub(crate) endpoint: String,
    pub(crate) port: u16,
    pub(crate) address: String,
    pub(crate) duration: Option<u64>,
    pub(crate) region: String,
    pub(crate) access_key: String,
    pub(crate) user_agent: String,
    /// Lower-case header names, in order.
    pub(crate) headers: Vec<String>,
    pub(crate) key: String,
    /// How it ended; empty while it is open.
    pub(crate) end: String,
}

/// Why AWS would reject it: status, code, message.
pub(super) type Rejection = (u16, &'static str, String);

struct Head<'a> {
    path: &'a str,
    /// Parameters, still percent-encoded.
    query: Vec<(&'a str, &'a str)>,
    headers: Vec<(String, &'a str)>,
}

/// Parses and checks the head of a request. `ssh` is the real port of the instances, 22 or another.
pub(super) fn read(head: &str, ssh: u16) -> (TunnelRequest, Result<IpAddr, Rejection>) {
    let head = Head::of(head);
    let request = head.request();
    let checked = match head.difference() {
        Some(what) => {
            let message = format!("{what} is not what it should be");
            Err((400, "InvalidRequest", message))
        }
        None => signature::check(&head.query, &request).and_then(|()| request.target(ssh)),
    };
    (request, checked)
}

impl<'a> Head<'a> {
    fn of(text: &'a str) -> Self {
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        let target = first.strip_prefix("GET ");
        let target = target.and_then(|it| it.strip_suffix(" HTTP/1.1"));
        let (path, query) = target.and_then(|it| it.split_once('?')).unwrap_or_default();
        let headers = lines.filter_map(|line| line.split_once(": "));
        Self {
            path,
            query: query
                .split('&')
                .filter_map(|it| it.split_once('='))
                .collect(),
            headers: headers
                .map(|(name, value)| (name.to_ascii_lowercase(), value))
                .collect(),
        }
    }

    fn header(&self, name: &str) -> &'a str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    fn value(&self, name: &str) -> String {
        let found = self.query.iter().find(|(known, _)| *known == name);
        found.map_or(String::new(), |(_, value)| decode(value))
    }

    fn request(&self) -> TunnelRequest {
        let credential = self.value("X-Amz-Credential");
        let mut scope = credential.split('/').map(str::to_owned);
        TunnelRequest {
            host: self.header("host").to_owned(),
            endpoint: self.value("instanceConnectEndpointId"),
            port: self.value("remotePort").parse().unwrap_or(0),
            address: self.value("privateIpAddress"),
            duration: self.value("maxTunnelDuration").parse().ok(),
            access_key: scope.next().unwrap_or_default(),
            region: scope.nth(1).unwrap_or_default(),
            user_agent: self.header("user-agent").to_owned(),
            headers: self.headers.iter().map(|(name, _)| name.clone()).collect(),
            key: self.header("sec-websocket-key").to_owned(),
            end: String::new(),
        }
    }

    /// What differs from AWS's own client, if anything.
    fn difference(&self) -> Option<&'static str> {
        let names: Vec<&str> = self.query.iter().map(|(name, _)| *name).collect();
        let ordered: Vec<&str> = ORDER.into_iter().filter(|it| names.contains(it)).collect();
        let credential = self.value("X-Amz-Credential");
        let expected = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Expires", "60"),
            ("X-Amz-SignedHeaders", "host"),
        ];
        let has = |(name, value): (&str, &str)| self.value(name) == value;
        let is_upgrade = self.header("upgrade") == "websocket"
            && self.header("sec-websocket-version") == "13"
            && self.header("sec-websocket-key").len() == 24;
        [
            (self.path == "/openTunnel", "the path"),
            (names == ordered, "the order of the parameters"),
            (is_upgrade, "the upgrade"),
            (expected.into_iter().all(has), "the kind of signature"),
            (
                credential.ends_with("/ec2-instance-connect/aws4_request"),
                "X-Amz-Credential",
            ),
        ]
        .into_iter()
        .find_map(|(good, what)| (!good).then_some(what))
    }
}

impl TunnelRequest {
    /// The address to connect to, if the service would.
    fn target(&self, ssh: u16) -> Result<IpAddr, Rejection> {
        let checks = [
            ([22, 3389, ssh].contains(&self.port), "RemotePort"),
            (
                self.duration.is_none_or(|it| (1..=3600).contains(&it)),
                "MaxTunnelDuration",
            ),
            (
                self.host.starts_with(&format!("{}.", self.endpoint)),
                "InstanceConnectEndpointId",
            ),
        ];
        let bad = checks.iter().find(|(good, _)| !good).map(|(_, what)| *what);
        let address = self.address.parse().ok();
        let reached = address.filter(|it| reaches(&self.endpoint, *it));
        match (bad, reached) {
            (None, Some(address)) => Ok(address),
            (what, _) => {
                let what = what.unwrap_or("PrivateIpAddress");
                let message = format!("The specified {what} is not valid.");
                Err((400, "InvalidParameter", message))
            }
        }
    }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let hex = rest.get(at + 1..at + 3).unwrap_or("00");
        bytes.push(u8::from_str_radix(hex, 16).unwrap_or(0));
        rest = rest.get(at + 3..).unwrap_or_default();
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}
