//! Decisions: what the command line means, what to ask AWS, which route to take, how to call ssh.
//! No I/O, no environment, no clock.

pub(crate) mod argv;
pub(crate) mod aws;
pub(crate) mod cache;
pub(crate) mod cli;
pub(crate) mod columns;
pub(crate) mod console;
pub(crate) mod doctor;
pub(crate) mod each;
pub(crate) mod host_key_alias;
mod host_port;
pub(crate) mod key_type;
pub(crate) mod list;
mod nearest;
pub(crate) mod os_user;
pub(crate) mod pattern;
pub(crate) mod picker;
pub(crate) mod program;
pub(crate) mod route;
pub(crate) mod ssh_g;
pub(crate) mod target;
pub(crate) mod verify_host_key;
pub(crate) mod wait;
pub(crate) mod way;
