//! Everything that can go wrong: what is said, what to try, and the exit status.
//!
//! Each variant names the mistake or the state of the world, not the call that noticed it.

mod address;
mod credentials;
mod denied;
mod hint;
mod network;
mod serial;
mod setting;
mod stale;
mod tunnel;
mod unread;
mod way;

use std::io;
use std::path::PathBuf;

pub use self::credentials::{Lack, NoCode, NoLogin};
pub use self::denied::Denied;
pub use self::network::{BadBundle, Doubt, Network};
pub use self::serial::NoConsole;
pub use self::setting::Setting;
pub use self::stale::StaleSession;
pub use self::tunnel::{Step, Tunnel};
pub use self::unread::Unread;
use crate::plan::aws::clock::Offset;
use crate::plan::aws::region::ChosenRegion;
use crate::plan::cli::usage::Usage;
use crate::plan::route::NoAddress;
use crate::plan::route::race::Shut;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::ids::InstanceId;
use crate::plan::target::instance::{Instance, State};

/// Why we cannot do what we were asked.
#[derive(Debug)]
#[expect(missing_docs, reason = "the text of each variant stands in message()")]
pub enum Error {
    Usage(Usage),
    /// The client refused the words, and said so itself on its standard error.
    ClientRefused {
        stderr: Vec<u8>,
        status: u8,
    },
    NoClient(&'static str),
    CannotRun(PathBuf, io::Error),
    NoRoom(Vec<(PathBuf, io::Error)>),
    NoKeeper(io::Error),
    TooLate,
    Key(PathBuf, io::Error),
    KeyDir(PathBuf, io::Error),
    SshFile(PathBuf, io::Error),
    NoConnection {
        host: String,
        port: u16,
        cause: io::Error,
    },
    /// No mistake, and nothing is said: it is what was wanted.
    Hangup,
    NoListener {
        place: String,
        cause: io::Error,
    },
    Runtime(io::Error),
    /// A panic, at this place in the sources.
    Bug {
        place: String,
    },
    Output(io::Error),
    OwnKeyUnreadable(PathBuf, io::Error),
    NoPublicHalf(PathBuf),
    /// A key, and its type.
    UnpushableKey(PathBuf, String),
    Setting(Setting),
    /// There may be one in a file that could not be read.
    NoRegion(Option<Unread>),
    AwsFile(PathBuf, String),
    UnknownProfile {
        name: String,
        known: Vec<String>,
    },
    NoCredentials {
        cause: String,
        profile: Option<String>,
    },
    Credentials(Lack),
    Expired {
        stale: Option<StaleSession>,
        profile: Option<String>,
        off: Option<Offset>,
    },
    BadCredentials {
        stale: Option<StaleSession>,
        code: String,
    },
    Clock {
        message: String,
        off: Option<Offset>,
    },
    Denied(Denied),
    /// EC2 Instance Connect's `AuthException`: it says no more.
    NoAccess {
        id: InstanceId,
        region: Box<ChosenRegion>,
        profile: Option<String>,
    },
    /// Its `InvalidArgsException`.
    BadPush {
        what: String,
        message: String,
    },
    Throttled {
        action: &'static str,
    },
    Network(Network),
    Tunnel(Tunnel),
    Unreachable {
        host: String,
        cause: String,
    },
    TimedOut {
        action: &'static str,
        host: String,
    },
    NotSent {
        action: &'static str,
        cause: String,
    },
    BadAnswer {
        action: &'static str,
        host: String,
    },
    Service {
        action: &'static str,
        code: String,
        message: String,
    },
    Unresolvable {
        host: String,
        cause: String,
    },
    NotFound {
        what: String,
        region: Box<ChosenRegion>,
    },
    Several {
        what: String,
        found: Vec<Instance>,
    },
    NotRunning {
        id: InstanceId,
        state: State,
        region: String,
    },
    NotReady {
        id: InstanceId,
        message: String,
    },
    NotManaged {
        target: String,
        region: Box<ChosenRegion>,
    },
    SessionOver {
        reason: String,
    },
    /// A session that is over because its agent could not connect to the port.
    NothingListens {
        port: u16,
        reason: String,
    },
    ForeignStream {
        place: String,
        region: Box<ChosenRegion>,
    },
    NoAddress {
        id: InstanceId,
        missing: NoAddress,
    },
    NoWay {
        id: InstanceId,
        shut: Vec<(&'static str, Shut)>,
    },
    NoConsole {
        id: InstanceId,
        region: Box<ChosenRegion>,
        why: NoConsole,
    },
    OtherHostKey {
        shown: String,
    },
}

impl From<BadName> for Error {
    fn from(name: BadName) -> Self {
        Self::Usage(name.into())
    }
}

impl From<Usage> for Error {
    fn from(usage: Usage) -> Self {
        Self::Usage(usage)
    }
}

impl From<Lack> for Error {
    fn from(lack: Lack) -> Self {
        Self::Credentials(lack)
    }
}

impl From<Setting> for Error {
    fn from(bad: Setting) -> Self {
        Self::Setting(bad)
    }
}

impl Error {
    /// What is wrong, in one line.
    pub fn message(&self) -> String {
        match self {
            Self::Usage(usage) => usage.to_string(),
            Self::ClientRefused { stderr, .. } => String::from_utf8_lossy(stderr).into_owned(),
            Self::NoClient(name) => format!("`{name}` is not to be found on PATH"),
            Self::CannotRun(path, cause) => format!("cannot run {}: {cause}", path.display()),
            Self::NoRoom(tried) => {
                let causes: Vec<String> = tried
                    .iter()
                    .map(|(path, cause)| format!("{}: {cause}", path.display()))
                    .collect();
                format!("no directory for the key ({})", causes.join("; "))
            }
            Self::NoKeeper(cause) => format!("cannot start the keeper of the key: {cause}"),
            Self::TooLate => "the key's minute was over before the instance was found".to_owned(),
            Self::Key(path, cause) => format!("cannot write the key {}: {cause}", path.display()),
            Self::KeyDir(path, cause) => format!("no key can be in {}: {cause}", path.display()),
            Self::SshFile(path, cause) => format!("cannot change {}: {cause}", path.display()),
            Self::NoConnection { host, port, cause } => {
                format!("no connection to {host} port {port}: {cause}")
            }
            Self::Hangup => "told to go".to_owned(),
            Self::NoListener { place, cause } => format!("cannot listen on {place}: {cause}"),
            Self::Runtime(cause) => format!("cannot start: {cause}"),
            Self::Bug { place } => format!(
                "this is a bug in mssh, at {place}: please report it, with what --debug says"
            ),
            Self::Output(cause) => format!("cannot write to standard output: {cause}"),
            Self::OwnKeyUnreadable(path, cause) => {
                format!("cannot read the key {}: {cause}", path.display())
            }
            Self::UnpushableKey(path, kind) => format!(
                "EC2 Instance Connect does not take {kind} keys: {}",
                path.display()
            ),
            Self::NoPublicHalf(path) => {
                format!("no public half to be found for the key {}", path.display())
            }
            Self::Setting(bad) => bad.to_string(),
            Self::NoRegion(None) => "no AWS region is set".to_owned(),
            Self::NoRegion(Some(unread)) => format!("no AWS region is set, and {unread}"),
            Self::AwsFile(path, cause) => format!("cannot read {}: {cause}", path.display()),
            Self::UnknownProfile { name, .. } => format!("there is no AWS profile `{name}`"),
            Self::NoCredentials { cause, .. } => format!("no AWS credentials: {cause}"),
            Self::Credentials(lack) => lack.to_string(),
            Self::Expired { .. } => "the AWS credentials have expired".to_owned(),
            Self::BadCredentials { code, .. } => {
                format!("AWS does not accept the credentials ({code})")
            }
            Self::Clock { message, .. } => format!("AWS refuses the request's time: {message}"),
            Self::Denied(denied) => denied.to_string(),
            Self::NoAccess { id, region, .. } => format!(
                "EC2 Instance Connect lets nobody with these credentials into {id} in {region}"
            ),
            Self::BadPush { what, message } => {
                format!("EC2 Instance Connect does not take a key for {what}: {message}")
            }
            Self::Throttled { action } => {
                format!("AWS is throttling {action}, still after retries")
            }
            Self::Network(network) => network.to_string(),
            Self::Tunnel(trouble) => trouble.to_string(),
            Self::Unreachable { host, cause } => format!("cannot reach {host}: {cause}"),
            Self::TimedOut { action, host } => format!("no answer to {action} from {host} in time"),
            Self::NotSent { action, cause } => {
                format!("{action} could not be sent: {cause}")
            }
            Self::BadAnswer { action, host } => {
                format!("the answer to {action} from {host} makes no sense")
            }
            Self::Service {
                action,
                code,
                message,
            } => format!("{action} failed: {message} ({code})"),
            Self::Unresolvable { host, cause } => {
                format!("cannot find the address of {host}: {cause}")
            }
            Self::NotFound { what, region } => format!("there is no instance {what} in {region}"),
            Self::Several { what, found } => format!("{what} is {} instances", found.len()),
            Self::NotRunning { id, state, .. } => format!("instance {id} is {state}"),
            Self::NotReady { id, message } => format!("instance {id} is not ready: {message}"),
            Self::NotManaged { target, region } => {
                format!("Session Manager does not reach {target} in {region}")
            }
            Self::SessionOver { reason } | Self::NothingListens { reason, .. } => {
                format!("the session is over: {reason}")
            }
            Self::ForeignStream { place, region } => format!(
                "the answer names {place} for the session's websocket, which is not Session \
                 Manager's in {region}"
            ),
            Self::NoAddress { id, missing } => format!("instance {id} has no {missing}"),
            Self::NoWay { id, .. } => format!("no way leads to instance {id}"),
            Self::NoConsole { id, region, why } => why.message(id, region),
            Self::OtherHostKey { shown } => {
                format!("{shown} is not the host key that AWS publishes for this serial console")
            }
        }
    }

    /// What was seen, a line each.
    pub fn details(&self) -> Vec<String> {
        match self {
            Self::Several { found, .. } => found.iter().map(ToString::to_string).collect(),
            Self::NoWay { shut, .. } => {
                let line = |(name, why): &(&str, Shut)| format!("{name}: {why}");
                shut.iter().map(line).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The exit status: 255, as of ssh when it cannot connect; 127 for a missing client, as of
    /// a shell; and the client's own where the client has refused.
    pub fn status(&self) -> u8 {
        match self {
            Self::NoClient(_) => 127,
            Self::ClientRefused { status, .. } => *status,
            _ => 255,
        }
    }
}
