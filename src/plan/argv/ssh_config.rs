//! What plain ssh is to read in its configuration (ssh_config(5)) so that an instance ID leads it
//! to the instance, by us.
//!
//! The block stands in a file of its own, which the user's file includes twice: first of all,
//! since ssh takes the first value that it finds; and last, where it also applies to a `Host`
//! whose HostName is an ID. Who logs in is set last only: a `User` of the user's goes first.

mod started_by_mssh;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

pub use self::started_by_mssh::StartedByMssh;
use super::quote;
use crate::plan::cli::usage::Usage;
use crate::plan::target::ids::Login;

/// The file of the block, beside the user's configuration.
pub const FILE: &str = "mssh.conf";

/// The hidden option for `Match exec`: `--skip-block [DIR] HOST` succeeds where ssh is to do without
/// the block; else it puts the key in its place, if that is ours to make, and fails.
///
/// So the block applies unless we say that it does not: where we are not to be found, or the key
/// cannot be made, ssh ends with an error, and does not look for an instance ID in DNS.
pub const SKIP_BLOCK: &str = "--skip-block";

/// The release of OpenSSH from which on the block means what it says.
pub const OLDEST_OPENSSH: (u32, u32) = (8, 4);

/// What begins like an instance ID and is as long as one.
const IDS: &str = "i-????????,i-?????????????????";

/// The same for managed nodes, to which no key can be pushed.
const NODES: &str = "mi-?????????????????";

/// What a host name may have in it, and no ID has. ssh's patterns have no sets of characters: so
/// each is a pattern that must not match. And what would end a quoted word of a shell: `%h` gets
/// into one.
const NOT_IN_IDS: &str = "ghijklmnopqrstuvwxyz-._'\\";

/// How that file begins. One that begins otherwise is not ours to overwrite or delete.
pub const FILE_MARK: &str = "# Written by mssh --ssh-config --install; --uninstall deletes it.\n";

/// What encloses our lines in the user's file.
const BEGIN: &str = "# >>> mssh --ssh-config --install; --uninstall removes it >>>";
const END: &str = "# <<< mssh <<<";

/// What the block says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Our own program, by the path to run it by.
    pub mssh: PathBuf,
    /// Our options for it.
    pub words: Vec<OsString>,
    /// What ssh logs in with.
    pub key: BlockKey,
}

/// What plain ssh logs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockKey {
    /// A key made for each login, in a directory below this one.
    Ephemeral(PathBuf),
    /// The user's own, in this file.
    Own(PathBuf),
}

impl BlockKey {
    /// The hosts that it opens, as a quoted list of patterns.
    fn hosts(&self) -> String {
        let mut hosts = vec![IDS.to_owned()];
        if let Self::Own(_) = self {
            hosts.push(NODES.to_owned());
        }
        hosts.extend(NOT_IN_IDS.chars().map(|it| format!("!*i-*{it}*")));
        format!("\"{}\"", hosts.join(","))
    }
}

/// Where the key is in its directory, as ssh spells it: TOKENS in ssh_config(5).
const KEY_IN_DIRECTORY: &str = "/%h/key";

impl Block {
    /// The block's text.
    ///
    /// # Errors
    /// [`Usage::BadPath`] for a file whose name cannot be written there.
    pub fn text(&self) -> Result<Vec<u8>, Usage> {
        let hosts = self.key.hosts();
        let mut text = Vec::new();
        let mut line = |keyword: &str, value: &[u8]| {
            text.extend_from_slice(keyword.as_bytes());
            text.push(b' ');
            text.extend_from_slice(value);
            text.push(b'\n');
        };
        line("#", b"Whole instance IDs only: 8 or 17 hexadecimal digits.");
        line(
            "#",
            b"A user with a quote would get out of the quotes below.",
        );
        line("Match", format!("host {hosts} user \"*'*\"").as_bytes());
        let refused = [&self.proxy()?[..], b" '%h' %p \"'\""].concat();
        line("    ProxyCommand", &refused);
        let condition = self.condition()?;
        line(
            "Match",
            &[b"host ", hosts.as_bytes(), b" ", &condition].concat(),
        );
        let mut line = |keyword: &str, value: &[u8]| line(&format!("    {keyword}"), value);
        line("ProxyCommand", &self.proxy_command()?);
        // We carry bytes, and have no descriptor to pass.
        line("ProxyUseFdpass", b"no");
        line("IdentityFile", &self.identity_file()?);
        line("IdentitiesOnly", b"yes");
        if let BlockKey::Ephemeral(_) = self.key {
            line("AddKeysToAgent", b"no");
        }
        // An ID has no other name; and with `always` ssh would look for one, whatever the proxy.
        line("CanonicalizeHostname", b"no");
        Ok(text)
    }

