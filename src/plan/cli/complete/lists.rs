//! Which list of instances belongs to a command line.

use std::ffi::OsString;

use super::scan_before;
use crate::plan::cli::examination::option_words;
use crate::plan::cli::grammar::Grammar;
use crate::plan::cli::options::Name;
use crate::plan::program::Program;

/// The words of the `mssh --list` that would list the instances for the command line with these words:
/// those of its regions and profiles.
pub(crate) fn list_words(
    program: Program,
    grammar: Grammar,
    words: &[OsString],
) -> Option<Vec<OsString>> {
    let mut scan = scan_before(program, grammar, words).ok()?;
    scan.ours.retain(|(opt, value)| match opt.name {
        Name::Region | Name::Profile => value.is_some(),
        Name::AllRegions | Name::NoCache => true,
        _ => false,
    });
    let mut list = vec!["--list".into()];
    list.extend(option_words(&scan, &[]));
    Some(list)
}
