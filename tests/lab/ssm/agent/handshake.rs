//! The handshake of a session.

use serde_json::json;

use super::{Agent, stream};
use crate::lab::ssm::frame;
use crate::lab::ssm::session::Ended;

impl Agent {
    /// There is a handshake for a port; for a shell only with encryption or a customer message.
    pub(super) fn has_handshake(&self) -> bool {
        let behavior = &self.session.behavior;
        self.document.port().is_some() || behavior.wants_encryption || !behavior.message.is_empty()
    }

    pub(super) fn request_handshake(&mut self) {
        let session = match self.document.port() {
            Some(port) if self.document.is_multiplexed() => json!({ "SessionType": "Port",
                "Properties": { "portNumber": port.to_string(), "localPortNumber": "0",
                    "type": "LocalPortForwarding" } }),
            Some(port) => json!({ "SessionType": "Port",
                "Properties": { "portNumber": port.to_string() } }),
            None => json!({ "SessionType": "Standard_Stream", "Properties": {} }),
        };
        let mut actions = vec![json!({ "ActionType": "SessionType", "ActionParameters": session })];
        if self.session.behavior.wants_encryption {
            let parameters = json!({ "KMSKeyId": "arn:aws:kms:us-east-1:123456789012:key/k" });
            let action = json!({ "ActionType": "KMSEncryption", "ActionParameters": parameters });
            actions.insert(0, action);
        }
        let release = self.session.behavior.release.version();
        let request = json!({ "AgentVersion": release, "RequestedClientActions": actions });
        self.send(frame::HANDSHAKE_REQUEST, request.to_string().as_bytes());
    }

    pub(super) fn complete_handshake(&mut self, response: &[u8]) {
        match stream::check_response(response) {
            Err(complaint) => self.session.complain(complaint),
            Ok(false) => return self.end(Ended::Failed, "handshake failed"),
            Ok(true) => {}
        }
        let message = self.session.behavior.message;
        let complete = json!({ "HandshakeTimeToComplete": 1_000_000, "CustomerMessage": message });
        self.send(frame::HANDSHAKE_COMPLETE, complete.to_string().as_bytes());
        self.is_complete = true;
        if !self.document.is_multiplexed() {
            self.dial();
        }
    }
}
