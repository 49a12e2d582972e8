//! The words of `--shell`.

use std::ffi::OsString;

use super::invocation::Options;
use super::scan::Scan;
use super::usage::Usage;
use super::{Request, invocation};
use crate::plan::program::Program;
use crate::plan::way::Way;

/// Nothing of ssh's has a meaning for a shell that sshd has no part in, but for `-v`, and for `-F`
/// where the target is a Host of that file.
///
/// # Errors
/// What does not go with it, and what is wrong with the target.
pub(super) fn read(options: Options, scan: Scan) -> Result<Request, Usage> {
    let unfit = of_ours(&options).or_else(|| of_ssh(&scan));
    if let Some(what) = unfit {
        return Err(Usage::ShellWith(what));
    }
    let invocation = invocation(Program::Ssh, options, scan)?;
    let destination = invocation.destinations().next().ok_or(Usage::NoTarget)?;
    match &destination.login {
        Some(login) => Err(Usage::ShellWith(format!("`{login}@`"))),
        None => Ok(Request::Shell(Box::new(invocation))),
    }
}

fn of_ours(options: &Options) -> Option<String> {
    if !matches!(options.via, Way::Auto | Way::Ssm) {
        return Some(format!("`--via {}`", options.via.name()));
    }
    let said = [
        (options.dry_run, "--dry-run"),
        (options.proxy, "--proxy"),
        (options.key_dir.is_some(), "--key-dir"),
        (options.ssh_config, "--ssh-config"),
        (options.install == Some(true), "--install"),
        (options.install == Some(false), "--uninstall"),
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
