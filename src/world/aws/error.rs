//! What can go wrong with AWS: configuration, credentials, calls.

mod credentials;
pub(crate) mod denied;
mod sdk_cause;
mod setting;
mod stale;
mod unreadable;

use std::ffi::OsStr;
use std::path::PathBuf;

use thiserror::Error;

pub(crate) use self::credentials::{CredentialsError, NoLogin, NoMfaCode};
pub(crate) use self::denied::Denied;
pub(crate) use self::sdk_cause::SdkCause;
pub(crate) use self::setting::SettingError;
pub(crate) use self::stale::StaleSession;
pub(crate) use self::unreadable::UnreadableFile;
use crate::hint::Hint;
use crate::plan::argv::quote;
use crate::plan::aws::clock::Offset;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::aws::profiles::DEFAULT;
use crate::plan::aws::region::{BadRegion, ChosenRegion};
use crate::plan::route::no_console::ConsoleError;
use crate::plan::target::ids::InstanceId;
use crate::world::net::error::NetworkError;

const BAD_PUSH: &str =
    "check the user, -z if it is given, and that the key of -i is ed25519 or RSA and not too long";

const FOREIGN_STREAM: &str = "is there another server in front of AWS? The URLs of one of your own (AWS_ENDPOINT_URL_SSM) \
    must name that server, and begin with wss:// if it is https://";

const AWS_FILE: &str =
    "correct the file, or name another in AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE";

/// Why AWS cannot be asked, or what it refuses.
#[derive(Debug, Error)]
pub(crate) enum AwsError {
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The file may hold a region, but cannot be read.
    #[error("no AWS region is set{}", and(.0.as_ref()))]
    NoRegion(Option<UnreadableFile>),
    #[error(transparent)]
    BadRegion(#[from] BadRegion),
    #[error("cannot read {}: {}", .0.display(), .1)]
    File(PathBuf, String),
    #[error("there is no AWS profile `{name}`")]
    UnknownProfile { name: String, known: Vec<String> },
    #[error("no AWS credentials: {cause}")]
    NoCredentials {
        cause: String,
        profile: Option<String>,
    },
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    #[error("the AWS credentials have expired")]
    Expired {
        stale: Option<StaleSession>,
        profile: Option<String>,
        off: Option<Offset>,
    },
    #[error("AWS does not accept the credentials ({code})")]
    BadCredentials {
        stale: Option<StaleSession>,
        code: String,
    },
    #[error("AWS does not accept the time of the request: {message}")]
    Clock {
        message: String,
        off: Option<Offset>,
    },
    #[error(transparent)]
    Denied(Denied),
    /// EC2 Instance Connect's `AuthException`, which gives no reason.
    #[error("EC2 Instance Connect refuses these credentials for {id} in {region}")]
    NoAccess {
        id: InstanceId,
        region: Box<ChosenRegion>,
        profile: Option<String>,
    },
    /// Its `InvalidArgsException`.
    #[error("EC2 Instance Connect does not accept a key for {what}: {message}")]
    BadPush { what: String, message: String },
    #[error("AWS is throttling {action}")]
    Throttled { action: &'static str },
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error("cannot reach {host}")]
    Unreachable { host: String, source: SdkCause },
    #[error("no answer to {action} from {host} in time")]
    TimedOut { action: &'static str, host: String },
    #[error("{action} could not be sent")]
    NotSent {
        action: &'static str,
        source: SdkCause,
    },
    #[error("cannot sign a request: {0}")]
    NotSigned(String),
    #[error("the answer to {action} from {host} is not valid")]
    BadAnswer { action: &'static str, host: String },
    #[error("{action} failed: {message} ({code})")]
    Service {
        action: &'static str,
        code: String,
        message: String,
    },
    #[error("the session is over: it has timed out")]
    SessionTimedOut,
    #[error("the session is over: it could not be resumed")]
    SessionGone,
    #[error(
        "the answer names {place} for the session's websocket, which is not Session Manager's \
         in {region}"
    )]
    ForeignStream {
        place: String,
        region: Box<ChosenRegion>,
    },
    #[error(transparent)]
    Instance(#[from] InstanceError),
    #[error(transparent)]
    Console(#[from] ConsoleError),
}

impl Hint for AwsError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::SessionTimedOut | Self::SessionGone => return None,
            Self::Setting(error) => return error.hint(),
            Self::NoRegion(Some(file)) => return file.hint(),
            Self::NoRegion(None) => {
                "pass --region, or set AWS_REGION or the profile's `region`".to_owned()
            }
            Self::BadRegion(bad) => return bad.hint(),
            Self::File(..) => AWS_FILE.to_owned(),
            Self::UnknownProfile { known, .. } if known.is_empty() => {
                "there are none yet: `aws configure` makes one".to_owned()
            }
            Self::UnknownProfile { known, .. } => format!("the profiles are: {}", known.join(", ")),
            Self::NoCredentials { profile, .. } => credentials_hint(profile.as_deref()),
            Self::Credentials(error) => return error.hint(),
            Self::Expired {
                stale,
                profile,
                off,
            } => match stale {
                Some(stale) => return stale.hint(),
                None => expired_hint(profile.as_deref(), *off),
            },
            Self::BadCredentials { stale, .. } => match stale {
                Some(stale) => return stale.hint(),
                None => "`aws sts get-caller-identity` shows whether they work at all".to_owned(),
            },
            Self::Clock { off, .. } => clock_hint(*off),
            Self::Denied(denied) => return denied.hint(),
            Self::NoAccess { profile, .. } => no_access_hint(profile.as_deref()),
            Self::BadPush { .. } => BAD_PUSH.to_owned(),
            Self::Throttled { .. } => "try again in a moment".to_owned(),
            Self::Network(network) => return network.hint(),
            Self::Unreachable { .. } => {
                "check the network, --region, and AWS_ENDPOINT_URL if it is set".to_owned()
            }
            Self::TimedOut { .. } => "check the network, and try again".to_owned(),
            Self::NotSent { .. } | Self::NotSigned(_) => {
                "check the AWS_… variables and the AWS profile".to_owned()
            }
            Self::BadAnswer { .. } => {
                "is there a proxy or another server in front of AWS? --debug tells more".to_owned()
            }
            Self::Service { .. } => "--debug tells more".to_owned(),
            Self::ForeignStream { .. } => FOREIGN_STREAM.to_owned(),
            Self::Instance(error) => return error.hint(),
            Self::Console(error) => return error.hint(),
        })
    }
}

