//! The handshake before the stream.
//!
//! The agent sends a request (message 0), we respond (our message 0), and the agent reports that the
//! handshake is complete (message 1). We refuse an action that we do not support with status 3; the
//! agent then ends the session.
//!
//! <https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/session/datachannel/datachannel.go>

use serde_json::{Value, json};
use uuid::Uuid;

use super::failure::SessionFailure;

/// The plugin's version that we claim, on which the agent's behavior depends. AWS documents it as the
/// oldest that is supported; it was the first to sign its websockets, as we do.
pub(super) const CLIENT_VERSION: &str = "1.2.764.0";

/// The line between output and error of a command.
const ERROR: &str = "----------ERROR-------";

/// The first release of the agent that acknowledges a message that it receives again.
const ACKNOWLEDGES_AGAIN: [u32; 4] = [3, 2, 1041, 0];

/// The last release of the agent whose forwarding sessions need a sign of life from us.
const NEEDS_KEEPALIVE: [u32; 4] = [3, 1, 1511, 0];

/// The first releases of the agent that forward more than one connection (from the plugin's source),
/// and that connect to other hosts (from AWS's user guide). Earlier ones would connect to the instance
/// itself.
const FORWARDS: ([u32; 4], &str) = ([3, 0, 197, 0], "3.0.197.0");
const FORWARDS_TO_HOSTS: ([u32; 4], &str) = ([3, 1, 1374, 0], "3.1.1374.0");

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A byte stream to a port of the instance.
    Port,
    /// The same, multiplexed: to a port of the instance or of another host.
    Forward { to_other_host: bool },
    /// A shell with a terminal.
    Shell,
}

/// Our response, and what of the request we refuse.
#[derive(Debug)]
pub(super) struct HandshakeResponse {
    pub(super) response: Vec<u8>,
    pub(super) refused: Option<SessionFailure>,
}

/// The most actions in a request, of which real agents send two; and the longest name and message in
/// bytes, of which we keep the beginning.
const ACTIONS: usize = 8;
const NAME: usize = 64;
const MESSAGE: usize = 1024;

/// Responds to the request. `None` if it is malformed.
pub(super) fn respond(request: &[u8], purpose: Purpose) -> Option<HandshakeResponse> {
    let request: Value = serde_json::from_slice(request).ok()?;
    let release = request["AgentVersion"].as_str().unwrap_or_default();
    let actions = request.get("RequestedClientActions")?.as_array()?;
    let too_many = format!("{} actions are not supported", actions.len());
    let mut refused = (actions.len() > ACTIONS).then(|| too_many.into());
    let processed: Vec<Value> = actions
        .iter()
        .take(ACTIONS)
        .map(|action| {
            let kind = action["ActionType"].as_str().unwrap_or_default();
            let kind = beginning(kind, NAME);
            let why = refusal(kind, &action["ActionParameters"], purpose, release);
            let status = if why.is_some() { 3 } else { 1 };
            let error = why.as_ref().map_or(String::new(), ToString::to_string);
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

/// Whether the agent acknowledges a message that it receives again. One that does not send its release
/// may be old.
pub(super) fn acknowledges_again(request: &[u8]) -> bool {
    let request: Value = serde_json::from_slice(request).unwrap_or_default();
    let release = request["AgentVersion"].as_str().unwrap_or_default();
    numbers(release).as_slice() >= ACKNOWLEDGES_AGAIN.as_slice()
}

/// Whether the agent ends a forwarding session in which nothing comes for a while.
pub(super) fn needs_keepalive(request: &[u8]) -> bool {
    let request: Value = serde_json::from_slice(request).unwrap_or_default();
    let release = request["AgentVersion"].as_str().unwrap_or_default();
    numbers(release).as_slice() <= NEEDS_KEEPALIVE.as_slice()
}

/// The numbers of a release; none if it is not one.
fn numbers(release: &str) -> Vec<u32> {
    let numbers: Result<_, _> = release.split('.').map(str::parse).collect();
    numbers.unwrap_or_default()
}

/// Why an agent of this release cannot forward, if it cannot.
fn too_old(release: &str, to_other_host: bool) -> Option<SessionFailure> {
    let (oldest, name) = if to_other_host {
        FORWARDS_TO_HOSTS
    } else {
        FORWARDS
    };
    let is_old = numbers(release).as_slice() < oldest.as_slice();
    is_old.then(|| SessionFailure::OldAgent(beginning(release, NAME).to_owned(), name))
}

/// Why we refuse an action, if we do.
fn refusal(
    kind: &str,
    parameters: &Value,
    purpose: Purpose,
    release: &str,
) -> Option<SessionFailure> {
    let session = parameters["SessionType"].as_str().unwrap_or_default();
    let session = beginning(session, NAME);
    match (kind, purpose) {
        ("SessionType", Purpose::Port) if session == "Port" => None,
        ("SessionType", Purpose::Forward { to_other_host }) if session == "Port" => {
            match parameters["Properties"]["type"].as_str() {
                Some("LocalPortForwarding") => too_old(release, to_other_host),
                _ => Some("the session forwards nothing".into()),
            }
        }
        ("SessionType", Purpose::Shell) if is_shell(session) => None,
        ("SessionType", _) => {
            Some(format!("sessions of type `{session}` are not supported").into())
        }
        ("KMSEncryption", _) => Some(SessionFailure::KmsEncryption),
        _ => Some(format!("`{kind}` is not supported").into()),
    }
}

/// The longest beginning of a text that fits into this many bytes.
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

/// The agent's message to the user.
pub(super) fn customer_message(complete: &[u8]) -> Option<String> {
    let complete: Value = serde_json::from_slice(complete).ok()?;
    let message = complete["CustomerMessage"].as_str()?;
    (!message.is_empty()).then(|| beginning(message, MESSAGE).to_owned())
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

/// The payload that acknowledges this message of the agent.
pub(super) fn acknowledgement(id: Uuid, sequence: i64) -> String {
    format!(
        "{{\"AcknowledgedMessageType\":\"output_stream_data\",\
         \"AcknowledgedMessageId\":\"{id}\",\
         \"AcknowledgedMessageSequenceNumber\":{sequence},\
         \"IsSequentialMessage\":true}}"
    )
}

/// The sequence number that the agent acknowledges; the other fields do not matter.
pub(super) fn acknowledged(body: &[u8]) -> Option<u64> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body["AcknowledgedMessageSequenceNumber"].as_u64()
}

/// Why the channel is closed, in one line; empty if there is no error.
pub(super) fn reason(closed: &[u8]) -> String {
    let closed: Value = serde_json::from_slice(closed).unwrap_or_default();
    let output = closed["Output"].as_str().unwrap_or_default();
    let words = beginning(output, MESSAGE).split_whitespace();
    let words = words.filter(|word| *word != ERROR);
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_agents_do_not_acknowledge_again() {
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
