//! What to try, for each error.

use std::io;

use super::Error;
use crate::hint::Hint;
use crate::plan::argv::quote;
use crate::plan::route::race::Shut;
use crate::plan::route::shut;
use crate::plan::target::ids::{InstanceId, Region};
use crate::plan::target::instance::State;
use crate::wire::ssm::channel::NO_ENCRYPTION;

const KMS_OFF: &str =
    "turn KMS encryption off in Session Manager's preferences, or use `--ssm`, where SSH encrypts";

const UNPUSHABLE: &str = "instances skip pushed lines that do not begin with `ssh`: name an ed25519 \
    or RSA key, or leave out -i, and a key is made for this connection alone";

impl Hint for Error {
    fn hint(&self) -> Option<String> {
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
            Self::Aws(error) => return error.hint(),
            Self::Network(network) => return network.hint(),
            Self::Tunnel(trouble) => return trouble.hint(),
            Self::Unresolvable { .. } => {
                "name the instance by its ID, or add `-t INSTANCE_ID`".to_owned()
            }
            Self::NotRunning { id, state, region } => return not_running_hint(id, state, region),
            Self::NoAddress { missing, .. } => missing.hint(),
            Self::NoWay { shut, .. } => shut::hint(shut),
            Self::NoConsole { region, why, .. } => why.hint(region.name.as_str()),
            Self::OtherHostKey { .. } => {
                "is somebody in between? if AWS says that it is its new key, go there once with \
                 `-o StrictHostKeyChecking=ask`"
                    .to_owned()
            }
        };
        Some(hint)
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::Aws(error) => error.details(),
            Self::NoWay { shut, .. } => {
                let line = |(name, why): &(&str, Shut)| format!("{name}: {why}");
                shut.iter().map(line).collect()
            }
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

fn listener_hint(cause: &io::Error) -> Option<String> {
    let hint = match cause.kind() {
        io::ErrorKind::AddrInUse => "somebody else has that port: name another, or 0 for any",
        io::ErrorKind::AddrNotAvailable => "this machine has no such address: leave it out",
        io::ErrorKind::PermissionDenied => "ports below 1024 are root's: name another",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn not_running_hint(id: &InstanceId, state: &State, region: &Region) -> Option<String> {
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
