//! Commands that trust the lab's EC2 Instance Connect Endpoints.

use std::process::Command;

use super::lab;
use crate::lab::Caller;
use crate::lab::eice::Service;

/// A command that trusts the certificate of the endpoints, which are started if need be.
#[track_caller]
pub(crate) fn command(caller: &Caller<'_>, program: &str) -> Command {
    let mut command = caller.command(program);
    command.env("AWS_CA_BUNDLE", service().certificate());
    command
}

/// The service behind the endpoints.
pub(crate) fn service() -> &'static Service {
    let service = lab().endpoints();
    service.expect("the endpoints")
}
