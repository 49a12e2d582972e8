//! The values of our own options.

use std::path::PathBuf;
use std::time::Duration;

use crate::plan::cli::bind_address::BindAddress;
use crate::plan::cli::config::settle::Settled;
use crate::plan::cli::places::Places;
use crate::plan::host_key_alias::HostKeyAlias;
use crate::plan::key_type::KeyType;
use crate::plan::target::candidate::Pick;
use crate::plan::target::eice_id::EndpointRef;
use crate::plan::target::ids::{InstanceId, Login, Region, Zone};
use crate::plan::target::name_patterns::NamePatterns;
use crate::plan::verify_host_key::VerifyHostKey;
use crate::plan::way::Way;

/// The values of our own options.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `--region`.
    pub region: Option<Region>,
    /// `--profile`.
    pub profile: Option<String>,
    /// The places to look in, if there are several: then `region` or `profile` has no value.
    pub places: Places,
    /// `--newest`, `--oldest` or `--any`.
    pub pick: Option<Pick>,
    /// `--zone`.
    pub zone: Option<Zone>,
    /// `--instance-id`.
    pub instance: Option<InstanceId>,
    /// `--via`.
    pub via: Way,
    /// `--eice-endpoint`.
    pub endpoint: Option<EndpointRef>,
    /// `--max-tunnel-duration`, in seconds.
    pub duration: Option<u16>,
    /// `--key-type`.
    pub key_type: Option<KeyType>,
    /// `--host-key-alias`.
    pub host_key_alias: HostKeyAlias,
    /// `--verify-host-key`.
    pub verify_host_key: VerifyHostKey,
    /// `--login`.
    pub login: LoginChoice,
    /// `--listen`.
    pub listen: Vec<BindAddress>,
    /// `--agent-dir`.
    pub agent_dir: Option<PathBuf>,
    /// Whether there is a `--key-dir`, which older versions had instead.
    pub key_dir: bool,
    /// `--names`.
    pub(crate) names: NamePatterns,
    /// `--install`, or `--uninstall`.
    pub action: Action,
    /// `--show-config`.
    pub show_config: bool,
    /// What is from the configuration file.
    pub(crate) from_file: Vec<Settled>,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--start`.
    pub start: bool,
    /// `--wait`.
    pub wait: Option<Duration>,
    /// `--doctor`.
    pub doctor: bool,
    /// `--json`.
    pub json: bool,
    /// `--tsv`.
    pub tsv: bool,
    /// `--pick`.
    pub picker: bool,
    /// `--no-cache`.
    pub no_cache: bool,
    /// `--jobs`.
    pub jobs: Option<u16>,
    /// `--output`.
    pub output: Option<PathBuf>,
    /// `--stdin`.
    pub stdin: bool,
    /// `--debug`.
    pub debug: bool,
}

/// The user where nothing names one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LoginChoice {
    /// `ec2-user`.
    #[default]
    Usual,
    /// The one that the software of the instance suggests: `--login auto`.
    Auto,
    /// The one that the configuration file names.
    Named(Login),
}

/// What to do with the configuration for plain ssh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    #[default]
    Print,
    Install,
    Uninstall,
}
