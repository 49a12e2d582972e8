//! What can be wrong with the words on our command line.

mod foreign;
mod listen;
mod serial;

use std::fmt;
use std::path::PathBuf;

pub use self::listen::ListenMistake;
pub use self::serial::SerialConflict;
use super::options::{OPTIONS, Opt};
use crate::plan::target::bad_name::BadName;

/// A mistake in the words we were called with, found before anything is touched.
#[derive(Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the text of each variant stands in Display")]
pub enum Usage {
    NoTarget,
    /// A word that is no target, user, region or zone.
    Name(BadName),
    ManagedNode(String),
    BadChoice(&'static Opt, String),
    NoValue(&'static Opt),
    UnwantedValue(&'static Opt),
    UnknownOption(String),
    OfMssh(&'static Opt),
    Ambiguous(String, Vec<&'static Opt>),
    OptionAfterFiles(String),
    NotUnicode(String),
    Empty(&'static Opt),
    SeveralForOneId,
    SerialConflict(SerialConflict),
    BadEndpoint(String),
    BadDuration(String),
    NoTunnel(&'static str),
    Listen(ListenMistake),
    ProxyWords,
    ProxyKey,
    ProxyVia(&'static str),
    Jump(&'static str, String),
    NodeByHops,
    SetupWords,
    Beside(&'static str, &'static str),
    Against(&'static str, &'static str),
    BadPath(PathBuf),
    /// The release of ssh that is too old for the block of `--ssh-config`, and the oldest that will do.
    OldOpenSsh((u32, u32), (u32, u32)),
    /// What does not go with a shell, as it is to be shown.
    ShellWith(String),
}

impl From<BadName> for Usage {
    fn from(name: BadName) -> Self {
        Self::Name(name)
    }
}

impl std::error::Error for Usage {}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTarget => write!(f, "no target given"),
            Self::Name(name) => name.fmt(f),
            Self::ManagedNode(id) => write!(f, "`{id}` is a managed node, not an EC2 instance"),
            Self::BadChoice(opt, value) => {
                write!(f, "`{value}` is not a valid value for --{}", opt.long)
            }
            Self::NoValue(opt) => write!(f, "--{} needs a value", opt.long),
            Self::UnwantedValue(opt) => write!(f, "--{} takes no value", opt.long),
            Self::UnknownOption(word) => write!(f, "unknown option `{word}`"),
            Self::OfMssh(opt) => write!(f, "--{} belongs to mssh", opt.long),
            Self::Ambiguous(word, _) => write!(f, "option `{word}` is ambiguous"),
            Self::OptionAfterFiles(word) => write!(f, "option `{word}` stands after the files"),
            Self::NotUnicode(word) => write!(f, "`{word}` is not valid UTF-8"),
            Self::Empty(opt) => write!(f, "the value of --{} is empty", opt.long),
            Self::BadEndpoint(word) => {
                write!(f, "`{word}` is not a valid EC2 Instance Connect Endpoint")
            }
            Self::BadDuration(word) => write!(f, "`{word}` is not a valid tunnel duration"),
            Self::NoTunnel(long) => write!(f, "--{long} goes with --via eice alone"),
            Self::ShellWith(what) => write!(f, "{what} does not go with --shell"),
            Self::Listen(amiss) => amiss.fmt(f),
            Self::SeveralForOneId => {
                write!(f, "--instance-id cannot stand for several hosts")
            }
            Self::SerialConflict(unfit) => unfit.fmt(f),
            Self::ProxyWords => write!(f, "--proxy takes a host, a port and a user"),
            Self::ProxyKey => write!(f, "--proxy does not know what key ssh logs in with"),
            Self::ProxyVia(way) => write!(f, "--proxy cannot go by --via {way}"),
            Self::NodeByHops => write!(f, "hops do not lead to a managed node"),
            Self::Jump(way, hop) => {
                write!(
                    f,
                    "--via {way} is for the first hop, and {hop} is no instance"
                )
            }
            Self::SetupWords => write!(f, "--ssh-config takes no target and no command"),
            Self::Beside(one, other) => write!(f, "--{one} goes with --{other} only"),
            Self::Against(one, other) => write!(f, "--{one} does not go with --{other}"),
            Self::OldOpenSsh((major, minor), _) => {
                write!(
                    f,
                    "OpenSSH {major}.{minor} is too old for this configuration"
                )
            }
            Self::BadPath(path) => {
                write!(f, "ssh_config has no way to spell `{}`", path.display())
            }
        }
    }
}

impl Usage {
    /// What to try instead.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoTarget => {
                "name one, like ec2-user@i-0123456789abcdef0; `--help` tells more".into()
            }
            Self::Name(name) => name.hint(),
            Self::ManagedNode(_) => {
                "EC2 Instance Connect does not know it: log in with a key that \
                                     it has already, by `--ssm -i KEY`"
                    .into()
            }
            Self::BadChoice(opt, _) => format!("it may be one of: {}", opt.choices.join(", ")),
            Self::NoValue(opt) => format!("write --{} {}", opt.long, opt.value.unwrap_or("")),
            Self::UnwantedValue(opt) => format!("write --{}", opt.long),
            Self::UnknownOption(word) => match (foreign::hint(word), similar(word)) {
                (Some(hint), _) => hint.into(),
                (None, Some(long)) => format!("did you mean --{long}?"),
                (None, None) => "`--help` lists our options; ssh's are single letters".into(),
            },
            Self::OfMssh(opt) => match opt.value {
                Some(value) => format!("write `mssh --{} {value}`", opt.long),
                None => format!("write `mssh --{}`", opt.long),
            },
            Self::Ambiguous(_, candidates) => {
                let names: Vec<_> = candidates.iter().map(|opt| opt.long).collect();
                format!("it may be one of: --{}", names.join(", --"))
            }
            Self::OptionAfterFiles(word) => {
                format!("put it before the first file; a file of that name is `./{word}`")
            }
            Self::SeveralForOneId => "name the instances themselves as targets".into(),
            Self::SerialConflict(unfit) => unfit.hint().into(),
            Self::Listen(amiss) => amiss.hint().into(),
            Self::BadEndpoint(_) => {
                "name it by its ID, like eice-0123456789abcdef0, or by its DNS name".into()
            }
            Self::BadDuration(_) => "it may be 1 to 3600 seconds".into(),
            Self::NoTunnel(_) => "leave it out, or say --via eice".into(),
            Self::ProxyWords => "write `ProxyCommand mssh --proxy '%h' %p '%r'`".into(),
            Self::ProxyKey => "`mssh --ssh-config` prints all that ssh needs; or name your key \
                              with -i FILE"
                .into(),
            Self::ProxyVia(_) => "ssh has asked for the way to an instance: name another".into(),
            Self::NodeByHops => "leave out -J (ProxyJump): Session Manager leads there".into(),
            Self::Jump(..) => "leave out --via, or the hop".into(),
            Self::SetupWords => "beside it may stand --region, --profile, --via, -i and -l".into(),
            Self::OldOpenSsh(_, (major, minor)) => {
                format!("it takes OpenSSH {major}.{minor} or later; mssh itself does not need it")
            }
            Self::BadPath(_) => "name one without quotes, `${` and line breaks".into(),
            Self::ShellWith(_) => {
                "no ssh is involved: the SSM Agent runs the shell, as the user that Session \
                 Manager's preferences name"
                    .into()
            }
            Self::Against(one, other) => format!("leave out --{one} or --{other}"),
            Self::Beside(one, other) => format!("add --{other}, or leave out --{one}"),
            Self::NotUnicode(_) | Self::Empty(_) => return None,
        };
        Some(hint)
    }
}

/// The long option that a mistyped `word` was likely meant to be: one that begins alike.
fn similar(word: &str) -> Option<&'static str> {
    let typed = word.trim_start_matches('-');
    let alike = |long: &str| {
        let same = long.chars().zip(typed.chars()).take_while(|(a, b)| a == b);
        same.count()
    };
    let best = OPTIONS.iter().max_by_key(|opt| alike(opt.long))?;
    (alike(best.long) >= 3).then_some(best.long)
}
