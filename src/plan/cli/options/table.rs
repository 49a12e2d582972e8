//! The table itself, a row for each option.

use super::{Name, Opt, Shell, Task};
use crate::plan::host_key_alias::HostKeyAlias;
use crate::plan::key_type::KeyType;
use crate::plan::program::Program;
use crate::plan::target::candidate::Pick;
use crate::plan::verify_host_key::VerifyHostKey;
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
    tasks: &[
        Task::List,
        Task::Each,
        Task::Listen,
        Task::Shell,
        Task::SshConfig,
        Task::Proxy,
        Task::Serial,
        Task::Connect,
    ],
    only_via: None,
    programs: &Program::ALL,
    rare: false,
    original: false,
    help: "",
};

/// The tasks with a target.
const TARGETED: &[Task] = &[
    Task::Listen,
    Task::Shell,
    Task::Proxy,
    Task::Serial,
    Task::Connect,
];

/// A key of the configuration file that is no long option: ssh's `-i`.
pub(crate) static KEY: Opt = Opt {
    name: Name::Key,
    long: "key",
    value: Some("FILE"),
    tasks: &[Task::Serial, Task::Connect],
    help: "your own key, as -i FILE",
    ..SWITCH
};

/// The table.
pub(crate) const OPTIONS: &[Opt] = &[
    Opt {
        name: Name::Region,
        long: "region",
        letter: Some(b'r'),
        value: Some("REGION"),
        original: true,
        help: "AWS region (default: environment, profile or host)",
        ..SWITCH
    },
    Opt {
        name: Name::AllRegions,
        long: "all-regions",
        rare: true,
        help: "look for the instance in all enabled regions",
        ..SWITCH
    },
    Opt {
        name: Name::Profile,
        long: "profile",
        letter: Some(b'u'),
        value: Some("PROFILE"),
        original: true,
        help: "AWS profile (overrides keys in the environment)",
        ..SWITCH
    },
    Opt {
        name: Name::Zone,
        long: "zone",
        letter: Some(b'z'),
        value: Some("ZONE"),
        original: true,
        rare: true,
        tasks: TARGETED,
        help: "availability zone (with --instance-id: saves a call)",
        ..SWITCH
    },
    Opt {
        name: Name::InstanceId,
        long: "instance-id",
        alias: Some("instance_id"),
        letter: Some(b't'),
        value: Some("ID"),
        original: true,
        tasks: TARGETED,
        help: "instance ID to use when the target is a host",
        ..SWITCH
    },
    Opt {
        name: Name::Pick(Pick::Newest),
        long: "newest",
        rare: true,
        tasks: TARGETED,
        help: "of several instances, the one launched last (see --oldest, --any)",
        ..SWITCH
    },
    Opt {
        name: Name::Pick(Pick::Oldest),
        long: "oldest",
        rare: true,
        tasks: TARGETED,
        help: "of several instances with the name, the one launched first",
        ..SWITCH
    },
    Opt {
        name: Name::Pick(Pick::Any),
        long: "any",
        rare: true,
        tasks: TARGETED,
        help: "of several instances with the name, the first in the list",
        ..SWITCH
    },
    Opt {
        name: Name::Via,
        long: "via",
        value: Some("WAY"),
        choices: &Way::NAMES,
        help: "how to connect: auto, public, ipv6, instance-id ...",
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
        programs: &[Program::Ssh],
        selects: Some(Task::Shell),
        tasks: &[Task::Shell],
        help: "a Session Manager shell: no sshd, key or open port",
        ..SWITCH
    },
    Opt {
        name: Name::List,
        long: "list",
        programs: &[Program::Ssh],
        selects: Some(Task::List),
        tasks: &[Task::List],
        help: "list the instances, sorted by name",
        ..SWITCH
    },
    Opt {
        name: Name::Tsv,
        long: "tsv",
        programs: &[Program::Ssh],
        rare: true,
        tasks: &[Task::List],
        help: "with --list: print lines with tabs, for other programs",
        ..SWITCH
    },
    Opt {
        name: Name::Picker,
        long: "pick",
        programs: &[Program::Ssh],
        rare: true,
        tasks: &[Task::Each, Task::Shell, Task::Serial, Task::Connect],
        help: "choose the instance on the terminal, as mssh without a target does",
        ..SWITCH
    },
    Opt {
        name: Name::NoCache,
        long: "no-cache",
        programs: &[Program::Ssh],
        rare: true,
        tasks: &[
            Task::List,
            Task::Each,
            Task::Shell,
            Task::Serial,
            Task::Connect,
        ],
        help: "with --list or --pick: read and write no cache of names and IDs",
        ..SWITCH
    },
    Opt {
        name: Name::Json,
        long: "json",
        rare: true,
        tasks: &[
            Task::List,
            Task::Listen,
            Task::Shell,
            Task::Proxy,
            Task::Serial,
            Task::Connect,
        ],
        help: "with --doctor, --list or --show-config: print JSON",
        ..SWITCH
    },
    Opt {
        name: Name::Each,
        long: "each",
        programs: &[Program::Ssh, Program::Scp],
        selects: Some(Task::Each),
        tasks: &[Task::Each],
        help: "run the command on each of TARGET,TARGET; see --jobs",
        ..SWITCH
    },
    Opt {
        name: Name::Jobs,
        long: "jobs",
        value: Some("N"),
        programs: &[Program::Ssh, Program::Scp],
        rare: true,
        tasks: &[Task::Each],
        help: "with --each: at most N logins at once (default: 16)",
        ..SWITCH
    },
    Opt {
        name: Name::Output,
        long: "output",
        value: Some("DIR"),
        programs: &[Program::Ssh],
        rare: true,
        tasks: &[Task::Each],
        help: "with --each: write NAME-ID.out and NAME-ID.err in DIR",
        ..SWITCH
    },
    Opt {
        name: Name::Stdin,
        long: "stdin",
        programs: &[Program::Ssh],
        rare: true,
        tasks: &[Task::Each],
        help: "with --each: send all of standard input to each",
        ..SWITCH
    },
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
    Opt {
        name: Name::Listen,
        long: "listen",
        value: Some("PORT"),
        programs: &[Program::Ssh],
        selects: Some(Task::Listen),
        tasks: &[Task::Listen],
        help: "forward PORT (or ADDR:PORT) to TARGET:[HOST:]PORT",
        ..SWITCH
    },
    Opt {
        name: Name::Proxy,
        long: "proxy",
        programs: &[Program::Ssh],
        rare: true,
        selects: Some(Task::Proxy),
        tasks: &[Task::Proxy],
        help: "run as ssh's ProxyCommand: mssh --proxy '%h' %p '%r'",
        ..SWITCH
    },
    Opt {
        name: Name::AgentDir,
        long: "agent-dir",
        value: Some("DIR"),
        programs: &[Program::Ssh],
        rare: true,
        tasks: &[Task::Proxy, Task::SshConfig],
        help: "with --ssh-config: the directory for sockets of ssh agents",
        ..SWITCH
    },
    Opt {
        name: Name::KeyDir,
        long: "key-dir",
        value: Some("DIR"),
        programs: &[Program::Ssh],
        rare: true,
        tasks: &[Task::Proxy],
        help: "not used any more",
        ..SWITCH
    },
    Opt {
        name: Name::SshConfig,
        long: "ssh-config",
        programs: &[Program::Ssh],
        selects: Some(Task::SshConfig),
        tasks: &[Task::SshConfig],
        help: "print a configuration for plain ssh; see --install",
        ..SWITCH
    },
    Opt {
        name: Name::Names,
        long: "names",
        value: Some("PATTERN,..."),
        programs: &[Program::Ssh],
        rare: true,
        tasks: &[Task::SshConfig],
        help: "with --ssh-config: also for names like this, as 'web-*,!web-db'",
        ..SWITCH
    },
    Opt {
        name: Name::Install,
        long: "install",
        programs: &[Program::Ssh],
        rare: true,
        tasks: &[Task::SshConfig],
        help: "with --ssh-config: write it to ~/.ssh/mssh.conf and include that file",
        ..SWITCH
    },
    Opt {
        name: Name::Uninstall,
        long: "uninstall",
        programs: &[Program::Ssh],
        rare: true,
        tasks: &[Task::SshConfig],
        help: "with --ssh-config: undo --install",
        ..SWITCH
    },
    Opt {
        name: Name::ShowConfig,
        long: "show-config",
        rare: true,
        tasks: TARGETED,
        help: "show what the configuration sets for a target, and where",
        ..SWITCH
    },
    Opt {
        name: Name::InitConfig,
        long: "init-config",
        programs: &[Program::Ssh],
        rare: true,
        selects: Some(Task::InitConfig),
        tasks: &[Task::InitConfig],
        help: "write a commented example of the configuration file",
        ..SWITCH
    },
    Opt {
        name: Name::Start,
        long: "start",
        rare: true,
        tasks: TARGETED,
        help: "start the instance if it is stopped, and wait until it can be reached",
        ..SWITCH
    },
    Opt {
        name: Name::NoStart,
        long: "no-start",
        rare: true,
        tasks: TARGETED,
        help: "start nothing, whatever the configuration file says",
        ..SWITCH
    },
    Opt {
        name: Name::Wait,
        long: "wait",
        value: Some("TIME"),
        rare: true,
        tasks: TARGETED,
        help: "with --start: how long to wait, like 90s or 1h (default: 5m)",
        ..SWITCH
    },
    Opt {
        name: Name::DryRun,
        long: "dry-run",
        tasks: &[
            Task::Each,
            Task::Listen,
            Task::SshConfig,
            Task::Proxy,
            Task::Serial,
            Task::Connect,
        ],
        help: "find the instance, print the command, push nothing",
        ..SWITCH
    },
    Opt {
        name: Name::Doctor,
        long: "doctor",
        tasks: &[Task::Listen, Task::Shell, Task::Serial, Task::Connect],
        help: "say what is wrong with the connection, and what to do",
        ..SWITCH
    },
    Opt {
        name: Name::Debug,
        long: "debug",
        letter: Some(b'd'),
        original: true,
        help: "show decisions and the time of each AWS call",
        ..SWITCH
    },
    Opt {
        name: Name::Completions,
        long: "completions",
        value: Some("SHELL"),
        choices: &Shell::NAMES,
        help: "print shell completions for bash, zsh or fish",
        ..SWITCH
    },
    Opt {
        name: Name::Man,
        long: "man",
        help: "show the man page (as roff if not on a terminal)",
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
        help: "print the versions of mssh and ssh (-V: ssh alone)",
        ..SWITCH
    },
];
