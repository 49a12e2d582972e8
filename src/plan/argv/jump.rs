//! The command line of an ssh that connects through hops.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use super::quote;
use super::ssh_config::{Block, BlockKey, NO_FILE, StartedByMssh};
use crate::plan::cli::invocation::{Invocation, Word};
use crate::plan::cli::scan::Flag;
use crate::plan::cli::usage::Usage;
use crate::plan::target::hop::{Hop, HopKind};

/// Hops, and what their command lines have in common.
#[derive(Clone, Debug)]
pub(crate) struct JumpChain<'a> {
    /// The ssh to start.
    pub ssh: &'a Path,
    /// The file that `-F` names. ssh passes it on to jump hosts, too.
    pub config: Option<&'a Path>,
    /// mssh as the ProxyCommand of an instance. The hop's number is added to the name of its socket.
    pub block: &'a Block,
    /// The hops, nearest first.
    pub hops: &'a [Hop],
}

impl JumpChain<'_> {
    /// The words of an ssh that connects through the hops to `forward` (`HOST:PORT`, as for `-W`);
    /// `None` without hops.
    ///
    /// # Errors
    /// [`Usage::BadPath`] for a path that ssh_config(5) cannot quote.
    pub(crate) fn words(&self, forward: &str) -> Result<Option<Vec<OsString>>, Usage> {
        let Some((last, before)) = self.hops.split_last() else {
            return Ok(None);
        };
        let mut words = self.options(last, before)?;
        words.extend(["-W".into(), forward.into(), "--".into()]);
        words.push(last.destination.host.as_str().into());
        Ok(Some(words))
    }

    /// The same as a ProxyCommand, in which ssh expands tokens before a shell runs it.
    ///
    /// # Errors
    /// Those of [`Self::words`].
    pub(crate) fn proxy_command(&self) -> Result<Option<OsString>, Usage> {
        let Some((last, before)) = self.hops.split_last() else {
            return Ok(None);
        };
        let options = self.options(last, before)?;
        let variable = format!("{}={}", StartedByMssh::ENV, StartedByMssh::AnySsh.value());
        let words = [
            OsStr::new("env"),
            OsStr::new(&variable),
            self.ssh.as_os_str(),
        ]
        .into_iter();
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
        if hop.is_instance() {
            words.extend(self.instance_options(hop, before)?);
        } else if before.iter().any(Hop::is_instance) {
            let command = JumpChain {
                hops: before,
                ..*self
            }
            .proxy_command()?
            .unwrap_or_default();
            words.extend(option("ProxyCommand", command.as_bytes()));
        } else if !before.is_empty() {
            words.extend(["-J".into(), jump_list(before).into()]);
        }
        if let Some(login) = &hop.login {
            words.extend(["-l".into(), login.as_str().into()]);
        }
        if let Some(port) = hop.destination.port {
            words.extend(["-p".into(), port.to_string().into()]);
        }
        Ok(words)
    }

    /// What ssh needs for a hop that gets a key of ours.
    fn instance_options(&self, hop: &Hop, before: &[Hop]) -> Result<Vec<OsString>, Usage> {
        let mut words = Vec::new();
        let mut add = |keyword: &str, value: &[u8]| words.extend(option(keyword, value));
        let mut block = self.block.clone();
        if let BlockKey::HopAgent(_, name) = &mut block.key {
            name.push_str(&before.len().to_string());
        }
        if !before.is_empty() {
            block.words.extend(["-J".into(), jump_list(before).into()]);
        }
        if let Some(config) = self.config {
            block.words.extend(["-F".into(), config.into()]);
        }
        add("ProxyCommand", &block.proxy_command()?);
        let (keyword, value) = block.identity()?;
        add(keyword, &value);
        // An instance that was found by its address may accept the user's own keys.
        if hop.kind == HopKind::Instance {
            add("IdentityFile", NO_FILE);
        }
        add("IdentitiesOnly", block.identities_only());
        if let Some(alias) = &hop.alias {
            add("HostKeyAlias", alias.as_bytes());
        }
        Ok(words)
    }
}

/// A keyword of ssh_config(5) on the command line.
fn option(keyword: &str, value: &[u8]) -> [OsString; 2] {
    let word = [keyword.as_bytes(), b"=", value].concat();
    ["-o".into(), OsString::from_vec(word)]
}

fn jump_list(hops: &[Hop]) -> String {
    let words: Vec<&str> = hops.iter().map(|hop| hop.word.as_str()).collect();
    words.join(",")
}

/// The same command line with this value of `-J` in place of the one that it has.
#[must_use]
pub(crate) fn with_jump(invocation: &Invocation, value: &str) -> Invocation {
    let (mut words, mut flags) = (invocation.words.clone(), invocation.flags.clone());
    if let Some(flag) = flags.iter_mut().find(|flag| flag.letter == b'J') {
        flag.value = Some(value.into());
        // Of `--proxy`, only the destination is left of the words.
        if let Some((mut bytes, attached)) = around_jump(words.get(flag.at)) {
            bytes.push(b'J');
            let before = if attached { &bytes[..] } else { b"" };
            let word = OsString::from_vec([before, value.as_bytes()].concat());
            if let Some(old) = words.get_mut(flag.at + usize::from(!attached)) {
                *old = Word::Typed(word);
            }
        }
    }
    Invocation {
        program: invocation.program,
        options: invocation.options.clone(),
        words,
        flags,
        command: invocation.command,
    }
}

/// What is before the `J` in the word of a `-J`, and whether its value is in that word, too.
fn around_jump(word: Option<&Word>) -> Option<(Vec<u8>, bool)> {
    let Some(Word::Typed(word)) = word else {
        return None;
    };
    let bytes = word.as_bytes();
    // The first J: no letter before it takes a value, or J would be part of that value.
    let at = bytes.iter().position(|byte| *byte == b'J')?;
    Some((bytes[..at].to_vec(), at + 1 < bytes.len()))
}

/// Removes `-J` from the client's words: the client refuses it together with a ProxyCommand. In a group
/// such as `-vJ`, the other letters stay.
#[must_use]
pub(crate) fn without_jump(words: &[Word], flags: &[Flag]) -> Vec<Word> {
    let mut left: Vec<Option<Word>> = words.iter().cloned().map(Some).collect();
    for flag in flags.iter().filter(|flag| flag.letter == b'J') {
        let word = left.get(flag.at).and_then(Option::as_ref);
        let Some((before, attached)) = around_jump(word) else {
            continue;
        };
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
