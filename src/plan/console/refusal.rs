//! Why a host key is refused: the console shows another one, or none where one is required.

use thiserror::Error;

use crate::hint::Hint;
use crate::plan::target::ids::InstanceId;

/// What the server's key is, beside the published one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DifferentKey {
    pub id: InstanceId,
    /// The type, as in the name of its file: `ed25519`.
    pub kind: &'static str,
    /// The SHA256 fingerprints.
    pub shown: String,
    pub published: String,
    /// The address that ssh connects to; `None` through a tunnel, which ends at the instance itself.
    pub address: Option<String>,
    /// Another instance, for which known_hosts has the shown key.
    pub other: Option<InstanceId>,
}

/// Why ssh must not connect.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum KeyRefusal {
    #[error("{}", different(.0))]
    Different(Box<DifferentKey>),
    #[error("cannot verify the host key of {0}: its console shows nothing yet")]
    NoOutput(InstanceId),
    #[error("cannot verify the host key of {0}: its console shows no host keys (any more)")]
    NoKeys(InstanceId),
    #[error(
        "cannot verify the host key of {0}: its console shows fingerprints only, which this ssh (older \
         than OpenSSH 8.5) cannot compare"
    )]
    OnlyFingerprints(InstanceId),
    #[error("cannot verify the host key of {0}: its console shows none of this type, {1}")]
    NotOfType(InstanceId, String),
    #[error("cannot verify the host key of {0}: AWS has not sent its console's text in time")]
    Late(InstanceId),
    /// AWS's error, in a line, and what to do about it.
    #[error("cannot verify the host key of {0}: {1}")]
    NoConsole(InstanceId, String, Option<String>),
}

fn different(key: &DifferentKey) -> String {
    let DifferentKey { id, shown, .. } = key;
    match (&key.address, &key.other) {
        (Some(address), Some(other)) => format!(
            "{address} is not {id}: it shows the host key of {other} ({shown}), so another machine \
             has that address"
        ),
        (Some(address), None) => format!(
            "the host key at {address} is not one that {id} printed on its console: {shown}, not {}",
            key.published
        ),
        (None, _) => format!(
            "the host key of {id} is not the one on its console: {shown}, not {}; the tunnel ends at \
             the instance itself, so its keys were made anew",
            key.published
        ),
    }
}

impl Hint for KeyRefusal {
    fn hint(&self) -> Option<String> {
        let once = |id: &InstanceId| {
            format!("to connect once without this check: `mssh --verify-host-key off {id}`")
        };
        Some(match self {
            Self::Different(key) => match (&key.address, &key.other) {
                (Some(_), Some(_)) => format!(
                    "nothing was sent to it; see which address {} has now, or take another way: \
                     `mssh --via eice {}`",
                    key.id, key.id
                ),
                (Some(_), None) => format!(
                    "another machine may have that address, or the keys were made anew after the boot: \
                     see `ssh-keygen -lf /etc/ssh/ssh_host_{}_key.pub` on `mssh --serial {}`",
                    key.kind, key.id
                ),
                (None, _) => format!(
                    "if you have rebuilt it or made new keys, connect once with \
                     `mssh --verify-host-key off {}`; if not, do not",
                    key.id
                ),
            },
            Self::NoOutput(id) => format!(
                "a new instance prints its keys within some minutes: try again then; {}",
                once(id)
            ),
            Self::NoKeys(id) => format!(
                "most images print them at the first boot only, and AWS keeps 64 KB; {}",
                once(id)
            ),
            Self::OnlyFingerprints(id) | Self::NotOfType(id, _) | Self::Late(id) => once(id),
            Self::NoConsole(id, _, hint) => hint.clone().unwrap_or_else(|| once(id)),
        })
    }
}
