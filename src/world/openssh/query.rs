//! Asks ssh for its settings for a host (`ssh -G`).

mod named_user;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::config_files;
use super::error::SshError;
use super::run_ssh::run_ssh;
use crate::plan::cli::invocation::Invocation;
use crate::plan::ssh_g;
use crate::plan::ssh_g::user::{self, Local};
use crate::plan::ssh_g::{HostConfig, Query, QueryOptions, files};
use crate::plan::target::destination::Destination;
use crate::world::process::{self, bounded};

/// The configuration that `ssh -G` reads.
#[derive(Debug)]
pub(crate) enum ConfigSource {
    /// The file that `-F` names, or those that ssh reads without `-F`.
    Files(Option<PathBuf>),
    /// None: `-F` names a pipe. It can be read once only, and the client will do so.
    Pipe,
}

impl ConfigSource {
    /// The configuration for this command line.
    #[must_use]
    pub(crate) fn of(invocation: &Invocation) -> Self {
        match invocation.config_file() {
            Some(file) if fs::metadata(file).is_ok_and(|it| !it.is_file()) => Self::Pipe,
            file => Self::Files(file.map(Path::to_owned)),
        }
    }

    /// The value of `-F`, if ssh needs one.
    #[must_use]
    pub(crate) fn config(&self) -> Option<&Path> {
        match self {
            Self::Files(file) => file.as_deref(),
            Self::Pipe => Some(Path::new("none")),
        }
    }
}

/// Asks ssh for its settings for a destination.
///
/// Usually runs ssh once. Runs it again if the host may have a canonical name, which ssh looks up in
/// DNS; and if the answer does not show whether the user name was configured.
///
/// # Errors
/// [`SshError::Refused`] with ssh's own message, if ssh rejects the command line or its files.
pub(crate) async fn ask(
    ssh: &Path,
    invocation: &Invocation,
    query: &Query<'_>,
    source: &ConfigSource,
) -> Result<HostConfig, SshError> {
    let mut options = QueryOptions {
        config: source.config(),
        canonical: query.is_address(),
        debug: true,
    };
    let about = (invocation, query);
    let (mut answer, mut files) = answer_and_files(ssh, about, options).await?;
    if !options.canonical && query.has_canonical_name(&answer.hostname) {
        let asked = invocation.sets(&["canonicalizehostname"]);
        let says = |text: &[u8]| files::values(text, "canonicalizehostname").next().is_some();
        options.canonical = true;
        if asked || any_file(files.as_deref(), says) {
            (answer, files) = answer_and_files(ssh, about, options).await?;
        }
    }
    let local = config_files::user().map(|user| user.name);
    if answer.login.is_some() && answer.login == local && !query.has_user(invocation) {
        answer.login =
            match named_user::config(source, files.as_deref(), &local.unwrap_or_default()) {
                Some(config) => named_user::ask(ssh, about, (config, options)).await,
                None => None,
            };
    }
    answer.files = files;
    Ok(with_expanded_user(answer))
}

/// The settings, and the files that ssh read for them if its debug output names them.
async fn answer_and_files(
    ssh: &Path,
    (invocation, query): (&Invocation, &Query<'_>),
    options: QueryOptions<'_>,
) -> Result<(HostConfig, Option<Vec<PathBuf>>), SshError> {
    let output = run_ssh(ssh, ssh_g::words(invocation, query, options), Stdio::null()).await?;
    if output.status.success() {
        return Ok((
            HostConfig::parse(&output.stdout),
            files::read(&output.stderr),
        ));
    }
    // Again without -v: the user sees this message.
    let options = QueryOptions {
        debug: false,
        ..options
    };
    Ok((
        answer(ssh, ssh_g::words(invocation, query, options)).await?,
        None,
    ))
}

/// Runs `ssh -G` with these arguments and parses the answer.
///
/// # Errors
/// Those of [`ask`].
pub(crate) async fn answer(ssh: &Path, words: Vec<OsString>) -> Result<HostConfig, SshError> {
    let output = run_ssh(ssh, words, Stdio::null()).await?;
    if output.status.success() {
        return Ok(with_expanded_user(HostConfig::parse(&output.stdout)));
    }
    let status = output
        .status
        .code()
        .and_then(|code| u8::try_from(code).ok());
    Err(SshError::Refused {
        status: status.unwrap_or(255),
        stderr: output.stderr,
    })
}

/// Expands tokens in the user name, which OpenSSH before 10.0 prints unexpanded.
fn with_expanded_user(answer: HostConfig) -> HostConfig {
    let Some(raw) = answer.login.as_deref().filter(|it| user::has_tokens(it)) else {
        return answer;
    };
    let expanded = config_files::user().and_then(|user| {
        let local = Local {
            name: user.name,
            uid: user.uid.as_raw(),
            home: user.dir.to_string_lossy().into_owned(),
        };
        user::expanded(raw, &answer, &local, |name| std::env::var(name).ok())
    });
    match expanded {
        Some(login) => HostConfig {
            login: Some(login),
            ..answer
        },
        None => answer,
    }
}

/// Whether `says` is true for any of these files. An unreadable file, or an unknown list, counts as
/// true.
fn any_file(files: Option<&[PathBuf]>, says: impl Fn(&[u8]) -> bool) -> bool {
    files.is_none_or(|files| {
        let mut texts = files.iter().map(|file| bounded::file(file));
        texts.any(|text| text.map_or(true, |text| says(&text)))
    })
}

/// The host that ssh would connect to (HostName).
///
/// # Errors
/// Those of [`ask`].
pub(crate) async fn host_name(
    invocation: &Invocation,
    destination: &Destination,
) -> Result<String, SshError> {
    let (ssh, source) = (process::find("ssh")?, ConfigSource::of(invocation));
    let answer = ask(&ssh, invocation, &Query::of(destination), &source).await?;
    Ok(answer.hostname)
}
