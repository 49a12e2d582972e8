//! KnownHostsCommand (ssh_config(5)): tells ssh whether a host key is the published one.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::plan::argv::host_key::{self, HostKeyReply};
use crate::run::print;
use crate::wire::agent::HostKeyAnswer;
use crate::world::agent;
use crate::world::openssh::error::SshError;
use crate::world::tty::terminal::Terminal;

/// Answers ssh by what the agent says. Fails, which ends the connection, only if the agent refuses the
/// key; without an agent, ssh asks the user.
pub(crate) fn ask_agent(words: &[OsString], terminal: Terminal) -> ExitCode {
    let Some((socket, question)) = host_key::read_question(words) else {
        return ExitCode::FAILURE;
    };
    let answer = agent::ask_host_key(socket, &question);
    let Some(HostKeyAnswer { lines, refusal }) = answer.ok().flatten() else {
        return ExitCode::SUCCESS;
    };
    if let Some(refusal) = refusal {
        terminal.error(&SshError::RefusedHostKey(refusal));
        return ExitCode::FAILURE;
    }
    tell(lines.as_bytes())
}

/// Answers ssh. Succeeds for a wrong key, too: ssh decides what to do about it, by its own options.
pub(crate) fn answer(question: &[OsString], terminal: Terminal) -> ExitCode {
    match host_key::reply(question) {
        Some(HostKeyReply::Known(line)) => tell(&line),
        Some(HostKeyReply::Unknown(shown)) => {
            terminal.error(&SshError::OtherHostKey { shown });
            ExitCode::SUCCESS
        }
        Some(HostKeyReply::Nothing) => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    }
}

/// Prints lines of known_hosts for ssh.
fn tell(lines: &[u8]) -> ExitCode {
    match print(lines) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
