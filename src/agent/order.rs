//! What mssh tells its agent over the socket between them: a JSON object a line.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::host_key_check::HostKeyCheck;
use super::json::{bytes, path_of};
use super::push::{AwsAccess, Push};
use crate::plan::argv::own_connection::SocketOptions;
use crate::plan::key_type::KeyType;
use crate::plan::os_user::Software;
use crate::plan::os_user::advice::DefaultLogin;
use crate::plan::target::ids::{InstanceId, Login, Zone};
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_understood() {
        assert!(Order::parse("{\"push\":1}\n").is_none());
        let order = Order::KeyType(KeyType::Rsa).to_line();
        assert!(matches!(
            Order::parse(&order),
            Some(Order::KeyType(KeyType::Rsa))
        ));
    }
}
