//! What of the current word a candidate replaces.

use super::{Candidates, Completion};
use crate::plan::program::Program;
use crate::plan::target::destination::tag_word;

/// Candidates for the part of the current word after `before`, without what stays as it is.
pub(super) fn split(
    program: Program,
    candidates: Candidates,
    before: &str,
    current: &str,
) -> Completion {
    let rest = &current[before.len()..];
    let (candidates, more) = match candidates {
        Candidates::Hosts | Candidates::HostsAndFiles => host(program, candidates, rest),
        // There may be several.
        Candidates::Regions | Candidates::Profiles => {
            (candidates, rest.rfind(',').map_or(0, |at| at + 1))
        }
        Candidates::Keywords if rest.contains(['=', ' ']) => (Candidates::Nothing, 0),
        _ => (candidates, 0),
    };
    Completion {
        candidates,
        prefix: format!("{before}{}", &rest[..more]),
        is_list: false,
    }
}

/// The same for an operand, in which a path may follow the host.
pub(super) fn split_operand(program: Program, candidates: Candidates, current: &str) -> Completion {
    let path = path(program, current).filter(|_| candidates != Candidates::Nothing);
    let Some(begin) = path else {
        return split(program, candidates, "", current);
    };
    Completion {
        candidates: Candidates::RemotePaths,
        prefix: current[..begin].to_owned(),
        is_list: false,
    }
}

/// Where the path on a host begins, as scp and sftp distinguish it from a local one.
fn path(program: Program, word: &str) -> Option<usize> {
    if program == Program::Ssh || is_path(word) || word.contains("://") {
        return None;
    }
    if tag_word::is_query(word) {
        let end = tag_word::end(program, word.as_bytes())?;
        return word[end..].starts_with(':').then_some(end + 1);
    }
    let user = word.find('@').map_or(0, |at| at + 1);
    let colon = if word[user..].starts_with('[') {
        user + word[user..].find("]:")? + 1
    } else {
        word.find(':')?
    };
    (!word[..colon].contains('/')).then_some(colon + 1)
}

/// The same for the targets of `--each`: candidates for the part after the last comma, unless a path
/// began before.
pub(super) fn split_list(program: Program, candidates: Candidates, current: &str) -> Completion {
    // A comma in the name of a file ends nothing.
    if candidates == Candidates::Nothing || is_path(current) {
        return split(program, candidates, "", current);
    }
    let (before, last) = match current.rfind(',') {
        Some(at) => current.split_at(at + 1),
        None => ("", current),
    };
    let has_path = |word: &str| host(program, candidates, word).0 != candidates;
    if before.split(',').any(has_path) {
        return split(program, Candidates::Nothing, "", current);
    }
    let completion = split(program, candidates, "", last);
    Completion {
        prefix: format!("{before}{}", completion.prefix),
        is_list: true,
        ..completion
    }
}

fn is_path(word: &str) -> bool {
    word.starts_with(['/', '.', '~'])
}

/// Splits hops and `user@` off before a host, of which this is the length; after the colon before its
/// path nothing is offered.
fn host(program: Program, candidates: Candidates, word: &str) -> (Candidates, usize) {
    if candidates == Candidates::HostsAndFiles && is_path(word) {
        return (Candidates::Files, 0);
    }
    let hop = match tag_word::split_user(word) {
        Some(_) => 0,
        None => word.rfind(',').map_or(0, |at| at + 1),
    };
    let last = &word[hop..];
    let (begin, has_path) = if let Some((_, query)) = tag_word::split_user(last) {
        let path = tag_word::end(program, last.as_bytes());
        let begin = word.len() - query.len();
        (begin, path.is_some_and(|at| at < last.len()))
    } else {
        let user = last.find('@').map_or(0, |at| at + 1);
        (hop + user, last[user..].contains(':'))
    };
    if has_path {
        return (Candidates::Nothing, 0);
    }
    (candidates, begin)
}
