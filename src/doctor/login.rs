//! The trial login: mssh itself, as the user would run it, with options that keep it harmless.

use std::ffi::OsString;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use super::limits::{Limits, failure};
use crate::error::Error;
use crate::plan::cli::examination::Examination;
use crate::plan::doctor::fact::{Fact, Failure};
use crate::plan::doctor::facts::{Facts, Found, LoginEnd};
use crate::plan::doctor::trial::{self, Trial};
use crate::plan::doctor::{another_user, is_key_refused};
use crate::plan::target::instance::State;
use crate::plan::way::Way;
use crate::world::process::error::IoError;
use crate::world::process::{bounded, own_program};
use crate::world::tty::waiting::Wait;

/// How much of ssh's messages is read, in bytes.
const MOST: usize = 64 * 1024;

/// How long to read on after mssh has ended.
const REST_OF_STDERR: Duration = Duration::from_millis(50);

/// Whether a login can succeed at all, after what was found.
fn makes_sense(facts: &Facts) -> bool {
    let has_credentials = matches!(facts.aws.credentials, Fact::Known(Ok(_)));
    let is_refused = matches!(facts.aws.identity, Fact::Known(Err(_)));
    let is_there = match &facts.instance.found {
        Fact::Known(Ok(Found::One(instance))) => instance.state == State::Running,
        Fact::Known(_) => false,
        Fact::Denied(_) | Fact::Failed(_) | Fact::NotAsked => true,
    };
    let is_push_refused = matches!(facts.instance.push, Fact::Known(Err(_)) | Fact::Denied(_));
    let has_region = matches!(facts.aws.region, Fact::Known(Ok(_)));
    let has_settings = matches!(facts.ssh.settings, Fact::Known(Ok(_)));
    has_credentials
        && has_region
        && has_settings
        && is_there
        && !is_refused
        && !is_push_refused
        && !facts.is_dry_run
        && facts.way != Way::Serial
}

/// How the trials end: the login of the user, and if sshd refuses the key for one that the image does not
/// suggest, a login as the user that it does.
pub(super) async fn attempt(
    examination: &Examination,
    facts: &Facts,
    limits: &Limits,
) -> (Fact<LoginEnd>, Option<(String, Fact<LoginEnd>)>) {
    if !makes_sense(facts) {
        return (Fact::NotAsked, None);
    }
    let mut trial = Trial {
        openssh: facts.machine.openssh.known().copied(),
        is_host_known: facts.ssh.is_known != Fact::Known(false),
        user: None,
    };
    let login = run(trial::words(examination, trial), limits).await;
    trial.user = another_user(facts).filter(|_| is_key_refused(&login));
    let Some(user) = trial.user else {
        return (login, None);
    };
    let other = run(trial::words(examination, trial), limits).await;
    (login, Some((user.to_owned(), other)))
}

/// Logs in and runs `true`. It is killed when it takes longer than what is left.
async fn run(words: Option<Vec<OsString>>, limits: &Limits) -> Fact<LoginEnd> {
    let Some(words) = words else {
        return Fact::NotAsked;
    };
    let mut child = match start(words) {
        Ok(child) => child,
        Err(cause) => return Fact::Failed(failure(&Error::from(IoError::Start(cause)))),
    };
    let wait = Wait::begin("a trial login".to_owned());
    let mut stderr = Vec::new();
    let mut pipe = child.stderr.take();
    let end = timeout(
        limits.left(),
        wait.during(end(&mut child, &mut pipe, &mut stderr)),
    )
    .await;
    let status = match end {
        Ok(Ok(status)) => status.code(),
        Ok(Err(cause)) => return Fact::Failed(Failure::new(cause.to_string())),
        Err(_) => None,
    };
    if let Some(pipe) = &mut pipe {
        let rest = bounded::pipe(pipe, &mut stderr, MOST);
        let _ = timeout(REST_OF_STDERR, rest).await;
    }
    Fact::Known(trial::end(status, &String::from_utf8_lossy(&stderr)))
}

fn start(words: Vec<OsString>) -> io::Result<Child> {
    Command::new(own_program::path()?)
        .arg0("mssh")
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
}

/// Waits for the end of the process, not of its standard error: a process that ssh leaves behind may
/// keep that open.
async fn end(
    child: &mut Child,
    pipe: &mut Option<ChildStderr>,
    stderr: &mut Vec<u8>,
) -> io::Result<ExitStatus> {
    let read = async {
        if let Some(pipe) = pipe {
            let _ = bounded::pipe(pipe, stderr, MOST).await;
        }
        std::future::pending().await
    };
    tokio::select! {
        status = child.wait() => status,
        never = read => never,
    }
}
