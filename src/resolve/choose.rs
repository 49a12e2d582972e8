//! The one of several instances that the user wants.

use crate::error::Error;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::target::candidate::{Candidate, Pick};

/// Chooses one of the instances that `what`, as typed, means: the only one, or that of `--newest`,
/// `--oldest` or `--any`. `None` if there is none.
///
/// This is the only place where several become one: a person is to be asked here.
///
/// # Errors
/// [`InstanceError::Several`].
pub(crate) fn one(
    what: &str,
    mut found: Vec<Candidate>,
    pick: Option<Pick>,
) -> Result<Option<Candidate>, Error> {
    match (pick, found.len()) {
        (_, 0 | 1) => Ok(found.pop()),
        (Some(pick), _) => Ok(pick.of(found)),
        (None, _) => {
            let what = what.to_owned();
            Err(InstanceError::Several { what, found }.into())
        }
    }
}
