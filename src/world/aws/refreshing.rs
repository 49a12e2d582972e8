//! Credentials for as long as they are good, and then others: for who outlives them.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use tokio::sync::Mutex;

use super::{Aws, Prompts};
use crate::plan::target::ids::Region;
use crate::world::aws::error::AwsError;
use crate::world::tty::terminal::Terminal;

/// How long before their end credentials are no longer used: a signed URL lives so long.
const MARGIN: Duration = Duration::from_mins(1);

/// Whose credentials, and those at hand.
#[derive(Debug)]
pub struct RefreshingCredentials {
    profile: Option<String>,
    region: Option<Region>,
    terminal: Terminal,
    kept: Mutex<Option<Credentials>>,
}

impl RefreshingCredentials {
    /// Begins with those that were found already.
    #[must_use]
    pub fn new(
        profile: Option<String>,
        region: Option<Region>,
        found: Option<Credentials>,
        terminal: Terminal,
    ) -> Self {
        Self {
            profile,
            region,
            terminal,
            kept: Mutex::new(found),
        }
    }

    /// Credentials that are good now. Who comes while others are looked for waits for these.
    ///
    /// # Errors
    /// Those of [`Aws::load`].
    pub async fn get(&self) -> Result<Credentials, AwsError> {
        let mut kept = self.kept.lock().await;
        if let Some(credentials) = kept.as_ref().filter(|it| is_good(it, SystemTime::now())) {
            return Ok(credentials.clone());
        }
        let (profile, region) = (self.profile.as_deref(), self.region.as_ref());
        let aws = Aws::load(profile, region, Prompts::Allowed, self.terminal).await?;
        let fresh = aws.credentials().await?;
        *kept = Some(fresh.clone());
        Ok(fresh)
    }
}

/// Whether credentials need not be looked for again. Of a session whose end nobody tells, somebody
/// may have written down the next one since; a key that is no session's has no end.
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
