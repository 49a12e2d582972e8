//! Answers the completion scripts of the shells.
//!
//! The first line is `files`, if the shell should also complete files, or `none`. Each further line
//! is a candidate, with a tab and a description if it has one.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::plan::cli::complete::{self, Candidates, Completion, KEYWORDS, completion};
use crate::plan::cli::grammar::Grammar;
use crate::plan::cli::scan;
use crate::plan::program::Program;
use crate::plan::route::serial;
use crate::world::aws::files;
use crate::world::openssh::host_names;

/// Completes the last of these words.
#[must_use]
pub(crate) fn words(program: Program, words: &[OsString]) -> Vec<u8> {
    let (current, before) = match words {
        [before @ .., current] => (current.to_string_lossy().into_owned(), before),
        [] => (String::new(), words),
    };
    answer(program, Grammar::of(program), before, &current)
}

/// Completes the end of this line.
#[must_use]
pub(crate) fn line(program: Program, line: &OsStr) -> Vec<u8> {
    match complete::split_line(&line.to_string_lossy()) {
        Some((words, current)) => answer(program, Grammar::of(program), &words, &current),
        None => b"none\n".to_vec(),
    }
}

fn answer(program: Program, grammar: Grammar, words: &[OsString], current: &str) -> Vec<u8> {
    let Completion { candidates, prefix } = completion(program, grammar, words, current);
    let files = match candidates {
        Candidates::Files => true,
        Candidates::HostsAndFiles => prefix.is_empty(),
        _ => false,
    };
    let begin = current.to_lowercase();
    let mut lines = vec![if files { "files" } else { "none" }.to_owned()];
    for (word, about) in list(candidates, program, grammar, words) {
        let word = format!("{prefix}{word}");
        // The answer consists of lines, and control characters cannot be typed anyway.
        if word.to_lowercase().starts_with(&begin) && !word.contains(char::is_control) {
            let tab = if about.is_empty() { "" } else { "\t" };
            lines.push(format!("{word}{tab}{about}"));
        }
    }
    (lines.join("\n") + "\n").into_bytes()
}

/// All candidates of a kind, each with its description or an empty one.
fn list(
    candidates: Candidates,
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
    let all: Vec<String> = match candidates {
        Candidates::Nothing | Candidates::Files => Vec::new(),
        Candidates::Options => return complete::options_of(program, grammar),
        Candidates::Regions => listed(&serial::regions(), ""),
        Candidates::Profiles => files::profile_names(),
        Candidates::Hosts => hosts(),
        Candidates::HostsAndFiles => hosts().into_iter().map(|it| it + ":").collect(),
        Candidates::Instances => {
            let instances = hosts().into_iter().filter(|it| it.starts_with("i-"));
            instances.collect()
        }
        Candidates::Keywords => listed(KEYWORDS, "="),
        Candidates::Choices(choices) => listed(choices, ""),
    };
    all.into_iter().map(|it| (it, String::new())).collect()
}

fn config_file(program: Program, grammar: Grammar, words: &[OsString]) -> Option<OsString> {
    let scan = scan::scan(program, grammar, words).ok()?;
    let flag = scan
        .flags
        .into_iter()
        .rev()
        .find(|flag| flag.letter == b'F')?;
    flag.value
}
