//! What a login is made with.

use super::SWITCH;
use crate::plan::cli::options::{Name, Opt, Task};
use crate::plan::host_key_alias::HostKeyAlias;
use crate::plan::key_type::KeyType;
use crate::plan::verify_host_key::VerifyHostKey;
use crate::plan::way::Way;

pub(super) const OPTIONS: &[Opt] = &[
    Opt {
        name: Name::Endpoint,
        long: "eice-endpoint",
        value: Some("ID"),
        rare: true,
        only_via: Some(Way::Eice),
        help: "use this endpoint (ID or DNS name)",
        ..SWITCH
    },
    Opt {
        name: Name::Duration,
        long: "max-tunnel-duration",
        value: Some("S"),
        rare: true,
        only_via: Some(Way::Eice),
        help: "end the tunnel after S seconds (1 to 3600)",
        ..SWITCH
    },
    Opt {
        name: Name::KeyType,
        long: "key-type",
        value: Some("TYPE"),
        choices: &KeyType::NAMES,
        rare: true,
        tasks: &[
            Task::Each,
            Task::SshConfig,
            Task::Proxy,
            Task::Serial,
            Task::Connect,
        ],
        help: "make an ed25519 or rsa key (default: ed25519 if ssh accepts that)",
        ..SWITCH
    },
    Opt {
        name: Name::HostKeyAlias,
        long: "host-key-alias",
        value: Some("WHEN"),
        choices: &HostKeyAlias::NAMES,
        rare: true,
        tasks: &[Task::Each, Task::Proxy, Task::Connect],
        help: "keep host keys under the instance ID: auto, yes or no",
        ..SWITCH
    },
    Opt {
        name: Name::VerifyHostKey,
        long: "verify-host-key",
        value: Some("WHEN"),
        choices: &VerifyHostKey::NAMES,
        rare: true,
        tasks: &[Task::Each, Task::SshConfig, Task::Proxy, Task::Connect],
        help: "compare unknown host keys with the console: auto, require or off",
        ..SWITCH
    },
    Opt {
        name: Name::Login,
        long: "login",
        value: Some("USER"),
        choices: &["auto"],
        rare: true,
        tasks: &[Task::Each, Task::Connect],
        help: "auto: log in as the user of the instance's image",
        ..SWITCH
    },
    Opt {
        name: Name::Way(Way::Serial),
        long: Way::Serial.name(),
        help: "the same as --via serial: the serial console",
        ..SWITCH
    },
];
