//! What mssh and its agent tell each other over the socket between them: a JSON object a line.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::host_key_check::HostKeyCheck;
use super::json::{bytes, path_of};
use super::push::{AwsAccess, Push};
use crate::error::{Cause, PushError};
use crate::hint;
use crate::plan::argv::own_connection::SocketOptions;
use crate::plan::key_type::KeyType;
use crate::plan::os_user::Software;
use crate::plan::os_user::advice::DefaultLogin;
use crate::plan::target::ids::{InstanceId, Login, Zone};
use crate::wire::agent::HostKeyRefusal;
use crate::world::aws::{Credentials, credentials_json};

/// What mssh tells its agent.
#[derive(Debug)]
pub(crate) enum Order {
    /// Make the directory and the socket, as with any other order.
    Open,
    /// The type of the key. Counts as the first order only: with another, the key is ed25519.
    KeyType(KeyType),
    /// Push the key. The number is for the answer.
    Push(u64, Box<Push>),
    /// Open a connection for ssh.
    Connect(SocketAddr, SocketOptions),
    /// Keep these credentials for tunnels.
    Keep(Credentials),
    /// The user's own agent, for keys that are not ours.
    UserAgent(PathBuf),
    /// Check host keys against the console.
    CheckHostKey(Box<HostKeyCheck>),
    /// Hint at another user if sshd refuses the key for this login.
    Suggest(DefaultLogin),
    /// Nothing that was pushed so far counts: mssh begins again, with other credentials.
    Forget,
    /// mssh becomes the client now: from here on, the agent reports errors itself.
    Start {
        /// Whether ssh looks for the agent once more after it has gone to the background.
        stays: bool,
    },
}

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

impl Order {
    pub(crate) fn to_line(&self) -> String {
        let value = match self {
            Self::Push(number, push) => json!({ "push": number, "with": push_to_json(push) }),
            Self::Connect(address, options) => json!({
                "connect": address.to_string(),
                "keepalive": options.keepalive,
                "tos": options.tos,
            }),
            Self::Keep(credentials) => json!({ "keep": credentials_json::to_value(credentials) }),
            Self::UserAgent(path) => json!({ "agent": bytes(path) }),
            Self::CheckHostKey(check) => json!({ "check": check.to_value() }),
            Self::KeyType(kind) => json!({ "type": kind.name() }),
            Self::Open => json!({ "open": true }),
            Self::Suggest(login) => json!({ "suggest": default_login_to_json(login) }),
            Self::Forget => json!({ "forget": true }),
            Self::Start { stays } => json!({ "start": stays }),
        };
        value.to_string() + "\n"
    }

    /// `None` for a line that [`Self::to_line`] did not write.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        if let Some(number) = value.get("push") {
            let push = push_from_json(value.get("with")?)?;
            return Some(Self::Push(number.as_u64()?, Box::new(push)));
        }
        if let Some(address) = value.get("connect") {
            let address = address.as_str()?.parse().ok()?;
            return Some(Self::Connect(address, socket_options(&value)?));
        }
        if let Some(credentials) = value.get("keep") {
            return credentials_json::from_value(credentials).map(Self::Keep);
        }
        if let Some(kind) = value.get("type") {
            return KeyType::parse(kind.as_str()?).map(Self::KeyType);
        }
        if let Some(path) = value.get("agent") {
            return Some(Self::UserAgent(path_of(path)?));
        }
        if let Some(check) = value.get("check") {
            let check = HostKeyCheck::from_value(check)?;
            return Some(Self::CheckHostKey(Box::new(check)));
        }
        if value.get("open").is_some() {
            return Some(Self::Open);
        }
        if let Some(login) = value.get("suggest") {
            return default_login(login).map(Self::Suggest);
        }
        if value.get("forget").is_some() {
            return Some(Self::Forget);
        }
        let stays = value.get("start")?.as_bool()?;
        Some(Self::Start { stays })
    }
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

fn default_login_to_json(login: &DefaultLogin) -> Value {
    let software = &login.software;
    json!({
        "id": login.id.as_str(),
        "typed": login.typed,
        "image": software.image_id,
        "platform": software.platform_details,
        "operation": software.usage_operation,
        "windows": software.is_windows,
    })
}

fn default_login(value: &Value) -> Option<DefaultLogin> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(DefaultLogin {
        id: InstanceId::parse(&text("id")?).ok()?,
        typed: text("typed")?,
        software: Software {
            image_id: text("image"),
            platform_details: text("platform"),
            usage_operation: text("operation"),
            is_windows: value.get("windows")?.as_bool()?,
        },
    })
}

fn socket_options(value: &Value) -> Option<SocketOptions> {
    let tos = value.get("tos")?.as_u64();
    Some(SocketOptions {
        keepalive: value.get("keepalive")?.as_bool()?,
        tos: tos.map(u8::try_from).transpose().ok()?,
    })
}

fn push_to_json(push: &Push) -> Value {
    json!({
        "id": push.id.as_str(),
        "user": push.login.as_ref().map(Login::as_str),
        "zone": push.zone.as_ref().map(Zone::as_str),
        "key": push.own_key,
        "access": push.access.to_value(),
    })
}

fn push_from_json(value: &Value) -> Option<Push> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let login = text("user").map(Login::parse).transpose().ok()?;
    let zone = text("zone").map(Zone::parse).transpose().ok()?;
    Some(Push {
        id: InstanceId::parse(text("id")?).ok()?,
        login,
        zone,
        own_key: text("key").map(str::to_owned),
        access: AwsAccess::from_value(value.get("access")?)?,
    })
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
        assert!(Order::parse("{\"push\":1}\n").is_none());
        let order = Order::KeyType(KeyType::Rsa).to_line();
        assert!(matches!(
            Order::parse(&order),
            Some(Order::KeyType(KeyType::Rsa))
        ));
    }
}
