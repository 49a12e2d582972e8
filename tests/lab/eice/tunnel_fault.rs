//! Faults injected into the tunnels of one caller.

use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub(crate) enum TunnelFault {
    /// The upgrade is refused with this status and body.
    Refuse(u16, &'static str),
    /// The upgrade is never answered.
    Hang,
    /// The connection is closed instead of an answer to the upgrade.
    HangUp,
    /// The upgrade is answered with a wrong Sec-WebSocket-Accept.
    WrongKey,
    /// The connection is dropped after this many bytes to the client, without a close frame.
    DropAfter(u64),
    /// The tunnel is closed after this many bytes to the client, with this code and reason.
    CloseAfter(u64, u16, &'static str),
    /// Each message to the client is delayed by this.
    SlowWriter(Duration),
    /// Each message from the client is read after this delay.
    SlowReader(Duration),
    /// Messages are fragmented, with pings between the frames.
    Fragments,
    /// A text message is sent.
    Text,
    /// A frame of 1 MB is sent.
    TooLong,
    /// Pings are sent without end, some 10 MB a second, and nothing is read.
    Pings,
}
