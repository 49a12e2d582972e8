//! The names in a directory of sockets. Call what changes them with its lock.

use std::fs::{self, DirEntry};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, test_kill_process};

use crate::world::key::private::Private;

/// A second link to a socket, until it gets the common name.
const LINK: &str = "link";

/// Removes an agent's socket. If it has a common name, another agent gets that, or it goes, too.
pub(super) fn retire(directory: &Path, own: &Path, tag: &str) {
    for common in links(directory, own) {
        let mut others = sockets(directory).into_iter();
        let is_passed_on = others.any(|it| {
            let is_other = it.tag == tag && it.path != own;
            is_other && is_listened_to(&it.path) && give_name(&it.path, &common).is_ok()
        });
        if !is_passed_on {
            let _ = fs::remove_file(&common);
        }
    }
    let _ = fs::remove_file(own);
}

/// Removes what killed agents have left.
pub(super) fn sweep(directory: &Private) {
    let path = directory.path();
    for socket in sockets(path) {
        if !is_running(socket.ssh) && !is_listened_to(&socket.path) {
            let handovers = format!("{}+{}", socket.ssh, socket.tag);
            directory.remove(handovers.as_ref());
            retire(path, &socket.path, &socket.tag);
        }
    }
}

/// The socket of an agent.
struct NamedSocket {
    path: PathBuf,
    ssh: u32,
    tag: String,
}

/// The sockets of all agents in a directory.
fn sockets(directory: &Path) -> Vec<NamedSocket> {
    let socket = |entry: DirEntry| {
        let name = entry.file_name();
        let (ssh, tag) = name.to_str()?.split_once('@')?;
        let is_tag = tag.len() == TAG && tag.bytes().all(|it| it.is_ascii_hexdigit());
        let is_ours = is_tag && entry.file_type().ok()?.is_socket();
        is_ours.then_some(NamedSocket {
            path: entry.path(),
            ssh: ssh.parse().ok()?,
            tag: tag.to_owned(),
        })
    };
    entries(directory).filter_map(socket).collect()
}

/// The other names of a file, in its directory.
fn links(directory: &Path, file: &Path) -> Vec<PathBuf> {
    let of = |path: &Path| fs::symlink_metadata(path).map(|it| (it.dev(), it.ino()));
    let Ok(wanted) = of(file) else {
        return Vec::new();
    };
    let paths = entries(directory).map(|entry| entry.path());
    paths
        .filter(|it| it != file && of(it).is_ok_and(|it| it == wanted))
        .collect()
}

fn entries(directory: &Path) -> impl Iterator<Item = DirEntry> {
    fs::read_dir(directory).into_iter().flatten().flatten()
}

/// How long a tag is.
const TAG: usize = 8;

/// The hash of a name (FNV-1a), which any version of mssh finds the same.
pub(super) fn tag(name: &str) -> String {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    format!("{hash:0TAG$x}")
}

fn is_listened_to(socket: &Path) -> bool {
    UnixStream::connect(socket).is_ok()
}

/// Whether there is a process with this number; in another container there may be one that we do not
/// see.
fn is_running(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

/// Gives the common name to a socket: a second link, which replaces the name at once.
pub(super) fn give_name(socket: &Path, common: &Path) -> io::Result<()> {
    let link = common.with_file_name(LINK);
    let _ = fs::remove_file(&link);
    fs::hard_link(socket, &link)?;
    fs::rename(&link, common)
}
