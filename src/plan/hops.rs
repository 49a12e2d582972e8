//! Hops (ProxyJump in ssh_config(5)) of which some are instances.
//!
//! ssh starts itself for each hop, and knows nothing of instances. So we spell what it would
//! start: a ProxyCommand of `ssh -W`, in which each instance among the hops has us for its own
//! ProxyCommand; its key is pushed when its turn comes.
//!
//! ```text
//! -J i-1,i-2   →   ssh -W … i-2, by `mssh --proxy … -J i-1`, which becomes ssh -W … i-1, by …
//! ```

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use super::cli::Word;
use super::destination::Destination;
use super::grammar::Program;
use super::names::Login;
use super::question;
use super::quote;
use super::route::Way;
use super::scan::Flag;
use super::ssh_config::Block;
use super::target::Target;
use super::usage::Usage;

/// One hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The hop as it was written.
    pub word: String,
    /// The same as a destination.
    pub destination: Destination,
    /// Who logs in there, if that is settled; else ssh settles it.
    pub login: Option<Login>,
}

/// Reads a value of ProxyJump: hops with a comma between them, the nearest first.
///
/// # Errors
/// What is wrong with one of them.
pub fn parse(value: &str) -> Result<Vec<Hop>, Usage> {
    let hop = |word: &str| {
        let uri = match word.strip_prefix("ssh://") {
            Some(_) => word.to_owned(),
            None => format!("ssh://{word}"),
        };
        // OpenSSH takes an IPv6 address here, in brackets, which no URI of it may have.
        let destination = Destination::parse(Program::Ssh, OsStr::new(&uri))
            .or_else(|_| Destination::parse(Program::Ssh, OsStr::new(word)))?;
        Ok(Hop {
            login: destination.login.clone(),
            word: word.to_owned(),
            destination,
        })
    };
    value.split(',').map(hop).collect()
}

/// The hops of a proxy as `ssh -G` tells it, and the way that is left for the destination behind
/// them. No hops are told where ssh can do them itself, or a tunnel stands in their place: in that
/// of ssh_config's, not of the command line's (`typed`).
///
/// # Errors
/// [`Usage::Jump`]: a tunnel is asked for, and the first hop is no instance that it leads to.
pub fn settle(proxy: Option<&str>, typed: bool, way: Way) -> Result<(Vec<Hop>, Way), Usage> {
    let value = proxy.and_then(question::jump);
    let hops = value
        .and_then(|value| parse(value).ok())
        .unwrap_or_default();
    match check(&hops, way) {
        Err(mistake) if typed => Err(mistake),
        Ok(()) if hops.iter().any(Hop::is_instance) => Ok((hops, behind(way))),
        _ => Ok((Vec::new(), way)),
    }
}

/// Makes sure that this way leads to the first hop.
pub(super) fn check(hops: &[Hop], way: Way) -> Result<(), Usage> {
    match hops.first() {
        Some(first) if way.is_tunnel() && !first.is_instance() => {
            Err(Usage::Jump(way.name(), first.word.clone()))
        }
        _ => Ok(()),
    }
}

/// The way on from a hop: a tunnel leads to the first one, and none leads on.
pub(super) fn behind(way: Way) -> Way {
    if way.is_tunnel() { Way::Auto } else { way }
}

impl Hop {
    /// Whether its name says that it is an instance: an ID, or a DNS name that AWS made.
    #[must_use]
    pub fn is_instance(&self) -> bool {
        matches!(self.destination.target, Target::Id(_) | Target::Aws(_))
    }
}

/// What the command line of every hop has in common.
#[derive(Clone, Debug)]
pub struct Chain<'a> {
    /// The ssh to start.
    pub ssh: &'a Path,
    /// The file that `-F` names, which ssh hands on as well.
    pub config: Option<&'a Path>,
    /// We, as the ProxyCommand of an instance.
    pub block: &'a Block,
    /// The hops, the nearest first.
    pub hops: &'a [Hop],
}

