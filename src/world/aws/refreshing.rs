//! Credentials that refresh themselves, for processes that run longer than a session lasts.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use tokio::sync::Mutex;

use super::{Aws, Prompts};
use crate::plan::target::ids::Region;
use crate::world::aws::error::AwsError;
use crate::world::tty::terminal::Terminal;

/// Credentials that expire sooner are replaced: a signed URL is valid for this long.
const MARGIN: Duration = Duration::from_mins(1);

/// The current credentials, and what it takes to load others.
#[derive(Debug)]
pub(crate) struct RefreshingCredentials {
    profile: Option<String>,
    region: Option<Region>,
    prompts: Prompts,
    terminal: Terminal,
    credentials: Mutex<Option<Credentials>>,
}

impl RefreshingCredentials {
    /// Begins with credentials that are loaded already.
    #[must_use]
    pub(crate) fn new(
        profile: Option<String>,
        region: Option<Region>,
        found: Option<Credentials>,
        prompts: Prompts,
        terminal: Terminal,
    ) -> Self {
        Self {
            profile,
            region,
            prompts,
            terminal,
            credentials: Mutex::new(found),
        }
    }

    /// Credentials that are valid now. Concurrent callers wait for one load.
    ///
    /// # Errors
    /// Those of [`Aws::load`].
    pub(crate) async fn get(&self) -> Result<Credentials, AwsError> {
        let mut current = self.credentials.lock().await;
        if let Some(credentials) = current.as_ref().filter(|it| is_good(it, SystemTime::now())) {
            return Ok(credentials.clone());
        }
        let (profile, region) = (self.profile.as_deref(), self.region.as_ref());
        let aws = Aws::load(profile, region, self.prompts, self.terminal).await?;
        let fresh = aws.credentials().await?;
        *current = Some(fresh.clone());
        Ok(fresh)
    }
}

/// Whether credentials can be used as they are. A session without a known end may have been replaced
/// in its file since; a long-term key has no end.
fn is_good(credentials: &Credentials, now: SystemTime) -> bool {
    match credentials.expiry() {
        Some(end) => end > now + MARGIN,
        None => credentials.session_token().is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_good_until_a_minute_before_its_end() {
        let now = SystemTime::now();
        let good = |token: Option<&str>, left: Option<u64>| {
            let end = left.map(|seconds| now + Duration::from_secs(seconds));
            let token = token.map(str::to_owned);
            is_good(&Credentials::new("key", "secret", token, end, "test"), now)
        };
        assert!(good(Some("token"), Some(61)));
        assert!(!good(Some("token"), Some(60)));
        assert!(!good(Some("token"), None));
        assert!(good(None, None));
        assert!(!good(None, Some(1)));
    }
}
