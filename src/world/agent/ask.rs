//! What our ProxyCommand and KnownHostsCommand ask the agent of their run.

use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;

use crate::wire::agent::{self, HostKeyAnswer, HostKeyQuestion};
use crate::world::net::pass_fd;

/// Asks for AWS credentials, as JSON. `None` if the agent has none for us. It may have to get them
/// from AWS first.
///
/// # Errors
/// If there is no agent, or it closes the connection: we are then no descendant of its client.
pub(crate) fn ask_credentials(socket: &Path) -> io::Result<Option<Vec<u8>>> {
    let request = agent::extension(agent::CREDENTIALS, &[]);
    let (reply, _) = exchange(socket, &request)?;
    let json = agent::read_extension_reply(&reply, agent::CREDENTIALS);
    Ok(json.map(<[u8]>::to_vec))
}

/// Asks for a TCP connection that was opened in advance. `None` if there is none (any more).
///
/// # Errors
/// As [`ask_credentials`].
pub(crate) fn ask_connection(socket: &Path, host: &str, port: u16) -> io::Result<Option<OwnedFd>> {
    let (reply, opened) = exchange(socket, &agent::connection(host, port))?;
    let is_granted = agent::read_extension_reply(&reply, agent::CONNECTION).is_some();
    Ok(opened.filter(|_| is_granted))
}

/// Asks about a host key. `None` if the agent has nothing to say about that host.
///
/// # Errors
/// As [`ask_credentials`].
pub(crate) fn ask_host_key(
    socket: &Path,
    question: &HostKeyQuestion<'_>,
) -> io::Result<Option<HostKeyAnswer>> {
    let (reply, _) = exchange(socket, &question.request())?;
    Ok(HostKeyAnswer::read(&reply))
}

fn exchange(socket: &Path, request: &[u8]) -> io::Result<(Vec<u8>, Option<OwnedFd>)> {
    let mut stream = UnixStream::connect(socket)?;
    stream.write_all(&agent::framed(request).ok_or(ErrorKind::InvalidInput)?)?;
    // A descriptor comes with the first byte.
    let mut prefix = [0; 4];
    let (received, opened) = pass_fd::receive(&stream, &mut prefix)?;
    stream.read_exact(&mut prefix[received..])?;
    let length = agent::length(prefix).ok_or(ErrorKind::InvalidData)?;
    let mut reply = vec![0; length];
    stream.read_exact(&mut reply)?;
    Ok((reply, opened))
}
