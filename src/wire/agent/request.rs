//! What clients ask of an agent.

use super::fields::Fields;
use super::{EXTENSION, REQUEST_IDENTITIES, SIGN_REQUEST};

const SESSION_BIND: &[u8] = b"session-bind@openssh.com";

/// A request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AgentRequest<'a> {
    /// Which keys there are.
    List,
    /// A signature of data by one of them.
    Sign {
        /// The public half of the key.
        blob: &'a [u8],
        data: &'a [u8],
        /// 2 for rsa-sha2-256, 4 for rsa-sha2-512.
        flags: u32,
    },
    /// Which connection of ssh further requests are about.
    Bind(Bind<'a>),
    /// Any other extension.
    Extension { name: &'a [u8], payload: &'a [u8] },
    /// Anything else: to add, remove or lock keys.
    Other,
}

/// The payload of session-bind@openssh.com, which ssh sends since OpenSSH 8.9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bind<'a> {
    /// The hash of the key exchange.
    pub session: &'a [u8],
    /// Whether further requests come from the server, to which ssh forwards the agent.
    pub is_forwarding: bool,
}

impl<'a> AgentRequest<'a> {
    /// Reads a message. `None` if it is malformed.
    #[must_use]
    pub(crate) fn read(message: &'a [u8]) -> Option<Self> {
        let mut fields = Fields::new(message);
        let request = match fields.byte()? {
            REQUEST_IDENTITIES => Self::List,
            SIGN_REQUEST => Self::Sign {
                blob: fields.string()?,
                data: fields.string()?,
                flags: fields.uint32()?,
            },
            EXTENSION => return Self::extension(fields),
            _ => return Some(Self::Other),
        };
        fields.is_empty().then_some(request)
    }

    fn extension(mut fields: Fields<'a>) -> Option<Self> {
        let name = fields.string()?;
        if name != SESSION_BIND {
            let payload = fields.rest();
            return Some(Self::Extension { name, payload });
        }
        let _host_key = fields.string()?;
        let session = fields.string()?;
        let _signature = fields.string()?;
        let bind = Bind {
            session,
            is_forwarding: fields.boolean()?,
        };
        fields.is_empty().then_some(Self::Bind(bind))
    }
}
