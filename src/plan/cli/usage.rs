//! Mistakes on our command line.

mod foreign;
mod of_task;

use std::path::PathBuf;

use thiserror::Error;

use super::options::{Opt, Task};
use crate::hint::Hint;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::ids::Login;
use crate::plan::way::Way;

/// A mistake on the command line, found before anything is done.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum Usage {
    #[error("no target given")]
    NoTarget,
    #[error("--pick needs a terminal")]
    NoTerminal,
    #[error("no command given")]
    NoCommand,
    /// The same for instances that are to be chosen in the picker.
    #[error("no command given")]
    NoCommandToPick,
    #[error("mscp --each needs files and one list of targets")]
    EachFiles,
    #[error("`{0}` is not a valid pattern for --names")]
    BadNames(String),
    #[error("--names has only patterns to exclude")]
    OnlyExcluded,
    #[error("`{0}` is not a valid number of jobs")]
    BadJobs(String),
    #[error(transparent)]
    Name(#[from] BadName),
    #[error("`{0}` is a managed node, not an EC2 instance")]
    ManagedNode(String),
    #[error("`{1}` is not a valid value for --{long}", long = .0.long)]
    BadChoice(&'static Opt, String),
    #[error("--{long} needs a value", long = .0.long)]
    NoValue(&'static Opt),
    #[error("--{long} takes no value", long = .0.long)]
    UnwantedValue(&'static Opt),
    #[error("unknown option `{0}`")]
    UnknownOption(String),
    #[error("only {} --{long}", .0.who_has(), long = .0.long)]
    OfOthers(&'static Opt),
    #[error("option `{0}` is ambiguous")]
    Ambiguous(String, Vec<&'static Opt>),
    #[error("option `{0}` comes after the files")]
    OptionAfterFiles(String),
    #[error("`{0}` is not valid UTF-8")]
    NotUnicode(String),
    #[error("the value of --{long} is empty", long = .0.long)]
    Empty(&'static Opt),
    #[error("`{0}` has a comma too many")]
    ExtraComma(String),
    #[error("--instance-id works with one host only")]
    SeveralForOneId,
    #[error("`{0}` is not a valid EC2 Instance Connect Endpoint")]
    BadEndpoint(String),
    #[error("`{0}` is not a valid tunnel duration")]
    BadDuration(String),
    #[error("`{0}` is not a valid value for --login")]
    BadLogin(String),
    #[error("`{0}` is not a valid address to listen on")]
    BadListenAddress(String),
    #[error("`{0}` is not a valid port")]
    BadPort(String),
    #[error("`{0}` is not a valid host to forward to")]
    BadRemoteHost(String),
    /// A port of another host, by a way that reaches none.
    #[error("--via {way} does not lead to other hosts", way = .0.name())]
    HostWay(Way),
    /// How many `--listen`, and how many targets.
    #[error("the number of targets is {1}, that of --listen {0}")]
    ListenTargets(usize, usize),
    #[error("EC2 Instance Connect Endpoints do not connect to port {0}")]
    EicePort(u16),
    /// An option of EICE tunnels without one.
    #[error("--{long} needs --via eice", long = .0.long)]
    NeedsWay(&'static Opt),
    #[error("--json needs --doctor, --list or --show-config")]
    JsonAlone,
    #[error("`{0}` is not a valid time to wait")]
    BadWait(String),
    #[error("--wait needs --start")]
    WaitAlone,
    #[error("--key-type cannot be used with -i")]
    TypeOfOwnKey,
    /// An option without the other that it needs.
    #[error("--{long} needs --{tasks}", long = .0.long, tasks = tasks(.0))]
    NeedsOther(&'static Opt),
    /// Two of our options, without their dashes.
    #[error("--{0} cannot be used with --{1}")]
    Against(&'static str, &'static str),
    #[error("--via {way} cannot be used with --{task}", way = .0.name(), task = .1.option())]
    WayConflict(Way, Task),
    /// A word for the client that has no meaning in this task.
    #[error("{0} cannot be used with --{task}", task = .1.option())]
    Conflict(String, Task),
    #[error("--proxy needs a host, a port and a user")]
    ProxyWords,
    #[error("--proxy does not know which key ssh uses")]
    ProxyKey,
    /// A key of the configuration file, and two destinations.
    #[error("the configuration has another `{0}` for {1} than for {2}")]
    Differs(&'static str, String, String),
    #[error("the configuration of plain ssh is from an older version of mssh")]
    OldBlock,
    /// A way of tunnels, and the first hop.
    #[error("--via {0} reaches the first hop, but {1} is not an instance")]
    Jump(&'static str, String),
    #[error("the targets are in accounts of several profiles")]
    SeveralAccounts,
    #[error("managed node {0} is not looked for in several places")]
    NodePlaces(String),
    #[error("a managed node cannot be reached through jump hosts")]
    NodeByHops,
    #[error("ssh_config cannot express the path `{path}`", path = .0.display())]
    BadPath(PathBuf),
    /// The installed release of OpenSSH, and the oldest that supports `--ssh-config`.
    #[error("OpenSSH {major}.{minor} is too old for this configuration", major = .0.0, minor = .0.1)]
    OldOpenSsh((u32, u32), (u32, u32)),
}

fn tasks(opt: &Opt) -> String {
    let options: Vec<_> = opt.tasks.iter().map(|task| task.option()).collect();
    options.join(" or --")
}

impl Hint for Usage {
    fn hint(&self) -> Option<String> {
        let hint: &str = match self {
            Self::NotUnicode(_) | Self::Empty(_) => return None,
            Self::Name(name) => return name.hint(),
            Self::BadChoice(opt, _) => {
                return Some(format!("choose one of: {}", opt.choices.join(", ")));
            }
            Self::NoValue(opt) => return Some(format!("write {}", with_dashes(opt))),
            Self::UnwantedValue(opt) => return Some(format!("write --{}", opt.long)),
            Self::UnknownOption(word) => return Some(foreign::of_unknown(word)),
            Self::OfOthers(opt) => return Some(with_other_program(opt)),
            Self::Ambiguous(_, candidates) => {
                let names: Vec<_> = candidates.iter().map(|opt| opt.long).collect();
                return Some(format!("it could be --{}", names.join(" or --")));
            }
            Self::OptionAfterFiles(word) => {
                return Some(format!(
                    "put it before the first file, or write `./{word}` for a file of that name"
                ));
            }
            Self::NeedsOther(opt) => {
                return Some(format!("add --{}, or leave out --{}", tasks(opt), opt.long));
            }
            Self::BadLogin(value) => return Some(with_user(value)),
            Self::Against("login", "ssh-config" | "proxy") => {
                "ssh decides the user itself: set User in ssh_config"
            }
            Self::Against(one, other) => return Some(format!("leave out --{one} or --{other}")),
            Self::OldOpenSsh(_, (major, minor)) => {
                return Some(format!(
                    "it needs OpenSSH {major}.{minor} or later; mssh itself also works with older \
                     releases"
                ));
            }
            Self::NoTerminal => "name a target; `mssh --list` lists the instances",
            Self::NoTarget => "give one, like `ec2-user@i-0123456789abcdef0`; see `--help`",
            Self::NoCommand => "write `mssh --each TARGET,TARGET,... -- COMMAND`",
            Self::NoCommandToPick => "write `mssh --pick --each -- COMMAND`",
            Self::EachFiles => of_task::EACH_FILES,
            Self::ExtraComma(_) => "write one between two, and none at the ends",
            Self::BadNames(_) | Self::OnlyExcluded => of_task::BAD_NAMES,
            Self::BadJobs(_) => "use a number from 1 to 256",
            Self::ManagedNode(_) => {
                "EC2 Instance Connect cannot push a key to it: use `--ssm -i KEY` with a key that \
                 it already accepts"
            }
            Self::SeveralForOneId => "use the instance IDs as targets",
            Self::BadEndpoint(_) => "use its ID, like eice-0123456789abcdef0, or its DNS name",
            Self::BadDuration(_) => "use 1 to 3600 seconds",
            Self::BadListenAddress(_) => {
                "use PORT or ADDRESS:PORT, like 5000, [::1]:5000 or *:5000"
            }
            Self::BadPort(_) => {
                "write TARGET:PORT with a port from 1 to 65535; without one it is 22"
            }
            Self::BadRemoteHost(_) => {
                "write TARGET:HOST:PORT, where HOST is a name or an address; an IPv6 address has \
                 brackets"
            }
            Self::HostWay(_) => {
                "only Session Manager does: leave out --via, or let ssh forward the port: \
                 `mssh -N -L PORT:HOST:PORT TARGET`"
            }
            Self::ListenTargets(..) => {
                "give each a target: `--listen 5432 TARGET:5432 --listen 8080 TARGET:80`"
            }
            Self::EicePort(_) => {
                "they connect to ports 22 and 3389 only; use --ssm, or let ssh forward the port: \
                 `mssh --eice -N -L PORT:localhost:PORT TARGET`"
            }
            Self::TypeOfOwnKey => "leave out -i to have a key made, or --key-type to use your own",
            Self::BadWait(_) => "write a number with s, m or h, like 90s, 5m or 1h; up to 24h",
            Self::WaitAlone => "add --start, or leave out --wait",
            Self::JsonAlone => "add one of them, or leave out --json",
            Self::NeedsWay(_) => "add --via eice, or leave it out",
            Self::WayConflict(_, task) => of_task::way_conflict(*task),
            Self::Conflict(_, task) => of_task::conflict(*task),
            Self::ProxyWords => "write `ProxyCommand mssh --proxy '%h' %p '%r'`",
            Self::ProxyKey => {
                "`mssh --ssh-config` prints all that ssh needs; or name your key with -i FILE"
            }
            Self::Differs(key, ..) => {
                return Some(match *key {
                    "login" => "write USER@ before each target".to_owned(),
                    "key" => "name one key: -i FILE".to_owned(),
                    key => format!("choose one for both: --{key}"),
                });
            }
            Self::OldBlock => "run `mssh --ssh-config --install` again, with the options of then",
            Self::SeveralAccounts => "copy in two steps, with one --profile each",
            Self::NodePlaces(_) => "give its one --region and --profile",
            Self::NodeByHops => "leave out -J (ProxyJump): Session Manager reaches it directly",
            Self::Jump(..) => "leave out --via or the hop",
            Self::BadPath(_) => "use a path without quotes, `${` and line breaks",
        };
        Some(hint.to_owned())
    }
}

fn with_other_program(opt: &Opt) -> String {
    let program = opt.programs.last().map_or("mssh", |it| it.name());
    format!("use `{program} {}`", with_dashes(opt))
}

/// How to log in as what was given to `--login`.
fn with_user(value: &str) -> String {
    let is_user = Login::parse(value).is_ok() && !value.contains('@');
    let user = if is_user { value } else { "USER" };
    format!(
        "write `--login auto`; or name the user: `-l USER`, `{user}@TARGET`, User in ssh_config"
    )
}

fn with_dashes(opt: &Opt) -> String {
    match opt.value {
        Some(value) => format!("--{} {value}", opt.long),
        None => format!("--{}", opt.long),
    }
}
