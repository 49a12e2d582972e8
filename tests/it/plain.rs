//! Plain ssh, with `mssh --proxy` behind it.
//!
//! - here: a home of one's own, since its ssh_config is what this is about
//! - `clients`: ssh, scp, sftp, rsync and git, with the block installed and no word of mssh
//! - `directories`: whose directory keys may be in, and what is deleted there
//! - `ids`: an instance ID leads to the instance or nowhere, and never to DNS or a shell
//! - `install`: what is written, and how it is taken out again
//! - `keys`: the key's life, and logins at the same time
//! - `proxy`: the stream itself, and what goes wrong before it
//! - `tunnels`: through an endpoint, and through Session Manager

mod clients;
mod directories;
mod ids;
mod install;
mod keys;
mod proxy;
mod tunnels;

use std::fs::{self};
use std::path::Path;

#[track_caller]
fn text(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|cause| panic!("{}: {cause}", file.display()))
}
