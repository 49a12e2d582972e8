//! What the modes have in common: waiting for the network, printing, becoming the client.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::panic::{self, AssertUnwindSafe};

use rustix::termios::tcgetwinsize;
use tokio::runtime::Builder;

use crate::error::Error;
use crate::plan::argv::CommandLine;
use crate::plan::program::Program;
use crate::world::process;
use crate::world::process::error::IoError;

/// One thread is enough: we only wait. Does not wait for abandoned tasks: the resolver takes long
/// if no name server answers, and cannot be stopped.
pub(crate) fn wait_for<T>(future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(IoError::Start)?;
    let end = panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(future)));
    runtime.shutdown_background();
    end.unwrap_or_else(|panic| panic::resume_unwind(panic))
}

/// The client with these arguments.
pub(crate) fn client(program: Program, words: Vec<OsString>) -> Result<CommandLine, Error> {
    let program = process::find(program.client())?;
    Ok(CommandLine {
        program,
        words,
        by_shell: false,
    })
}

/// Shows what would be run.
pub(crate) fn show(line: &CommandLine) -> Result<(), Error> {
    print(&[line.quoted().as_encoded_bytes(), b"\n"].concat())
}

pub(crate) fn become_client(line: &CommandLine) -> Result<(), Error> {
    match process::become_client(line)? {}
}

/// Writes one of our texts to standard output for a program that reads it, and ends standard output,
/// so that `$(…)` does not wait for us.
pub(crate) fn tell_program(text: &[u8]) -> Result<(), Error> {
    if io::stdout().is_terminal() {
        return Ok(());
    }
    print(text)?;
    process::end_output();
    Ok(())
}

/// Writes one of our texts to standard output. A reader that closes the pipe early is no error.
pub(crate) fn print(text: &[u8]) -> Result<(), Error> {
    match io::stdout().write_all(text) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => {
            Err(IoError::Output(cause).into())
        }
        _ => Ok(()),
    }
}

/// The columns of the terminal that standard output is; `None` if it is none.
pub(crate) fn output_width() -> Option<usize> {
    /// The width if the terminal reports none.
    const USUAL: u16 = 80;

    let output = io::stdout();
    let columns = output
        .is_terminal()
        .then(|| tcgetwinsize(&output).map_or(0, |it| it.ws_col))?;
    Some(usize::from(if columns == 0 { USUAL } else { columns }))
}
