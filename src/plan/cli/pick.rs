//! The words of a command line without a target, for which the user is to choose an instance: `mssh`
//! alone on a terminal, or `--pick`; several for `--pick --each -- COMMAND`.

use std::ffi::OsString;

use super::examination::option_words;
use super::invocation::Options;
use super::options::{Name, Task};
use super::scan::Scan;
use super::usage::Usage;
use crate::plan::list::row::Row;

/// An instance is to be chosen, or several.
#[derive(Debug, PartialEq, Eq)]
pub struct PickRequest {
    pub(crate) options: Options,
    /// What the list is filtered by at first: the target, if there is one.
    pub(crate) query: String,
    /// Whether several can be chosen.
    pub(crate) takes_several: bool,
    /// `user@` before it.
    login: String,
    /// The words before the target and after it.
    before: Vec<OsString>,
    after: Vec<OsString>,
}

/// Reads the words.
///
/// # Errors
/// A target that is no UTF-8; for `--each`, no command.
pub(super) fn request(options: Options, task: Task, scan: &Scan) -> Result<PickRequest, Usage> {
    let mut without = vec![Name::Picker, Name::NoCache, Name::Region, Name::AllRegions];
    if !options.places.profiles.is_empty() {
        without.push(Name::Profile);
    }
    let mut before = option_words(scan, &without);
    let takes_several = task == Task::Each;
    let target = scan.operands.first().copied().unwrap_or(scan.words.len());
    // With `--each`, a target would stand before the `--`.
    let is_end = |at: &usize| takes_several && scan.words[*at] == "--";
    let command = target.checked_sub(1).filter(is_end);
    let (typed_before, rest) = scan.words.split_at(command.unwrap_or(target));
    let (typed, after) = match rest.split_first() {
        Some((word, after)) if command.is_none() => (text(word)?, after),
        _ => ("", rest),
    };
    if takes_several && after.iter().all(|word| word == "--") {
        return Err(Usage::NoCommandToPick);
    }
    let (login, query) = match typed.rsplit_once('@') {
        Some((login, query)) => (format!("{login}@"), query),
        None => (String::new(), typed),
    };
    before.extend(typed_before.iter().cloned());
    Ok(PickRequest {
        options,
        query: query.to_owned(),
        takes_several,
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
    /// The same command line with these instances as its target, without the program's name. It names
    /// their regions if the user did, and their profiles if there are several.
    pub(crate) fn words(&self, rows: &[Row]) -> Vec<OsString> {
        let places = &self.options.places;
        let names_region = self.options.region.is_some() || places.are_several();
        let mut regions: Vec<&str> = rows.iter().map(|row| row.region.as_str()).collect();
        regions.sort_unstable();
        regions.dedup();
        let region = names_region.then(|| format!("--region={}", regions.join(",")));
        let is_used = |profile: &&String| rows.iter().any(|row| row.profile == **profile);
        let profiles = places.profiles.iter().filter(is_used).map(String::as_str);
        let profiles: Vec<&str> = profiles.collect();
        let profile = format!("--profile={}", profiles.join(","));
        let profile = Some(profile).filter(|_| !profiles.is_empty());
        let targets = rows.iter().map(|row| format!("{}{}", self.login, row.id));
        let target = targets.collect::<Vec<_>>().join(",");
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
                let mut rows = vec![Row::example("i-0000000a", "web")];
                if request.takes_several {
                    rows.push(Row::example("i-0000000b", "web"));
                }
                let profiles = request.options.places.profiles.iter();
                for (row, profile) in rows.iter_mut().zip(profiles.rev()) {
                    row.profile.clone_from(profile);
                }
                let words = request.words(&rows);
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
            (
                "--pick --each -- uptime -p",
                "",
                "--each i-0000000a,i-0000000b -- uptime -p",
            ),
            (
                "--each --jobs 4 -p 22 --pick root@web -v -- uptime",
                "web",
                "--each --jobs=4 -p 22 root@i-0000000a,root@i-0000000b -v -- uptime",
            ),
            (
                "--pick --each -u a,b,c web uptime",
                "web",
                "--region=us-east-1 --profile=b,c --each i-0000000a,i-0000000b uptime",
            ),
            (
                "--pick --each --all-regions web uptime",
                "web",
                "--region=us-east-1 --each i-0000000a,i-0000000b uptime",
            ),
        ] {
            assert_eq!(
                words(line),
                (query.to_owned(), expected.to_owned()),
                "{line}"
            );
        }
    }

    #[test]
    fn each_needs_a_command_that_it_can_run() {
        for (line, expected) in [
            ("--pick --each", Usage::NoCommandToPick),
            ("--pick --each web", Usage::NoCommandToPick),
            ("--pick --each --", Usage::NoCommandToPick),
            (
                "--pick --each -N -- uptime",
                Usage::Conflict("`-N`".to_owned(), Task::Each),
            ),
        ] {
            let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
            let read = parse(Program::Ssh, Grammar::of(Program::Ssh), &words);
            assert_eq!(read, Err(expected), "{line}");
        }
    }
}
