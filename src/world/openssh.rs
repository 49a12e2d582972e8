//! What only the installed OpenSSH can tell: its answers to `ssh -G` and `ssh -V`.

mod release;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::unistd::{Uid, User};
use tokio::io::AsyncRead;

pub use self::release::{grammar, is_older_than, release, release_of};
use crate::error::Error;
use crate::plan::cli::Invocation;
use crate::plan::destination::Destination;
use crate::plan::question::user::{self, Local};
use crate::plan::question::{self, Answer, Config, Subject};
use crate::plan::ssh_config::{UNDER_US, Under};
use crate::world::{bounded, ssh_files};

/// How long to wait for the rest of what ssh has complained of.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// How much ssh may print, and what `Match exec` runs may complain of.
const MOST: usize = 4 * 1024 * 1024;

/// How ssh is to name its standard input as a file.
const STDIN: &str = "/dev/fd/0";

/// What ssh reads for an answer.
#[derive(Debug)]
pub enum Source {
    /// A configuration that is generated from the user's files.
    Generated(Vec<u8>),
    /// The same without the file that `-F` names: it is a pipe, and can be read once, by the
    /// client.
    WithoutPipe(Vec<u8>),
    /// Nothing: the answer is known.
    Told(Answer),
    /// The user's own `-F` file, which cannot be read: ssh complains of it in its own words.
    Unreadable(PathBuf),
}

impl Source {
    /// That of the user's files.
    #[must_use]
    pub fn of(invocation: &Invocation) -> Self {
        let generated = |files| Self::Generated(question::config(files));
        match invocation.config_file() {
            None => generated(Config::Usual(ssh_files::directory().join("config"))),
            Some(file) if file.as_os_str().eq_ignore_ascii_case("none") => generated(Config::None),
            Some(file) => match fs::metadata(file) {
                Ok(metadata) if !metadata.is_file() => {
                    Self::WithoutPipe(question::config(Config::None))
                }
                _ => match bounded::file(file) {
                    Ok(content) => generated(Config::Given(content)),
                    Err(_) => Self::Unreadable(file.into()),
                },
            },
        }
    }

    /// How to name it to ssh.
    #[must_use]
    pub fn name(&self) -> &Path {
        match self {
            Self::Generated(_) | Self::WithoutPipe(_) | Self::Told(_) => Path::new(STDIN),
            Self::Unreadable(file) => file,
        }
    }

    /// The standard input that goes with that name.
    fn stdin(&self) -> io::Result<Stdio> {
        match self {
            Self::Generated(text) | Self::WithoutPipe(text) => {
                let mut file = nameless()?;
                file.write_all(text)?;
                // Where the name leads to this very descriptor, and not to a new one as in Linux.
                file.rewind()?;
                Ok(file.into())
            }
            Self::Unreadable(_) | Self::Told(_) => Ok(Stdio::null()),
        }
    }
}

/// A file without a name, in memory. Not a pipe: where ssh makes host names canonical, it reads
/// its configuration twice.
#[cfg(target_os = "linux")]
fn nameless() -> io::Result<File> {
    use nix::sys::memfd::{MFdFlags, memfd_create};
    let made = memfd_create(c"ssh_config", MFdFlags::MFD_CLOEXEC);
    made.map(File::from).or_else(|_| tempfile::tempfile())
}

/// A file without a name.
#[cfg(not(target_os = "linux"))]
fn nameless() -> io::Result<File> {
    tempfile::tempfile()
}

/// Whether a master connection listens at this socket. What a dead one has left does not answer.
#[must_use]
pub fn master_listens(socket: &Path) -> bool {
    UnixStream::connect(socket).is_ok()
}

/// Puts a question to ssh: with this source, if its words name one.
///
/// # Errors
/// [`Error::ClientRefused`] with ssh's own words, when it refuses the user's.
pub async fn ask(
    ssh: &Path,
    words: Vec<OsString>,
    source: Option<&Source>,
) -> Result<Answer, Error> {
    let cannot = |cause| Error::CannotRun(ssh.into(), cause);
    let stdin = source.map_or_else(|| Ok(Stdio::null()), Source::stdin);
    let mut child = tokio::process::Command::new(ssh)
        .args(words)
        .env(UNDER_US, Under::Any.value())
        .stdin(stdin.map_err(Error::Runtime)?)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(cannot)?;
    let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
    let (mut answer, mut complaint) = (Vec::new(), Vec::new());
    let ended = async {
        read(stdout.as_mut(), &mut answer).await?;
        child.wait().await
    };
    // A process that `Match exec` leaves behind keeps standard error open: ssh's end counts.
    let status = tokio::select! {
        biased;
        status = ended => status,
        status = async {
            read(stderr.as_mut(), &mut complaint).await?;
            std::future::pending().await
        } => status,
    };
    let status = status.map_err(cannot)?;
    if status.success() {
        return Ok(with_user(Answer::parse(&answer)));
    }
    let _ = tokio::time::timeout(LAST_WORDS, read(stderr.as_mut(), &mut complaint)).await;
    Err(Error::ClientRefused {
        status: status
            .code()
            .and_then(|c| u8::try_from(c).ok())
            .unwrap_or(255),
        stderr: complaint,
    })
}

/// The same with its user's tokens expanded, which older releases print as they are.
fn with_user(answer: Answer) -> Answer {
    let Some(raw) = answer.login.as_deref().filter(|it| user::has_tokens(it)) else {
        return answer;
    };
    let who = User::from_uid(Uid::current()).ok().flatten();
    let expanded = who.and_then(|who| {
        let local = Local {
            name: who.name,
            uid: who.uid.as_raw(),
            home: who.dir.to_string_lossy().into_owned(),
        };
        user::expanded(raw, &answer, &local, |name| std::env::var(name).ok())
    });
    match expanded {
        Some(login) => Answer {
            login: Some(login),
            ..answer
        },
        None => answer,
    }
}

/// The host that ssh would connect to (HostName), where nothing else of its answer matters.
///
/// # Errors
/// As of [`ask`].
pub async fn host_name(
    invocation: &Invocation,
    destination: &Destination,
) -> Result<String, Error> {
    let source = Source::of(invocation);
    let subject = Subject::of(destination);
    let words = question::words(invocation, &subject, Some(source.name()));
    let ssh = super::process::find("ssh")?;
    Ok(ask(&ssh, words, Some(&source)).await?.hostname)
}

/// Reads to the end, or as far as it gets.
async fn read(from: Option<&mut (impl AsyncRead + Unpin)>, into: &mut Vec<u8>) -> io::Result<()> {
    match from {
        None => Ok(()),
        Some(pipe) => bounded::pipe(pipe, into, MOST).await,
    }
}
