//! A destination that is an ARN or the URL of a page in the AWS console.

use std::ffi::OsStr;

use super::{Destination, Form};
use crate::plan::target::Target;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::ids::Login;
use crate::plan::target::pasted::{self, Pasted};

/// Reads `[user@]ARN[:path]` or `[user@]URL[:path]`. The client gets the ID in place of it.
pub(super) fn destination(word: &OsStr) -> Option<Result<Destination, BadName>> {
    let word = word.to_str()?;
    let (user, word) = match word.split_once('@') {
        Some((user, word)) => (Some(user), word),
        None => (None, word),
    };
    let found = pasted::read(word)?;
    let read = |found: Pasted<'_>| {
        Ok(Destination {
            login: user.map(Login::parse).transpose()?,
            host: match &found.target {
                Target::Node(id) => id.to_string(),
                Target::Id(id) => id.to_string(),
                Target::Address(_) | Target::Aws(_) | Target::Host(_) | Target::Tags(_) => {
                    word.to_owned()
                }
            },
            target: found.target,
            region: found.region,
            port: None,
            form: Form::Plain(found.rest.into()),
            known: None,
        })
    };
    Some(found.and_then(read))
}
