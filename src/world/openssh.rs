//! What only the installed OpenSSH can tell: its answers to `ssh -G` and `ssh -V`.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;

use super::room::Room;
use crate::error::Error;
use crate::plan::cli::Invocation;
use crate::plan::grammar::{Grammar, Program};
use crate::plan::question::{self, Answer, Config};

/// The name of the generated configuration in the room.
const CONFIG: &str = "config";

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
pub fn write_config(room: &Room, invocation: &Invocation) -> Result<OsString, Error> {
    let given = invocation
        .flags
        .iter()
        .rev()
        .find(|flag| flag.letter == b'F');
    let given = given.and_then(|flag| flag.value.clone());
    let files = match &given {
        None => Config::Usual,
        Some(file) if file.eq_ignore_ascii_case("none") => Config::None,
        Some(file) if fs::File::open(file).is_err() => return Ok(file.clone()),
        Some(file) => {
            let link = room.path().join(question::USERS_FILE);
            std::path::absolute(file)
                .and_then(|file| symlink(file, &link))
                .map_err(|cause| Error::Key(link, cause))?;
            Config::Given
        }
    };
    let text = question::config(files, &room.path().to_string_lossy());
    Ok(room.write(CONFIG, text.as_bytes())?.into())
}

/// Puts a question to ssh.
///
/// # Errors
/// [`Error::ClientRefused`] with ssh's own words, when it refuses the user's.
pub async fn ask(ssh: &Path, words: Vec<OsString>) -> Result<Answer, Error> {
    let output = tokio::process::Command::new(ssh)
        .args(words)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|cause| Error::CannotRun(ssh.into(), cause))?;
    if output.status.success() {
        return Ok(Answer::parse(&String::from_utf8_lossy(&output.stdout)));
    }
    Err(Error::ClientRefused {
        status: output
            .status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .unwrap_or(255),
        stderr: output.stderr,
    })
}
