//! How the agent handles messages of the client.

use serde_json::json;

use super::{Agent, defects};
use crate::lab::ssm::frame;
use crate::lab::ssm::session::Ended;

impl Agent {
    pub(super) async fn receive(&mut self, bytes: &[u8]) {
        self.is_paused = false;
        let frame = match frame::read(bytes) {
            Ok(frame) => frame,
            Err(complaint) => return self.session.complain(complaint),
        };
        if self.is_disconnected() || self.is_stuck(&frame) {
            return;
        }
        if frame.kind == "acknowledge" {
            if let Err(complaint) = self.outbound.acknowledged(frame.payload) {
                self.session.complain(complaint);
            }
            return;
        }
        let is_ready =
            self.destination.is_some() || !self.is_complete || self.document.is_multiplexed();
        let ready = |kind| ![frame::OUTPUT, frame::SIZE].contains(&kind) || is_ready;
        if frame.payload_type == frame::OUTPUT && !self.is_complete {
            let complaint = "bytes of the stream before the handshake is complete";
            self.session.complain(complaint);
        }
        if self.is_reset_by(&frame) {
            return self.take(frame.payload_type, frame.payload).await;
        }
        let taken = self.inbound.receive(&frame, ready);
        if taken.acknowledge && self.acknowledges(&frame, taken.is_old) {
            let body = json!({
                "AcknowledgedMessageType": frame.kind,
                "AcknowledgedMessageId": frame.id,
                "AcknowledgedMessageSequenceNumber": frame.sequence,
                "IsSequentialMessage": true,
            });
            let (_, frame) = frame::write("acknowledge", 0, 0, body.to_string().as_bytes());
            self.queue.push_back(frame);
        }
        {
            let mut record = self.session.record();
            record.repeated += u32::from(taken.is_old);
            record.early_birds += u32::from(!taken.acknowledge);
        }
        for (kind, payload) in taken.payloads {
            self.take(kind, &payload).await;
        }
    }

    async fn take(&mut self, kind: u32, payload: &[u8]) {
        match kind {
            frame::HANDSHAKE_RESPONSE => self.complete_handshake(payload),
            _ if defects::is_end(kind, payload) => self.terminate_flag(),
            frame::OUTPUT if self.is_complete && self.document.is_multiplexed() => {
                self.multiplexed(payload).await;
            }
            frame::OUTPUT if self.is_complete => {
                if let Some(destination) = &mut self.destination
                    && destination.write(payload).await.is_err()
                {
                    self.end(Ended::Closed, "");
                }
            }
            // Before the handshake, output is acknowledged and discarded.
            frame::OUTPUT => {}
            frame::SIZE => {
                let size = String::from_utf8_lossy(payload).into_owned();
                self.session.record().sizes.push(size);
                if let Some(Err(complaint)) = self
                    .destination
                    .as_ref()
                    .map(|destination| destination.resize(payload))
                {
                    self.session.complain(complaint);
                }
            }
            _ => self.session.complain(format!("a payload of type {kind}")),
        }
    }
}
