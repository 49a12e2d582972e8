//! What an agent does that its sources do not mean it to do.

use std::time::Duration;

use tokio::time::Instant;

use super::Agent;
use crate::lab::ssm::behavior::Release;
use crate::lab::ssm::frame::{self, Frame};
use crate::lab::ssm::session::Ended;

/// After how long it notices that a worker has crashed.
const NOTICES: Duration = Duration::from_mins(1);

/// How long its websocket is away after a reset.
const AWAY: Duration = Duration::from_millis(100);

#[derive(Default)]
pub(super) struct Defects {
    /// Its worker has crashed, which it will notice then.
    crashed: Option<Instant>,
    /// Its reader waits for somebody who has left: nothing is read any more.
    is_blocked: bool,
    /// Its websocket was reset, and is away until then.
    away: Option<Instant>,
    /// An acknowledgement was lost already.
    has_lost: bool,
}

impl Defects {
    pub(super) fn listens(&self) -> bool {
        !self.is_blocked
    }

    /// The flag that ends the session has come while it was ending already.
    pub(super) fn block(&mut self) {
        self.is_blocked = true;
    }
}

impl Agent {
    /// It could not connect to the port, and its worker dies of that.
    pub(super) fn crash(&mut self) {
        let notices = self.session.behavior.notices.unwrap_or(NOTICES);
        self.defects.crashed = Some(Instant::now() + notices);
    }

    /// It looks after its worker.
    pub(super) fn notice(&mut self) {
        if self.defects.crashed.is_some_and(|at| Instant::now() >= at) {
            let reason = self.session.behavior.release.crash();
            self.end(Ended::Failed, reason);
        }
    }

    /// Whether nobody is there to read a frame of the client's.
    pub(super) fn is_absent(&self) -> bool {
        let now = Instant::now();
        self.defects.crashed.is_some() || self.defects.away.is_some_and(|until| now < until)
    }

    /// Whether it does nothing any more from this message on.
    pub(super) fn is_stuck(&self, frame: &Frame<'_>) -> bool {
        let behavior = &self.session.behavior;
        behavior.stuck_at.is_some_and(|at| frame.sequence >= at)
    }

    /// Whether its websocket is reset while it takes this message, the next: it takes it, and would
    /// take it again.
    pub(super) fn is_reset_by(&mut self, frame: &Frame<'_>) -> bool {
        let is_next = frame.sequence == self.inbound.expected();
        let is_hit = self.session.behavior.reset_at == Some(frame.sequence);
        let is_reset = is_hit && is_next && self.defects.away.is_none();
        if is_reset {
            self.defects.away = Some(Instant::now() + AWAY);
        }
        is_reset
    }

    /// Whether it acknowledges this message, and the acknowledgement is not lost.
    pub(super) fn acknowledges(&mut self, frame: &Frame<'_>, is_old: bool) -> bool {
        let behavior = &self.session.behavior;
        let is_lost = behavior.unacknowledged == Some(frame.sequence)
            && !std::mem::replace(&mut self.defects.has_lost, true);
        let is_dropped = is_old && behavior.release == Release::Old;
        !is_lost && !is_dropped
    }

    /// The client ends the session: that of a port. A shell's agent acknowledges it, and goes on.
    pub(super) fn told_to_end(&mut self) {
        if self.port.is_none() {
            return;
        }
        if self.ends.is_some() {
            self.defects.block();
        }
        self.end(Ended::Flag, "");
    }
}

/// Whether a payload is the flag that ends a session.
pub(super) fn is_end(kind: u32, payload: &[u8]) -> bool {
    kind == frame::FLAG && payload == 2_u32.to_be_bytes()
}
