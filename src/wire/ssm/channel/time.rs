//! What passes with the time.

use super::{Channel, Event, Phase};
use crate::wire::Time;

impl Channel {
    /// Time has passed.
    pub fn tick(&mut self, now: Time) {
        if let Phase::Banner(until) = self.start
            && now >= until
        {
            self.start = Phase::Done;
        }
        if !self.takes_frames() {
            // Nobody listens, so nothing is heard.
            self.heard(now);
        }
        if self.link.is_some_and(|link| link.is_dead(now)) {
            self.disconnected();
            self.events.push_back(Event::Dead);
        }
        if self.link.is_some() {
            self.outbox.tick(now);
        }
        self.tick_agent(now);
        self.tick_ending(now);
    }

    /// When [`Channel::tick`] has something to do.
    pub fn timeout(&self) -> Option<Time> {
        let banner = match self.start {
            Phase::Banner(until) => Some(until),
            Phase::Handshake | Phase::Done => None,
        };
        let link = self.link.map(|link| link.timeout());
        let outbox = self.link.and_then(|_| self.outbox.timeout());
        let (agent, ending) = (self.agent_timeout(), self.ending_timeout());
        let all = [banner, link, outbox, agent, ending];
        all.into_iter().flatten().min()
    }
}
