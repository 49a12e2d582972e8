//! Resuming a session over another websocket.

use tokio::time::sleep;

use super::{Connected, SsmSession, is_over};
use crate::error::{Error, TunnelError};
use crate::hint;
use crate::wire::ssm::retry::{GIVE_UP, Retry};
use crate::world::aws::Aws;
use crate::world::aws::error::AwsError;
use crate::world::net::websocket::Socket;
use crate::world::process::clock::Clock;

impl SsmSession<'_> {
    /// Opens another websocket for the session, and tries again for as long as [`Retry`] says. It never
    /// starts another session: that would be another connection to sshd, in the middle of a stream.
    ///
    /// `fresh` are the credentials that were loaded after `first`, if any.
    pub(super) async fn resume(
        &self,
        (first, mut fresh): (&Aws, Option<Aws>),
        id: &str,
        (mut retry, clock): (Retry, Clock),
        lost: String,
    ) -> Result<Connected, Error> {
        let mut error = Error::from(TunnelError::Lost(lost));
        while let Some(wait) = retry.wait(0.5 + fastrand::f64() / 2.0, clock.now()) {
            sleep(wait).await;
            error = match self.resume_once(first, &mut fresh, id).await {
                Err(error) if is_over(&error) => return Err(error),
                Err(other) => other,
                Ok((socket, token)) => return Ok((socket, token, fresh)),
            };
            // Even if credentials have expired: the user may log in again in the meantime.
            self.terminal
                .verbose(&format!("cannot resume yet: {}", hint::line(&error)));
            retry.failed();
        }
        Err(TunnelError::NotResumed {
            minutes: GIVE_UP.as_secs() / 60,
            source: Box::new(error),
        }
        .into())
    }

    /// Tries once. Loads credentials again only if AWS refuses the current ones: that may ask the
    /// user for an MFA code, or run a program.
    async fn resume_once(
        &self,
        first: &Aws,
        fresh: &mut Option<Aws>,
        id: &str,
    ) -> Result<(Socket, String), Error> {
        match self.resume_with(fresh.as_ref().unwrap_or(first), id).await {
            Err(Error::Aws(AwsError::Expired { .. } | AwsError::BadCredentials { .. })) => {}
            dialed => return dialed,
        }
        let fresh = fresh.insert(self.load().await?);
        self.resume_with(fresh, id).await
    }

    async fn resume_with(&self, aws: &Aws, id: &str) -> Result<(Socket, String), Error> {
        let session = aws.region(self.region)?.resume_session(id).await?;
        let socket = self.dial(aws, &session).await?;
        Ok((socket, session.token))
    }
}
