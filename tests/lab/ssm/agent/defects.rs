//! Bugs of the real agent.

use std::time::Duration;

use tokio::time::Instant;

use super::Agent;
use crate::lab::ssm::behavior::Release;
use crate::lab::ssm::frame::{self, Frame};
use crate::lab::ssm::session::Ended;

/// How long the agent takes to notice that a worker has crashed.
const NOTICES: Duration = Duration::from_mins(1);

/// How long its websocket is disconnected after a reset.
const RECONNECT: Duration = Duration::from_millis(100);

#[derive(Default)]
pub(super) struct Defects {
    /// When it will notice that its worker has crashed.
    crashed: Option<Instant>,
    /// Its reader is deadlocked and reads nothing any more.
    is_blocked: bool,
    /// Until when its websocket is disconnected.
    disconnected_until: Option<Instant>,
    /// An acknowledgement has been lost already.
    has_lost_acknowledgement: bool,
}

impl Defects {
    pub(super) fn listens(&self) -> bool {
        !self.is_blocked
    }

    /// It deadlocks if the client ends a session that is ending already.
    pub(super) fn block(&mut self) {
        self.is_blocked = true;
    }
}

impl Agent {
    /// Its worker crashes if it cannot connect to the port.
    pub(super) fn crash(&mut self) {
        let notices = self.session.behavior.notices.unwrap_or(NOTICES);
        self.defects.crashed = Some(Instant::now() + notices);
    }

    /// Ends the session once it notices the crash.
    pub(super) fn notice_crash(&mut self) {
        if self.defects.crashed.is_some_and(|at| Instant::now() >= at) {
            let reason = self.session.behavior.release.crash();
            self.end(Ended::Failed, reason);
        }
    }

    /// Whether frames of the client get lost.
    pub(super) fn is_disconnected(&self) -> bool {
        let now = Instant::now();
        self.defects.crashed.is_some()
            || self
                .defects
                .disconnected_until
                .is_some_and(|until| now < until)
    }

    /// Whether it ignores this message and all later ones.
    pub(super) fn is_stuck(&self, frame: &Frame<'_>) -> bool {
        let behavior = &self.session.behavior;
        behavior.stuck_at.is_some_and(|at| frame.sequence >= at)
    }

    /// Whether its websocket is reset while it handles this message: it handles it, and would do so
    /// again.
    pub(super) fn is_reset_by(&mut self, frame: &Frame<'_>) -> bool {
        let is_next = frame.sequence == self.inbound.expected();
        let is_hit = self.session.behavior.reset_at == Some(frame.sequence);
        let is_reset = is_hit && is_next && self.defects.disconnected_until.is_none();
        if is_reset {
            self.defects.disconnected_until = Some(Instant::now() + RECONNECT);
        }
        is_reset
    }

    /// Whether the client gets an acknowledgement of this message.
    pub(super) fn acknowledges(&mut self, frame: &Frame<'_>, is_old: bool) -> bool {
        let behavior = &self.session.behavior;
        let is_lost = behavior.unacknowledged == Some(frame.sequence)
            && !std::mem::replace(&mut self.defects.has_lost_acknowledgement, true);
        let is_dropped = is_old && behavior.release != Release::New;
        !is_lost && !is_dropped
    }

    /// The client ends the session. For a shell, the agent acknowledges that and goes on.
    pub(super) fn terminate_flag(&mut self) {
        if self.document.port().is_none() {
            return;
        }
        if self.ends.is_some() {
            self.defects.block();
        }
        self.end(Ended::Flag, "");
    }
}

pub(super) fn is_end(kind: u32, payload: &[u8]) -> bool {
    kind == frame::FLAG && payload == 2_u32.to_be_bytes()
}
