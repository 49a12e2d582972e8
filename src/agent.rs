//! The ssh agent that holds the key of a run, pushes its public half, and tells ssh of it only then.
//!
//! mssh, msftp and mscp start it as a process of its own ([`process`]), which outlives their becoming
//! the client. `mssh --proxy` is the agent itself while it copies the bytes.

pub(crate) mod client;
pub(crate) mod host;
pub(crate) mod host_key;
pub(crate) mod host_key_check;
mod json;
mod notice;
mod order;
pub(crate) mod process;
pub(crate) mod push;
pub(crate) mod pusher;
mod refusal;
mod replies;
mod run;
pub(crate) mod ticket;
