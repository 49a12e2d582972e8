//! Why a serial console is not to be had.

use crate::plan::aws::region::ChosenRegion;
use crate::plan::cli::grammar::{KNOWN_HOSTS_COMMAND, Release};
use crate::plan::target::ids::InstanceId;

/// Why an instance's serial console is not to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the text of each variant stands in message()")]
pub enum NoConsole {
    Disabled,
    Taken,
    Unavailable,
    OldFirmware,
    NotNitro,
    OldSsh(Release),
}

impl NoConsole {
    /// Reads the code of an error of `SendSerialConsoleSSHPublicKey`:
    /// <https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSerialConsoleSSHPublicKey.html>
    #[must_use]
    pub fn named(code: &str) -> Option<Self> {
        Some(match code {
            "SerialConsoleAccessDisabledException" => Self::Disabled,
            "SerialConsoleSessionLimitExceededException" => Self::Taken,
            "SerialConsoleSessionUnavailableException" => Self::Unavailable,
            "SerialConsoleSessionUnsupportedException" => Self::OldFirmware,
            "EC2InstanceTypeInvalidException" => Self::NotNitro,
            _ => return None,
        })
    }

    pub(crate) fn message(self, id: &InstanceId, region: &ChosenRegion) -> String {
        match self {
            Self::Disabled => format!("serial consoles are disabled for this account in {region}"),
            Self::Taken => format!("somebody is at the serial console of {id}"),
            Self::Unavailable => format!("the serial console of {id} is not available now"),
            Self::OldFirmware => format!("the firmware of {id} is too old for a serial console"),
            Self::OldSsh((major, minor)) => {
                let (needed, and) = KNOWN_HOSTS_COMMAND;
                format!(
                    "--serial takes OpenSSH {needed}.{and} or newer, and this is {major}.{minor}"
                )
            }
            Self::NotNitro => format!("instances of the type of {id} have no serial console"),
        }
    }

    pub(crate) fn hint(self, region: &str) -> String {
        match self {
            Self::Disabled => {
                format!("enable them with `aws ec2 enable-serial-console-access --region {region}`")
            }
            Self::Taken => {
                "there is one session at a time; AWS takes about 30 seconds to end the last one"
                    .to_owned()
            }
            Self::Unavailable => "try again in a moment".to_owned(),
            Self::OldFirmware => "reboot the instance, which updates it".to_owned(),
            Self::OldSsh(_) => {
                "update OpenSSH's clients; KnownHostsCommand came with that release, by \
                                which ssh knows the console's host key"
                    .to_owned()
            }
            Self::NotNitro => "those of the Nitro System have one".to_owned(),
        }
    }
}
