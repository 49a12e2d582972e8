//! Session Manager's data channel: the protocol between the Session Manager plugin and the SSM Agent.
//!
//! ```text
//! stdin  ─input─→ Outbox ─┐                        ┌─→ websocket
//!                         ├─ SsmChannel ─ transmit ─┘
//! stdout ←output─ Inbox ──┘             receive ←────── websocket
//! ```
//!
//! AWS does not document this protocol. We follow the sources of its two ends,
//! <https://github.com/aws/session-manager-plugin> and <https://github.com/aws/amazon-ssm-agent>,
//! and what other clients have observed of the gateway between them.
//!
//! In short: every message of a stream is numbered and acknowledged on its own. The agent begins
//! with a handshake, drops what reaches it before that is complete, repeats only its oldest
//! message, and has no window and no half-close. The gateway closes the websocket about once an
//! hour; the session then continues over another one.

pub(crate) mod channel;
pub(crate) mod failure;
mod handshake;
pub(crate) mod message;
mod mux;
mod receive;
pub(crate) mod retry;
mod rtt;
mod send;

#[cfg(test)]
mod tests;
