//! `--connection`: the ProxyCommand with ProxyUseFdpass (ssh_config(5)) by which ssh gets a TCP
//! connection that mssh has opened. It must start fast, so it uses no runtime.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use crate::plan::argv::own_connection::ConnectionRequest;
use crate::world::net::{pass_fd, ssh_socket};
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
    let (address, options) = (request.address, &request.options);
    let limits = (options.timeout, options.attempts);
    let passed = ssh_socket::connect_blocking(address, options.socket, limits)
        .and_then(|stream| pass_fd::send(io::stdout(), stream));
    let Err(cause) = passed else {
        return ExitCode::SUCCESS;
    };
    if !options.quiet {
        let (host, port) = (address.ip(), address.port());
        // ssh ends its lines like this, for a terminal in raw mode.
        let line = format!(
            "ssh: connect to host {host} port {port}: {}\r\n",
            text(&cause)
        );
        Terminal::write_verbatim(line.as_bytes());
    }
    ExitCode::from(FAILED)
}

/// The text of strerror(3).
fn text(cause: &io::Error) -> String {
    let text = cause.to_string();
    let number = text.find(" (os error ");
    number.map_or(text.as_str(), |at| &text[..at]).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_as_in_ssh() {
        let refused = io::Error::from(rustix::io::Errno::CONNREFUSED);
        assert_eq!(text(&refused), "Connection refused");
        assert_eq!(text(&io::Error::other("odd")), "odd");
    }
}
