//! The story of a setup: what plain ssh needs is printed, or put into the user's files, or taken
//! out of them.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::plan::plain::{Action, Setup};
use crate::plan::ssh_config::{self, Block, FILE, FILE_MARK, Key};
use crate::world::terminal::Terminal;
use crate::world::{process, room, shared, ssh_files};

/// Does it, and gives what is to be printed.
///
/// # Errors
/// Whatever is in the way. The user's files are then as they were.
pub fn run(setup: &Setup, terminal: Terminal) -> Result<Vec<u8>, Error> {
    match setup.action {
        Action::Uninstall => uninstall(terminal)?,
        Action::Install => {
            let (block, user) = parts(setup)?;
            install(&block, &user, terminal)?;
        }
        Action::Print => {
            let (block, user) = parts(setup)?;
            return Ok([block.as_slice(), user.as_bytes()].concat());
        }
    }
    Ok(Vec::new())
}

/// The block, and who logs in where nothing else says so.
fn parts(setup: &Setup) -> Result<(Vec<u8>, String), Error> {
    let absolute = |path: &PathBuf| std::path::absolute(path).map_err(Error::Runtime);
    let key = match (&setup.own_key, &setup.key_dir) {
        (Some(file), _) => Key::Own(absolute(file)?),
        (None, Some(directory)) => Key::Ephemeral(absolute(directory)?),
        (None, None) => Key::Ephemeral(room::for_plain_ssh()?),
    };
    if let Key::Ephemeral(directory) = &key {
        fits_keys(directory)?;
    }
    let block = Block {
        mssh: process::ourselves()?,
        words: setup.words.clone(),
        key,
    };
    let user = ssh_config::default_user(&setup.login, &block.key);
    Ok((block.text()?, user))
}

/// Makes sure that keys can be in a directory, which need not be there yet.
fn fits_keys(directory: &Path) -> Result<(), Error> {
    match shared::check(directory) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            Err(Error::KeyDir(directory.to_owned(), cause))
        }
        _ => Ok(()),
    }
}

/// Our file goes first, so that the user's never includes what is not there.
fn install(block: &[u8], user: &str, terminal: Terminal) -> Result<(), Error> {
    let directory = ssh_files::directory();
    let (ours, config) = (directory.join(FILE), directory.join("config"));
    if !is_ours(&ours)? {
        let cause = io::Error::other("mssh did not write it");
        return Err(Error::SshFile(ours, cause));
    }
    let block = &[FILE_MARK.as_bytes(), block].concat();
    let found = ssh_files::read(&config)?;
    let theirs = found.as_deref().unwrap_or_default();
    let text = ssh_config::with_ours(theirs, user);
    if ssh_files::read(&ours)?.as_deref() != Some(block) {
        ssh_files::write(&ours, block)?;
        terminal.note(&format!("written: {}", ours.display()));
    }
    if text == theirs {
        return Ok(());
    }
    // What is backed up is the user's alone, also where our lines are there and change. A file that
    // holds nothing else was made by us, unless there is a backup already.
    let before = ssh_config::without_ours(theirs);
    if found.is_some() && (before == theirs || !before.is_empty()) {
        ssh_files::back_up(&config, &before)?;
    }
    ssh_files::write(&config, &text)?;
    terminal.note(&format!("written: {}", config.display()));
    Ok(())
}

/// The user's file goes first, for the same reason.
fn uninstall(terminal: Terminal) -> Result<(), Error> {
    let directory = ssh_files::directory();
    let (ours, config) = (directory.join(FILE), directory.join("config"));
    if let Some(theirs) = ssh_files::read(&config)? {
        let text = ssh_config::without_ours(&theirs);
        // The user's own may have been empty, and is backed up then.
        if text.is_empty() && text != theirs && !ssh_files::has_backup(&config) {
            ssh_files::remove(&config)?;
        } else if text != theirs {
            ssh_files::write(&config, &text)?;
        }
        ssh_files::forget(&config, &text)?;
        terminal.note(&format!("restored: {}", config.display()));
    }
    if is_ours(&ours)? {
        ssh_files::remove(&ours)?;
    }
    Ok(())
}

/// Whether the file of our block is there by us, or not at all.
fn is_ours(file: &Path) -> Result<bool, Error> {
    let content = ssh_files::read(file)?;
    Ok(content.is_none_or(|it| it.starts_with(FILE_MARK.as_bytes())))
}
