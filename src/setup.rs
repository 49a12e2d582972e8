//! `--ssh-config`: prints what plain ssh needs, or adds it to the user's files, or removes it.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::plan::argv::ssh_config::{
    self, Block, BlockKey, FILE, FILE_MARK, OLDEST_OPENSSH, OurLines,
};
use crate::plan::cli::invocation::Action;
use crate::plan::cli::setup::Setup;
use crate::plan::cli::usage::Usage;
use crate::plan::key_type::KeyType;
use crate::run::wait_for;
use crate::world::key::error::KeyError;
use crate::world::key::{directory, host_socket};
use crate::world::openssh::config_files;
use crate::world::openssh::error::SshError;
use crate::world::process::error::IoError;
use crate::world::tty::terminal::Terminal;
use crate::world::{openssh, process};

/// A host to ask ssh about.
const ANY_INSTANCE: &str = "i-0123456789abcdef0";

/// Runs the setup and returns the text to print.
///
/// # Errors
/// Those of each step. Each file is then complete, either old or new.
pub(crate) fn run(setup: &Setup, terminal: Terminal) -> Result<Vec<u8>, Error> {
    let steps = match setup.action {
        Action::Uninstall => uninstall()?,
        Action::Install => {
            let (block, ours) = block_and_lines(setup)?;
            install(&block, &ours)?
        }
        Action::Print => {
            let (block, OurLines { first, last }) = block_and_lines(setup)?;
            return Ok([block, first, last].concat());
        }
    };
    if setup.dry_run {
        let lines = steps.iter().map(|step| step.text(false) + "\n");
        return Ok(lines.collect::<String>().into_bytes());
    }
    for step in &steps {
        step.apply()?;
        terminal.info(&step.text(true));
    }
    if steps.is_empty() {
        terminal.info("nothing to change");
    }
    if setup.action == Action::Install {
        let or_name = if setup.names.is_empty() {
            ""
        } else {
            " or `ssh NAME`"
        };
        terminal.info(&format!(
            "now try `ssh INSTANCE-ID`{or_name}; --uninstall takes it out again"
        ));
    }
    Ok(Vec::new())
}

/// The block, and the lines for the user's own file.
fn block_and_lines(setup: &Setup) -> Result<(Vec<u8>, OurLines), Error> {
    if let Some(found) = openssh::release().filter(|found| *found < OLDEST_OPENSSH) {
        return Err(Usage::OldOpenSsh(found, OLDEST_OPENSSH).into());
    }
    let absolute = |path: &PathBuf| std::path::absolute(path).map_err(IoError::Start);
    let key = match (&setup.own_key, &setup.agent_dir) {
        (Some(file), _) => BlockKey::Own(absolute(file)?),
        (None, Some(directory)) => BlockKey::Agent(absolute(directory)?),
        (None, None) => BlockKey::Agent(directory::for_plain_ssh()?),
    };
    if let BlockKey::Agent(directory) = &key {
        host_socket::check(directory).map_err(|source| KeyError::Directory {
            path: directory.clone(),
            source,
        })?;
    }
    let mut words = setup.words.clone();
    if let (BlockKey::Agent(_), None) = (&key, setup.key_type) {
        let kind = Some(accepted_type()).filter(|it| *it != KeyType::default());
        words.extend(
            kind.into_iter()
                .flat_map(|it| ["--key-type".into(), it.name().into()]),
        );
    }
    let block = Block {
        mssh: process::mssh_path()?,
        words,
        key,
    };
    let by_id = ssh_config::default_user(&setup.login, &block.key);
    let by_name = block.default_user_for(&setup.names, &setup.login)?;
    let ours = OurLines {
        first: block.lines_for(&setup.names)?,
        last: [by_id.into_bytes(), by_name].concat(),
    };
    Ok((block.text()?, ours))
}

/// The type of keys that ssh accepts for instances. The block has to name it: for each login, ssh's
/// answer would come too late.
fn accepted_type() -> KeyType {
    let words = ["-G", "-o", "CanonicalizeHostname=no", "--", ANY_INSTANCE];
    let config = wait_for(async {
        let ssh = process::find("ssh")?;
        Ok(openssh::answer(&ssh, words.map(OsString::from).into()).await?)
    });
    let accepted = config.map(|it| it.agent.accepted_algorithms);
    KeyType::for_algorithms(&accepted.unwrap_or_default())
}

