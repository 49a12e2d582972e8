//! A websocket is lost: the session goes on over another.

use tokio::time::sleep;

use super::{Dialled, SsmSession};
use crate::error::{Error, Tunnel};
use crate::hint;
use crate::hint::Hint;
use crate::wire::ssm::retry::{GIVE_UP, Retry};
use crate::world::aws::Aws;
use crate::world::aws::error::AwsError;
use crate::world::net::websocket::Socket;
use crate::world::process::clock::Clock;
use crate::world::process::random;

impl SsmSession<'_> {
    /// Another websocket for the session, however often that has to be tried. Never another
    /// session: that would be another connection to sshd, in the middle of a stream.
    ///
    /// `fresh` are the credentials that were loaded since `first`, if any were.
    pub(super) async fn resume(
        &self,
        (first, mut fresh): (&Aws, Option<Aws>),
        id: &str,
        (mut retry, clock): (Retry, Clock),
        lost: String,
    ) -> Dialled {
        let mut error = Error::from(Tunnel::Lost(lost));
        while let Some(wait) = retry.wait(random::between(0.5, 1.0), clock.now()) {
            sleep(wait).await;
            error = match self.try_to_resume(first, &mut fresh, id).await {
                Err(over @ Error::SessionOver { .. }) => return Err(over),
                Err(other) => other,
                Ok((socket, token)) => return Ok((socket, token, fresh)),
            };
            // Expired credentials are no end: somebody may log in again in the meantime.
            self.terminal
                .note(&format!("cannot resume yet: {}", hint::line(&error)));
            retry.failed();
        }
        Err(Tunnel::NotResumed {
            minutes: GIVE_UP.as_secs() / 60,
            cause: hint::line(&error),
            hint: error.hint(),
        }
        .into())
    }

    /// Tries once. Credentials are loaded again only when AWS refuses those at hand: that may ask
    /// somebody for something, or run a program.
    async fn try_to_resume(
        &self,
        first: &Aws,
        fresh: &mut Option<Aws>,
        id: &str,
    ) -> Result<(Socket, String), Error> {
        match self.resume_by(fresh.as_ref().unwrap_or(first), id).await {
            Err(Error::Aws(AwsError::Expired { .. } | AwsError::BadCredentials { .. })) => {}
            dialled => return dialled,
        }
        let fresh = fresh.insert(self.load().await?);
        self.resume_by(fresh, id).await
    }

    async fn resume_by(&self, aws: &Aws, id: &str) -> Result<(Socket, String), Error> {
        let session = aws.region(self.region)?.resume_session(id).await?;
        let socket = self.dial(aws, &session).await?;
        Ok((socket, session.token))
    }
}
