//! Runs ssh and collects what it prints.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncRead;
use tokio::process::{Child, Command};

use super::error::SshError;
use crate::plan::argv::ssh_config::StartedByMssh;
use crate::world::process::bounded;
use crate::world::process::error::ClientError;

/// How long to read on from standard error after ssh has ended.
const REST_OF_STDERR: Duration = Duration::from_millis(100);

/// How many bytes ssh, and the programs that `Match exec` runs, may print to each stream.
const MOST: usize = 4 * 1024 * 1024;

/// The exit status of ssh and its output.
pub(super) struct SshOutput {
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

/// Runs ssh with these arguments to its end.
pub(super) async fn run_ssh(
    ssh: &Path,
    words: Vec<OsString>,
    stdin: Stdio,
) -> Result<SshOutput, SshError> {
    let cannot = |source| ClientError::CannotRun {
        path: ssh.into(),
        source,
    };
    let mut child = spawn(ssh, words, stdin).map_err(cannot)?;
    let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let ended = async {
        read(out.as_mut(), &mut stdout).await?;
        child.wait().await
    };
    // Not the end of standard error: a process that `Match exec` leaves behind may keep it open.
    let status = tokio::select! {
        biased;
        status = ended => status,
        status = async {
            read(err.as_mut(), &mut stderr).await?;
            std::future::pending().await
        } => status,
    };
    let status = status.map_err(cannot)?;
    let rest = read(err.as_mut(), &mut stderr);
    // All that ssh itself wrote is in the pipe by now, and the runtime sees it after a yield. Only
    // after a failure is it worth waiting for what `Match exec` may still print about it.
    let limit = if status.success() {
        tokio::task::yield_now().await;
        Duration::ZERO
    } else {
        REST_OF_STDERR
    };
    let _ = tokio::time::timeout(limit, rest).await;
    Ok(SshOutput {
        status,
        stdout,
        stderr,
    })
}

fn spawn(ssh: &Path, words: Vec<OsString>, stdin: Stdio) -> io::Result<Child> {
    Command::new(ssh)
        .args(words)
        .env(StartedByMssh::ENV, StartedByMssh::AnySsh.value())
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
}

/// Reads to the end, or as far as possible before this is dropped.
async fn read(from: Option<&mut (impl AsyncRead + Unpin)>, into: &mut Vec<u8>) -> io::Result<()> {
    match from {
        None => Ok(()),
        Some(pipe) => bounded::pipe(pipe, into, MOST).await,
    }
}
