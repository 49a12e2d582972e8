//! `--doctor`: gathers what can be known about a login, all at once, and reports what is wrong.

#[expect(dead_code, reason = "wired up next")]
mod network;

use std::process::ExitCode;

use crate::error::Error;
use crate::plan::cli::examination::Examination;
use crate::world::tty::terminal::Terminal;

pub(crate) fn run(examination: &Examination, terminal: Terminal) -> Result<ExitCode, Error> {
    let _ = (examination, terminal);
    Ok(ExitCode::SUCCESS)
}