    /// When the rest applies: unless a command succeeds, which also has the key put in its place.
    fn condition(&self) -> Result<Vec<u8>, Usage> {
        let mut words = vec![self.mssh.as_os_str(), OsStr::new(SKIP_BLOCK)];
        if let BlockKey::Ephemeral(directory) = &self.key {
            words.push(directory.as_os_str());
        }
        // Between quotes of ssh_config(5), and how a quote is to be spelled in them hangs on the
        // release.
        let bad =
            |word: &&&OsStr| is_unquotable(word.as_bytes()) || word.as_bytes().contains(&b'\'');
        if let Some(word) = words.iter().find(bad) {
            return Err(Usage::BadPath(word.into()));
        }
        let command = quote::for_ssh(words);
        // So that ssh is our parent, whichever shell there is: the key is for as long as it lives.
        Ok([b"!exec \"exec ", command.as_slice(), b" '%h'\""].concat())
    }

    /// The ProxyCommand. The tokens are quoted for the shell, too: before 9.6 ssh takes any host and
    /// any user from its command line.
    ///
    /// # Errors
    /// [`Usage::BadPath`].
    pub fn proxy_command(&self) -> Result<Vec<u8>, Usage> {
        Ok([&self.proxy()?[..], b" '%h' %p '%r'"].concat())
    }

    /// Its words before the tokens. ssh expands tokens in them and gives them to a shell, so every
    /// word is quoted, its `%` doubled.
    fn proxy(&self) -> Result<Vec<u8>, Usage> {
        let mut words = vec![self.mssh.as_os_str()];
        words.extend(self.words.iter().map(OsString::as_os_str));
        let (option, file) = match &self.key {
            BlockKey::Ephemeral(directory) => ("--key-dir", directory),
            BlockKey::Own(file) => ("-i", file),
        };
        words.extend([OsStr::new(option), file.as_os_str(), OsStr::new("--proxy")]);
        if let Some(word) = words.iter().find(|word| word.as_bytes().contains(&b'\n')) {
            return Err(Usage::BadPath(word.into()));
        }
        Ok(quote::for_ssh(words))
    }

    /// The file with the key, between quotes.
    ///
    /// # Errors
    /// [`Usage::BadPath`].
    pub fn identity_file(&self) -> Result<Vec<u8>, Usage> {
        let (path, rest) = match &self.key {
            BlockKey::Ephemeral(directory) => (directory, KEY_IN_DIRECTORY),
            BlockKey::Own(file) => (file, ""),
        };
        let bytes = path.as_os_str().as_bytes();
        if is_unquotable(bytes) {
            return Err(Usage::BadPath(path.clone()));
        }
        Ok([
            b"\"",
            quote::doubled(bytes).as_slice(),
            rest.as_bytes(),
            b"\"",
        ]
        .concat())
    }
}

/// Whether ssh_config(5) has no way to spell these bytes between quotes.
fn is_unquotable(bytes: &[u8]) -> bool {
    bytes.iter().any(|b| b"\"\\\n".contains(b)) || bytes.windows(2).any(|two| two == b"${")
}

/// Who logs in where nothing before says so.
#[must_use]
pub fn default_user(login: &Login, key: &BlockKey) -> String {
    format!("Match host {}\n    User {login}\n", key.hosts())
}

/// The user's file with our lines in it, first and last; once, however often that is asked. The
/// last are for [`default_user`].
#[must_use]
pub fn with_our_lines(config: &[u8], user: &str) -> Vec<u8> {
    let mut text = format!("{BEGIN}\nInclude {FILE}\n{END}\n").into_bytes();
    let theirs = without_our_lines(config);
    text.extend_from_slice(&theirs);
    // A line that is not ended stays so when ours are gone: the break belongs to ours.
    if theirs.last().is_some_and(|byte| *byte != b'\n') {
        text.push(b'\n');
        text.extend_from_slice(format!("{BEGIN} the line above had no end\n").as_bytes());
    } else {
        text.extend_from_slice(format!("{BEGIN}\n").as_bytes());
    }
    text.extend_from_slice(
        format!("Match all\nInclude {FILE}\n{user}Match all\n{END}\n").as_bytes(),
    );
    text
}

/// The user's file without our lines: what it was, but for what they changed themselves.
#[must_use]
pub fn without_our_lines(config: &[u8]) -> Vec<u8> {
    let mut theirs = Vec::new();
    // What follows a beginning without an end is the user's.
    let mut ours: Option<Vec<&[u8]>> = None;
    for line in config.split_inclusive(|byte| *byte == b'\n') {
        let mark = line.trim_ascii_end();
        match &mut ours {
            None if mark.starts_with(BEGIN.as_bytes()) => ours = Some(vec![line]),
            None => theirs.extend_from_slice(line),
            Some(lines) if mark == END.as_bytes() => {
                if lines[0].trim_ascii_end() != BEGIN.as_bytes() && theirs.last() == Some(&b'\n') {
                    theirs.pop();
                }
                ours = None;
            }
            Some(lines) => lines.push(line),
        }
    }
    theirs.extend(ours.into_iter().flatten().flatten());
    theirs
}

/// The path by which to run a program: as it was found, where that leads to the very file that
/// runs (a link survives an update, which its target may not), else that file.
#[must_use]
pub fn preferred_path<'a>(running: &'a Path, found: Option<(&'a Path, &Path)>) -> &'a Path {
    match found {
        Some((path, leads_to)) if leads_to == running => path,
        _ => running,
    }
}

#[cfg(test)]
mod tests;
