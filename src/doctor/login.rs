//! The trial login: mssh itself, as the user would run it, with options that keep it harmless.

use std::process::Stdio;

use tokio::process::Command;
use tokio::time::timeout;

use super::limits::{Limits, failure};
use crate::error::Error;
use crate::plan::cli::examination::Examination;
use crate::plan::doctor::fact::{Fact, Failure};
use crate::plan::doctor::facts::{Facts, Found, LoginEnd};
use crate::plan::doctor::trial;
use crate::plan::target::instance::State;
use crate::world::process::error::IoError;
use crate::world::process::{bounded, own_program};
use crate::world::tty::waiting::Wait;

/// How much of ssh's messages is read, in bytes.
const MOST: usize = 64 * 1024;

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
}

/// Logs in and runs `true`. It is killed when it takes longer than what is left.
pub(super) async fn attempt(
    examination: &Examination,
    facts: &Facts,
    limits: &Limits,
) -> Fact<LoginEnd> {
    if !makes_sense(facts) {
        return Fact::NotAsked;
    }
    let is_known = facts.ssh.is_known != Fact::Known(false);
    let release = facts.machine.openssh.known().copied();
    let Some(words) = trial::words(examination, release, is_known) else {
        return Fact::NotAsked;
    };
    let started = own_program::path().and_then(|mssh| {
        Command::new(mssh)
            .arg0("mssh")
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    });
    let mut child = match started {
        Ok(child) => child,
        Err(cause) => return Fact::Failed(failure(&Error::from(IoError::Start(cause)))),
    };
    let wait = Wait::begin("a trial login".to_owned());
    let mut stderr = Vec::new();
    let mut pipe = child.stderr.take();
    let end = async {
        // Not the end of standard error: a process that ssh leaves behind may keep it open.
        let read = async {
            if let Some(pipe) = &mut pipe {
                let _ = bounded::pipe(pipe, &mut stderr, MOST).await;
            }
            std::future::pending().await
        };
        let status = tokio::select! {
            status = child.wait() => status,
            never = read => never,
        };
        status
    };
    let end = timeout(limits.left(), wait.during(end)).await;
    let status = match end {
        Ok(Ok(status)) => status.code(),
        Ok(Err(cause)) => return Fact::Failed(Failure::new(cause.to_string())),
        Err(_) => None,
    };
    if let Some(pipe) = &mut pipe {
        let rest = bounded::pipe(pipe, &mut stderr, MOST);
        let _ = timeout(std::time::Duration::from_millis(50), rest).await;
    }
    let stderr = String::from_utf8_lossy(&stderr).into_owned();
    Fact::Known(LoginEnd { status, stderr })
}
