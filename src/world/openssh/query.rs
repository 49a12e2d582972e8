//! Questions to ssh (`ssh -G`), with the configuration that it would read, wherever it has that from.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncRead;

use super::config_files;
use super::error::SshError;
use super::temp_config::TempConfig;
use crate::plan::argv::ssh_config::StartedByMssh;
use crate::plan::cli::invocation::Invocation;
use crate::plan::ssh_g;
use crate::plan::ssh_g::user;
use crate::plan::ssh_g::user::Local;
use crate::plan::ssh_g::{Config, HostConfig, Query, QueryOptions, files};
use crate::plan::target::destination::Destination;
use crate::world::process;
use crate::world::process::bounded;
use crate::world::process::error::ClientError;

/// How long to wait for the rest of what ssh has told or complained of.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// How much ssh may print, and what `Match exec` runs may complain of.
const MOST: usize = 4 * 1024 * 1024;

/// What ssh reads for an answer.
#[derive(Debug)]
pub enum ConfigSource {
    /// What it would read anyway: the file that `-F` names, or those of its own choice.
    Files(Option<PathBuf>),
    /// Nothing: the file that `-F` names is a pipe, and can be read once, by the client.
    Pipe,
}

impl ConfigSource {
    /// That of the user's files.
    #[must_use]
    pub fn of(invocation: &Invocation) -> Self {
        match invocation.config_file() {
            Some(file) if fs::metadata(file).is_ok_and(|it| !it.is_file()) => Self::Pipe,
            file => Self::Files(file.map(Path::to_owned)),
        }
    }

    /// How to name it to ssh, where that is not to choose.
    #[must_use]
    pub fn config(&self) -> Option<&Path> {
        match self {
            Self::Files(file) => file.as_deref(),
            Self::Pipe => Some(Path::new("none")),
        }
    }
}

/// Puts the question about a destination to ssh. Once, as a rule.
///
/// Once more, where the host may have a canonical name, which ssh looks up in DNS; and where one
/// cannot tell by the answer whether anybody has said who logs in.
///
/// # Errors
/// [`SshError::Refused`] with ssh's own words, when it refuses the user's.
pub async fn ask(
    ssh: &Path,
    invocation: &Invocation,
    subject: &Query<'_>,
    source: &ConfigSource,
) -> Result<HostConfig, SshError> {
    let mut manner = QueryOptions {
        config: source.config(),
        canonical: subject.is_address(),
        debug: true,
    };
    let about = (invocation, subject);
    let (mut answer, mut files) = told(ssh, about, manner).await?;
    if !manner.canonical && subject.has_canonical_name(&answer.hostname) {
        let asked = invocation.sets(&["canonicalizehostname"]);
        let says = |text: &[u8]| files::values(text, "canonicalizehostname").next().is_some();
        manner.canonical = true;
        if asked || any_file(files.as_deref(), says) {
            (answer, files) = told(ssh, about, manner).await?;
        }
    }
    let local = config_files::user().map(|user| user.name);
    if answer.login.is_some() && answer.login == local && !subject.has_user(invocation) {
        answer.login = match generated(source, files.as_deref(), &local.unwrap_or_default()) {
            Some(config) => said_user(ssh, about, (config, manner)).await,
            None => None,
        };
    }
    Ok(with_user(answer))
}

