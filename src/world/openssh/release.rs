//! The release of the installed OpenSSH, and its grammar.

use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;

use crate::plan::cli::grammar::{Grammar, Release};
use crate::plan::cli::scan;
use crate::plan::program::Program;
use crate::world::process;

/// The grammar of the installed client. Only a few options depend on the release: `ssh -V` runs only if
/// one of them may be among the words.
pub fn grammar(program: Program, words: &[OsString]) -> Grammar {
    let usual = Grammar::of(program);
    let depends = |letter: &u8| Grammar::depends_on_release(program, *letter);
    let may_matter = |word: &OsString| {
        let word = word.as_encoded_bytes();
        word.starts_with(b"-") && !word.starts_with(b"--") && word.iter().any(depends)
    };
    // `-oProxyCommand=…` contains such letters and is another option.
    let matters = || {
        scan::scan(program, usual, words).map_or(true, |scan| {
            scan.refused.is_some() || scan.flags.iter().any(|flag| depends(&flag.letter))
        })
    };
    if !words.iter().any(may_matter) || !matters() {
        return usual;
    }
    release().map_or(usual, |release| Grammar::of_release(program, release))
}

/// Whether the clients on PATH are older than this release. Runs `ssh -V`.
pub(crate) fn is_older_than(needed: Release) -> bool {
    release().is_some_and(|release| release < needed)
}

/// The release of the ssh on PATH. Runs `ssh -V`.
#[must_use]
pub(crate) fn release() -> Option<Release> {
    process::find("ssh").ok().and_then(|it| release_of(&it))
}

/// The first line of what the ssh on PATH says of its version. Runs `ssh -V`.
#[must_use]
pub(crate) fn version() -> Option<String> {
    let ssh = process::find("ssh").ok()?;
    version_of(&ssh)?.lines().next().map(str::to_owned)
}

/// The release of this ssh, from `OpenSSH_9.2p1 …`; `None` for any other output. Runs `ssh -V`.
pub(crate) fn release_of(ssh: &Path) -> Option<Release> {
    let text = version_of(ssh)?;
    let (major, rest) = text.strip_prefix("OpenSSH_")?.split_once('.')?;
    let minor: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn version_of(ssh: &Path) -> Option<String> {
    let mut asked = std::process::Command::new(ssh);
    let output = asked.arg("-V").stdin(Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stderr).into_owned())
}
