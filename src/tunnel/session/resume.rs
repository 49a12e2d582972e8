//! A websocket is lost: the session goes on over another.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Dialled, Errand};
use crate::error::Error;
use crate::world::aws::Aws;
use crate::world::chance;

/// How long a lost session is tried to be resumed: ssh's own timers decide sooner, if they are set.
const PERSEVERANCE: Duration = Duration::from_mins(5);

/// The wait after the first failure, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

impl Errand<'_> {
    /// Another websocket for the session, however often that has to be tried. Never another
    /// session: that would be another connection to sshd, in the middle of a stream.
    pub(super) async fn resume(&self, aws: &Aws, id: &str) -> Dialled {
        let until = Instant::now() + PERSEVERANCE;
        let mut wait = FIRST_WAIT;
        loop {
            let error = match self.try_to_resume(aws, id).await {
                Err(error @ Error::SessionOver { .. }) => return Err(error),
                Err(error) if Instant::now() >= until => return Err(error),
                Err(error) => error,
                dialled => return dialled,
            };
            // Expired credentials are no end: somebody may log in again in the meantime.
            self.terminal
                .note(&format!("cannot resume yet: {}", error.message()));
            sleep(wait.mul_f64(chance::between(0.5, 1.0))).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    async fn try_to_resume(&self, aws: &Aws, id: &str) -> Dialled {
        match self.load().await {
            Ok(fresh) => self.resume_by(&fresh, id).await,
            // Whom nobody can ask for another MFA code may have credentials that are good yet.
            Err(missing) => match self.resume_by(aws, id).await {
                Err(error) if !matches!(error, Error::SessionOver { .. }) => Err(missing),
                dialled => dialled,
            },
        }
    }

    async fn resume_by(&self, aws: &Aws, id: &str) -> Dialled {
        let session = aws.region(self.region)?.resume_session(id).await?;
        let socket = self.dial(aws, &session).await?;
        Ok((socket, session.token))
    }
}
