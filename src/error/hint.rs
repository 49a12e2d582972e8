//! What to try, for each error.

use std::ffi::OsStr;
use std::io;

use super::{Error, Unread, way};
use crate::plan::argv::quote;
use crate::plan::aws::clock::Offset;
use crate::plan::aws::profiles::DEFAULT;
use crate::plan::aws::region::{Chooser, ChosenRegion};
use crate::plan::target::ids::InstanceId;
use crate::plan::target::instance::State;
use crate::wire::ssm::channel::NO_ENCRYPTION;

const KMS_OFF: &str =
    "turn KMS encryption off in Session Manager's preferences, or use `--ssm`, where SSH encrypts";

const BAD_PUSH: &str =
    "check the user, -z if it is given, and that the key of -i is ed25519 or RSA and not too long";

const FOREIGN_STREAM: &str = "is there another server in front of AWS? One of your own, by \
    AWS_ENDPOINT_URL_SSM, has to name itself, and wss:// if it is https://";

const UNPUSHABLE: &str = "instances skip pushed lines that do not begin with `ssh`: name an ed25519 \
    or RSA key, or leave out -i, and a key is made for this connection alone";

const AWS_FILE: &str =
    "mend the file, or name another by AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE";

impl Error {
    /// What to try, in one line.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Usage(usage) => return usage.hint(),
            Self::SessionOver { reason } => return session_hint(reason),
            Self::NothingListens { port, .. } => nothing_listens(*port),
            Self::ClientRefused { .. }
            | Self::Hangup
            | Self::Runtime(_)
            | Self::Bug { .. }
            | Self::Output(_)
            | Self::CannotRun(..) => return None,
            Self::NoClient(_) => "install OpenSSH's clients (package openssh-client)".to_owned(),
            Self::NoRoom(_) => {
                "make one of them writable, or set TMPDIR to a directory that is".to_owned()
            }
            Self::TooLate => "AWS was slow to answer: try again".to_owned(),
            Self::KeyDir(..) => {
                "name another with --key-dir in `mssh --ssh-config --install`".to_owned()
            }
            Self::SshFile(..) => {
                "nothing is lost; `mssh --ssh-config` prints what to put there".to_owned()
            }
            Self::NoConnection { .. } => {
                "is the port open to you (security group), and is there another way: --via?"
                    .to_owned()
            }
            Self::NoListener { cause, .. } => return listener_hint(cause),
            Self::NoKeeper(_) => "is the system out of processes?".to_owned(),
            Self::Key(_, cause) if cause.kind() == io::ErrorKind::StorageFull => {
                "make room there, or set XDG_RUNTIME_DIR to another directory".to_owned()
            }
            Self::Key(..) => "set XDG_RUNTIME_DIR to a directory that is writable".to_owned(),
            Self::OwnKeyUnreadable(..) => {
                "leave out -i, and a key is made for this connection alone".to_owned()
            }
            Self::UnpushableKey(..) => UNPUSHABLE.to_owned(),
            Self::NoPublicHalf(path) => {
                let file = quote::join([path.as_os_str()]);
                let file = file.to_string_lossy();
                format!("make it with `ssh-keygen -y -f {file} > {file}.pub`")
            }
            Self::Setting(bad) => bad.hint().to_owned(),
            Self::NoRegion(unread) => no_region_hint(unread.as_ref()),
            Self::AwsFile(..) => AWS_FILE.to_owned(),
            Self::UnknownProfile { known, .. } if known.is_empty() => {
                "there are no profiles: `aws configure` makes one".to_owned()
            }
            Self::UnknownProfile { known, .. } => format!("there are: {}", known.join(", ")),
            Self::NoCredentials { profile, .. } => credentials_hint(profile.as_deref()),
            Self::Credentials(lack) => lack.hint(),
            Self::Expired {
                stale,
                profile,
                off,
            } => match stale {
                Some(stale) => stale.hint(),
                None => expired_hint(profile.as_deref(), *off),
            },
            Self::BadCredentials { stale, .. } => match stale {
                Some(stale) => stale.hint(),
                None => "`aws sts get-caller-identity` tells whether they work at all".to_owned(),
            },
            Self::Clock { off, .. } => clock_hint(*off),
            Self::Denied(denied) => denied.hint(),
            Self::NoAccess { profile, .. } => no_access_hint(profile.as_deref()),
            Self::BadPush { .. } => BAD_PUSH.to_owned(),
            Self::Throttled { .. } => "try again in a moment".to_owned(),
            Self::Network(network) => network.hint(),
            Self::Tunnel(trouble) => return trouble.hint(),
            Self::Unreachable { .. } => {
                "check the network, --region, and AWS_ENDPOINT_URL if it is set".to_owned()
            }
            Self::TimedOut { .. } => "check the network, and try again".to_owned(),
            Self::NotSent { .. } => "check the variables AWS_… and the AWS profile".to_owned(),
            Self::BadAnswer { .. } => {
                "is there a proxy or another server in front of AWS? --debug tells more".to_owned()
            }
            Self::Service { .. } => "--debug tells more".to_owned(),
            Self::Unresolvable { .. } => {
                "name the instance by its ID, or add `-t INSTANCE_ID`".to_owned()
            }
            Self::NotFound { region, .. } => not_found_hint(region),
            Self::Several { .. } => "name the one you mean by its ID".to_owned(),
            Self::NotRunning { id, state, region } => return not_running_hint(id, state, region),
            Self::NotReady { .. } => "wait until it has started, and try again".to_owned(),
            Self::NotManaged { region, .. } => format!(
                "is its SSM Agent running, has its role AmazonSSMManagedInstanceCore, and can it \
                 reach ssmmessages.{}.amazonaws.com?",
                region.name
            ),
            Self::ForeignStream { .. } => FOREIGN_STREAM.to_owned(),
            Self::NoAddress { missing, .. } => missing.hint(),
            Self::NoWay { shut, .. } => way::hint(shut),
            Self::NoConsole { region, why, .. } => why.hint(&region.name),
            Self::OtherHostKey { .. } => {
                "is somebody in between? if AWS says that it is its new key, go there once with \
                 `-o StrictHostKeyChecking=ask`"
                    .to_owned()
            }
        };
        Some(hint)
    }
}

