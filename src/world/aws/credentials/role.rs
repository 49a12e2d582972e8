//! Assuming a role, with an MFA code where it wants one.

use aws_credential_types::Credentials;

use super::Chain;
use super::cache::Cache;
use crate::error::{Error, Lack, NoCode};
use crate::plan::profiles::role::Role;
use crate::world::prompt::{self, Prompt, Said};

impl<B: AsyncFn() -> Result<bool, Error>> Chain<'_, B> {
    /// Assumes a role that is not in the cache, and keeps its session there.
    pub(super) async fn assume(
        &self,
        role: &Role<'_>,
        source: Credentials,
        cache: &Cache,
    ) -> Result<Credentials, Error> {
        let key = role.cache_key();
        let Some(serial) = role.mfa_serial else {
            let session = self.assume_role(role, source, None).await?;
            return Ok(cache.keep(&key, session));
        };
        loop {
            // One asks, the others find what comes of it.
            let lock = cache.lock(&key).await;
            if let Some(kept) = cache.find(&key) {
                return Ok(kept);
            }
            if let Some(code) = self.code(role, serial).await? {
                let session = self.assume_role(role, source, Some(code)).await?;
                return Ok(cache.keep(&key, session));
            }
            // For the others to ask meanwhile.
            drop(lock);
            prompt::stop();
        }
    }

    /// Asks for the code; `None` if the user wants to stop for now.
    async fn code(&self, role: &Role<'_>, serial: &str) -> Result<Option<String>, Error> {
        let none = |why| Lack::NoCode {
            profile: role.profile.to_owned(),
            why,
        };
        if (self.is_batch)().await? {
            return Err(none(NoCode::BatchMode).into());
        }
        let prompt = Prompt::open().ok_or_else(|| none(NoCode::NoTerminal))?;
        let question = format!("Enter MFA code for {serial}: ");
        match prompt.ask(&question).await {
            Ok(Said::Line(code)) => match code.trim() {
                "" => Err(none(NoCode::NoneGiven).into()),
                code if code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()) => {
                    Ok(Some(code.to_owned()))
                }
                _ => Err(none(NoCode::NotSixDigits).into()),
            },
            Ok(Said::Stop) => Ok(None),
            Ok(Said::End) => Err(none(NoCode::NoneGiven).into()),
            Err(_) => Err(none(NoCode::NoTerminal).into()),
        }
    }
}
