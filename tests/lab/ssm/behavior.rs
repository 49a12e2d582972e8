//! How the gateway and the agent behave: by default without faults, and without pauses.

use std::time::Duration;

use super::hostile::Hostile;

/// The gateway's messages that stop a client, and let it go on.
pub(crate) const PAUSE: &str = "pause_publication";
pub(crate) const START: &str = "start_publication";

/// Probabilities are per frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct SessionBehavior {
    /// Stream messages lost on the way to the client, and from it.
    pub(crate) lost_down: f64,
    pub(crate) lost_up: f64,
    /// Acknowledgements lost in either direction.
    pub(crate) lost_acknowledgements: f64,
    pub(crate) doubled: f64,
    pub(crate) disordered: f64,
    /// Stream messages to the client with a flipped bit.
    pub(crate) damaged: f64,
    /// One way.
    pub(crate) latency: Duration,
    /// Whether the agent sleeps a millisecond after each message, as the real one does.
    pub(crate) paced: bool,
    /// How long the agent takes to connect to the port.
    pub(crate) slow_dial: Duration,
    pub(crate) pause: Option<Pause>,
    /// What the gateway sends before the handshake: [`PAUSE`] or [`START`].
    pub(crate) first: Option<&'static str>,
    /// When the websocket breaks, whether with code 1000, and how often.
    pub(crate) breaks: Option<(Break, bool, u32)>,
    /// The agent wants the session encrypted.
    pub(crate) wants_encryption: bool,
    /// The agent's customer message.
    pub(crate) message: &'static str,
    /// How many upgrades are refused at first.
    pub(crate) refused_upgrades: u32,
    /// The peer on each websocket is hostile.
    pub(crate) hostile: Option<Hostile>,
    /// The scheme, host and port of `StreamUrl`, instead of the gateway's.
    pub(crate) stream: Option<&'static str>,
    pub(crate) release: Release,
    /// The client's message whose first acknowledgement is lost.
    pub(crate) unacknowledged: Option<i64>,
    /// The client's message during which the agent's websocket is reset: the agent cannot
    /// acknowledge it, forgets it, and loses what follows.
    pub(crate) reset_at: Option<i64>,
    /// The client's message from which on the agent does nothing.
    pub(crate) stuck_at: Option<i64>,
    /// How long the agent takes to notice that its worker has crashed, which it does if the port is
    /// closed. By default a minute.
    pub(crate) notices: Option<Duration>,
    /// The documents that the caller's policy does not allow.
    pub(crate) denied_documents: &'static [&'static str],
    /// The RunAs user does not exist.
    pub(crate) no_such_user: bool,
}

/// A release of the agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Release {
    /// Cannot multiplex, nor connect to other hosts.
    Ancient,
    /// Before 3.2.1041.0 (May 2023): does not acknowledge a message that it has seen already.
    Old,
    #[default]
    New,
}

impl Release {
    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::Ancient => "3.0.196.0",
            Self::Old => "3.1.1732.0",
            Self::New => "3.3.987.0",
        }
    }

    /// Its error for a crashed worker.
    pub(crate) fn crash(self) -> &'static str {
        match self {
            Self::Ancient | Self::Old => "document worker timed out",
            Self::New => {
                "document process failed unexpectedly: ipc messaging received timeout signal , \
                 check [ssm-document-worker]/[ssm-session-worker] log for crash reason"
            }
        }
    }
}

/// A pause in the middle of the client's stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pause {
    /// After this many bytes from the client.
    pub(crate) after: u64,
    pub(crate) lasts: Duration,
    /// Whether what the client sends in the meantime is discarded.
    pub(crate) loses: bool,
}

/// When a websocket breaks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Break {
    /// After this many bytes in both directions.
    Bytes(u64),
    /// After this long.
    Age(Duration),
}
