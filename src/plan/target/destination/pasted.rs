//! A destination that was pasted.

use std::ffi::OsStr;

use super::{Destination, Form};
use crate::plan::target::Target;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::ids::Login;
use crate::plan::target::pasted;
use crate::plan::target::pasted::Pasted;

/// An ARN or a page of the console, `user@` before it and `:path` after it: to the client, the ID.
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
                Target::Address(_) | Target::Aws(_) | Target::Host(_) => word.to_owned(),
            },
            target: found.target,
            region: found.region,
            port: None,
            form: Form::Plain(found.rest.into()),
        })
    };
    Some(found.and_then(read))
}
