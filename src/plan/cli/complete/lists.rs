//! Which lists of instances belong to a command line.

use std::ffi::OsString;

use super::scan_before;
use crate::plan::cli::grammar::Grammar;
use crate::plan::cli::options::Name;
use crate::plan::program::Program;

/// The most lists that are read for one word.
const MOST_LISTS: usize = 64;

/// The words of each `mssh --list` that would list instances for the command line with these words:
/// one for each of its regions and profiles. `all_regions` stand for `--all-regions`.
pub(crate) fn list_words(
    program: Program,
    grammar: Grammar,
    words: &[OsString],
    all_regions: &[&str],
) -> Vec<Vec<OsString>> {
    let Ok(scan) = scan_before(program, grammar, words) else {
        return Vec::new();
    };
    let has = |name| scan.ours.iter().any(|(opt, _)| opt.name == name);
    let typed = |name| {
        let mut of_name = scan.ours.iter().rev().filter(|(opt, _)| opt.name == name);
        of_name.find_map(|(_, value)| value.as_ref()?.to_str())
    };
    let each = |name| match typed(name) {
        Some(values) => values.split(',').map(Some).collect(),
        None => vec![None],
    };
    let regions: Vec<Option<&str>> = if has(Name::AllRegions) {
        all_regions.iter().copied().map(Some).collect()
    } else {
        each(Name::Region)
    };
    let mut lists = Vec::new();
    for profile in each(Name::Profile) {
        for region in &regions {
            let mut list = vec!["--list".into()];
            list.extend(profile.map(|it| format!("--profile={it}").into()));
            list.extend(region.map(|it| format!("--region={it}").into()));
            list.extend(has(Name::NoCache).then(|| "--no-cache".into()));
            lists.push(list);
        }
    }
    lists.truncate(MOST_LISTS);
    lists
}
