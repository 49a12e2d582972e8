//! The block of ssh_config(5) that makes plain `ssh INSTANCE-ID` work, with mssh as ProxyCommand.
//!
//! The block is a separate file, which the user's file includes twice: at the beginning, since ssh
//! takes the first value it finds; and at the end, where it also applies to a `Host` whose HostName
//! is an ID. The default user is set at the end only, so that a `User` in the user's file wins.

mod names;
mod our_lines;
mod started_by_mssh;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use self::names::Hosts;
pub(crate) use self::names::TAKES_NAME;
pub(crate) use self::our_lines::{OurLines, with_our_lines, without_our_lines};
pub(crate) use self::started_by_mssh::StartedByMssh;
use super::quote;
use crate::plan::cli::usage::Usage;
use crate::plan::target::ids::Login;

/// The name of the block's file, in the directory of the user's configuration.
pub(crate) const FILE: &str = "mssh.conf";

/// The hidden option for `Match exec`: `--skip-block HOST` succeeds if the block does not apply.
///
/// So the block applies unless mssh says otherwise: if mssh cannot be found, ssh ends with an error
/// instead of looking up an instance ID in DNS.
pub(crate) const SKIP_BLOCK: &str = "--skip-block";

/// The oldest release of OpenSSH that understands the block.
pub(crate) const OLDEST_OPENSSH: (u32, u32) = (8, 4);

/// Patterns with the prefix and the lengths of instance IDs.
const IDS: &str = "i-????????,i-?????????????????";

/// The same for managed nodes, to which no key can be pushed.
const NODES: &str = "mi-?????????????????";

/// Characters that host names may contain and IDs do not. ssh's patterns have no character sets, so
/// each becomes a negated pattern. The last two could end the quotes around `%h` in a shell.
const NOT_IN_IDS: &str = "ghijklmnopqrstuvwxyz-._'\\";

/// The first line of [`FILE`]. mssh neither overwrites nor deletes a file without it.
pub(crate) const FILE_MARK: &str =
    "# Written by mssh --ssh-config --install; --uninstall deletes it.\n";

/// The contents of the block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub mssh: PathBuf,
    /// Options for mssh.
    pub words: Vec<OsString>,
    /// The key that ssh logs in with.
    pub key: BlockKey,
}

/// The key that plain ssh logs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BlockKey {
    /// A key made for each login, of an agent with a socket in this directory.
    Agent(PathBuf),
    /// The same with a socket of this name, which serves one hop.
    HopAgent(PathBuf, String),
    /// The user's own, in this file.
    Own(PathBuf),
}

impl BlockKey {
    /// The hosts that the key can log in to, as a quoted list of patterns.
    fn hosts(&self) -> String {
        let mut hosts = vec![IDS.to_owned()];
        if let Self::Own(_) = self {
            hosts.push(NODES.to_owned());
        }
        hosts.extend(NOT_IN_IDS.chars().map(|it| format!("!*i-*{it}*")));
        format!("\"{}\"", hosts.join(","))
    }
}

/// The value of IdentityFile with which ssh does not look for keys in files of the usual names.
pub(super) const NO_FILE: &[u8] = b"none";

impl Block {
    /// The block's text.
    ///
    /// # Errors
    /// [`Usage::BadPath`] for a path that ssh_config(5) cannot quote.
    pub(crate) fn text(&self) -> Result<Vec<u8>, Usage> {
        let comments = "# Whole instance IDs only: 8 or 17 hexadecimal digits.\n\
                        # A user with a quote would get out of the quotes below.\n";
        let lines = self.lines(&Hosts {
            criterion: format!("host {}", self.key.hosts()),
            condition: [b"!", self.exec(SKIP_BLOCK, "'%h'")?.as_slice()].concat(),
            // Such a user is refused for any host, also one that is not ours.
            is_condition_for_refusal: false,
            token: "%h",
        })?;
        Ok([comments.as_bytes(), &lines].concat())
    }

    /// The lines for these hosts: a refusal of users with a quote, and all that a login needs.
    fn lines(&self, hosts: &Hosts) -> Result<Vec<u8>, Usage> {
        let mut text = Vec::new();
        let mut line = |keyword: &str, value: &[u8]| {
            text.extend_from_slice(keyword.as_bytes());
            text.push(b' ');
            text.extend_from_slice(value);
            text.push(b'\n');
        };
        let Hosts {
            criterion, token, ..
        } = hosts;
        let user = format!("{criterion} user \"*'*\"");
        let condition = [b" ", hosts.condition.as_slice()].concat();
        let refused_if = if hosts.is_condition_for_refusal {
            condition.as_slice()
        } else {
            b""
        };
        line("Match", &[user.as_bytes(), refused_if].concat());
        let refused = format!(" '{token}' %p \"'\"");
        let refused = [&self.proxy()?[..], refused.as_bytes()].concat();
        line("    ProxyCommand", &refused);
        line("Match", &[criterion.as_bytes(), &condition].concat());
        let mut line = |keyword: &str, value: &[u8]| line(&format!("    {keyword}"), value);
        line("ProxyCommand", &self.proxy_command_for(token)?);
        // Our ProxyCommand copies bytes: it passes no descriptor.
        line("ProxyUseFdpass", b"no");
        let (keyword, value) = self.identity_for(token)?;
        line(keyword, &value);
        if let BlockKey::Agent(_) = self.key {
            // Keys in files of the usual names would be tried before ours if an agent has them, too.
            line("IdentityFile", NO_FILE);
        }
        line("IdentitiesOnly", self.identities_only());
        // With `always`, ssh would look up the host in DNS, even with a ProxyCommand.
        line("CanonicalizeHostname", b"no");
        Ok(text)
    }

