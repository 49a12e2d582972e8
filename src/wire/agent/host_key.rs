//! What ssh's KnownHostsCommand asks the agent, and its answer: private extensions.

use super::fields::put_string;
use super::{Fields, extension, extension_reply, read_extension_reply};

/// The private extension that asks about a host key.
pub(crate) const HOST_KEY: &str = "host-key@mssh";

/// The tokens of KnownHostsCommand (TOKENS in ssh_config(5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HostKeyQuestion<'a> {
    /// `%I`: `ORDER` before the key exchange, `HOSTNAME` or `ADDRESS` when the server has shown its key.
    pub reason: &'a str,
    /// `%H`: the name under which ssh looks for the key.
    pub name: &'a str,
    /// `%t`, or `NONE`.
    pub kind: &'a str,
    /// `%K`: base64, or `NONE`.
    pub key: &'a str,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HostKeyAnswer {
    /// Lines of known_hosts.
    pub lines: String,
    /// Why ssh must not connect.
    pub refusal: Option<HostKeyRefusal>,
}

/// Why ssh must not connect, for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostKeyRefusal {
    pub message: String,
    pub hint: String,
}

impl<'a> HostKeyQuestion<'a> {
    #[must_use]
    pub(crate) fn request(&self) -> Vec<u8> {
        let mut payload = Vec::new();
        for field in [self.reason, self.name, self.kind, self.key] {
            put_string(&mut payload, field.as_bytes());
        }
        extension(HOST_KEY, &payload)
    }

    /// Reads the payload of a request.
    #[must_use]
    pub(crate) fn read(payload: &'a [u8]) -> Option<Self> {
        let mut fields = Fields::new(payload);
        let mut text = || str::from_utf8(fields.string()?).ok();
        let question = Self {
            reason: text()?,
            name: text()?,
            kind: text()?,
            key: text()?,
        };
        fields.is_empty().then_some(question)
    }
}

impl HostKeyAnswer {
    #[must_use]
    pub(crate) fn reply(&self) -> Vec<u8> {
        let mut payload = Vec::new();
        put_string(&mut payload, self.lines.as_bytes());
        if let Some(refusal) = &self.refusal {
            put_string(&mut payload, refusal.message.as_bytes());
            put_string(&mut payload, refusal.hint.as_bytes());
        }
        extension_reply(HOST_KEY, &payload)
    }

    /// Reads a reply; `None` if it is a failure, or anything else.
    #[must_use]
    pub(crate) fn read(message: &[u8]) -> Option<Self> {
        let mut fields = Fields::new(read_extension_reply(message, HOST_KEY)?);
        let mut text = || String::from_utf8(fields.string()?.to_vec()).ok();
        let lines = text()?;
        let refusal = match text() {
            Some(message) => Some(HostKeyRefusal {
                message,
                hint: text()?,
            }),
            None => None,
        };
        fields.is_empty().then_some(Self { lines, refusal })
    }
}

#[cfg(test)]
mod tests {
    use super::super::AgentRequest;
    use super::*;

    #[test]
    fn what_is_asked_and_answered_is_understood() {
        let question = HostKeyQuestion {
            reason: "HOSTNAME",
            name: "i-0face000000000001",
            kind: "ssh-ed25519",
            key: "AAAA",
        };
        let request = question.request();
        let Some(AgentRequest::Extension { name, payload }) = AgentRequest::read(&request) else {
            panic!("no extension");
        };
        assert_eq!(name, HOST_KEY.as_bytes());
        assert_eq!(HostKeyQuestion::read(payload), Some(question));
        assert_eq!(HostKeyQuestion::read(&payload[1..]), None);
        let refusal = HostKeyRefusal {
            message: "a message".into(),
            hint: "a hint".into(),
        };
        for refusal in [None, Some(refusal)] {
            let lines = "name type key\n".to_owned();
            let answer = HostKeyAnswer { lines, refusal };
            assert_eq!(HostKeyAnswer::read(&answer.reply()), Some(answer));
        }
        assert_eq!(HostKeyAnswer::read(&super::super::failure()), None);
    }
}
