//! What only the installed OpenSSH can tell: its answers to `ssh -G` and `ssh -V`.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::unistd::{Uid, User};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::room::{self, Room};
use crate::error::Error;
use crate::plan::cli::Invocation;
use crate::plan::grammar::{Grammar, Program};
use crate::plan::question::{self, Answer, Config};

/// How long to wait for the rest of what ssh has complained of.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// The grammar of the installed client. Only ssh's `-P` depends on the release, so that ssh is
/// asked for it only when that letter is there.
pub fn grammar(program: Program, words: &[OsString]) -> Grammar {
    let has_tag = |word: &OsString| {
        let word = word.as_encoded_bytes();
        word.starts_with(b"-") && !word.starts_with(b"--") && word.contains(&b'P')
    };
    if program == Program::Ssh && words.iter().any(has_tag) && release().is_some_and(|r| r < (9, 4))
    {
        Grammar::ssh_until_9_3()
    } else {
        Grammar::of(program)
    }
}

/// The release of the ssh on PATH, from `OpenSSH_9.2p1 …`.
fn release() -> Option<(u32, u32)> {
    let ssh = super::process::find("ssh").ok()?;
    let output = std::process::Command::new(ssh)
        .arg("-V")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let (major, rest) = text.strip_prefix("OpenSSH_")?.split_once('.')?;
    let minor: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// Writes the generated configuration into the room, and says how to name it to ssh: the user's
/// own `-F` file, if that cannot be read, so that ssh complains of it in its own words.
///
/// # Errors
/// When it cannot be written.
pub fn write_config(room: &Room, invocation: &Invocation) -> Result<PathBuf, Error> {
    let files = match invocation.config_file() {
        None => Config::Usual(users_config()),
        Some(file) if file.as_os_str().eq_ignore_ascii_case("none") => Config::None,
        Some(file) => match fs::metadata(file) {
            // A pipe can be read once, and that is for ssh to do.
            Ok(metadata) if !metadata.is_file() => Config::None,
            _ => match fs::read(file) {
                Ok(content) => Config::Given(content),
                Err(_) => return Ok(file.into()),
            },
        },
    };
    room.write(room::CONFIG, &question::config(files))
}

/// The user's own configuration. ssh takes the home directory from passwd(5), whatever HOME says.
fn users_config() -> PathBuf {
    let user = User::from_uid(Uid::current()).ok().flatten();
    let home = user.map_or_else(|| PathBuf::from("~"), |user| user.dir);
    home.join(".ssh/config")
}

/// Puts a question to ssh.
///
/// # Errors
/// [`Error::ClientRefused`] with ssh's own words, when it refuses the user's.
pub async fn ask(ssh: &Path, words: Vec<OsString>) -> Result<Answer, Error> {
    let cannot = |cause| Error::CannotRun(ssh.into(), cause);
    let mut child = tokio::process::Command::new(ssh)
        .args(words)
        .stdin(Stdio::null())
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
        return Ok(Answer::parse(&String::from_utf8_lossy(&answer)));
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

/// Reads to the end, or as far as it gets.
async fn read(from: Option<&mut (impl AsyncRead + Unpin)>, into: &mut Vec<u8>) -> io::Result<()> {
    match from {
        None => Ok(()),
        Some(pipe) => pipe.read_to_end(into).await.map(drop),
    }
}
