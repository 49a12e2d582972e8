//! KnownHostsCommand (ssh_config(5)): tells ssh whether a host key is the published one.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::plan::argv::host_key::{self, HostKeyReply};
use crate::run::print;
use crate::world::openssh::error::SshError;
use crate::world::tty::terminal::Terminal;

/// Answers ssh. Succeeds for a wrong key, too: ssh decides what to do about it, by its own options.
pub(crate) fn answer(question: &[OsString], terminal: Terminal) -> ExitCode {
    match host_key::reply(question) {
        Some(HostKeyReply::Known(line)) => match print(&line) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Some(HostKeyReply::Unknown(shown)) => {
            terminal.error(&SshError::OtherHostKey { shown });
            ExitCode::SUCCESS
        }
        Some(HostKeyReply::Nothing) => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    }
}
