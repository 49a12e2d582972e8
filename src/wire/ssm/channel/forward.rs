//! A connection that the agent forwards for the documents `AWS-StartPortForwardingSession` and
//! `AWS-StartPortForwardingSessionToRemoteHost`. It is multiplexed, although it is the only one of its
//! session: without that, agents do not tell that the far end has closed it.
//!
//! <https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/session/plugins/port/port_mux.go>

use std::time::Duration;

use super::ending::{DRAIN, Ending};
use super::{Phase, Purpose, SessionEnd, SsmChannel, Time};
use crate::wire::ssm::message::payload;
use crate::wire::ssm::mux::{self, Frames};
use crate::wire::ssm::send::PAYLOAD;

/// How long the far end has to read what the agent keeps for it, and to close.
const DELIVERY: Duration = Duration::from_mins(1);

/// Older agents end the session if nothing comes for 30 s. A later one counts these frames as use, and
/// would never see an idle session.
const NOTHING_EVERY: Duration = Duration::from_secs(10);

/// The multiplexed connection of a session.
#[derive(Debug, Default)]
pub(super) struct Forwarded {
    frames: Frames,
    /// Whether the agent must be sent frames that say nothing.
    pub(super) is_kept_alive: bool,
    /// When the next of them is due.
    nothing_at: Option<Time>,
}

impl SsmChannel {
    /// Whether the session forwards a connection.
    pub(super) fn forwards(&self) -> bool {
        matches!(self.purpose, Purpose::Forward { .. })
    }

    /// The handshake is complete: has the agent connect.
    pub(super) fn open_connection(&mut self, now: Time) {
        self.phase = Phase::Open;
        self.agent.opens(self.outbox.next_sequence());
        self.send_frame(mux::OPEN, now);
        let is_kept_alive = self.forwarded.is_kept_alive;
        self.forwarded.nothing_at = is_kept_alive.then(|| now + NOTHING_EVERY);
    }

    /// Sends bytes of the connection.
    pub(super) fn forward(&mut self, bytes: &[u8], now: Time) {
        for chunk in bytes.chunks(PAYLOAD - mux::HEADER) {
            let frame = mux::frame(mux::DATA, chunk);
            self.send(payload::OUTPUT, &frame, chunk.len(), now);
        }
    }

    /// Takes frames of the agent.
    pub(super) fn forwarded_output(&mut self, bytes: &[u8], now: Time) {
        let (mut output, mut has_data) = (std::mem::take(&mut self.output), false);
        let is_leaving = self.is_leaving();
        let taken = self.forwarded.frames.take(bytes, |data| {
            has_data = true;
            // After a hang-up, output has no reader.
            if !is_leaving {
                output.extend(data);
            }
        });
        self.output = output;
        if has_data {
            self.has_moved = true;
            self.output_came(now);
        }
        match taken {
            Ok(true) => self.connection_closed(now),
            Ok(false) => {}
            Err(error) => self.end(SessionEnd::Refused(error.to_string().into())),
        }
    }

    /// The agent sends a flag.
    pub(super) fn flagged(&mut self, flag: &[u8]) {
        let could_not = flag == payload::NOT_CONNECTED.to_be_bytes();
        if could_not && self.forwards() && !self.is_leaving() {
            let reason = "the SSM Agent could not connect";
            self.end(SessionEnd::NoConnection(reason.to_owned()));
        }
    }

    /// The far end has closed the connection, or has read all and closed it because we did.
    fn connection_closed(&mut self, now: Time) {
        match self.ending {
            Ending::Open | Ending::EndOfInput | Ending::Closing(_) => self.terminate(now),
            Ending::Refused(_) | Ending::Draining(_) | Ending::Terminating(_) | Ending::Over => {}
        }
    }

    /// Closes the connection after the end of the input. All that was sent gets time to arrive.
    pub(super) fn close_connection(&mut self, now: Time) {
        self.close_until(now + DELIVERY, now);
    }

    /// Closes the connection because its client is gone, or a signal has come.
    pub(super) fn drop_connection(&mut self, now: Time) {
        self.close_until(now + DRAIN, now);
    }

    fn close_until(&mut self, until: Time, now: Time) {
        if self.link.is_none() || !self.is_ready() {
            return self.end(SessionEnd::Unconfirmed);
        }
        if !matches!(self.ending, Ending::Closing(_)) {
            self.send_frame(mux::CLOSE, now);
        }
        self.ending = Ending::Closing(until);
    }

    pub(super) fn tick_forwarded(&mut self, now: Time) {
        if self.nothing_due().is_some_and(|at| now >= at) {
            self.forwarded.nothing_at = Some(now + NOTHING_EVERY);
            self.send_frame(mux::NOTHING, now);
        }
    }

    /// When the next frame that says nothing is due. None is sent while others wait for the agent.
    pub(super) fn nothing_due(&self) -> Option<Time> {
        let at = self.forwarded.nothing_at?;
        let is_idle = self.link.is_some() && self.outbox.is_empty();
        (is_idle && !self.is_leaving()).then_some(at)
    }

    fn send_frame(&mut self, command: u8, now: Time) {
        let frame = mux::frame(command, b"");
        self.send(payload::OUTPUT, &frame, 0, now);
    }
}
