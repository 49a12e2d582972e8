//! What other programs use: forwarded ports and plain ssh.

use super::SWITCH;
use crate::plan::cli::options::{Name, Opt, Task};
use crate::plan::program::Program;

pub(super) const OPTIONS: &[Opt] = &[
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
];
