//! The table itself, a row for each option.

use super::{Mode, Name, Opt};
use crate::plan::way::Way;

/// A row's defaults: a new switch.
const SWITCH: Opt = Opt {
    name: Name::Help,
    long: "",
    alias: None,
    letter: None,
    value: None,
    choices: &[],
    selects: None,
    modes: &[
        Mode::Listen,
        Mode::Shell,
        Mode::SshConfig,
        Mode::Proxy,
        Mode::Serial,
        Mode::Connect,
    ],
    only_via: None,
    mssh_only: false,
    rare: false,
    original: false,
    help: "",
};

/// The modes with a target.
const TARGETED: &[Mode] = &[
    Mode::Listen,
    Mode::Shell,
    Mode::Proxy,
    Mode::Serial,
    Mode::Connect,
];

/// The shells that `--completions` knows.
pub const SHELLS: &[&str] = &["bash", "zsh", "fish"];

/// The table.
pub const OPTIONS: &[Opt] = &[
    Opt {
        name: Name::Region,
        long: "region",
        letter: Some(b'r'),
        value: Some("REGION"),
        original: true,
        help: "AWS region (else environment, profile or host name)",
        ..SWITCH
    },
    Opt {
        name: Name::Profile,
        long: "profile",
        letter: Some(b'u'),
        value: Some("PROFILE"),
        original: true,
        help: "AWS profile; beats keys in the environment",
        ..SWITCH
    },
    Opt {
        name: Name::Zone,
        long: "zone",
        letter: Some(b'z'),
        value: Some("ZONE"),
        original: true,
        modes: TARGETED,
        help: "availability zone; with --instance-id: no look-up",
        ..SWITCH
    },
    Opt {
        name: Name::InstanceId,
        long: "instance-id",
        alias: Some("instance_id"),
        letter: Some(b't'),
        value: Some("ID"),
        original: true,
        modes: TARGETED,
        help: "instance behind the host that is the target",
        ..SWITCH
    },
    Opt {
        name: Name::Via,
        long: "via",
        value: Some("WAY"),
        choices: &Way::NAMES,
        help: "the way in: auto, public, ipv6, instance-id or below",
        ..SWITCH
    },
    Opt {
        name: Name::Way(Way::Private),
        long: Way::Private.name(),
        help: "the same as --via private",
        ..SWITCH
    },
    Opt {
        name: Name::Way(Way::Eice),
        long: Way::Eice.name(),
        help: "the same as --via eice: EC2 Instance Connect Endpoint",
        ..SWITCH
    },
    Opt {
        name: Name::Way(Way::Ssm),
        long: Way::Ssm.name(),
        help: "the same as --via ssm: Session Manager",
        ..SWITCH
    },
    Opt {
        name: Name::Shell,
        long: "shell",
        mssh_only: true,
        selects: Some(Mode::Shell),
        modes: &[Mode::Shell],
        help: "a shell by Session Manager: no sshd, no key, no port",
        ..SWITCH
    },
    Opt {
        name: Name::Endpoint,
        long: "eice-endpoint",
        value: Some("ID"),
        rare: true,
        only_via: Some(Way::Eice),
        help: "go by this endpoint: its ID or its DNS name",
        ..SWITCH
    },
    Opt {
        name: Name::Duration,
        long: "max-tunnel-duration",
        value: Some("S"),
        rare: true,
        only_via: Some(Way::Eice),
        help: "end the tunnel after S seconds: 1 to 3600",
        ..SWITCH
    },
    Opt {
        name: Name::Way(Way::Serial),
        long: Way::Serial.name(),
        help: "the serial console: the same as --via serial",
        ..SWITCH
    },
    Opt {
        name: Name::Listen,
        long: "listen",
        value: Some("PORT"),
        mssh_only: true,
        selects: Some(Mode::Listen),
        modes: &[Mode::Listen],
        help: "forward local PORT (or ADDR:PORT) to TARGET:PORT",
        ..SWITCH
    },
    Opt {
        name: Name::Proxy,
        long: "proxy",
        mssh_only: true,
        selects: Some(Mode::Proxy),
        modes: &[Mode::Proxy],
        help: "be ssh's ProxyCommand: mssh --proxy '%h' %p '%r'",
        ..SWITCH
    },
    Opt {
        name: Name::KeyDir,
        long: "key-dir",
        value: Some("DIR"),
        mssh_only: true,
        rare: true,
        modes: &[Mode::Proxy, Mode::SshConfig],
        help: "with --proxy: push the key in DIR/HOST/key, where ssh looks for it",
        ..SWITCH
    },
    Opt {
        name: Name::SshConfig,
        long: "ssh-config",
        mssh_only: true,
        selects: Some(Mode::SshConfig),
        modes: &[Mode::SshConfig],
        help: "print what plain ssh needs (--install: write it)",
        ..SWITCH
    },
    Opt {
        name: Name::Install,
        long: "install",
        mssh_only: true,
        rare: true,
        modes: &[Mode::SshConfig],
        help: "with --ssh-config: write it to ~/.ssh/mssh.conf, and include that",
        ..SWITCH
    },
    Opt {
        name: Name::Uninstall,
        long: "uninstall",
        mssh_only: true,
        rare: true,
        modes: &[Mode::SshConfig],
        help: "with --ssh-config: take out of ~/.ssh what --install has put there",
        ..SWITCH
    },
    Opt {
        name: Name::DryRun,
        long: "dry-run",
        modes: &[
            Mode::Listen,
            Mode::SshConfig,
            Mode::Proxy,
            Mode::Serial,
            Mode::Connect,
        ],
        help: "find the instance, print the command, push nothing",
        ..SWITCH
    },
    Opt {
        name: Name::Debug,
        long: "debug",
        letter: Some(b'd'),
        original: true,
        help: "tell what is decided and why, and time AWS's answers",
        ..SWITCH
    },
    Opt {
        name: Name::Completions,
        long: "completions",
        value: Some("SHELL"),
        choices: SHELLS,
        help: "print the completions for bash, zsh or fish",
        ..SWITCH
    },
    Opt {
        name: Name::Man,
        long: "man",
        help: "show the man page; into a pipe or file: as roff",
        ..SWITCH
    },
    Opt {
        name: Name::Help,
        long: "help",
        letter: Some(b'h'),
        help: "print this help",
        ..SWITCH
    },
    Opt {
        name: Name::Version,
        long: "version",
        help: "print our version (-V is ssh's)",
        ..SWITCH
    },
];
