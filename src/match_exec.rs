//! The commands of `Match exec` (ssh_config(5)) in the lines of `--ssh-config`: they decide whether the
//! lines apply.

use std::ffi::OsString;
use std::os::unix::process::parent_id;
use std::process::ExitCode;

use crate::error::Error;
use crate::plan::cli::invocation::{Invocation, Options, Word};
use crate::plan::cli::parent_ssh;
use crate::plan::program::Program;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::{InstanceId, NodeId};
use crate::run::wait_for;
use crate::world::net::resolver;
use crate::world::openssh::{self, ConfigSource, host_names};
use crate::world::process;
use crate::world::process::parents::words_of;

/// Succeeds if the block does not apply: mssh has started this ssh, or the host is not an instance.
///
/// The block of an older version has a directory for keys before the host.
pub(crate) fn skips_block(words: &[OsString]) -> ExitCode {
    let ([host] | [_, host]) = words else {
        return ExitCode::FAILURE;
    };
    let host = host.to_string_lossy();
    let id = InstanceId::parse(&host);
    if id.is_err() && NodeId::parse(&host).is_err() || process::parent_is_started_by_mssh() {
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}

/// Succeeds if the lines for names apply: ssh_config has no other name for this one, and it does not
/// resolve. So what has been a host remains one, and AWS is asked only about the rest.
///
/// # Errors
/// ssh's own, about its files.
pub(crate) fn takes_name(words: &[OsString]) -> Result<ExitCode, Error> {
    let [name, host] = words else {
        return Ok(ExitCode::FAILURE);
    };
    // A HostName on ssh's command line, or above the lines.
    let is_as_typed = name.eq_ignore_ascii_case(host);
    let Ok(destination) = Destination::parse(Program::Ssh, name) else {
        return Ok(ExitCode::FAILURE);
    };
    let is_name = matches!(destination.target, Target::Host(_) | Target::Aws(_));
    if !is_as_typed || !is_name || process::parent_is_started_by_mssh() {
        return Ok(ExitCode::FAILURE);
    }
    let is_unknown = wait_for(async {
        let hostname = hostname(destination.clone()).await?;
        let is_host = hostname.is_none_or(|it| !it.eq_ignore_ascii_case(&destination.host));
        Ok(!is_host && resolver::addresses(&destination.host).await.is_err())
    })?;
    Ok(if is_unknown {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// ssh_config's HostName for a destination, if ssh has to be asked about that; or its own name. `None`
/// if only the ssh that has started us can read its configuration.
async fn hostname(destination: Destination) -> Result<Option<String>, Error> {
    let words = words_of(parent_id());
    let ssh = words.and_then(|it| parent_ssh::of(&it, openssh::grammar(Program::Ssh, &it)));
    let keywords = ["hostname", "canonicalizehostname"];
    let has_file = ssh.as_ref().is_some_and(|it| it.config_file().is_some());
    let is_asked = has_file
        || ssh.as_ref().is_some_and(|it| it.sets(&keywords))
        || keywords.into_iter().any(host_names::have_keyword);
    if !is_asked {
        return Ok(Some(destination.host));
    }
    let ssh = Invocation {
        program: Program::Ssh,
        options: Options::default(),
        words: vec![Word::Destination(destination.clone())],
        flags: ssh.map(|it| it.flags).unwrap_or_default(),
        command: false,
    };
    if matches!(ConfigSource::of(&ssh), ConfigSource::Pipe) {
        return Ok(None);
    }
    Ok(Some(openssh::host_name(&ssh, &destination).await?))
}