/// The answer, and the files that were read for it, if ssh tells.
async fn told(
    ssh: &Path,
    (invocation, subject): (&Invocation, &Query<'_>),
    manner: QueryOptions<'_>,
) -> Result<(HostConfig, Option<Vec<PathBuf>>), SshError> {
    let said = run_ssh(
        ssh,
        ssh_g::words(invocation, subject, manner),
        Stdio::null(),
    )
    .await?;
    if said.status.success() {
        return Ok((HostConfig::parse(&said.stdout), files::read(&said.stderr)));
    }
    // Once more, for ssh to complain without telling what it does.
    let manner = QueryOptions {
        debug: false,
        ..manner
    };
    Ok((
        answer(ssh, ssh_g::words(invocation, subject, manner)).await?,
        None,
    ))
}

/// The answer to these words.
///
/// # Errors
/// As of [`ask`].
pub async fn answer(ssh: &Path, words: Vec<OsString>) -> Result<HostConfig, SshError> {
    let said = run_ssh(ssh, words, Stdio::null()).await?;
    if said.status.success() {
        return Ok(with_user(HostConfig::parse(&said.stdout)));
    }
    let status = said.status.code().and_then(|code| u8::try_from(code).ok());
    Err(SshError::Refused {
        status: status.unwrap_or(255),
        stderr: said.stderr,
    })
}

/// The same with its user's tokens expanded, which older releases print as they are.
fn with_user(answer: HostConfig) -> HostConfig {
    let Some(raw) = answer.login.as_deref().filter(|it| user::has_tokens(it)) else {
        return answer;
    };
    let expanded = config_files::user().and_then(|who| {
        let local = Local {
            name: who.name,
            uid: who.uid.as_raw(),
            home: who.dir.to_string_lossy().into_owned(),
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

/// Whether any of these files may say something. One that cannot be read may say anything.
fn any_file(files: Option<&[PathBuf]>, says: impl Fn(&[u8]) -> bool) -> bool {
    files.is_none_or(|files| {
        let mut texts = files.iter().map(|file| bounded::file(file));
        texts.any(|text| text.map_or(true, |text| says(&text)))
    })
}

/// The configuration that shows who has set a user, if anybody may have set this one.
fn generated(source: &ConfigSource, files: Option<&[PathBuf]>, user: &str) -> Option<Vec<u8>> {
    let may = |files| any_file(files, |text| files::may_set_user(text, user));
    let given = match source {
        ConfigSource::Files(None) => None,
        ConfigSource::Files(Some(file)) => Some(file),
        ConfigSource::Pipe => return None,
    };
    if !may(files) {
        return None;
    }
    if let Some(file) = given {
        return Some(ssh_g::config(Config::Given(bounded::file(file).ok()?)));
    }
    let home = config_files::directory();
    let mut usual = vec![home.join("config")];
    // What is not the user's is the system's, and begins with the one file that ssh knows.
    let others = files.unwrap_or_default().iter();
    let others: Vec<PathBuf> = others
        .filter(|it| !it.starts_with(&home))
        .cloned()
        .collect();
    if may(Some(&others)) {
        usual.extend(others.into_iter().take(1));
    }
    Some(ssh_g::config(Config::Usual(usual)))
}

/// The user that the words and this configuration set, if ssh takes it.
async fn said_user(
    ssh: &Path,
    (invocation, subject): (&Invocation, &Query<'_>),
    (config, manner): (Vec<u8>, QueryOptions<'_>),
) -> Option<String> {
    let file = TempConfig::of(&config).ok()?;
    let manner = QueryOptions {
        config: Some(file.name()),
        debug: false,
        ..manner
    };
    let said = run_ssh(
        ssh,
        ssh_g::words(invocation, subject, manner),
        file.stdin().ok()?,
    )
    .await
    .ok()?;
    let answer = said
        .status
        .success()
        .then(|| HostConfig::parse(&said.stdout));
    answer?.login
}

/// How ssh ended, and what it said.
struct SshOutput {
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

/// Puts these words to ssh.
async fn run_ssh(ssh: &Path, words: Vec<OsString>, stdin: Stdio) -> Result<SshOutput, SshError> {
    let cannot = |source| ClientError::CannotRun {
        path: ssh.into(),
        source,
    };
    let mut child = tokio::process::Command::new(ssh)
        .args(words)
        .env(StartedByMssh::ENV, StartedByMssh::AnySsh.value())
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(cannot)?;
    let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let ended = async {
        read(out.as_mut(), &mut stdout).await?;
        child.wait().await
    };
    // A process that `Match exec` leaves behind keeps standard error open: ssh's end counts.
    let status = tokio::select! {
        biased;
        status = ended => status,
        status = async {
            read(err.as_mut(), &mut stderr).await?;
            std::future::pending().await
        } => status,
    };
    let status = status.map_err(cannot)?;
    let _ = tokio::time::timeout(LAST_WORDS, read(err.as_mut(), &mut stderr)).await;
    Ok(SshOutput {
        status,
        stdout,
        stderr,
    })
}

/// Reads to the end, or as far as it gets.
async fn read(from: Option<&mut (impl AsyncRead + Unpin)>, into: &mut Vec<u8>) -> io::Result<()> {
    match from {
        None => Ok(()),
        Some(pipe) => bounded::pipe(pipe, into, MOST).await,
    }
}

/// The host that ssh would connect to (HostName), where nothing else of its answer matters.
///
/// # Errors
/// As of [`ask`].
pub async fn host_name(
    invocation: &Invocation,
    destination: &Destination,
) -> Result<String, SshError> {
    let (ssh, source) = (process::find("ssh")?, ConfigSource::of(invocation));
    let answer = ask(&ssh, invocation, &Query::of(destination), &source).await?;
    Ok(answer.hostname)
}
