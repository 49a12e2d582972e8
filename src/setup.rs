//! The story of a setup: what plain ssh needs is printed, or put into the user's files, or taken
//! out of them.

use std::path::PathBuf;

use crate::error::Error;
use crate::plan::plain::{Action, Setup};
use crate::plan::ssh_config::{self, Block, FILE, Key};
use crate::world::terminal::Terminal;
use crate::world::{process, room, ssh_files};

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
    let block = Block {
        mssh: process::ourselves()?,
        words: setup.words.clone(),
        key,
    };
    let user = ssh_config::default_user(&setup.login, &block.key);
    Ok((block.text()?, user))
}

/// Our file goes first, so that the user's never includes what is not there.
fn install(block: &[u8], user: &str, terminal: Terminal) -> Result<(), Error> {
    let directory = ssh_files::directory();
    let (ours, config) = (directory.join(FILE), directory.join("config"));
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
    // What is backed up is the user's alone, also where our lines are there and change.
    if found.is_some() {
        ssh_files::back_up(&config, &ssh_config::without_ours(theirs))?;
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
        if text.is_empty() && text != theirs && !ssh_files::is_link(&config) {
            ssh_files::remove(&config)?;
        } else if text != theirs {
            ssh_files::write(&config, &text)?;
        }
        ssh_files::forget(&config, &text)?;
        terminal.note(&format!("restored: {}", config.display()));
    }
    ssh_files::remove(&ours)
}
