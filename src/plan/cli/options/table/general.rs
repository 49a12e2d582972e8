//! What any command line may have.

use super::SWITCH;
use crate::plan::cli::options::{Name, Opt, Shell, Task};

pub(super) const OPTIONS: &[Opt] = &[
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
