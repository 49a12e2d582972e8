//! Whatever ssh starts us for: a host key, a condition, a ProxyCommand.

use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::ExitCode;

use crate::connect;
use crate::error::Error;
use crate::plan::argv::host_key;
use crate::plan::argv::host_key::Testimony;
use crate::plan::argv::tunnel::TunnelRequest;
use crate::plan::cli::proxy_command::ProxyRequest;
use crate::plan::route::Route;
use crate::plan::target::ids::{InstanceId, NodeId};
use crate::tunnel;
use crate::world::key::keeper::Keeper;
use crate::world::net::stdio_tcp;
use crate::world::net::tcp;
use crate::world::net::tcp::ConnectError;
use crate::world::openssh::error::SshError;
use crate::world::process;
use crate::world::process::error::IoError;
use crate::world::tty::terminal::Terminal;
use crate::{become_client, print, show, wait_for};

/// Answers ssh's question about a host key. What comes of another key is ssh's to decide, by its own
/// options; so that is no failure of ours.
pub(super) fn testify(question: &[OsString], terminal: Terminal) -> ExitCode {
    match host_key::judge(question) {
        Some(Testimony::Known(line)) => match print(&line) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Some(Testimony::Unknown(shown)) => {
            terminal.error(&SshError::OtherHostKey { shown });
            ExitCode::SUCCESS
        }
        Some(Testimony::Nothing) => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    }
}

/// Is the ProxyCommand of an ssh that we became.
pub(super) fn carry(words: &[OsString], terminal: Terminal) -> Result<(), Error> {
    wait_for(tunnel::run(words, (io::stdin(), io::stdout()), terminal))
}

/// Is a condition of ssh_config(5): succeeds where the block is not for this ssh, since we have
/// started it, or the host is no instance. Else the key is at its place for it, unless it has the
/// user's.
///
/// Where it cannot be there, our ProxyCommand will meet the same trouble, and say so.
pub(super) fn skips_block(words: &[OsString]) -> ExitCode {
    let (directory, host) = match words {
        [directory, host] => (Some(directory), host),
        [host] => (None, host),
        _ => return ExitCode::FAILURE,
    };
    let host = host.to_string_lossy();
    let id = InstanceId::parse(&host);
    if id.is_err() && NodeId::parse(&host).is_err() || process::is_under_us() {
        return ExitCode::SUCCESS;
    }
    if let (Some(directory), Ok(id)) = (directory, id) {
        // ssh itself says it in lower case later on, as we do.
        let _ = Keeper::hand_over(&Path::new(directory).join(id.as_str()));
    }
    ExitCode::FAILURE
}

/// Is the ProxyCommand of plain ssh.
pub(super) fn ride(ride: &ProxyRequest, terminal: Terminal) -> Result<(), Error> {
    let options = &ride.invocation.options;
    let terminal = terminal.telling(options.debug, ride.invocation.has(b'v'));
    // What came with it is held until the end.
    let boarding = wait_for(connect::board(ride, terminal))?;
    if let Some(line) = &boarding.carrier {
        return if options.dry_run {
            show(line)
        } else {
            become_client(line)
        };
    }
    if options.dry_run {
        let (route, port) = (&boarding.route, ride.port);
        return print(format!("connect to port {port} by {route}\n").as_bytes());
    }
    if let Route::Through(_, passage) = &boarding.route {
        let request = TunnelRequest::of(options, passage.clone(), ride.port);
        let (handed, ends) = (boarding.credentials.clone(), (io::stdin(), io::stdout()));
        return wait_for(tunnel::through(&request, handed, ends, terminal));
    }
    let host = boarding.route.destination();
    let socket = tcp::connect_blocking(&host, ride.port)?;
    // Ctrl-C is for ssh, which may have gone to the background and need us there.
    process::leave_terminal();
    let input = io::stdin().as_fd().try_clone_to_owned();
    let output = io::stdout().as_fd().try_clone_to_owned();
    let ends = input.and_then(|input| Ok((input, output?)));
    let (input, output) = ends.map_err(IoError::Start)?;
    let (carried, port) = (stdio_tcp::carry(&socket, input, output), ride.port);
    carried.map_err(|source| ConnectError { host, port, source }.into())
}
