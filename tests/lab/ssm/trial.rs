//! What befalls a session: by default nothing, from an agent that does not pause for breath.

use std::time::Duration;

use super::hostile::Hostile;

/// The gateway's words for a client that is to wait, and for one that may go on.
pub(crate) const PAUSE: &str = "pause_publication";
pub(crate) const START: &str = "start_publication";

/// Probabilities are of each frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trial {
    /// Stream messages that are lost on their way to the client, and from it.
    pub(crate) lost_down: f64,
    pub(crate) lost_up: f64,
    /// Acknowledgements of either direction that are lost.
    pub(crate) lost_acknowledgements: f64,
    pub(crate) doubled: f64,
    pub(crate) disordered: f64,
    /// Stream messages to the client with a bit turned over.
    pub(crate) damaged: f64,
    /// How long each way takes.
    pub(crate) latency: Duration,
    /// Whether the agent sleeps a millisecond after each message, as the real one does.
    pub(crate) paced: bool,
    /// How long the agent needs to connect to the port.
    pub(crate) slow_dial: Duration,
    pub(crate) pause: Option<Pause>,
    /// What the gateway says before the handshake: [`PAUSE`] or [`START`].
    pub(crate) first: Option<&'static str>,
    /// When the websocket breaks, and whether with code 1000, and how often.
    pub(crate) breaks: Option<(Break, bool, u32)>,
    /// The agent wants the session encrypted.
    pub(crate) wants_encryption: bool,
    /// What the agent has to say to the user.
    pub(crate) message: &'static str,
    /// The upgrades that are refused, at first.
    pub(crate) refused_upgrades: u32,
    /// Whoever is at the other end of each websocket means harm.
    pub(crate) hostile: Option<Hostile>,
    /// Where the answer says that the websocket is: scheme, host and port.
    pub(crate) stream: Option<&'static str>,
}

/// A pause of the client in the middle of its stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pause {
    /// After so many bytes from the client.
    pub(crate) after: u64,
    pub(crate) lasts: Duration,
    /// Whether what the client sends all the same is thrown away.
    pub(crate) loses: bool,
}

/// When a websocket breaks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Break {
    /// After so many bytes in both directions.
    Bytes(u64),
    /// When it has lived so long.
    Age(Duration),
}
