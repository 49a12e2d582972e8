//! Hints for words and ways that do not go with a task, and for what it needs.

use crate::plan::cli::options::Task;

/// The operands of mscp that `--each` goes with.
pub(super) const EACH_FILES: &str =
    "write `mscp --each FILE... TARGET,TARGET:PATH`, or `mscp --each TARGET,TARGET:PATH DIR`";

/// The patterns of `--names`.
pub(super) const BAD_NAMES: &str = "write names, with `*` and `?` for any text and one character, and commas between: --names \
     'web-*,!web-db' takes all but one; a pattern needs more than wildcards";

/// What goes with a task instead of a word that does not.
pub(super) fn conflict(task: Task) -> &'static str {
    match task {
        Task::List => {
            "only --region, --profile, --json, --tsv and one pattern go with it; quote its wildcards: \
             --list 'web-*'"
        }
        Task::Each => {
            "it runs one command, or one copy, for each instance: nothing is forwarded, and no ssh \
             goes to the background"
        }
        Task::Listen => {
            "ssh is not involved: clients log in by themselves, and the port is that of TARGET:PORT"
        }
        Task::Shell => {
            "ssh is not involved: the SSM Agent runs the shell, as the user set in Session \
             Manager's preferences"
        }
        Task::InitConfig => "it goes with nothing else",
        Task::SshConfig => {
            "only --region, --profile, --via, --names, --key-type, --agent-dir, -i and -l go with it; \
             patterns need quotes: --names 'web-*'"
        }
        Task::Serial => {
            "a serial console has no users, commands, forwarding or files: if the network works, \
             leave out --serial"
        }
        Task::Proxy | Task::Connect => "leave it out",
    }
}

/// What goes with a task instead of a way that does not.
pub(super) fn way_conflict(task: Task) -> &'static str {
    match task {
        Task::Shell => "leave out --via: the shell runs in a Session Manager session",
        Task::Listen | Task::Proxy => "only ssh itself can connect that way: choose another",
        Task::List => "leave out --via: nothing is connected to",
        Task::Each => "a serial console runs no commands, and transfers no files",
        Task::SshConfig | Task::InitConfig | Task::Serial | Task::Connect => "choose another",
    }
}