/// A command for a profile; the default one need not be named.
fn with_profile(command: &str, profile: Option<&str>) -> String {
    match profile {
        Some(name) if name != DEFAULT => {
            let name = quote::join([OsStr::new(name)]);
            format!("{command} --profile {}", name.to_string_lossy())
        }
        _ => command.to_owned(),
    }
}

fn and(unread: Option<&UnreadableFile>) -> String {
    unread.map_or(String::new(), |unread| format!(", and {unread}"))
}

fn expired_hint(profile: Option<&str>, off: Option<Offset>) -> String {
    let login = with_profile("aws sso login", profile);
    let clock = off.map_or(String::new(), |_| format!("; and {}", clock_hint(off)));
    format!("get new ones, for example with `{login}`{clock}")
}

pub(crate) fn clock_hint(off: Option<Offset>) -> String {
    let off = off.map_or(String::new(), |off| format!(", which is {off}"));
    format!("set this machine's clock{off}")
}

fn no_access_hint(profile: Option<&str>) -> String {
    let command = with_profile("aws sts get-caller-identity", profile);
    format!(
        "they are invalid, or for another account than the instance's: `{command}` shows whose they are"
    )
}

fn credentials_hint(profile: Option<&str>) -> String {
    if profile.is_some() {
        let command = with_profile("aws sts get-caller-identity", profile);
        format!("`{command}` shows what the profile gives")
    } else {
        "pass --profile, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            .to_owned()
    }
}
