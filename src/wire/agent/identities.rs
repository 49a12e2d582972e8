//! The list of an agent's keys.

use super::fields::{Fields, put_string, put_uint32};
use super::{IDENTITIES_ANSWER, LIMIT};

/// How many keys OpenSSH accepts (MAX_AGENT_IDENTITIES): it takes a longer list for an error.
const MOST: usize = 2048;

/// A key in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AgentIdentity {
    /// Its public half.
    pub blob: Vec<u8>,
    pub comment: Vec<u8>,
}

impl AgentIdentity {
    /// The reply with a list. Keys that would make it too long are left out, from the end.
    #[must_use]
    pub(crate) fn answer(identities: &[Self]) -> Vec<u8> {
        let (mut keys, mut count) = (Vec::new(), 0);
        for identity in identities.iter().take(MOST) {
            let length = 8 + identity.blob.len() + identity.comment.len();
            if 5 + keys.len() + length > LIMIT {
                break;
            }
            put_string(&mut keys, &identity.blob);
            put_string(&mut keys, &identity.comment);
            count += 1;
        }
        let mut message = vec![IDENTITIES_ANSWER];
        put_uint32(&mut message, count);
        message.append(&mut keys);
        message
    }

    /// The keys of another agent's reply. `None` if it is not a list.
    #[must_use]
    pub(crate) fn read(message: &[u8]) -> Option<Vec<Self>> {
        let mut fields = Fields::new(message);
        if fields.byte()? != IDENTITIES_ANSWER {
            return None;
        }
        let count = fields.uint32()?;
        let mut identities = Vec::new();
        for _ in 0..count {
            let blob = fields.string()?.to_vec();
            let comment = fields.string()?.to_vec();
            identities.push(Self { blob, comment });
        }
        fields.is_empty().then_some(identities)
    }
}
