//! Session Manager's data channel: what the plugin and the agent say to each other over a
//! websocket, as bytes and time in, frames and events out.
//!
//! ```text
//! stdin  ─input─→ Outbox ─┐                        ┌─→ websocket
//!                         ├─ Channel ── transmit ──┘
//! stdout ←output─ Inbox ──┘             frame ←──────── websocket
//! ```
//!
//! AWS does not document this protocol. What stands here follows the open sources of its two ends,
//! <https://github.com/aws/session-manager-plugin> and <https://github.com/aws/amazon-ssm-agent>,
//! and what other clients have seen of the gateway between them.
//!
//! In short: every message of a stream is numbered and acknowledged on its own. The agent begins
//! with a handshake, throws away what reaches it before that is complete, repeats only its oldest
//! message, and knows no window and no half-close. The gateway closes the websocket about once an
//! hour; the session goes on over another one, as if nothing had been.

pub(crate) mod channel;
mod handshake;
pub(crate) mod message;
mod receive;
pub(crate) mod retry;
mod rtt;
mod send;

#[cfg(test)]
mod tests;
