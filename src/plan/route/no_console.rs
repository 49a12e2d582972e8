//! Why an instance's serial console is unavailable.

use std::fmt;

use crate::hint::Hint;
use crate::plan::aws::region::ChosenRegion;
use crate::plan::cli::grammar::{KNOWN_HOSTS_COMMAND, Release};
use crate::plan::target::ids::InstanceId;

/// Why an instance's serial console is unavailable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoConsole {
    Disabled,
    InUse,
    Unavailable,
    OldFirmware,
    NotNitro,
    OldSsh(Release),
}

impl NoConsole {
    /// Reads the code of an error of `SendSerialConsoleSSHPublicKey`:
    /// <https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSerialConsoleSSHPublicKey.html>
    #[must_use]
    pub(crate) fn named(code: &str) -> Option<Self> {
        Some(match code {
            "SerialConsoleAccessDisabledException" => Self::Disabled,
            "SerialConsoleSessionLimitExceededException" => Self::InUse,
            "SerialConsoleSessionUnavailableException" => Self::Unavailable,
            "SerialConsoleSessionUnsupportedException" => Self::OldFirmware,
            "EC2InstanceTypeInvalidException" => Self::NotNitro,
            _ => return None,
        })
    }
}

/// That, with the instance and its region.
#[derive(Debug)]
pub(crate) struct ConsoleError {
    pub id: InstanceId,
    /// Where it is, or was looked for.
    pub region: Box<ChosenRegion>,
    pub why: NoConsole,
}

impl std::error::Error for ConsoleError {}

impl fmt::Display for ConsoleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, region, why } = self;
        match why {
            NoConsole::Disabled => write!(
                f,
                "access to serial consoles is disabled for this account in {region}"
            ),
            NoConsole::InUse => write!(f, "the serial console of {id} is in use"),
            NoConsole::Unavailable => {
                write!(f, "the serial console of {id} is unavailable at the moment")
            }
            NoConsole::OldFirmware => {
                write!(f, "the firmware of {id} is too old for a serial console")
            }
            NoConsole::OldSsh((major, minor)) => {
                let (needed, and) = KNOWN_HOSTS_COMMAND;
                write!(
                    f,
                    "--serial needs OpenSSH {needed}.{and} or later, and this is {major}.{minor}"
                )
            }
            NoConsole::NotNitro => write!(f, "the instance type of {id} has no serial console"),
        }
    }
}

impl Hint for ConsoleError {
    fn hint(&self) -> Option<String> {
        let hint = match self.why {
            NoConsole::Disabled => {
                return Some(format!(
                    "enable it with `aws ec2 enable-serial-console-access --region {}`",
                    self.region.name
                ));
            }
            NoConsole::InUse => {
                "only one session at a time is possible; AWS takes about 30 seconds to end the \
                 last one"
            }
            NoConsole::Unavailable => "try again in a moment",
            NoConsole::OldFirmware => "reboot the instance to update it",
            NoConsole::OldSsh(_) => {
                "update the OpenSSH clients: ssh gets the console's host key by KnownHostsCommand, \
                 which came with that release"
            }
            NoConsole::NotNitro => "instance types of the Nitro System have one",
        };
        Some(hint.to_owned())
    }
}
