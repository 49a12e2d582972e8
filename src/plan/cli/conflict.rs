//! Which words go with which task. One table of our options (`Opt::tasks`) and one of the client's
//! letters ([`Task::accepts`]) decide it for all tasks.

use super::invocation::{Invocation, Options};
use super::options::{Opt, Task};
use super::scan::Scan;
use super::usage::Usage;
use crate::plan::program::Program;
use crate::plan::way::Way;

impl Task {
    /// The task that the options ask for; of several, the first in the order of [`Task`].
    pub(super) fn of(options: &Options, scan: &Scan) -> Self {
        let asked = scan.ours.iter().filter_map(|(opt, _)| opt.selects);
        asked.min().unwrap_or(match options.via {
            Way::Serial => Self::Serial,
            _ => Self::Connect,
        })
    }

    /// Whether this letter of the client's has a meaning in this task.
    fn accepts(self, program: Program, letter: u8) -> bool {
        match self {
            Self::Connect | Self::Proxy => true,
            // scp's own end on the remote host, and one server for all.
            Self::Each if program == Program::Scp => !b"Dft".contains(&letter),
            // Nothing that one login alone can have, or that never ends.
            Self::Each => !b"DfGLMNOQRVwW".contains(&letter),
            Self::List | Self::Listen => letter == b'v',
            // -F, because the target may be a Host of that file.
            Self::Shell => b"vF".contains(&letter),
            Self::SshConfig => b"il".contains(&letter),
            Self::InitConfig => false,
            Self::Serial => !b"lLRDWw".contains(&letter),
        }
    }

    pub(super) fn accepts_way(self, way: Way) -> bool {
        match self {
            Self::Connect | Self::Serial | Self::SshConfig | Self::InitConfig => true,
            Self::Listen | Self::Proxy => !way.is_for_ssh(),
            Self::List => way == Way::Auto,
            Self::Each => way != Way::Serial,
            Self::Shell => matches!(way, Way::Auto | Way::Ssm),
        }
    }
}

/// Checks our options against the way.
///
/// # Errors
/// [`Usage::NeedsWay`] for an option of EICE tunnels without one.
pub(super) fn check_way(options: &Options, scan: &Scan) -> Result<(), Usage> {
    let fits = |opt: &&'static Opt| opt.only_via.is_none_or(|way| way == options.via);
    match our_options(scan).find(|opt| !fits(opt)) {
        Some(opt) => Err(Usage::NeedsWay(opt)),
        None => Ok(()),
    }
}

/// Checks that the user's own key is given no type.
///
/// # Errors
/// [`Usage::TypeOfOwnKey`].
pub(super) fn check_key(options: &Options, scan: &Scan) -> Result<(), Usage> {
    if options.key_type.is_some() && scan.value(b'i').is_some() {
        return Err(Usage::TypeOfOwnKey);
    }
    Ok(())
}

/// Checks our options against the task.
///
/// # Errors
/// The first one that does not go with it.
pub(super) fn check_options(task: Task, options: &Options, scan: &Scan) -> Result<(), Usage> {
    if options.json && !options.doctor && !options.show_config && task != Task::List {
        return Err(Usage::JsonAlone);
    }
    match our_options(scan).find(|opt| !opt.tasks.contains(&task)) {
        Some(opt) if task == Task::Connect => Err(Usage::NeedsOther(opt)),
        Some(opt) => Err(Usage::Against(opt.long, task.option())),
        None if task.accepts_way(options.via) => Ok(()),
        None => Err(Usage::WayConflict(options.via, task)),
    }
}

/// Checks the client's arguments for a task that does not run the client.
///
/// # Errors
/// [`Usage::Conflict`] with the first one that does not go with it.
pub(super) fn check_words(task: Task, program: Program, scan: &Scan) -> Result<(), Usage> {
    let letter = scan
        .flags
        .iter()
        .find(|flag| !task.accepts(program, flag.letter));
    let refused = scan.refused.and_then(|at| scan.words.get(at));
    let what = match (letter, refused) {
        _ if program != Program::Ssh && task != Task::Each => program.name().to_owned(),
        (Some(flag), _) => format!("`-{}`", char::from(flag.letter)),
        // ssh would refuse it, but is not started.
        (None, Some(word)) => format!("`{}`", word.display()),
        (None, None) if scan.command && task == Task::List => "a second pattern".to_owned(),
        (None, None) if scan.command && task != Task::Each => "a command".to_owned(),
        (None, None) if takes_no_target(task) && !scan.operands.is_empty() => "a target".to_owned(),
        (None, None) => return Ok(()),
    };
    Err(Usage::Conflict(what, task))
}

fn takes_no_target(task: Task) -> bool {
    matches!(task, Task::SshConfig | Task::InitConfig)
}

/// Checks that no word names a user, for tasks in which AWS decides who logs in.
///
/// # Errors
/// [`Usage::Conflict`].
pub(super) fn check_user(task: Task, invocation: &Invocation) -> Result<(), Usage> {
    let mut logins = invocation.destinations().filter_map(|it| it.login.as_ref());
    let what = match logins.next() {
        Some(login) => format!("`{login}@`"),
        None if invocation.sets(&["user"]) => "`-o User`".to_owned(),
        None => return Ok(()),
    };
    Err(Usage::Conflict(what, task))
}

fn our_options(scan: &Scan) -> impl Iterator<Item = &'static Opt> {
    scan.ours.iter().map(|(opt, _)| *opt)
}
