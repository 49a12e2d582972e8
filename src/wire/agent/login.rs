//! What an agent signs when ssh logs in.

use super::fields::Fields;

/// SSH_MSG_USERAUTH_REQUEST.
const USERAUTH_REQUEST: u8 = 50;

const SERVICE: &[u8] = b"ssh-connection";

const PUBLICKEY: &[u8] = b"publickey";

/// A method of OpenSSH 8.9 that names the server's key as well.
const HOST_BOUND: &[u8] = b"publickey-hostbound-v00@openssh.com";

/// The data that a login signs (RFC 4252, section 7). Everything in it was chosen by who asks for the
/// signature, but a signature of it serves for this login alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SignedLogin<'a> {
    /// The hash of the key exchange, which is different for every connection.
    pub session: &'a [u8],
    /// Who logs in.
    pub user: &'a [u8],
    /// The public half of the key.
    pub blob: &'a [u8],
}

impl<'a> SignedLogin<'a> {
    /// Reads the data of a signature request. `None` if it is anything but a login.
    #[must_use]
    pub(crate) fn read(data: &'a [u8]) -> Option<Self> {
        let mut fields = Fields::new(data);
        let session = fields.string().filter(|it| !it.is_empty())?;
        if fields.byte()? != USERAUTH_REQUEST {
            return None;
        }
        let user = fields.string()?;
        if fields.string()? != SERVICE {
            return None;
        }
        let is_host_bound = match fields.string()? {
            PUBLICKEY => false,
            HOST_BOUND => true,
            _ => return None,
        };
        if !fields.boolean()? {
            return None;
        }
        let _algorithm = fields.string()?;
        let blob = fields.string()?;
        if is_host_bound {
            let _host_key = fields.string()?;
        }
        let login = Self {
            session,
            user,
            blob,
        };
        fields.is_empty().then_some(login)
    }
}
