//! A directory with two files for each of several runs, what they write to standard output and to
//! standard error; or with a directory for each.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::hint::Hint;

/// The endings of the files.
const OUT: &str = "out";
const ERR: &str = "err";

/// Why output cannot be kept in a directory.
#[derive(Debug, Error)]
pub(crate) enum OutputDirError {
    #[error("cannot make {}", path.display())]
    Directory { path: PathBuf, source: io::Error },
    #[error("{} is there already", .0.display())]
    IsThere(PathBuf),
    #[error("cannot write {}", path.display())]
    File { path: PathBuf, source: io::Error },
}

impl Hint for OutputDirError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::IsThere(_) => Some("remove it, or name another directory".to_owned()),
            Self::Directory { .. } | Self::File { .. } => None,
        }
    }
}

/// The directory.
#[derive(Debug)]
pub(crate) struct OutputDir(PathBuf);

impl OutputDir {
    /// Makes the directory, if it is not there, and empty files by these names, without endings. Makes
    /// no file if one is there already.
    ///
    /// # Errors
    /// A file that is there; what the system refuses.
    pub(crate) fn make(path: &Path, stems: &[String]) -> Result<Self, OutputDirError> {
        let dir = Self(path.to_owned());
        let files = stems
            .iter()
            .flat_map(|stem| [dir.file(stem, OUT), dir.file(stem, ERR)]);
        prepare(path, files.clone())?;
        for path in files {
            if let Err(source) = File::create_new(&path) {
                return Err(OutputDirError::File { path, source });
            }
        }
        Ok(dir)
    }

    /// The files of a run: for standard output, and for standard error.
    ///
    /// # Errors
    /// If they can no longer be opened.
    pub(crate) fn open(&self, stem: &str) -> io::Result<[File; 2]> {
        let append = |ending| File::options().append(true).open(self.file(stem, ending));
        Ok([append(OUT)?, append(ERR)?])
    }

    /// The end of what a run has written to standard error, up to this many bytes; nothing if it cannot
    /// be read.
    pub(crate) fn end_of_stderr(&self, stem: &str, most: u32) -> Vec<u8> {
        let read = || {
            let mut file = File::open(self.file(stem, ERR))?;
            let size = file.metadata()?.len();
            file.seek(SeekFrom::Start(size.saturating_sub(most.into())))?;
            let mut end = Vec::new();
            file.take(most.into()).read_to_end(&mut end)?;
            io::Result::Ok(end)
        };
        read().unwrap_or_default()
    }

    fn file(&self, stem: &str, ending: &str) -> PathBuf {
        self.0.join(format!("{stem}.{ending}"))
    }
}

/// Makes the directory, if it is not there, and empty ones in it by these names. Makes none of them if
/// one is there already.
///
/// # Errors
/// A name that is there; what the system refuses.
pub(crate) fn make_dirs(path: &Path, names: &[String]) -> Result<(), OutputDirError> {
    let dirs = names.iter().map(|name| path.join(name));
    prepare(path, dirs.clone())?;
    for path in dirs {
        fs::create_dir(&path).map_err(|source| OutputDirError::Directory { path, source })?;
    }
    Ok(())
}

/// Makes the directory in which none of these may be yet.
fn prepare(path: &Path, mut new: impl Iterator<Item = PathBuf>) -> Result<(), OutputDirError> {
    fs::create_dir_all(path).map_err(|source| OutputDirError::Directory {
        path: path.to_owned(),
        source,
    })?;
    match new.find(|it| it.symlink_metadata().is_ok()) {
        Some(path) => Err(OutputDirError::IsThere(path)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_there_are_left_alone() {
        let base = tempfile::tempdir().expect("a directory");
        let path = base.path().join("a/b");
        let names = ["one".to_owned(), "two".to_owned()];
        let dir = OutputDir::make(&path, &names[..1]).expect("made");
        let [_, mut err] = dir.open("one").expect("files");
        io::Write::write_all(&mut err, b"first\nlast\n").expect("written");
        assert_eq!(dir.end_of_stderr("one", 6), b"\nlast\n"[..]);
        assert_eq!(dir.end_of_stderr("two", 6), b""[..]);
        let again = OutputDir::make(&path, &names);
        assert!(
            matches!(again, Err(OutputDirError::IsThere(_))),
            "{again:?}"
        );
        assert!(!path.join("two.out").exists());
        let below = OutputDir::make(&path.join("one.out"), &names);
        assert!(matches!(below, Err(OutputDirError::Directory { .. })));
    }

    #[test]
    fn directories_that_are_there_are_left_alone() {
        let base = tempfile::tempdir().expect("a directory");
        let path = base.path().join("a/b");
        let names = ["one".to_owned(), "two".to_owned()];
        make_dirs(&path, &names[1..]).expect("made");
        assert!(path.join("two").is_dir());
        let again = make_dirs(&path, &names);
        assert!(
            matches!(&again, Err(OutputDirError::IsThere(it)) if it.ends_with("two")),
            "{again:?}"
        );
        assert!(!path.join("one").exists());
    }
}
