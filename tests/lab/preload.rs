//! The libraries preloaded into every program of the lab: libnss_wrapper, the resolver, with a fix
//! for programs with threads; and the redirection of ports.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::tools::{StartError, Tools};

fn library(lab: &Path) -> PathBuf {
    lab.join("preload.so")
}

/// Builds the lab's own library.
pub(super) fn make(lab: &Path) -> Result<(), StartError> {
    let mut compiler = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-x", "c", "-", "-o"])
        .arg(library(lab))
        .stdin(Stdio::piped())
        .spawn()?;
    if let Some(mut source) = compiler.stdin.take() {
        source.write_all(include_bytes!("resolver.c"))?;
        source.write_all(include_bytes!("ports.c"))?;
    }
    if compiler.wait()?.success() {
        Ok(())
    } else {
        Err(StartError::Failed(
            "cc cannot build resolver.c and ports.c".to_owned(),
        ))
    }
}

/// The value of `LD_PRELOAD`. Constructors run in reverse order, so ours comes first.
pub(super) fn preload(lab: &Path, tools: &Tools) -> OsString {
    let mut libraries = library(lab).into_os_string();
    libraries.push(":");
    libraries.push(&tools.nss_wrapper);
    libraries
}
