//! The words of a command line without a target, for which the user is to choose an instance: `mssh`
//! alone on a terminal, or `--pick`.

use std::ffi::OsString;

use super::examination::option_words;
use super::invocation::Options;
use super::options::Name;
use super::scan::Scan;
use super::usage::Usage;
use crate::plan::list::row::Row;

/// An instance is to be chosen.
#[derive(Debug, PartialEq, Eq)]
pub struct PickRequest {
    pub(crate) options: Options,
    /// What the list is filtered by at first: the target, if there is one.
    pub(crate) query: String,
    /// `user@` before it.
    login: String,
    /// The words before the target and after it.
    before: Vec<OsString>,
    after: Vec<OsString>,
}

/// Reads the words.
///
/// # Errors
/// A target that is no UTF-8.
pub(super) fn request(options: Options, scan: &Scan) -> Result<PickRequest, Usage> {
    let mut without = vec![Name::Picker, Name::NoCache, Name::Region, Name::AllRegions];
    if !options.places.profiles.is_empty() {
        without.push(Name::Profile);
    }
    let mut before = option_words(scan, &without);
    let target = scan.operands.first().copied();
    let (typed_before, after) = scan.words.split_at(target.unwrap_or(scan.words.len()));
    let (typed, after) = match after.split_first() {
        Some((word, after)) => (text(word)?, after),
        None => ("", after),
    };
    let (login, query) = match typed.rsplit_once('@') {
        Some((login, query)) => (format!("{login}@"), query),
        None => (String::new(), typed),
    };
    before.extend(typed_before.iter().cloned());
    Ok(PickRequest {
        options,
        query: query.to_owned(),
        login,
        before,
        after: after.to_vec(),
    })
}

fn text(word: &OsString) -> Result<&str, Usage> {
    let not_unicode = || Usage::NotUnicode(word.to_string_lossy().into_owned());
    word.to_str().ok_or_else(not_unicode)
}

impl PickRequest {
    /// The same command line with this instance as its target, without the program's name. It names
    /// the region if the user did, and the profile if there are several.
    pub(crate) fn words(&self, row: &Row) -> Vec<OsString> {
        let names_region = self.options.region.is_some() || self.options.places.are_several();
        let region = names_region.then(|| format!("--region={}", row.region));
        let profile = Some(&row.profile).filter(|it| !it.is_empty());
        let profile = profile.map(|it| format!("--profile={it}"));
        let target = format!("{}{}", self.login, row.id);
        let places = region.into_iter().chain(profile).map(OsString::from);
        let words = places.chain(self.before.iter().cloned());
        let words = words.chain([target.into()]);
        words.chain(self.after.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::super::{Request, parse};
    use super::*;
    use crate::plan::cli::grammar::Grammar;
    use crate::plan::program::Program;

    fn words(line: &str) -> (String, String) {
        let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        match parse(Program::Ssh, Grammar::of(Program::Ssh), &words) {
            Ok(Request::Picker(request)) => {
                let words = request.words(&Row::example("i-0000000a", "web"));
                let words = words.join(OsStr::new(" "));
                (request.query, words.into_string().expect("UTF-8"))
            }
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn the_choice_takes_the_targets_place() {
        for (line, query, expected) in [
            ("", "", "i-0000000a"),
            ("-u dev", "", "--profile=dev i-0000000a"),
            ("--region eu-west-1", "", "--region=us-east-1 i-0000000a"),
            ("--pick -A -p 22", "", "-A -p 22 i-0000000a"),
            ("--pick web uptime -p", "web", "i-0000000a uptime -p"),
            (
                "-A ubuntu@db --pick -v ls",
                "db",
                "-A ubuntu@i-0000000a -v ls",
            ),
            ("--pick --shell", "", "--shell i-0000000a"),
            ("--doctor --pick", "", "--doctor i-0000000a"),
            ("--all-regions", "", "--region=us-east-1 i-0000000a"),
            (
                "--region eu-west-1,us-east-1 -u a --pick -v",
                "",
                "--region=us-east-1 --profile=a -v i-0000000a",
            ),
            (
                "--ssm --dry-run --no-cache --pick --",
                "",
                "--ssm --dry-run -- i-0000000a",
            ),
        ] {
            assert_eq!(
                words(line),
                (query.to_owned(), expected.to_owned()),
                "{line}"
            );
        }
    }
}
