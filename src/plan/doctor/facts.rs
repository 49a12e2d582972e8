//! All that was gathered about a login.

use super::fact::{Fact, Failure};
use super::network::facts::NetworkFacts;
use crate::plan::aws::clock::Seconds;
use crate::plan::os_user::Image;
use crate::plan::target::instance::{Instance, State};
use crate::plan::verify_host_key::VerifyHostKey;
use crate::plan::way::Way;

/// What a service answered: what was asked for, or why it refuses.
pub(crate) type Answer<T> = Fact<Result<T, Failure>>;

/// All that was gathered, by where it is from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub machine: MachineFacts,
    pub aws: AwsFacts,
    pub instance: InstanceFacts,
    pub ssh: SshFacts,
    pub network: NetworkFacts,
    pub login: Fact<LoginEnd>,
    /// Where sshd refuses the key: the end of another trial, as the user that the image suggests.
    pub other_login: Option<(String, Fact<LoginEnd>)>,
    /// `--verify-host-key`.
    pub verify_host_key: VerifyHostKey,
    /// `--via`.
    pub way: Way,
    /// Whether nothing may be pushed: `--dry-run`.
    pub is_dry_run: bool,
}

impl Facts {
    /// The instance, if it was found.
    pub(crate) fn instance(&self) -> Option<&Instance> {
        match &self.instance.found {
            Fact::Known(Ok(Found::One(instance))) => Some(instance),
            _ => None,
        }
    }

    /// Whether it was found and runs.
    pub(crate) fn is_running(&self) -> bool {
        self.instance().is_some_and(|it| it.state == State::Running)
    }

    /// Whether Session Manager can open a session with it.
    pub(crate) fn is_agent_online(&self) -> bool {
        let managed = self.instance.agent.known().and_then(Option::as_ref);
        managed.is_some_and(|it| it.is_online)
    }

    /// Whether the trial login has succeeded.
    pub(crate) fn login_succeeds(&self) -> bool {
        let status = self.login.known().and_then(|end| end.status);
        status.is_some_and(|status| status != 255)
    }
}

/// This machine: programs and files.
#[derive(Clone, Debug, Default)]
pub(crate) struct MachineFacts {
    /// The release of mssh.
    pub version: &'static str,
    /// The release of the installed OpenSSH.
    pub openssh: Fact<(u32, u32)>,
    pub files: Vec<ConfigFile>,
    /// What mssh's configuration file sets, each with its place.
    pub settings: Vec<String>,
    /// The variables that choose account and region, without secrets: `AWS_PROFILE=dev`.
    pub variables: Vec<String>,
}

/// A configuration file that exists, or cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConfigFile {
    pub path: String,
    /// Why it cannot be read.
    pub problem: Option<String>,
}

/// The account and the region.
#[derive(Clone, Debug, Default)]
pub(crate) struct AwsFacts {
    pub credentials: Answer<CredentialFacts>,
    /// Whose they are: an ARN.
    pub identity: Answer<String>,
    /// How many seconds this machine's clock is ahead of the service's.
    pub seconds_ahead: Fact<i64>,
    pub region: Answer<RegionFacts>,
    /// This machine's time.
    pub now: Seconds,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CredentialFacts {
    /// Where they are from, in words.
    pub source: Option<String>,
    pub expires: Option<Seconds>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RegionFacts {
    pub name: String,
    /// The name with what has set it.
    pub chosen: String,
}

/// The instance, as AWS describes it.
#[derive(Clone, Debug, Default)]
pub(crate) struct InstanceFacts {
    /// What the user typed for it.
    pub typed: String,
    /// The ID, if it is known, even if the instance is not.
    pub id: Option<String>,
    pub found: Answer<Found>,
    /// The other regions that have it, if this one does not.
    pub elsewhere: Fact<Vec<String>>,
    pub details: Fact<Details>,
    /// The image, if it is still there.
    pub image: Fact<Option<Image>>,
    pub status: Fact<StatusChecks>,
    pub agent: Fact<Option<Managed>>,
    /// Whether EC2 Instance Connect takes a key for the user.
    pub push: Answer<()>,
    /// The text on the console.
    pub console: Fact<String>,
}

/// What the look-up found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    One(Box<Instance>),
    Nothing,
    /// Several instances, a line each.
    Several(Vec<String>),
}

/// What DescribeInstances says beyond what a login needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Details {
    pub image: Option<String>,
    pub is_windows: bool,
    pub usage_operation: Option<String>,
    /// `PlatformDetails`: `Linux/UNIX`, `Red Hat Enterprise Linux`, …
    pub platform: Option<String>,
    pub launched: Option<Seconds>,
    /// Whether the instance metadata service is switched off (`HttpEndpoint`).
    pub is_metadata_off: bool,
}

/// What DescribeInstanceStatus says: `ok`, `impaired`, `initializing`, …
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatusChecks {
    pub system: String,
    pub instance: String,
}

/// What Session Manager knows of the agent on the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Managed {
    pub is_online: bool,
    pub version: Option<String>,
}

/// ssh's settings for the destination.
#[derive(Clone, Debug, Default)]
pub(crate) struct SshFacts {
    pub settings: Answer<SshSettings>,
    /// Whether a known_hosts file has a key for the host.
    pub is_known: Fact<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SshSettings {
    /// In one line.
    pub line: String,
    /// The user to log in as.
    pub login: String,
    /// Where that name is from, in words.
    pub login_reason: String,
    /// The proxy in effect, with its keyword.
    pub proxy: Option<String>,
    /// The socket of a master connection that runs.
    pub master: Option<String>,
}

/// How a trial login ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LoginEnd {
    /// The exit status; `None` if it was killed, for example because it took too long.
    pub status: Option<i32>,
    /// Without debug messages.
    pub stderr: String,
    /// The host key that sshd has shown.
    pub host_key: Option<ShownKey>,
}

/// A host key, as `ssh -v` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShownKey {
    /// `ssh-ed25519` and so on.
    pub algorithm: String,
    /// `SHA256:…`.
    pub fingerprint: String,
}
