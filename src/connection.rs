//! `--connection`: the ProxyCommand with ProxyUseFdpass (ssh_config(5)) by which ssh gets a TCP
//! connection that mssh has opened. It must start fast, so it uses no runtime.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::process::ExitCode;

use crate::plan::argv::own_connection::ConnectionRequest;
use crate::world::agent::ask_connection;
use crate::world::net::{pass_fd, ssh_socket};
use crate::world::tty::printable::without_numbers;
use crate::world::tty::terminal::Terminal;

/// The status of ssh when it cannot connect.
const FAILED: u8 = 255;

/// Passes the connection to ssh on standard output, which is a Unix socket.
///
/// If there is none, reports what ssh itself would report.
pub(crate) fn hand_to_ssh(words: &[OsString]) -> ExitCode {
    let Some(request) = ConnectionRequest::parse(words) else {
        return ExitCode::from(FAILED);
    };
    let connected = open_in_advance(&request).map_or_else(|| connect(&request), Ok);
    let passed = connected.and_then(|it| pass_fd::send(io::stdout(), pass_fd::BYTE, it));
    let Err(cause) = passed else {
        return ExitCode::SUCCESS;
    };
    if !request.options.quiet {
        let (host, port) = (request.address.ip(), request.address.port());
        // ssh ends its lines like this, for a terminal in raw mode.
        let line = format!(
            "ssh: connect to host {host} port {port}: {}\r\n",
            without_numbers(&cause.to_string())
        );
        Terminal::write_verbatim(line.as_bytes());
    }
    ExitCode::from(FAILED)
}

/// The connection that the agent has, if it has one: it gives each away once.
fn open_in_advance(request: &ConnectionRequest) -> Option<OwnedFd> {
    let host = request.address.ip().to_string();
    let agent = request.agent.as_deref()?;
    ask_connection(agent, &host, request.address.port()).ok()?
}

fn connect(request: &ConnectionRequest) -> io::Result<OwnedFd> {
    let options = &request.options;
    let limits = (options.timeout, options.attempts);
    ssh_socket::connect_blocking(request.address, options.socket, limits).map(OwnedFd::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_as_in_ssh() {
        let refused = io::Error::from(rustix::io::Errno::CONNREFUSED);
        assert_eq!(without_numbers(&refused.to_string()), "Connection refused");
        assert_eq!(without_numbers(&io::Error::other("odd").to_string()), "odd");
    }
}
