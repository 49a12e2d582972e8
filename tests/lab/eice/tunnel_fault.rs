//! What can be wrong with a tunnel, for one caller at a time.

use std::time::Duration;

/// Something wrong with every tunnel that is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TunnelFault {
    /// The upgrade is refused with this status and body.
    Refuse(u16, &'static str),
    /// The upgrade is never answered.
    Hang,
    /// The connection ends where the upgrade should be answered.
    HangUp,
    /// The upgrade is answered with a key that is not ours.
    WrongKey,
    /// The connection is dropped after so many bytes to the client, without a word.
    DropAfter(u64),
    /// The tunnel is closed after so many bytes to the client, with this code and reason.
    CloseAfter(u64, u16, &'static str),
    /// Each piece to the client comes after this.
    SlowWriter(Duration),
    /// Each piece from the client is taken after this.
    SlowReader(Duration),
    /// What the client sends is taken in messages of several frames, with pings between, and what
    /// it gets is sent in such.
    Fragments,
    /// Text is sent.
    Text,
    /// A frame of 1 MB is sent.
    TooLong,
    /// Pings are sent without an end, some 10 MB a second, and nothing is read.
    Pings,
}
