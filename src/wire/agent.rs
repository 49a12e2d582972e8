//! The protocol of ssh-agent(1): RFC 9987, and session-bind@openssh.com of OpenSSH's PROTOCOL.agent.
//!
//! Messages here are without their length, which stands before each as a uint32.

mod fields;
mod host_key;
mod identities;
mod login;
mod request;
#[cfg(test)]
mod tests;

pub(crate) use self::fields::Fields;
use self::fields::{put_string, put_uint32};
pub(crate) use self::host_key::{HOST_KEY, HostKeyAnswer, HostKeyQuestion, HostKeyRefusal};
pub(crate) use self::identities::AgentIdentity;
pub(crate) use self::login::SignedLogin;
pub(crate) use self::request::{AgentRequest, Bind};

/// The longest message, in bytes, as in OpenSSH (AGENT_MAX_LEN).
pub(crate) const LIMIT: usize = 256 * 1024;

/// The private extension that asks for AWS credentials, as JSON.
pub(crate) const CREDENTIALS: &str = "credentials@mssh";

/// The private extension that asks for a TCP connection that was opened in advance. The reply carries
/// its descriptor.
pub(crate) const CONNECTION: &str = "connection@mssh";

const FAILURE: u8 = 5;
const SUCCESS: u8 = 6;
const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;
const EXTENSION: u8 = 27;
const EXTENSION_FAILURE: u8 = 28;
const EXTENSION_RESPONSE: u8 = 29;

/// The length of the message that this prefix announces. `None` if it is over [`LIMIT`].
#[must_use]
pub(crate) fn length(prefix: [u8; 4]) -> Option<usize> {
    let length = usize::try_from(u32::from_be_bytes(prefix)).ok()?;
    (length <= LIMIT).then_some(length)
}

/// A message with its length before it. `None` if it is over [`LIMIT`].
#[must_use]
pub(crate) fn framed(message: &[u8]) -> Option<Vec<u8>> {
    let mut framed = Vec::with_capacity(4 + message.len());
    put_string(&mut framed, message);
    (message.len() <= LIMIT).then_some(framed)
}

/// The request of an extension.
#[must_use]
pub(crate) fn extension(name: &str, payload: &[u8]) -> Vec<u8> {
    named(EXTENSION, name, payload)
}

/// The request for a connection to a host (see [`CONNECTION`]).
#[must_use]
pub(crate) fn connection(host: &str, port: u16) -> Vec<u8> {
    let mut payload = Vec::new();
    put_string(&mut payload, host.as_bytes());
    put_uint32(&mut payload, u32::from(port));
    extension(CONNECTION, &payload)
}

/// Host and port of such a request's payload.
#[must_use]
pub(crate) fn read_connection(payload: &[u8]) -> Option<(&str, u16)> {
    let mut fields = Fields::new(payload);
    let host = str::from_utf8(fields.string()?).ok()?;
    let port = u16::try_from(fields.uint32()?).ok()?;
    fields.is_empty().then_some((host, port))
}

/// The reply with a signature.
#[must_use]
pub(crate) fn signature(blob: &[u8]) -> Vec<u8> {
    let mut message = vec![SIGN_RESPONSE];
    put_string(&mut message, blob);
    message
}

/// The reply that a request was granted.
#[must_use]
pub(crate) fn success() -> Vec<u8> {
    vec![SUCCESS]
}

/// The reply that a request was refused, or is not known.
#[must_use]
pub(crate) fn failure() -> Vec<u8> {
    vec![FAILURE]
}

/// The reply that a known extension has nothing to give.
#[must_use]
pub(crate) fn extension_failure() -> Vec<u8> {
    vec![EXTENSION_FAILURE]
}

/// The reply of an extension.
#[must_use]
pub(crate) fn extension_reply(name: &str, payload: &[u8]) -> Vec<u8> {
    named(EXTENSION_RESPONSE, name, payload)
}

/// What the reply of an extension says. `None` if it is a failure, or anything else.
#[must_use]
pub(crate) fn read_extension_reply<'a>(message: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut fields = Fields::new(message);
    let is_reply = fields.byte()? == EXTENSION_RESPONSE && fields.string()? == name.as_bytes();
    is_reply.then(|| fields.rest())
}

/// The blob of a signature or of an ed25519 key: the algorithm's name, and its bytes (RFC 8709).
#[must_use]
pub(crate) fn blob(algorithm: &str, bytes: &[u8]) -> Vec<u8> {
    let mut blob = Vec::new();
    put_string(&mut blob, algorithm.as_bytes());
    put_string(&mut blob, bytes);
    blob
}

fn named(kind: u8, name: &str, payload: &[u8]) -> Vec<u8> {
    let mut message = vec![kind];
    put_string(&mut message, name.as_bytes());
    message.extend_from_slice(payload);
    message
}