/// A command for a profile, which the default one need not be named for.
pub(super) fn with_profile(command: &str, profile: Option<&str>) -> String {
    match profile {
        Some(name) if name != DEFAULT => {
            let name = quote::join([OsStr::new(name)]);
            format!("{command} --profile {}", name.to_string_lossy())
        }
        _ => command.to_owned(),
    }
}

fn no_region_hint(unread: Option<&Unread>) -> String {
    match unread {
        Some(unread) => unread.hint(),
        None => "pass --region, or set AWS_REGION or the profile's `region`".to_owned(),
    }
}

fn expired_hint(profile: Option<&str>, off: Option<Offset>) -> String {
    let login = with_profile("aws sso login", profile);
    let clock = off.map_or(String::new(), |_| format!("; and {}", clock_hint(off)));
    format!("get new ones, for example with `{login}`{clock}")
}

pub(super) fn clock_hint(off: Option<Offset>) -> String {
    let off = off.map_or(String::new(), |off| format!(", which is {off}"));
    format!("set this machine's clock{off}")
}

fn no_access_hint(profile: Option<&str>) -> String {
    let command = with_profile("aws sts get-caller-identity", profile);
    format!(
        "they are invalid, or of another account than the instance: `{command}` tells whose they are"
    )
}

fn credentials_hint(profile: Option<&str>) -> String {
    if profile.is_some() {
        let command = with_profile("aws sts get-caller-identity", profile);
        format!("see what the profile gives with `{command}`")
    } else {
        "pass --profile, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            .to_owned()
    }
}

fn session_hint(reason: &str) -> Option<String> {
    (reason == NO_ENCRYPTION).then(|| KMS_OFF.to_owned())
}

fn nothing_listens(port: u16) -> String {
    format!("nothing listens on port {port} there, it seems: is that the right one?")
}

fn not_found_hint(region: &ChosenRegion) -> String {
    match (&region.by, &region.other) {
        (Some(Chooser::Target), _) => "is it in another account (--profile)?".to_owned(),
        (_, Some((_, other))) => {
            format!("is it in --region {other}, or in another account (--profile)?")
        }
        (_, None) => "is it in another region (--region) or account (--profile)?".to_owned(),
    }
}

fn listener_hint(cause: &io::Error) -> Option<String> {
    let hint = match cause.kind() {
        io::ErrorKind::AddrInUse => "somebody else has that port: name another, or 0 for any",
        io::ErrorKind::AddrNotAvailable => "this machine has no such address: leave it out",
        io::ErrorKind::PermissionDenied => "ports below 1024 are root's: name another",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn not_running_hint(id: &InstanceId, state: &State, region: &str) -> Option<String> {
    match state {
        State::Stopped => Some(format!(
            "start it with `aws ec2 start-instances --region {region} --instance-ids {id}`"
        )),
        State::Stopping => Some("wait until it has stopped, then start it".to_owned()),
        State::Pending => Some(format!(
            "wait for it with `aws ec2 wait instance-running --region {region} --instance-ids {id}`"
        )),
        State::ShuttingDown | State::Terminated => Some("it cannot come back".to_owned()),
        State::Running | State::Other(_) => None,
    }
}
