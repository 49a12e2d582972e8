//! Answers the completion scripts of the shells.
//!
//! The first line is `files`, if the shell should also complete files, or `none`. Each further line
//! is a candidate, with a tab and a description if it has one. bash, which says what it will replace,
//! gets the text for that instead, quoted.

mod cached_list;
mod instances;
pub(crate) mod refresh;
mod remote;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::plan::cli::complete::{self, Candidates, Completion, KEYWORDS, bash, completion};
use crate::plan::cli::grammar::Grammar;
use crate::plan::program::Program;
use crate::plan::route::serial;
use crate::world::aws::files;
use crate::world::openssh::host_names;
use crate::world::tty::printable::printable;
use crate::world::tty::terminal::Terminal;

/// Completes the last of these words.
#[must_use]
pub(crate) fn words(program: Program, words: &[OsString], terminal: Terminal) -> Vec<u8> {
    let (current, before) = match words {
        [before @ .., current] => (current.to_string_lossy().into_owned(), before),
        [] => (String::new(), words),
    };
    let line = Line {
        program,
        grammar: Grammar::of(program),
        words: before,
        terminal,
    };
    line.answer(&current, |word, about| {
        let tab = if about.is_empty() { "" } else { "\t" };
        Some(format!("{word}{tab}{about}"))
    })
}

/// Completes the end of this line. `end` is what bash will replace.
#[must_use]
pub(crate) fn line(
    program: Program,
    line: &OsStr,
    end: Option<&OsStr>,
    terminal: Terminal,
) -> Vec<u8> {
    let Some((words, current)) = complete::split_line(&line.to_string_lossy()) else {
        return b"none\n".to_vec();
    };
    let line = Line {
        program,
        grammar: Grammar::of(program),
        words: &words,
        terminal,
    };
    let end = end.map(OsStr::to_string_lossy);
    line.answer(&current, |word, _| match &end {
        None => Some(word.to_owned()),
        Some(end) => bash::replacement(word, &current, end),
    })
}

/// What is before the word at the cursor.
struct Line<'a> {
    program: Program,
    grammar: Grammar,
    words: &'a [OsString],
    terminal: Terminal,
}

impl Line<'_> {
    fn answer(&self, current: &str, form: impl Fn(&str, &str) -> Option<String>) -> Vec<u8> {
        let Completion {
            candidates,
            prefix,
            is_list,
        } = completion(self.program, self.grammar, self.words, current);
        let files = match candidates {
            Candidates::Files => true,
            Candidates::HostsAndFiles => prefix.is_empty(),
            _ => false,
        };
        let begin = current.to_lowercase();
        let typed = current.get(prefix.len()..).unwrap_or_default();
        let mut lines = vec![if files { "files" } else { "none" }.to_owned()];
        for (word, about) in self.list(candidates, &prefix, typed) {
            if is_list && word.contains(',') {
                continue;
            }
            let word = if prefix.is_empty() {
                word
            } else {
                format!("{prefix}{word}")
            };
            // The answer consists of lines, and what cannot be seen cannot be chosen.
            let begins = begin.is_empty() || word.to_lowercase().starts_with(&begin);
            if begins && is_printable(&word) {
                let about = if is_printable(&about) {
                    about
                } else {
                    printable(&about)
                };
                lines.extend(form(&word, &about));
            }
        }
        (lines.join("\n") + "\n").into_bytes()
    }

    /// All candidates of a kind after `before`, each with its description or an empty one.
    fn list(&self, candidates: Candidates, before: &str, typed: &str) -> Vec<(String, String)> {
        let listed = |all: &[&str], end: &str| all.iter().map(|it| format!("{it}{end}")).collect();
        let all: Vec<String> = match candidates {
            Candidates::Nothing | Candidates::Files => Vec::new(),
            Candidates::Options => return complete::options_of(self.program, self.grammar),
            Candidates::Regions => listed(&serial::regions(), ""),
            Candidates::Profiles => files::profile_names(),
            Candidates::Hosts | Candidates::HostsAndFiles | Candidates::Instances => {
                return self.targets(candidates, typed);
            }
            Candidates::RemotePaths => self.remote_paths(before, typed),
            Candidates::Keywords => listed(KEYWORDS, "="),
            Candidates::Choices(choices) => listed(choices, ""),
        };
        all.into_iter().map(|it| (it, String::new())).collect()
    }

    /// Hosts, and instances of the cached list. Each once.
    fn targets(&self, candidates: Candidates, typed: &str) -> Vec<(String, String)> {
        let end = match candidates {
            Candidates::HostsAndFiles => ":",
            _ => "",
        };
        let only_ids = candidates == Candidates::Instances;
        let hosts = host_names::known(self.config_file().as_deref().map(Path::new));
        let hosts = hosts
            .into_iter()
            .filter(|host| !only_ids || host.starts_with("i-"));
        let instances = self.instances(only_ids, typed).into_iter().map(|offer| {
            let end = if offer.is_target { end } else { "" };
            (offer.word + end, offer.about)
        });
        // Sorted once, all together. Of the same word, the last one stays.
        let all = hosts
            .map(|host| (host + end, String::new()))
            .chain(instances);
        all.collect::<BTreeMap<_, _>>().into_iter().collect()
    }

    fn config_file(&self) -> Option<OsString> {
        let scan = complete::scan_before(self.program, self.grammar, self.words).ok()?;
        let flag = scan
            .flags
            .into_iter()
            .rev()
            .find(|flag| flag.letter == b'F')?;
        flag.value
    }
}

/// Whether a terminal shows all of a text. Most are ASCII, which takes no time to see.
fn is_printable(text: &str) -> bool {
    text.bytes().all(|it| matches!(it, b' '..=b'~')) || printable(text) == text
}
