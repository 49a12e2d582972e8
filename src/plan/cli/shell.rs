//! The words of `--shell`.

use super::invocation::{Invocation, Options};
use super::options::Task;
use super::scan::Scan;
use super::usage::Usage;
use super::{conflict, invocation};
use crate::plan::program::Program;

/// Reads the target.
///
/// # Errors
/// What is wrong with the target.
pub(super) fn request(options: Options, scan: Scan) -> Result<Invocation, Usage> {
    let invocation = invocation(Program::Ssh, options, scan)?;
    if invocation.destinations().next().is_none() {
        return Err(Usage::NoTarget);
    }
    conflict::check_user(Task::Shell, &invocation)?;
    Ok(invocation)
}