/// One change to the user's files.
enum Step {
    Write(PathBuf, Vec<u8>),
    /// Writes this content to the backup of a file.
    BackUp(PathBuf, Vec<u8>),
    Remove(PathBuf),
}

impl Step {
    fn apply(&self) -> Result<(), SshError> {
        match self {
            Self::Write(file, content) => config_files::write(file, content),
            Self::BackUp(file, content) => {
                config_files::write(&config_files::backup(file), content)
            }
            Self::Remove(file) => config_files::remove(file),
        }
    }

    /// A line about the change, before or after it.
    fn text(&self, is_done: bool) -> String {
        let say = |now: &str, then: &str, file: &Path| {
            let verb = if is_done { then } else { now };
            format!("{verb} {}", file.display())
        };
        match self {
            Self::Write(file, _) => say("write", "wrote", file),
            Self::Remove(file) => say("remove", "removed", file),
            Self::BackUp(file, _) => {
                let backup = config_files::backup(file);
                say("copy", "copied", file) + &format!(" to {}", backup.display())
            }
        }
    }
}

/// The file of our block, and the user's configuration.
fn files() -> (PathBuf, PathBuf) {
    let directory = config_files::directory();
    (directory.join(FILE), directory.join("config"))
}

/// Writes our file first, so that the user's never includes a missing one.
fn install(block: &[u8], lines: &OurLines) -> Result<Vec<Step>, Error> {
    let (ours, config) = files();
    if !is_ours(&ours)? {
        let source = io::Error::other("mssh did not write it");
        return Err(SshError::File { path: ours, source }.into());
    }
    let mut steps = Vec::new();
    let block = [FILE_MARK.as_bytes(), block].concat();
    if config_files::read(&ours)?.as_ref() != Some(&block) {
        steps.push(Step::Write(ours, block));
    }
    let found = config_files::read(&config)?;
    let theirs = found.as_deref().unwrap_or_default();
    let text = ssh_config::with_our_lines(theirs, lines);
    if text == theirs {
        return Ok(steps);
    }
    // The backup never has our lines, even if they are there and change. A file with only our lines was
    // made by mssh, and needs no backup.
    let before = ssh_config::without_our_lines(theirs);
    if found.is_some() && (before == theirs || !before.is_empty()) {
        check_backup(&config, &before, before != theirs)?;
        steps.push(Step::BackUp(config.clone(), before));
    }
    steps.push(Step::Write(config, text));
    Ok(steps)
}

/// A backup replaces an earlier backup, but no other file. If our lines are installed, an existing
/// backup is an earlier one.
fn check_backup(config: &Path, before: &[u8], is_installed: bool) -> Result<(), Error> {
    let backup = config_files::backup(config);
    let there = config_files::read(&backup)?;
    let is_copy = is_installed || there.is_none_or(|it| it == before);
    if is_copy && !backup.is_symlink() {
        return Ok(());
    }
    let source = io::Error::other(format!("it exists, and is no copy of {}", config.display()));
    Err(SshError::File {
        path: backup,
        source,
    }
    .into())
}

/// Changes the user's file first, for the same reason.
fn uninstall() -> Result<Vec<Step>, Error> {
    let (ours, config) = files();
    let mut steps = Vec::new();
    if let Some(theirs) = config_files::read(&config)? {
        let text = ssh_config::without_our_lines(&theirs);
        let backup = config_files::backup(&config);
        let kept = config_files::read(&backup)?;
        let is_spare = kept.as_ref() == Some(&text) && !backup.is_symlink();
        // With a backup, the user had an empty file before.
        if text.is_empty() && text != theirs && kept.is_none() {
            steps.push(Step::Remove(config));
        } else if text != theirs {
            steps.push(Step::Write(config, text));
        }
        if is_spare {
            steps.push(Step::Remove(backup));
        }
    }
    if is_ours(&ours)? && config_files::read(&ours)?.is_some() {
        steps.push(Step::Remove(ours));
    }
    Ok(steps)
}

/// Whether the file of our block was written by mssh, or does not exist.
fn is_ours(file: &Path) -> Result<bool, Error> {
    let content = config_files::read(file)?;
    Ok(content.is_none_or(|it| it.starts_with(FILE_MARK.as_bytes())))
}
