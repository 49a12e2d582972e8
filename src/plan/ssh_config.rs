//! What plain ssh is to read in its configuration (ssh_config(5)) so that an instance ID leads it
//! to the instance, by us.
//!
//! The block stands in a file of its own, which the user's file includes twice: first of all,
//! since ssh takes the first value that it finds; and last, where it also applies to a `Host`
//! whose HostName is an ID. Who logs in is set last only: a `User` of the user's goes first.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::names::Login;
use super::quote;
use super::usage::Usage;

/// The file of the block, beside the user's configuration.
pub const FILE: &str = "mssh.conf";

/// The variable that is set in the environment of any ssh that we ask or become. There the block
/// does not apply: whoever runs mssh is on the way already.
pub const UNDER_US: &str = "MSSH_RUNS";

/// The hidden option by which ssh has us see to the key: `--hand-over DIR HOST`.
pub const HAND_OVER: &str = "--hand-over";

/// Instance IDs, in ssh's patterns: of eight digits or of seventeen.
const IDS: &str = "i-????????,i-?????????????????";

/// The same with managed nodes, to which no key can be pushed.
const IDS_AND_NODES: &str = "i-????????,i-?????????????????,mi-?????????????????";

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
    pub key: Key,
}

/// What plain ssh logs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A key made for each login, in a directory below this one.
    Ephemeral(PathBuf),
    /// The user's own, in this file.
    Own(PathBuf),
}

impl Key {
    /// The hosts that it opens.
    fn hosts(&self) -> &'static str {
        match self {
            Self::Ephemeral(_) => IDS,
            Self::Own(_) => IDS_AND_NODES,
        }
    }
}

/// Where the key is in its directory, as ssh spells it: TOKENS in ssh_config(5).
const ROOM: &str = "/%h/key";

impl Block {
    /// The block's text.
    ///
    /// # Errors
    /// [`Usage::BadPath`] for a file whose name cannot be written there.
    pub fn text(&self) -> Result<Vec<u8>, Usage> {
        let mut text = format!("Match host {} ", self.key.hosts()).into_bytes();
        text.extend_from_slice(&self.condition()?);
        let mut line = |keyword: &str, value: &[u8]| {
            text.extend_from_slice(format!("    {keyword} ").as_bytes());
            text.extend_from_slice(value);
            text.push(b'\n');
        };
        line("ProxyCommand", &self.proxy_command()?);
        // We carry bytes, and have no descriptor to pass.
        line("ProxyUseFdpass", b"no");
        line("IdentityFile", &self.identity_file()?);
        line("IdentitiesOnly", b"yes");
        if let Key::Ephemeral(_) = self.key {
            line("AddKeysToAgent", b"no");
        }
        Ok(text)
    }

    /// What has to be done, or to be so, before the rest applies.
    fn condition(&self) -> Result<Vec<u8>, Usage> {
        let Key::Ephemeral(directory) = &self.key else {
            return Ok(format!("!exec \"printenv {UNDER_US}\"\n").into_bytes());
        };
        let words = [
            self.mssh.as_os_str(),
            OsStr::new(HAND_OVER),
            directory.as_os_str(),
        ];
        // Between quotes of ssh_config(5), which has no others within.
        if let Some(word) = words.iter().find(|word| is_unspeakable(word.as_bytes())) {
            return Err(Usage::BadPath(word.into()));
        }
        let command = quote::for_ssh(words);
        Ok([b"exec \"", command.as_slice(), b" %h\"\n"].concat())
    }

    /// ssh expands tokens in it and gives it to a shell, so every word is quoted, its `%` doubled.
    /// It is not read as words before: quotes are the shell's alone.
    ///
    /// # Errors
    /// [`Usage::BadPath`].
    pub fn proxy_command(&self) -> Result<Vec<u8>, Usage> {
        let mut words = vec![self.mssh.as_os_str()];
        words.extend(self.words.iter().map(OsString::as_os_str));
        let (option, file) = match &self.key {
            Key::Ephemeral(directory) => ("--key-dir", directory),
            Key::Own(file) => ("-i", file),
        };
        words.extend([OsStr::new(option), file.as_os_str(), OsStr::new("--proxy")]);
        if let Some(word) = words.iter().find(|word| word.as_bytes().contains(&b'\n')) {
            return Err(Usage::BadPath(word.into()));
        }
        let mut command = quote::for_ssh(words);
        command.extend_from_slice(b" %h %p %r");
        Ok(command)
    }

    /// The file with the key, between quotes.
    ///
    /// # Errors
    /// [`Usage::BadPath`].
    pub fn identity_file(&self) -> Result<Vec<u8>, Usage> {
        let (path, rest) = match &self.key {
            Key::Ephemeral(directory) => (directory, ROOM),
            Key::Own(file) => (file, ""),
        };
        let bytes = path.as_os_str().as_bytes();
        if is_unspeakable(bytes) {
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
fn is_unspeakable(bytes: &[u8]) -> bool {
    bytes.iter().any(|b| b"\"\\\n".contains(b)) || bytes.windows(2).any(|two| two == b"${")
}

/// Who logs in where nothing before says so.
#[must_use]
pub fn default_user(login: &Login, key: &Key) -> String {
    format!("Match host {}\n    User {login}\n", key.hosts())
}

/// The user's file with our lines in it, first and last; once, however often that is asked. The
/// last are for [`default_user`].
#[must_use]
pub fn with_ours(config: &[u8], user: &str) -> Vec<u8> {
    let mut text = format!("{BEGIN}\nInclude {FILE}\n{END}\n").into_bytes();
    let theirs = without_ours(config);
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
pub fn without_ours(config: &[u8]) -> Vec<u8> {
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
pub fn path_to<'a>(running: &'a Path, found: Option<(&'a Path, &Path)>) -> &'a Path {
    match found {
        Some((path, leads_to)) if leads_to == running => path,
        _ => running,
    }
}

#[cfg(test)]
mod tests;
