//! How a session ends: by the agent, by us, or by a lost connection.
//!
//! There is no half-close, only "terminate". So after the end of our input we wait for the rest of the
//! output; and before we terminate, what has been sent gets time to arrive, because SSH's last message
//! (RFC 4253, 11.1) is in it.

use std::time::Duration;

use super::{Event, Purpose, SsmChannel, Time};
use crate::wire::ssm::failure::SessionFailure;
use crate::wire::ssm::handshake;
use crate::wire::ssm::message::payload;

/// After the end of the input: how long nothing may move before we end the session; and how long if
/// the agent has not acknowledged everything.
const QUIET: Duration = Duration::from_secs(3);
const STUCK: Duration = Duration::from_secs(15);

/// How long an agent may take no input although the writer of the input has closed it.
const STALLED: Duration = Duration::from_mins(1);

/// After a hang-up: how long to wait for the last acknowledgement, and then for the session's end.
pub(super) const DRAIN: Duration = Duration::from_secs(1);
const TERMINATE: Duration = Duration::from_secs(1);

/// How long a server that has received everything has to close by itself. If an agent gets
/// "terminate" while its session is already ending, it does nothing for two seconds.
const GRACE: Duration = Duration::from_millis(300);

/// How long an agent has to end the session after we have refused its request.
const REFUSAL: Duration = Duration::from_secs(3);

/// What a terminal sends for the end of the input (VEOF in termios(3)).
const CTRL_D: u8 = 4;

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SessionEnd {
    /// The agent has closed it, without an error; with the exit status of the command, if it has sent
    /// one.
    Closed(Option<i32>),
    /// The agent has closed it, for this reason.
    Failed(SessionFailure),
    /// The agent has closed it because it could not connect to the port.
    NoConnection(String),
    /// We have refused the agent's request, or it has stopped answering. The session may still
    /// exist.
    Refused(SessionFailure),
    /// We have terminated it, and the agent has confirmed that.
    Terminated,
    /// We have hung up, without a confirmation. The session may still exist and must be terminated
    /// through the API.
    Unconfirmed,
}

/// The stages of ending a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It is not ending.
    Open,
    /// We have refused the agent's request, and wait until this time for it to end the session.
    Refused(Time),
    /// The input has ended. Output may still come.
    EndOfInput,
    /// We have closed the connection that it forwards, and terminate it when the far end has closed
    /// it, too, at this time at the latest.
    Closing(Time),
    /// We terminate it when everything is acknowledged, at this time at the latest.
    Draining(Time),
    /// We have terminated it, and wait until this time for the confirmation.
    Terminating(Time),
    Over,
}

impl SsmChannel {
    /// Sends Ctrl-D to a shell, at the start of a line, as a user at a terminal would. A program that is
    /// running there may read it instead, or lose it when it sets the terminal's modes; so it is sent
    /// again whenever nothing has moved for a while, until the shell has ended.
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

    /// We refuse what the agent requests. It ends the session when it receives that.
    pub(super) fn refuse(&mut self, reason: SessionFailure, now: Time) {
        self.refused = Some(reason);
        self.ending = Ending::Refused(now + REFUSAL);
    }

    /// Whether we have hung up, or the session is over.
    pub(super) fn is_leaving(&self) -> bool {
        matches!(
            self.ending,
            Ending::Closing(_) | Ending::Draining(_) | Ending::Terminating(_) | Ending::Over
        )
    }

    /// The message `channel_closed`, the last of a session.
    pub(super) fn closed(&mut self, body: &[u8]) {
        let reason = handshake::reason(body);
        let end = match (self.refused.take(), self.is_leaving()) {
            (_, true) => SessionEnd::Terminated,
            (Some(refused), false) => SessionEnd::Failed(refused),
            (None, false) if self.could_not_connect(&reason) => SessionEnd::NoConnection(reason),
            (None, false) if !reason.is_empty() => SessionEnd::Failed(reason.into()),
            (None, false) if self.inbox.has_gap() => {
                SessionEnd::Failed("the session was closed before all of its output came".into())
            }
            (None, false) if !self.is_ready() => {
                SessionEnd::Failed("the session was closed before it began".into())
            }
            (None, false) => SessionEnd::Closed(self.exit),
        };
        self.end(end);
    }

    /// No confirmation can come any more, so we do not wait for one.
    pub(super) fn lost(&mut self) {
        match self.ending {
            Ending::Open | Ending::EndOfInput | Ending::Over => {}
            Ending::Refused(_) => {
                let refused = self.refused.take();
                let failure = refused.unwrap_or_else(|| String::new().into());
                self.end(SessionEnd::Refused(failure));
            }
            Ending::Closing(_) | Ending::Draining(_) | Ending::Terminating(_) => {
                self.end(SessionEnd::Unconfirmed);
            }
        }
    }

    pub(super) fn end(&mut self, end: SessionEnd) {
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
                self.end(SessionEnd::Refused(reason.into()));
            }
            Ending::EndOfInput if self.quiet_at().is_some_and(|at| now >= at) => {
                match self.purpose {
                    Purpose::Port => self.terminate(now),
                    Purpose::Forward { .. } => self.close_connection(now),
                    Purpose::Shell if self.outbox.is_empty() => self.end_of_file(now),
                    Purpose::Shell => self.moved = now,
                }
            }
            Ending::Closing(until) if now >= until => self.terminate(now),
            Ending::Draining(until) if now >= self.drained_at(until) => self.terminate(now),
            Ending::Refused(until) | Ending::Terminating(until) if now >= until => self.lost(),
            _ => {}
        }
    }

    pub(super) fn ending_timeout(&self) -> Option<Time> {
        match self.ending {
            Ending::Open => self.stalled_at(),
            Ending::EndOfInput => self.quiet_at(),
            Ending::Draining(until) => Some(self.drained_at(until)),
            Ending::Refused(until) | Ending::Closing(until) | Ending::Terminating(until) => {
                Some(until)
            }
            Ending::Over => None,
        }
    }

    /// When to stop waiting for an agent that takes no input, after the writer of the input has
    /// closed it.
    fn stalled_at(&self) -> Option<Time> {
        let closed = self.input_closed.filter(|_| self.is_waiting())?;
        (self.is_ready() && self.purpose != Purpose::Shell)
            .then(|| closed.max(self.moved) + STALLED)
    }

    /// When to end the session after the end of the input.
    fn quiet_at(&self) -> Option<Time> {
        let patience = if self.outbox.is_empty() { QUIET } else { STUCK };
        self.is_waiting().then(|| self.moved + patience)
    }

    /// Whether we wait for the agent. It can do nothing while there is no websocket, and while output is
    /// not read.
    fn is_waiting(&self) -> bool {
        self.link.is_some() && self.output.is_empty()
    }

    /// When to stop waiting: once everything is acknowledged and the agent has had time to close,
    /// at this time at the latest.
    fn drained_at(&self, until: Time) -> Time {
        if self.outbox.is_empty() {
            until.min(self.moved + GRACE)
        } else {
            until
        }
    }

    /// Sends "terminate".
    pub(super) fn terminate(&mut self, now: Time) {
        if self.link.is_none() || !self.is_ready() {
            return self.end(SessionEnd::Unconfirmed);
        }
        self.send(payload::FLAG, &payload::TERMINATE.to_be_bytes(), 0, now);
        self.ending = Ending::Terminating(now + TERMINATE);
    }
}
