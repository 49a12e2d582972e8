//! What a channel hands out.

use super::ssm::channel::SessionEnd;

/// What goes out on the websocket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A text frame.
    Text(String),
    /// A binary frame.
    Binary(Vec<u8>),
    /// A ping.
    Ping,
}

/// What happened that is not of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The agent has a word for the user.
    Say(String),
    /// The agent does not answer the first bytes of the stream.
    Silent,
    /// Nothing comes from this websocket any more: drop it, and resume on another.
    Dead,
    /// The session is over. Output that came before may still wait to be written.
    Over(SessionEnd),
}
