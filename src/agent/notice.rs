//! What the agent tells mssh over the socket between them: a JSON object a line.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::json::{bytes, path_of};
use crate::error::{Cause, PushError};
use crate::hint;
use crate::wire::agent::HostKeyRefusal;

/// What the agent tells mssh.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// It listens, in this directory.
    Ready(PathBuf),
    /// So many attempts of a push have failed, the last one because AWS throttles it or not, and
    /// another one follows.
    Retried(u64, u32, bool),
    /// The answer to a push.
    Pushed(u64, Result<(), PushError>),
    /// Whether there is a connection to this address.
    Connected(SocketAddr, bool),
    /// The answer to a check with this number: lines of known_hosts, or why ssh must not connect.
    ConsoleKeys(u64, Result<String, HostKeyRefusal>),
    /// It cannot keep a key.
    Failed(PushError),
}

impl Notice {
    pub(crate) fn to_line(&self) -> String {
        let value = match self {
            Self::Ready(directory) => json!({ "ready": bytes(directory) }),
            Self::Retried(number, attempts, throttled) => {
                json!({ "retried": number, "attempts": attempts, "throttled": throttled })
            }
            Self::Pushed(number, Ok(())) => json!({ "pushed": number }),
            Self::Pushed(number, Err(error)) => {
                json!({ "pushed": number, "error": error_to_json(error) })
            }
            Self::Connected(address, stands) => {
                json!({ "connected": address.to_string(), "stands": stands })
            }
            Self::ConsoleKeys(number, Ok(lines)) => json!({ "keys": number, "lines": lines }),
            Self::ConsoleKeys(number, Err(HostKeyRefusal { message, hint })) => {
                json!({ "keys": number, "message": message, "hint": hint })
            }
            Self::Failed(error) => json!({ "error": error_to_json(error) }),
        };
        value.to_string() + "\n"
    }

    /// `None` for a line that [`Self::to_line`] did not write.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        if let Some(directory) = value.get("ready") {
            return Some(Self::Ready(path_of(directory)?));
        }
        if let Some(address) = value.get("connected") {
            let address = address.as_str()?.parse().ok()?;
            return Some(Self::Connected(address, value.get("stands")?.as_bool()?));
        }
        if let Some(number) = value.get("retried") {
            let attempts = u32::try_from(value.get("attempts")?.as_u64()?).ok()?;
            let throttled = value.get("throttled")?.as_bool()?;
            return Some(Self::Retried(number.as_u64()?, attempts, throttled));
        }
        if let Some(number) = value.get("keys") {
            let text = |name: &str| Some(value.get(name)?.as_str()?.to_owned());
            let answer = match text("lines") {
                Some(lines) => Ok(lines),
                None => Err(HostKeyRefusal {
                    message: text("message")?,
                    hint: text("hint")?,
                }),
            };
            return Some(Self::ConsoleKeys(number.as_u64()?, answer));
        }
        let error = value.get("error").map(error_from_json);
        match (value.get("pushed"), error) {
            (Some(number), None) => Some(Self::Pushed(number.as_u64()?, Ok(()))),
            (Some(number), Some(error)) => Some(Self::Pushed(number.as_u64()?, Err(error?))),
            (None, error) => error?.map(Self::Failed),
        }
    }
}

fn error_to_json(error: &PushError) -> Value {
    let causes: Vec<String> = hint::causes(error).map(ToString::to_string).collect();
    json!({
        "message": error.message,
        "causes": causes,
        "details": error.details,
        "hint": error.hint,
        "refused": error.refuses_credentials,
    })
}

fn error_from_json(value: &Value) -> Option<PushError> {
    let texts = |name: &str| {
        let texts = value.get(name)?.as_array()?.iter();
        let texts: Option<Vec<String>> = texts.map(|it| Some(it.as_str()?.to_owned())).collect();
        texts
    };
    Some(PushError {
        message: value.get("message")?.as_str()?.to_owned(),
        source: Cause::chain(texts("causes")?.into_iter()),
        details: texts("details")?,
        hint: value.get("hint")?.as_str().map(str::to_owned),
        refuses_credentials: value.get("refused")?.as_bool()?,
        stale: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_understood() {
        let error = PushError {
            message: "a \"message\"\nof lines".to_owned(),
            source: Cause::chain(["outer".to_owned(), "inner".to_owned()].into_iter()),
            details: vec!["a detail".to_owned()],
            hint: None,
            refuses_credentials: true,
            stale: None,
        };
        let refusal = HostKeyRefusal {
            message: "a message".to_owned(),
            hint: "a hint".to_owned(),
        };
        for notice in [
            Notice::ConsoleKeys(1, Ok("h t k\n".to_owned())),
            Notice::ConsoleKeys(2, Err(refusal)),
            Notice::Ready("/run/a\u{fffd}b".into()),
            Notice::Retried(7, 2, true),
            Notice::Pushed(7, Ok(())),
            Notice::Pushed(7, Err(error.clone())),
            Notice::Failed(error.clone()),
        ] {
            let line = notice.to_line();
            assert_eq!(line.matches('\n').count(), 1);
            assert_eq!(Notice::parse(&line), Some(notice));
        }
        assert_eq!(Notice::parse("{}\n"), None);
    }
}
