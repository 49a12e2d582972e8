//! Which of the words are the targets of `--each`.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use crate::plan::cli::scan::Scan;
use crate::plan::cli::usage::Usage;
use crate::plan::program::Program;
use crate::plan::target::destination::host_list::HostList;

/// The targets, and what else is not the same for all logins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Operands {
    pub(super) targets: Vec<String>,
    /// The path behind them, with its colon; empty for mssh.
    pub(super) path: OsString,
    /// The directory that mscp copies files of the instances to.
    pub(super) dir: Option<PathBuf>,
    /// Which words all of this is in.
    pub(super) begin: usize,
    pub(super) end: usize,
}

impl Operands {
    /// # Errors
    /// Those of the operands of `program`.
    pub(super) fn of(program: Program, scan: &Scan) -> Result<Self, Usage> {
        match program {
            Program::Ssh | Program::Sftp => Self::of_command(scan),
            Program::Scp => Self::of_copy(scan),
        }
    }

    fn of_command(scan: &Scan) -> Result<Self, Usage> {
        let at = *scan.operands.first().ok_or(Usage::NoTarget)?;
        if !scan.command {
            return Err(Usage::NoCommand);
        }
        let word = &scan.words[at];
        let Some(targets) = word.to_str() else {
            return Err(Usage::NotUnicode(word.to_string_lossy().into_owned()));
        };
        Ok(Self {
            targets: targets.split(',').map(str::to_owned).collect(),
            path: OsString::new(),
            dir: None,
            begin: at,
            end: at + 1,
        })
    }

    /// Files and then targets, or targets and then a directory.
    fn of_copy(scan: &Scan) -> Result<Self, Usage> {
        let words = scan.operands.iter().map(|at| scan.words[*at].as_os_str());
        let words: Vec<&OsStr> = words.collect();
        let lists = words.iter().map(|word| HostList::parse(word));
        let mut lists: Vec<Option<HostList<'_>>> = lists.collect::<Result<_, _>>()?;
        let to = lists.pop().flatten();
        let are_files = !lists.is_empty() && lists.iter().all(Option::is_none);
        let (list, dir) = match (to, lists.as_mut_slice()) {
            (Some(list), _) if are_files => (list, None),
            (None, [first]) => {
                let list = first.take().ok_or(Usage::EachFiles)?;
                (list, words.last().map(PathBuf::from))
            }
            _ => return Err(Usage::EachFiles),
        };
        let at = if dir.is_some() {
            scan.operands.first()
        } else {
            scan.operands.last()
        };
        let end = scan.words.len();
        Ok(Self {
            targets: list.hosts.into_iter().map(str::to_owned).collect(),
            path: list.path.to_owned(),
            dir,
            begin: at.copied().unwrap_or(end),
            end,
        })
    }
}
