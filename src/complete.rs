//! The story of a completion: what a shell is to offer at the cursor.
//!
//! The first line of the answer is `files`, where the shell is to complete files besides, or `none`.
//! Each line after it is a candidate, with a tab and what it is for where there is more to say.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::plan::cli::complete;
use crate::plan::cli::complete::{KEYWORDS, Place, Wanted, place};
use crate::plan::cli::grammar::Grammar;
use crate::plan::cli::scan;
use crate::plan::program::Program;
use crate::plan::route::serial;
use crate::world::aws::files;
use crate::world::openssh::host_names;

/// The answer for these words, the last of which is not finished.
#[must_use]
pub fn words(program: Program, words: &[OsString]) -> Vec<u8> {
    let (current, before) = match words {
        [before @ .., current] => (current.to_string_lossy().into_owned(), before),
        [] => (String::new(), words),
    };
    answer(program, Grammar::of(program), before, &current)
}

/// The answer for a line up to the cursor.
#[must_use]
pub fn line(program: Program, line: &OsStr) -> Vec<u8> {
    match complete::words_of(&line.to_string_lossy()) {
        Some((words, current)) => answer(program, Grammar::of(program), &words, &current),
        None => b"none\n".to_vec(),
    }
}

fn answer(program: Program, grammar: Grammar, words: &[OsString], current: &str) -> Vec<u8> {
    let Place { wanted, before } = place(program, grammar, words, current);
    let files = match wanted {
        Wanted::Files => true,
        Wanted::HostsAndFiles => before.is_empty(),
        _ => false,
    };
    let begin = current.to_lowercase();
    let mut lines = vec![if files { "files" } else { "none" }.to_owned()];
    for (word, about) in candidates(wanted, program, grammar, words) {
        let word = format!("{before}{word}");
        // A name with a line break, or worse, is nobody's to type.
        if word.to_lowercase().starts_with(&begin) && !word.contains(char::is_control) {
            let tab = if about.is_empty() { "" } else { "\t" };
            lines.push(format!("{word}{tab}{about}"));
        }
    }
    (lines.join("\n") + "\n").into_bytes()
}

/// What there is of this kind, each with what it is for.
fn candidates(
    wanted: Wanted,
    program: Program,
    grammar: Grammar,
    words: &[OsString],
) -> Vec<(String, String)> {
    let hosts = || {
        host_names::known(
            config_file(program, grammar, words)
                .as_deref()
                .map(Path::new),
        )
    };
    let listed = |all: &[&str], end: &str| all.iter().map(|it| format!("{it}{end}")).collect();
    let all: Vec<String> = match wanted {
        Wanted::Nothing | Wanted::Files => Vec::new(),
        Wanted::Options => return complete::options_of(program, grammar),
        Wanted::Regions => listed(&serial::regions(), ""),
        Wanted::Profiles => files::profile_names(),
        Wanted::Hosts => hosts(),
        Wanted::HostsAndFiles => hosts().into_iter().map(|it| it + ":").collect(),
        Wanted::Instances => {
            let instances = hosts().into_iter().filter(|it| it.starts_with("i-"));
            instances.collect()
        }
        Wanted::Keywords => listed(KEYWORDS, "="),
        Wanted::Choices(choices) => listed(choices, ""),
    };
    all.into_iter().map(|it| (it, String::new())).collect()
}

/// The file that `-F` names among these words.
fn config_file(program: Program, grammar: Grammar, words: &[OsString]) -> Option<OsString> {
    let scan = scan::scan(program, grammar, words).ok()?;
    let flag = scan
        .flags
        .into_iter()
        .rev()
        .find(|flag| flag.letter == b'F')?;
    flag.value
}
