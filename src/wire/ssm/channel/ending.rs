//! How a session ends: by the other side, by ours, or by nobody's word.
//!
//! No half-close exists: all that we can say is "terminate". So the end of our input is waited
//! out, since answers may still come; and whoever leaves at once first lets go what is under way,
//! which is SSH's own farewell (RFC 4253, 11.1).

use std::time::Duration;

use super::{Event, Purpose, SsmChannel, Time};
use crate::wire::ssm::handshake;
use crate::wire::ssm::message::payload;

/// After the end of the input: how long nothing may move before the session is ended, and the
/// same if the agent has not acknowledged everything.
const QUIET: Duration = Duration::from_secs(3);
const STUCK: Duration = Duration::from_secs(15);

/// How long an agent may take nothing more of an input that is closed and cannot be read to its end.
const STALLED: Duration = Duration::from_mins(1);

/// How long somebody who leaves waits for the last acknowledgement, and for the session's end.
pub(super) const DRAIN: Duration = Duration::from_secs(1);
const FAREWELL: Duration = Duration::from_secs(1);

/// How long a server that has all we had to say has to close by itself. An agent that is told to end a
/// session which is ending listens to nothing for two seconds.
const GRACE: Duration = Duration::from_millis(300);

/// How long an agent that we had to refuse something has to end the session.
const REFUSAL: Duration = Duration::from_secs(3);

/// What a terminal sends for the end of the input (VEOF in termios(3)).
const CTRL_D: u8 = 4;

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SessionEnd {
    /// The other side closed it, with nothing wrong that it knows of; with the exit status of
    /// the command, where there was one that tells.
    Closed(Option<i32>),
    /// The other side closed it, and says why.
    Failed(String),
    /// The same, because the agent could not connect to the port.
    NoConnection(String),
    /// We could not do what the other side wanted. The session may still be there.
    Refused(String),
    /// We did, and the other side confirms it.
    Terminated,
    /// We wanted to, and nobody confirms it. The session may still be there: to end it is the
    /// API's to do.
    Unconfirmed,
}

/// Who wants to end the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Nobody.
    Open,
    /// We have refused what the agent wants, and wait until then for it to see that.
    Refused(Time),
    /// The input is at its end. Output may still come.
    EndOfInput,
    /// We leave as soon as everything is acknowledged, and at the latest then.
    Draining(Time),
    /// We have said that we leave, and wait until then for the answer.
    Terminating(Time),
    /// It is over.
    Over,
}

impl SsmChannel {
    /// Says to a shell that there is no more input, as somebody at a terminal would: at the begin of
    /// a line. What is running there may take that for itself, or lose it while it sets its terminal
    /// anew; so it is said again whenever nothing has moved for a while, until the shell has ended.
    pub(super) fn end_of_file(&mut self, now: Time) {
        let keys: &[u8] = if self.mid_line {
            &[b'\n', CTRL_D]
        } else {
            &[CTRL_D]
        };
        self.mid_line = false;
        self.moved = now;
        self.send(payload::OUTPUT, keys, keys.len(), now);
    }

    /// The agent wants what we do not do, and ends the session as soon as it hears so.
    pub(super) fn refuse(&mut self, reason: String, now: Time) {
        self.refused = Some(reason);
        self.ending = Ending::Refused(now + REFUSAL);
    }

    /// Whether we are leaving or have left.
    pub(super) fn is_leaving(&self) -> bool {
        matches!(
            self.ending,
            Ending::Draining(_) | Ending::Terminating(_) | Ending::Over
        )
    }

    /// The gateway's last word.
    pub(super) fn closed(&mut self, body: &[u8]) {
        let reason = handshake::reason(body);
        let end = match (self.refused.take(), self.is_leaving()) {
            (_, true) => SessionEnd::Terminated,
            (Some(refused), false) => SessionEnd::Failed(refused),
            (None, false) if self.is_unconnected(&reason) => SessionEnd::NoConnection(reason),
            (None, false) if !reason.is_empty() => SessionEnd::Failed(reason),
            (None, false) if self.inbox.has_gap() => SessionEnd::Failed(
                "the session was closed before all of its output came".to_owned(),
            ),
            (None, false) if !self.is_ready() => {
                SessionEnd::Failed("the session was closed before it began".to_owned())
            }
            (None, false) => SessionEnd::Closed(self.exit),
        };
        self.over(end);
    }

    /// Nothing can be heard any more: who wanted to end the session anyway waits no longer.
    pub(super) fn lost(&mut self) {
        match self.ending {
            Ending::Open | Ending::EndOfInput | Ending::Over => {}
            Ending::Refused(_) => {
                let reason = self.refused.take().unwrap_or_default();
                self.over(SessionEnd::Refused(reason));
            }
            Ending::Draining(_) | Ending::Terminating(_) => self.over(SessionEnd::Unconfirmed),
        }
    }

    pub(super) fn over(&mut self, end: SessionEnd) {
        if self.ending != Ending::Over {
            self.ending = Ending::Over;
            self.link = None;
            self.events.push_back(Event::Ended(end));
        }
    }

    pub(super) fn tick_ending(&mut self, now: Time) {
        match self.ending {
            Ending::Open if self.stalled_at().is_some_and(|at| now >= at) => {
                let reason = "the instance takes nothing more of what is sent";
                self.over(SessionEnd::Refused(reason.to_owned()));
            }
            Ending::EndOfInput if self.quiet_at().is_some_and(|at| now >= at) => {
                match self.purpose {
                    Purpose::Port => self.ask(now),
                    Purpose::Shell if self.outbox.is_empty() => self.end_of_file(now),
                    Purpose::Shell => self.moved = now,
                }
            }
            Ending::Draining(until) if now >= self.drained_at(until) => self.ask(now),
            Ending::Refused(until) | Ending::Terminating(until) if now >= until => self.lost(),
            _ => {}
        }
    }

    pub(super) fn ending_timeout(&self) -> Option<Time> {
        match self.ending {
            Ending::Open => self.stalled_at(),
            Ending::EndOfInput => self.quiet_at(),
            Ending::Draining(until) => Some(self.drained_at(until)),
            Ending::Refused(until) | Ending::Terminating(until) => Some(until),
            Ending::Over => None,
        }
    }

    /// When an input that is closed has waited for room long enough.
    fn stalled_at(&self) -> Option<Time> {
        let closed = self.input_closed.filter(|_| self.is_waiting())?;
        (self.is_ready() && self.purpose == Purpose::Port).then(|| closed.max(self.moved) + STALLED)
    }

    /// When to wait for no more, after the end of the input.
    fn quiet_at(&self) -> Option<Time> {
        let patience = if self.outbox.is_empty() { QUIET } else { STUCK };
        self.is_waiting().then(|| self.moved + patience)
    }

    /// Whether it is the other side that is waited for: while there is no websocket, and while nobody
    /// takes the output, it cannot do anything.
    fn is_waiting(&self) -> bool {
        self.link.is_some() && self.output.is_empty()
    }

    /// When nothing is under way any more: all is acknowledged and the other side has had the time to
    /// close, or until then.
    fn drained_at(&self, until: Time) -> Time {
        if self.outbox.is_empty() {
            until.min(self.moved + GRACE)
        } else {
            until
        }
    }

    /// Says that we leave.
    fn ask(&mut self, now: Time) {
        if self.link.is_none() || !self.is_ready() {
            return self.over(SessionEnd::Unconfirmed);
        }
        self.send(payload::FLAG, &payload::TERMINATE.to_be_bytes(), 0, now);
        self.ending = Ending::Terminating(now + FAREWELL);
    }
}
