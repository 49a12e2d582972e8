//! A push that was begun.

use crate::agent::push::AwsAccess;
use crate::agent::ticket::Ticket;
use crate::error::Error;
use crate::world::aws::{Aws, Regional};

/// A push that was begun; or none, where none is needed.
pub(in crate::resolve) struct Begun<'a> {
    push: Option<(Ticket, AwsAccess)>,
    /// Whether nothing may follow before the answer.
    waits: bool,
    aws: &'a Regional<'a>,
}

impl<'a> Begun<'a> {
    /// A push with this access. If it `waits`, nothing may follow before the answer.
    pub(super) fn new(
        ticket: Ticket,
        access: AwsAccess,
        waits: bool,
        aws: &'a Regional<'a>,
    ) -> Self {
        Self {
            push: Some((ticket, access)),
            waits,
            aws,
        }
    }

    /// None.
    pub(super) fn nothing(aws: &'a Regional<'a>) -> Self {
        Self {
            push: None,
            waits: false,
            aws,
        }
    }

    /// With what the agent calls AWS.
    pub(in crate::resolve) fn access(&self) -> Option<&AwsAccess> {
        self.push.as_ref().map(|(_, access)| access)
    }

    fn ticket(&self) -> Option<&Ticket> {
        self.push.as_ref().map(|(ticket, _)| ticket)
    }

    /// Waits until AWS has the key.
    ///
    /// # Errors
    /// Why the push failed.
    pub(in crate::resolve) async fn accepted(&self) -> Result<(), Error> {
        match self.ticket() {
            Some(ticket) => {
                let accepted = ticket.accepted().await;
                accepted.map_err(|it| explained(it, Some(self.aws.aws())))
            }
            None => Ok(()),
        }
    }

    /// Sees that the push has not failed so far. One that fails later is reported by the agent.
    ///
    /// # Errors
    /// Why it has.
    pub(in crate::resolve) async fn not_failed(&self) -> Result<(), Error> {
        if self.waits {
            return self.accepted().await;
        }
        match self.ticket().and_then(Ticket::failure) {
            Some(error) => Err(explained(error.into(), Some(self.aws.aws()))),
            None => Ok(()),
        }
    }
}

/// Credentials that AWS refuses may be from the AWS CLI's cache: they are deleted there.
pub(super) fn explained(error: Error, aws: Option<&Aws>) -> Error {
    match error {
        Error::Push(error) if error.refuses_credentials => {
            error.with_stale(aws.and_then(Aws::delete_session)).into()
        }
        other => other,
    }
}