    /// The `exec` of a Match: mssh with this option and these tokens.
    fn exec(&self, option: &str, tokens: &str) -> Result<Vec<u8>, Usage> {
        let words = [self.mssh.as_os_str(), OsStr::new(option)];
        // How to write a quote inside of quotes in ssh_config(5) depends on the release.
        let bad =
            |word: &&&OsStr| is_unquotable(word.as_bytes()) || word.as_bytes().contains(&b'\'');
        if let Some(word) = words.iter().find(bad) {
            return Err(Usage::BadPath(word.into()));
        }
        let command = quote::for_ssh(words);
        let end = format!(" {tokens}\"");
        // With `exec` ssh is our parent in every shell, which tells whether mssh has started it.
        Ok([b"exec \"exec ", command.as_slice(), end.as_bytes()].concat())
    }

    /// The ProxyCommand. The tokens are quoted for the shell, too: before 9.6 ssh accepts any character
    /// in a host or user.
    ///
    /// # Errors
    /// [`Usage::BadPath`].
    pub(crate) fn proxy_command(&self) -> Result<Vec<u8>, Usage> {
        self.proxy_command_for("%h")
    }

    /// The same, for the host that this token stands for.
    fn proxy_command_for(&self, token: &str) -> Result<Vec<u8>, Usage> {
        let mut command = self.proxy()?;
        command.extend_from_slice(format!(" '{token}' %p '%r'").as_bytes());
        if let BlockKey::HopAgent(_, name) = &self.key {
            command.push(b' ');
            command.extend_from_slice(&quote::for_ssh([OsStr::new(name)]));
        }
        Ok(command)
    }

    /// The ProxyCommand's words before the tokens, quoted for ssh and a shell.
    fn proxy(&self) -> Result<Vec<u8>, Usage> {
        let mut words = vec![self.mssh.as_os_str()];
        words.extend(self.words.iter().map(OsString::as_os_str));
        let (option, file) = match &self.key {
            BlockKey::Agent(directory) | BlockKey::HopAgent(directory, _) => {
                ("--agent-dir", directory)
            }
            BlockKey::Own(file) => ("-i", file),
        };
        words.extend([OsStr::new(option), file.as_os_str(), OsStr::new("--proxy")]);
        if let Some(word) = words.iter().find(|word| word.as_bytes().contains(&b'\n')) {
            return Err(Usage::BadPath(word.into()));
        }
        Ok(quote::for_ssh(words))
    }

    /// The keyword for the key, and its value with quotes.
    ///
    /// # Errors
    /// [`Usage::BadPath`].
    pub(crate) fn identity(&self) -> Result<(&'static str, Vec<u8>), Usage> {
        self.identity_for("%h")
    }

    /// The same, for the host that this token stands for.
    fn identity_for(&self, token: &str) -> Result<(&'static str, Vec<u8>), Usage> {
        // The name of the socket, with tokens of ssh_config(5).
        let usual = format!("{token}.%p.%r");
        let (keyword, path, socket) = match &self.key {
            BlockKey::Agent(directory) => ("IdentityAgent", directory, Some(&usual)),
            BlockKey::HopAgent(directory, name) => ("IdentityAgent", directory, Some(name)),
            BlockKey::Own(file) => ("IdentityFile", file, None),
        };
        let rest = socket.map_or_else(String::new, |name| format!("/{name}"));
        let bytes = path.as_os_str().as_bytes();
        if is_unquotable(bytes) {
            return Err(Usage::BadPath(path.clone()));
        }
        let value = [
            b"\"",
            quote::doubled(bytes).as_slice(),
            rest.as_bytes(),
            b"\"",
        ]
        .concat();
        Ok((keyword, value))
    }

    /// The value of IdentitiesOnly: no file names the key of an agent of ours.
    pub(crate) fn identities_only(&self) -> &'static [u8] {
        match &self.key {
            BlockKey::Agent(_) | BlockKey::HopAgent(..) => b"no",
            BlockKey::Own(_) => b"yes",
        }
    }
}

/// Whether ssh_config(5) cannot represent these bytes inside of quotes.
fn is_unquotable(bytes: &[u8]) -> bool {
    bytes.iter().any(|b| b"\"\\\n".contains(b)) || bytes.windows(2).any(|two| two == b"${")
}

/// The lines that set the user if nothing before them does.
#[must_use]
pub(crate) fn default_user(login: &Login, key: &BlockKey) -> String {
    format!("Match host {}\n    User {login}\n", key.hosts())
}

/// The path to name a program by: the one found on PATH if it is a link to the running file (a link
/// survives an update, its target may not), otherwise the running file.
#[must_use]
pub(crate) fn preferred_path<'a>(running: &'a Path, found: Option<(&'a Path, &Path)>) -> &'a Path {
    match found {
        Some((path, leads_to)) if leads_to == running => path,
        _ => running,
    }
}

#[cfg(test)]
mod tests;
