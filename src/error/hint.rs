//! What to try, for each error.

use super::Error;
use crate::hint::Hint;
use crate::wire::ssm::channel::NO_ENCRYPTION;

const KMS_OFF: &str =
    "turn KMS encryption off in Session Manager's preferences, or use `--ssm`, where SSH encrypts";

impl Hint for Error {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Usage(usage) => return usage.hint(),
            Self::SessionOver { reason } => return session_hint(reason),
            Self::NothingListens { port, .. } => nothing_listens(*port),
            Self::Ssh(error) => return error.hint(),
            Self::Key(error) => return error.hint(),
            Self::Listen(error) => return error.hint(),
            Self::Io(error) => return error.hint(),
            Self::Connect(error) => return error.hint(),
            Self::Instance(error) => return error.hint(),
            Self::Route(error) => return error.hint(),
            Self::Aws(error) => return error.hint(),
            Self::Network(network) => return network.hint(),
            Self::Tunnel(trouble) => return trouble.hint(),
            Self::OtherHostKey { .. } => {
                "someone may be intercepting the connection; if AWS has announced a new key, \
                 connect once with `-o StrictHostKeyChecking=ask`"
                    .to_owned()
            }
        };
        Some(hint)
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::Instance(error) => error.details(),
            Self::Route(error) => error.details(),
            _ => Vec::new(),
        }
    }
}

fn session_hint(reason: &str) -> Option<String> {
    (reason == NO_ENCRYPTION).then(|| KMS_OFF.to_owned())
}

fn nothing_listens(port: u16) -> String {
    format!("nothing listens on port {port} there, it seems: is that the right one?")
}
