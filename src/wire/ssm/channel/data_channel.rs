//! The channel, as the pump drives it.

use super::ending::{DRAIN, Ending};
use super::{OUTPUT, Phase, Purpose, SessionEnd, SsmChannel};
use crate::wire::Time;
use crate::wire::channel::{DataChannel, Event, Frame, Received};

impl DataChannel for SsmChannel {
    type End = SessionEnd;

    fn tick(&mut self, now: Time) {
        if let Phase::Banner(until) = self.phase
            && now >= until
        {
            self.phase = Phase::Open;
        }
        if !self.takes_frames() {
            // The websocket is not read now, so its silence proves nothing.
            self.heard(now);
        }
        if self
            .link
            .and_then(|link| link.dead_at())
            .is_some_and(|at| now >= at)
        {
            self.disconnected();
            self.events.push_back(Event::TimedOut);
        }
        if let Some(link) = &mut self.link {
            link.tick(now);
            self.outbox.tick(now);
        }
        self.tick_agent(now);
        self.tick_forwarded(now);
        self.tick_ending(now);
    }

    fn timeout(&self) -> Option<Time> {
        let banner = match self.phase {
            Phase::Banner(until) => Some(until),
            Phase::Handshake | Phase::Open => None,
        };
        let ping = self.link.map(|link| link.ping_at());
        let dead = self.link.and_then(|link| link.dead_at());
        let outbox = self.link.and_then(|_| self.outbox.timeout());
        let (agent, ending) = (self.agent_timeout(), self.ending_timeout());
        let nothing = self.nothing_due();
        let all = [banner, ping, dead, outbox, agent, nothing, ending];
        all.into_iter().flatten().min()
    }

    fn transmit(&mut self, now: Time) -> Option<Frame> {
        let link = self.link.as_mut()?;
        if let Some(open) = self.open.take() {
            return Some(Frame::Text(open));
        }
        if let Some(acknowledgement) = self.acknowledgements.pop_front() {
            return Some(Frame::Binary(acknowledgement));
        }
        if let Some(frame) = self.outbox.transmit(now) {
            return Some(Frame::Binary(frame));
        }
        link.take_ping().then_some(Frame::Ping)
    }

    fn takes_frames(&self) -> bool {
        self.output.len() < OUTPUT
    }

    fn receive(&mut self, frame: Received<'_>, now: Time) {
        match frame {
            Received::Binary(bytes) => self.frame(&bytes, now),
            Received::Text | Received::Ping | Received::Pong => self.heard(now),
            // The gateway closes each websocket about once an hour, with code 1000 and "Bye": what
            // ends a session is the message `channel_closed`.
            Received::Close(..) => {}
        }
    }

    /// The session goes on over another websocket: see [`SsmChannel::connected`].
    fn disconnected(&mut self) {
        self.link = None;
        self.open = None;
        self.lost();
    }

    fn input_room(&self, now: Time) -> usize {
        let may_begin = match self.phase {
            Phase::Handshake => false,
            Phase::Banner(until) => now >= until,
            Phase::Open => true,
        };
        match self.ending {
            Ending::Open if may_begin && self.link.is_some() => self.outbox.room(),
            _ => 0,
        }
    }

    fn take_input(&mut self, buffer: &mut Vec<u8>, now: Time) {
        self.input(buffer, now);
        buffer.clear();
    }

    /// The output goes on until the other side closes. For a port, also until nothing has moved for
    /// some seconds.
    fn end_of_input(&mut self, now: Time) {
        if self.ending == Ending::Open {
            self.ending = Ending::EndOfInput;
            self.moved = now;
            if self.purpose == Purpose::Shell {
                self.end_of_file(now);
            }
        }
    }

    fn input_closed(&mut self, now: Time) {
        self.input_closed.get_or_insert(now);
    }

    fn output(&self) -> &[u8] {
        self.output.as_slices().0
    }

    fn wrote(&mut self, bytes: usize) {
        self.output.drain(..bytes.min(self.output.len()));
    }

    /// SSH's last message (RFC 4253, 11.1) must arrive; what the user typed last into a shell must
    /// not run.
    fn sends_rest_of_input(&self) -> bool {
        self.purpose != Purpose::Shell
    }

    /// What has been sent gets a second to arrive.
    fn hang_up(&mut self, now: Time) {
        let is_closing = matches!(self.ending, Ending::Closing(_));
        if self.is_leaving() && !is_closing {
            return;
        }
        self.output.clear();
        self.outbox.resume_publication();
        self.moved = now;
        if self.forwards() {
            return self.drop_connection(now);
        }
        self.ending = Ending::Draining(now + DRAIN);
        // A shell's agent acknowledges "terminate" and goes on, so only the API ends its session.
        if self.link.is_none() || !self.is_ready() || self.purpose == Purpose::Shell {
            // If nothing can be sent, there is nothing to wait for.
            self.end(SessionEnd::Unconfirmed);
        }
    }

    /// A port has begun when its SSH server has spoken.
    fn has_begun(&self) -> bool {
        match self.purpose {
            Purpose::Port | Purpose::Forward { .. } => self.spoken,
            Purpose::Shell => self.is_ready(),
        }
    }

    fn event(&mut self) -> Option<Event<SessionEnd>> {
        self.events.pop_front()
    }
}
