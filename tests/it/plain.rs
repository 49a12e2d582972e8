//! Plain ssh, with `mssh --proxy` as its ProxyCommand.
//!
//! - `agents`: the user's own agent, for forwarding and for other keys
//! - `clients`: ssh, scp, sftp, rsync and git with the block installed
//! - `directories`: the directory of sockets, and what is deleted in it
//! - `ids`: an instance ID reaches the instance or fails; never DNS, never a shell
//! - `install`: what is written, and how it is removed
//! - `keys`: the life of the agent, and logins at the same time
//! - `names`: patterns of names, and the hosts among them
//! - `older`: the block of an older version
//! - `proxy`: the stream, and errors before it
//! - `tunnels`: through an endpoint, and through Session Manager

mod agents;
mod clients;
mod directories;
mod ids;
mod install;
mod keys;
mod names;
mod older;
mod proxy;
mod tunnels;

use std::fs;
use std::path::Path;

#[track_caller]
fn text(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|cause| panic!("{}: {cause}", file.display()))
}
