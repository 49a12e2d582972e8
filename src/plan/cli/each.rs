//! The words of `--each`.

mod operands;

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use self::operands::Operands;
use super::examination::option_words;
use super::invocation::Options;
use super::list::Pattern;
use super::options::Name;
use super::places::Place;
use super::scan::Scan;
use super::usage::Usage;
use crate::plan::each::file_name::stem;
use crate::plan::list::row::{self, Row};
use crate::plan::program::Program;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::destination::Destination;
use crate::plan::target::filter::Filter;
use crate::plan::target::ids::{Login, Region};
use crate::plan::target::instance::State;

/// How many logins there are at once: they wait for the network most of the time, and a first push fits
/// what EC2 Instance Connect takes in a second.
const JOBS: u16 = 16;

/// The most values of a filter ("Filtering" in the EC2 user guide).
const VALUES: usize = 200;

/// Instances, and what to run for each.
#[derive(Debug, PartialEq, Eq)]
pub struct EachRequest {
    /// `mssh` for a command, `mscp` for copies.
    pub(crate) program: Program,
    pub(crate) options: Options,
    /// The targets between the commas.
    pub(crate) wanted: Vec<Wanted>,
    /// `-v`.
    pub(crate) verbose: bool,
    /// The words of a login before the target and after it.
    before: Vec<OsString>,
    after: Vec<OsString>,
    /// mscp's path on each instance, with its colon.
    path: OsString,
    /// Where mscp copies files of the instances to, if it does: each has a directory in it.
    dir: Option<PathBuf>,
}

/// One of the targets: a form of `--list`'s pattern, in which a plain word is a Name tag.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) pattern: Pattern,
    login: Option<Login>,
    /// The region that the word itself contains.
    pub(crate) region: Option<Region>,
}

/// A search for the instances of several targets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EachLookup {
    pub(crate) region: Option<Region>,
    pub(crate) filter: Filter,
}

/// Reads the targets; what is left makes a login.
///
/// # Errors
/// No target, or no command; for mscp, other operands than it needs; a word that is no target.
pub(super) fn request(
    program: Program,
    options: Options,
    scan: Scan,
) -> Result<EachRequest, Usage> {
    const NOT_FOR_LOGIN: &[Name] = &[
        Name::Each,
        Name::Jobs,
        Name::Output,
        Name::Stdin,
        Name::Region,
        Name::AllRegions,
        Name::Profile,
    ];
    let operands = Operands::of(program, &scan)?;
    if operands.targets.len() > 1 && operands.targets.iter().any(String::is_empty) {
        return Err(Usage::ExtraComma(operands.targets.join(",")));
    }
    let wanted = operands.targets.iter().map(|it| Wanted::parse(it));
    let wanted = wanted.collect::<Result<_, _>>()?;
    let mut before = option_words(&scan, NOT_FOR_LOGIN);
    let verbose = scan.flags.iter().any(|flag| flag.letter == b'v');
    let mut words = scan.words;
    let after = words.split_off(operands.end);
    words.truncate(operands.begin);
    before.extend(words);
    Ok(EachRequest {
        program,
        options,
        wanted,
        verbose,
        before,
        after,
        path: operands.path,
        dir: operands.dir,
    })
}

impl Wanted {
    fn parse(word: &str) -> Result<Self, Usage> {
        let destination = Destination::parse(Program::Ssh, word.as_ref())?;
        if destination.port.is_some() {
            return Err(BadName::Host(word.to_owned()).into());
        }
        Ok(Self {
            region: destination.region().cloned(),
            login: destination.login,
            pattern: Pattern::of(destination.target)?,
        })
    }

    fn fits(&self, row: &Row) -> bool {
        self.region.as_ref().is_none_or(|it| *it == row.region) && self.pattern.fits(row)
    }
}

impl EachRequest {
    /// How many logins there are at once.
    pub(crate) fn jobs(&self) -> usize {
        usize::from(self.options.jobs.unwrap_or(JOBS))
    }

    /// As few searches as find all targets.
    pub(crate) fn lookups(&self) -> Vec<EachLookup> {
        let mut all: Vec<EachLookup> = Vec::new();
        for wanted in &self.wanted {
            for filter in wanted.pattern.alternatives() {
                let same = all.iter_mut().find(|it| {
                    it.region == wanted.region
                        && it.filter.name == filter.name
                        && it.filter.values.len() < VALUES
                });
                match same {
                    Some(same) if same.filter.values.contains(&filter.values[0]) => {}
                    Some(same) => same.filter.values.extend(filter.values),
                    None => all.push(EachLookup {
                        region: wanted.region.clone(),
                        filter,
                    }),
                }
            }
        }
        all
    }

    /// The instances that the targets mean, sorted by name: of each target, those that run, or all if
    /// none does.
    ///
    /// # Errors
    /// A target that means none.
    pub(crate) fn choose(&self, found: Vec<Row>) -> Result<Vec<Row>, &Wanted> {
        let is_running = |row: &&Row| row.state == State::Running;
        let mut is_meant = vec![false; found.len()];
        for wanted in &self.wanted {
            let fits = |at: &usize| wanted.fits(&found[*at]);
            let all: Vec<usize> = (0..found.len()).filter(fits).collect();
            let any_runs = all.iter().any(|at| is_running(&&found[*at]));
            if all.is_empty() {
                return Err(wanted);
            }
            for at in all {
                is_meant[at] |= !any_runs || is_running(&&found[at]);
            }
        }
        let with = found.into_iter().zip(is_meant);
        let mut meant: Vec<Row> = with.filter_map(|(row, is)| is.then_some(row)).collect();
        // One that several profiles see is reached with the first.
        let profiles = &self.options.places.profiles;
        meant.sort_by_key(|row| profiles.iter().position(|it| *it == row.profile));
        let mut seen = HashSet::new();
        meant.retain(|row| seen.insert(row.id.clone()));
        row::sort(&mut meant);
        Ok(meant)
    }

    /// The directory in which each instance is to get one by the name of its [`stem`].
    pub(crate) fn dir_to_fill(&self) -> Option<&Path> {
        self.dir.as_deref().filter(|_| !self.options.dry_run)
    }

    /// The program's words for one of the instances.
    pub(crate) fn words(&self, row: &Row) -> Vec<OsString> {
        let found_with = Some(&row.profile).filter(|it| !it.is_empty());
        let place = Place {
            profile: found_with.or(self.options.profile.as_ref()).cloned(),
            region: row.region.clone(),
        };
        // Of an option of ssh, the first value counts.
        let mut words: Vec<OsString> = vec!["-oBatchMode=yes".into()];
        words.extend(place.words());
        words.extend(self.before.iter().cloned());
        let wanted = self.wanted.iter().find(|it| it.fits(row));
        let mut place = OsString::from(match wanted.and_then(|it| it.login.as_ref()) {
            Some(login) => format!("{login}@{}", row.id),
            None => row.id.to_string(),
        });
        place.push(&self.path);
        words.push(place);
        words.extend(self.after.iter().cloned());
        // With a slash at its end, scp takes it for a directory only.
        let dir = self.dir.as_ref().map(|it| it.join(stem(row)).join(""));
        words.extend(dir.map(PathBuf::into_os_string));
        words
    }
}

#[cfg(test)]
mod tests;
