//! EC2 Instance Connect Endpoint: requests, refusals and the data channel.
//!
//! AWS does not document the protocol. What its own client sends (`aws ec2-instance-connect
//! open-tunnel`) was recorded; test vectors of its signed URLs are in `world/aws/sign.rs`.

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

pub(crate) mod channel;
mod refusal;

pub(crate) use self::refusal::{Closing, Refusal, RefusalReason, closing, refusal};

/// The service's name in signatures.
pub(crate) const SERVICE: &str = "ec2-instance-connect";

/// How long a signed URL is valid, in seconds, as AWS's own client has it.
pub(crate) const URL_LIFE: u64 = 60;

/// The longest message that we accept, in bytes. The service sends what it reads at once, in frames
/// like ours; AWS's websocket gateways document a limit of 128 KB.
pub(crate) const LONGEST: usize = 128 * 1024;

/// The only ports that the service connects to.
pub(crate) const PORTS: [u16; 2] = [22, 3389];

/// The parameters of a tunnel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenTunnelRequest<'a> {
    /// The DNS name of the endpoint.
    pub(crate) host: &'a str,
    /// The endpoint's ID.
    pub(crate) endpoint: &'a str,
    /// The instance's address within its VPC.
    pub(crate) address: &'a str,
    /// The instance's port.
    pub(crate) port: u16,
    /// How long the tunnel may last, in seconds; an hour, the service's limit, if there is none.
    pub(crate) duration: Option<u16>,
}

impl OpenTunnelRequest<'_> {
    /// The URL of the tunnel, before it is signed. The service accepts only TLS on port 443.
    #[must_use]
    pub(crate) fn url(&self) -> String {
        let mut url = format!(
            "https://{}/openTunnel?instanceConnectEndpointId={}&remotePort={}&privateIpAddress={}",
            self.host,
            encode(self.endpoint),
            self.port,
            encode(self.address),
        );
        if let Some(duration) = self.duration {
            let _ = write!(url, "&maxTunnelDuration={duration}");
        }
        url
    }
}

/// What is escaped in a query: all but the unreserved characters of RFC 3986 (2.3), which is what
/// Signature Version 4 demands.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// `text` as a value in a query.
pub(crate) fn encode(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, ESCAPED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_is_that_of_awss_own_client() {
        let url = |address, port, duration| {
            let request = OpenTunnelRequest {
                host: "eice-1.example",
                endpoint: "eice-1",
                address,
                port,
                duration,
            };
            request.url()
        };
        let head = "https://eice-1.example/openTunnel?instanceConnectEndpointId=eice-1";
        assert_eq!(
            url("10.0.0.1", 22, Some(60)),
            format!("{head}&remotePort=22&privateIpAddress=10.0.0.1&maxTunnelDuration=60")
        );
        assert_eq!(
            url("fd00::1", 2222, None),
            format!("{head}&remotePort=2222&privateIpAddress=fd00%3A%3A1")
        );
    }
}
