//! The words of `--shell`.

use std::ffi::OsString;

use super::grammar::Program;
use super::scan::Scan;
use super::usage::Usage;
use super::{Request, Wishes, invocation};
use crate::plan::route::Way;

/// Nothing of ssh's has a meaning for a shell that sshd has no part in, but for `-v`, and for `-F`
/// where the target is a Host of that file.
///
/// # Errors
/// What does not go with it, and what is wrong with the target.
pub(super) fn read(wishes: Wishes, scan: Scan) -> Result<Request, Usage> {
    let unfit = of_ours(&wishes).or_else(|| of_ssh(&scan));
    if let Some(what) = unfit {
        return Err(Usage::ShellWith(what));
    }
    let invocation = invocation(Program::Ssh, wishes, scan)?;
    let destination = invocation.destinations().next().ok_or(Usage::NoTarget)?;
    match &destination.login {
        Some(login) => Err(Usage::ShellWith(format!("`{login}@`"))),
        None => Ok(Request::Shell(Box::new(invocation))),
    }
}

fn of_ours(wishes: &Wishes) -> Option<String> {
    if !matches!(wishes.via, Way::Auto | Way::Ssm) {
        return Some(format!("`--via {}`", wishes.via.name()));
    }
    let said = [
        (wishes.dry_run, "--dry-run"),
        (wishes.proxy, "--proxy"),
        (wishes.key_dir.is_some(), "--key-dir"),
        (wishes.ssh_config, "--ssh-config"),
        (wishes.install == Some(true), "--install"),
        (wishes.install == Some(false), "--uninstall"),
    ];
    let (_, option) = said.into_iter().find(|(is_said, _)| *is_said)?;
    Some(format!("`{option}`"))
}

fn of_ssh(scan: &Scan) -> Option<String> {
    let flag = scan.flags.iter().find(|flag| !b"vF".contains(&flag.letter));
    match flag {
        Some(flag) => Some(format!("`-{}`", char::from(flag.letter))),
        None if scan.command => Some("a command".to_owned()),
        // ssh would refuse it, and here is no ssh to say so.
        None if scan.refused => {
            let is_option = |word: &&OsString| word.as_encoded_bytes().starts_with(b"-");
            let word = scan.words.iter().find(is_option);
            word.map(|word| format!("`{}`", word.display()))
        }
        None => None,
    }
}
