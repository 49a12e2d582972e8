//! What the two ends say about themselves before the stream begins.
//!
//! The agent asks (message 0), we answer (our message 0), the agent says that it is complete
//! (message 1). A part of the question that we do not do is refused with status 3; the agent then
//! ends the session.
//!
//! <https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/session/datachannel/datachannel.go>

use serde_json::{Value, json};
use uuid::Uuid;

/// The version that we claim. The agent makes decisions by it, and AWS's page on the plugin calls
/// this the oldest that is supported: the first to sign its websockets, as we do.
pub(super) const CLIENT_VERSION: &str = "1.2.764.0";

/// Why a session ends whose agent wants it encrypted with a KMS key. It never does for a port.
pub(crate) const NO_ENCRYPTION: &str = "encryption with KMS is not supported";

/// What an agent puts between output and error of what it has run.
const ERROR: &str = "----------ERROR-------";

/// The first release of the agent that acknowledges a message again that it has had already.
const ACKNOWLEDGES_AGAIN: [u32; 4] = [3, 2, 1041, 0];

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A byte stream to a port of the instance.
    Port,
    /// A shell with a terminal.
    Shell,
}

/// Our answer to the agent's question, and what of it we had to refuse.
#[derive(Debug)]
pub(super) struct HandshakeResponse {
    pub(super) response: Vec<u8>,
    pub(super) refused: Option<String>,
}

/// How many actions an agent may ask for, how long their names may be for us to repeat them, and
/// how long what the other side has to say. Real agents ask for two.
const ACTIONS: usize = 8;
const NAME: usize = 64;
const WORDS: usize = 1024;

/// Answers the question. `None` if it makes no sense.
pub(super) fn answer(request: &[u8], purpose: Purpose) -> Option<HandshakeResponse> {
    let request: Value = serde_json::from_slice(request).ok()?;
    let actions = request.get("RequestedClientActions")?.as_array()?;
    let too_many = format!("{} actions are not supported", actions.len());
    let mut refused = (actions.len() > ACTIONS).then_some(too_many);
    let processed: Vec<Value> = actions
        .iter()
        .take(ACTIONS)
        .map(|action| {
            let kind = action["ActionType"].as_str().unwrap_or_default();
            let kind = beginning(kind, NAME);
            let why = refusal(kind, &action["ActionParameters"], purpose);
            let status = if why.is_some() { 3 } else { 1 };
            let error = why.clone().unwrap_or_default();
            refused = refused.take().or(why);
            json!({
                "ActionType": kind,
                "ActionStatus": status,
                "ActionResult": null,
                "Error": error,
            })
        })
        .collect();
    let response = json!({
        "ClientVersion": CLIENT_VERSION,
        "ProcessedClientActions": processed,
        "Errors": null,
    });
    Some(HandshakeResponse {
        response: response.to_string().into_bytes(),
        refused,
    })
}

/// Whether the agent that asks acknowledges a message again that it has had already: one that does
/// not tell its release may be old.
pub(super) fn acknowledges_again(request: &[u8]) -> bool {
    let request: Value = serde_json::from_slice(request).unwrap_or_default();
    let release = request["AgentVersion"].as_str().unwrap_or_default();
    let parts: Result<Vec<u32>, _> = release.split('.').map(str::parse).collect();
    parts.is_ok_and(|parts| parts.as_slice() >= ACKNOWLEDGES_AGAIN.as_slice())
}

/// Why we do not do an action, if we don't.
fn refusal(kind: &str, parameters: &Value, purpose: Purpose) -> Option<String> {
    let session = parameters["SessionType"].as_str().unwrap_or_default();
    let session = beginning(session, NAME);
    match (kind, purpose) {
        ("SessionType", Purpose::Port) if session == "Port" => None,
        ("SessionType", Purpose::Shell) if is_shell(session) => None,
        ("SessionType", _) => Some(format!("sessions of type `{session}` are not supported")),
        ("KMSEncryption", _) => Some(NO_ENCRYPTION.to_owned()),
        _ => Some(format!("`{kind}` is not supported")),
    }
}

/// As much of a text as fits into so many bytes.
fn beginning(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

fn is_shell(session: &str) -> bool {
    let shells = [
        "Standard_Stream",
        "InteractiveCommands",
        "NonInteractiveCommands",
    ];
    shells.contains(&session)
}

/// What the agent has to say to the user when the handshake is complete.
pub(super) fn customer_message(complete: &[u8]) -> Option<String> {
    let complete: Value = serde_json::from_slice(complete).ok()?;
    let message = complete["CustomerMessage"].as_str()?;
    (!message.is_empty()).then(|| beginning(message, WORDS).to_owned())
}

/// The text frame that opens a data channel on a new websocket.
pub(super) fn open_data_channel(token: &str, request: Uuid, client: Uuid) -> String {
    let open = json!({
        "MessageSchemaVersion": "1.0",
        "RequestId": request.to_string(),
        "TokenValue": token,
        "ClientId": client.to_string(),
        "ClientVersion": CLIENT_VERSION,
    });
    open.to_string()
}

/// What an acknowledgement of this message of the agent's says.
pub(super) fn acknowledgement(id: Uuid, sequence: i64) -> String {
    format!(
        "{{\"AcknowledgedMessageType\":\"output_stream_data\",\
         \"AcknowledgedMessageId\":\"{id}\",\
         \"AcknowledgedMessageSequenceNumber\":{sequence},\
         \"IsSequentialMessage\":true}}"
    )
}

/// The number of the message that the agent acknowledges; nothing else counts.
pub(super) fn acknowledged(body: &[u8]) -> Option<u64> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body["AcknowledgedMessageSequenceNumber"].as_u64()
}

/// Why the gateway closes the channel, in one line; empty where nothing is wrong.
pub(super) fn reason(closed: &[u8]) -> String {
    let closed: Value = serde_json::from_slice(closed).unwrap_or_default();
    let output = closed["Output"].as_str().unwrap_or_default();
    let words = beginning(output, WORDS).split_whitespace();
    let words = words.filter(|word| *word != ERROR);
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_of_an_agent_tells_whether_it_acknowledges_again() {
        let again = |release: &str| {
            let request = json!({ "AgentVersion": release, "RequestedClientActions": [] });
            acknowledges_again(request.to_string().as_bytes())
        };
        for release in [
            "3.2.1041.0",
            "3.2.1186.0",
            "3.3.987.0",
            "3.10.1.0",
            "4.0.0.0",
        ] {
            assert!(again(release), "{release}");
        }
        for release in [
            "3.2.985.0",
            "3.1.1732.0",
            "2.3.722.0",
            "",
            "new",
            "3.x",
            "3.2.1041",
        ] {
            assert!(!again(release), "{release}");
        }
        assert!(!acknowledges_again(b"{}") && !acknowledges_again(b"nonsense"));
    }
}
