//! What to try, for each error.

use super::Error;
use crate::hint::Hint;
use crate::plan::route::race::Shut;
use crate::plan::route::shut;
use crate::plan::target::ids::{InstanceId, Region};
use crate::plan::target::instance::State;
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
            Self::NoConnection { .. } => {
                "is the port open to you (security group), and is there another way: --via?"
                    .to_owned()
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
