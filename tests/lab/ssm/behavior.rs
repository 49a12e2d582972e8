//! What befalls a session: by default nothing, from an agent that does not pause for breath.

use std::time::Duration;

use super::hostile::Hostile;

/// The gateway's words for a client that is to wait, and for one that may go on.
pub(crate) const PAUSE: &str = "pause_publication";
pub(crate) const START: &str = "start_publication";

/// Probabilities are of each frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct SessionBehavior {
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
    pub(crate) release: Release,
    /// The message of the client's whose first acknowledgement is lost.
    pub(crate) unacknowledged: Option<i64>,
    /// The message of the client's that the agent takes while its own websocket is reset: it cannot
    /// acknowledge it, forgets that it has had it, and loses what comes behind it.
    pub(crate) reset_at: Option<i64>,
    /// The message of the client's from which on the agent does nothing any more.
    pub(crate) stuck_at: Option<i64>,
    /// After how long the agent notices that its worker has crashed, as it does where nobody listens
    /// on the port; by default a minute.
    pub(crate) notices: Option<Duration>,
    /// The user is not there whom the shell is to run as.
    pub(crate) no_such_user: bool,
}

/// A release of the agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Release {
    /// One of before 3.2.1041.0 (May 2023): it says nothing of a message that it has had already.
    Old,
    #[default]
    New,
}

impl Release {
    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::Old => "3.1.1732.0",
            Self::New => "3.3.987.0",
        }
    }

    /// What it says of a worker that has crashed.
    pub(crate) fn crash(self) -> &'static str {
        match self {
            Self::Old => "document worker timed out",
            Self::New => {
                "document process failed unexpectedly: ipc messaging received timeout signal , \
                 check [ssm-document-worker]/[ssm-session-worker] log for crash reason"
            }
        }
    }
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
