//! A host key that the agent is to check, as mssh tells it.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::json::{bytes, path_of};
use super::push::AwsAccess;
use crate::plan::ssh_g::HostKeyConfig;
use crate::plan::target::ids::InstanceId;

/// The host key of an instance that known_hosts does not have.
#[derive(Clone, Debug)]
pub(crate) struct HostKeyCheck {
    pub id: InstanceId,
    /// The name under which ssh looks for the key.
    pub name: String,
    /// Another name under which to remember it.
    pub also: Option<String>,
    /// The address that ssh connects to; `None` through a tunnel.
    pub address: Option<String>,
    /// The port there, if ssh connects by itself.
    pub port: Option<u16>,
    /// The first UserKnownHostsFile (ssh_config(5)).
    pub file: Option<PathBuf>,
    /// HashKnownHosts.
    pub is_hashed: bool,
    /// The number of the answer, if ssh is to read the keys in a file: it asks no program.
    pub by_file: Option<u64>,
    /// Whether ssh must not connect without it: `--verify-host-key require`.
    pub is_required: bool,
    pub access: AwsAccess,
}

impl HostKeyCheck {
    /// For an ssh with one destination, which looks for the key under `name`.
    pub(crate) fn of(
        id: InstanceId,
        access: &AwsAccess,
        (name, address): (&str, Option<String>),
        config: &HostKeyConfig,
    ) -> Self {
        let file = config.user_files.first();
        Self {
            id,
            name: name.to_owned(),
            also: None,
            address,
            port: None,
            file: file.filter(|it| *it != "none").map(Into::into),
            is_hashed: config.hashes,
            by_file: None,
            is_required: false,
            access: access.clone(),
        }
    }

    /// As JSON.
    pub(super) fn to_value(&self) -> Value {
        json!({
            "id": self.id.as_str(),
            "name": self.name,
            "also": self.also,
            "address": self.address,
            "port": self.port,
            "file": self.file.as_deref().map(bytes),
            "hashed": self.is_hashed,
            "number": self.by_file,
            "required": self.is_required,
            "access": self.access.to_value(),
        })
    }

    /// `None` for JSON of another form.
    pub(super) fn from_value(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let flag = |name: &str| value.get(name).and_then(Value::as_bool);
        Some(Self {
            id: InstanceId::parse(text("id")?).ok()?,
            name: text("name")?.to_owned(),
            also: text("also").map(str::to_owned),
            address: text("address").map(str::to_owned),
            port: value
                .get("port")
                .and_then(|it| it.as_u64()?.try_into().ok()),
            file: value.get("file").and_then(path_of),
            is_hashed: flag("hashed")?,
            by_file: value.get("number").and_then(Value::as_u64),
            is_required: flag("required")?,
            access: AwsAccess::from_value(value.get("access")?)?,
        })
    }
}