impl Chain<'_> {
    /// The words of an ssh that leads through the hops to `forward`, `HOST:PORT`; `None` without
    /// hops.
    ///
    /// # Errors
    /// [`Usage::BadPath`] for what cannot be spelled.
    pub fn words(&self, forward: &str) -> Result<Option<Vec<OsString>>, Usage> {
        let Some((last, before)) = self.hops.split_last() else {
            return Ok(None);
        };
        let mut words = self.options(last, before)?;
        words.extend(["-W".into(), forward.into(), "--".into()]);
        words.push(last.destination.host.as_str().into());
        Ok(Some(words))
    }

    /// The same as a ProxyCommand. ssh expands tokens in it and gives it to a shell.
    ///
    /// # Errors
    /// As of [`Self::words`].
    pub fn proxy_command(&self) -> Result<Option<OsString>, Usage> {
        let Some((last, before)) = self.hops.split_last() else {
            return Ok(None);
        };
        let options = self.options(last, before)?;
        let words = [self.ssh.as_os_str()].into_iter();
        let words = words.chain(options.iter().map(OsString::as_os_str));
        let mut command = quote::for_ssh(words);
        command.extend_from_slice(b" -W '[%h]:%p' -- ");
        let host = OsStr::new(&last.destination.host);
        command.extend_from_slice(&quote::for_ssh([host]));
        Ok(Some(OsString::from_vec(command)))
    }

    fn options(&self, hop: &Hop, before: &[Hop]) -> Result<Vec<OsString>, Usage> {
        let mut words: Vec<OsString> = Vec::new();
        if let Some(config) = self.config {
            words.extend(["-F".into(), config.into()]);
        }
        let mut option = |keyword: &str, value: &[u8]| {
            let word = [keyword.as_bytes(), b"=", value].concat();
            words.extend(["-o".into(), OsString::from_vec(word)]);
        };
        if hop.is_instance() {
            let mut block = self.block.clone();
            if !before.is_empty() {
                block.words.extend(["-J".into(), spelled(before).into()]);
            }
            if let Some(config) = self.config {
                block.words.extend(["-F".into(), config.into()]);
            }
            option("ProxyCommand", &block.proxy_command()?);
            option("IdentityFile", &block.identity_file()?);
            option("IdentitiesOnly", b"yes");
            option("AddKeysToAgent", b"no");
        } else if before.iter().any(Hop::is_instance) {
            let command = Chain {
                hops: before,
                ..*self
            }
            .proxy_command()?
            .unwrap_or_default();
            option("ProxyCommand", command.as_bytes());
        } else if !before.is_empty() {
            words.extend(["-J".into(), spelled(before).into()]);
        }
        if let Some(login) = &hop.login {
            words.extend(["-l".into(), login.as_str().into()]);
        }
        if let Some(port) = hop.destination.port {
            words.extend(["-p".into(), port.to_string().into()]);
        }
        Ok(words)
    }
}

fn spelled(hops: &[Hop]) -> String {
    let words: Vec<&str> = hops.iter().map(|hop| hop.word.as_str()).collect();
    words.join(",")
}

/// The client's words without its `-J`, which beside a ProxyCommand it refuses; in a bundle the
/// letters before it stay.
#[must_use]
pub fn without_jump(words: &[Word], flags: &[Flag]) -> Vec<Word> {
    let mut left: Vec<Option<Word>> = words.iter().cloned().map(Some).collect();
    for flag in flags.iter().filter(|flag| flag.letter == b'J') {
        let Some(Some(Word::Typed(word))) = left.get(flag.at) else {
            continue;
        };
        let bytes = word.as_bytes();
        // No letter before it takes a value, or it would be part of that.
        let Some(at) = bytes.iter().position(|byte| *byte == b'J') else {
            continue;
        };
        let (before, attached) = (bytes[..at].to_vec(), at + 1 < bytes.len());
        if !attached && let Some(value) = left.get_mut(flag.at + 1) {
            *value = None;
        }
        let bundle = (before != b"-").then(|| Word::Typed(OsString::from_vec(before)));
        left[flag.at] = bundle;
    }
    left.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
