//! Assuming a role, with an MFA code where it wants one.

use std::time::Duration;

use aws_credential_types::Credentials;

use super::cache::{Cache, SessionCredentials};
use super::{Prompts, ProviderChain};
use crate::hint::Hint;
use crate::plan::aws::profiles::role::Role;
use crate::world::aws::error::{AwsError, CredentialsError, NoMfaCode};
use crate::world::tty::prompt;
use crate::world::tty::prompt::{Prompt, Said};
use crate::world::tty::waiting::Wait;

/// How long we wait for somebody else who asks the user. They may have been stopped for good.
const PATIENCE: Duration = Duration::from_mins(2);

/// The same for one who cannot ask, and whom nobody watches waiting: enough for a code that is being
/// typed, and for AWS to answer it, and no more. They fail as they would without the other.
const MOMENT: Duration = Duration::from_secs(5);

/// How often a code is asked for, as ssh(1) does with a password.
const TRIES: u32 = 3;

impl ProviderChain<'_> {
    /// Assumes a role that is not in the cache, and keeps its session there.
    pub(super) async fn assume(
        &self,
        role: &Role<'_>,
        source: Credentials,
        cache: &Cache,
    ) -> Result<Credentials, AwsError> {
        let key = role.cache_key();
        let Some(serial) = role.mfa_serial else {
            let session = self.assume_role(role, source, None).await?;
            return Ok(cache.keep(&key, session));
        };
        let prompt = match self.prompt() {
            Ok(prompt) => prompt,
            Err(why) => {
                drop(cache.lock(&key, MOMENT).await);
                return cache.find(&key).ok_or_else(|| no_code(role, why));
            }
        };
        loop {
            // One asks, the others find what comes of it.
            let wait = Wait::begin("another run, which asks for the MFA code".to_owned());
            let lock = wait.during(cache.lock(&key, PATIENCE)).await;
            if let Some(kept) = cache.find(&key) {
                return Ok(kept);
            }
            if let Some(session) = self.ask(&prompt, role, &source, serial).await? {
                return Ok(cache.keep(&key, session));
            }
            // For the others to ask meanwhile.
            drop(lock);
            prompt::stop();
        }
    }

    /// Asks for a code until one is good; `None` if the user wants to stop for now.
    async fn ask(
        &self,
        prompt: &Prompt,
        role: &Role<'_>,
        source: &Credentials,
        serial: &str,
    ) -> Result<Option<SessionCredentials>, AwsError> {
        let asked = format!("Enter MFA code for {serial}: ");
        let mut question = asked.clone();
        let mut tries = 1;
        loop {
            let refusal = match code(prompt, role, &question).await {
                Ok(None) => return Ok(None),
                Ok(Some(code)) => match self.assume_role(role, source.clone(), Some(code)).await {
                    Err(error @ AwsError::Credentials(CredentialsError::WrongCode)) => error,
                    end => return end.map(Some),
                },
                Err(
                    error @ AwsError::Credentials(CredentialsError::NoMfaCode {
                        why: NoMfaCode::NotSixDigits,
                        ..
                    }),
                ) => error,
                Err(error) => return Err(error),
            };
            if tries == TRIES {
                return Err(refusal);
            }
            tries += 1;
            let hint = refusal.hint().unwrap_or_default();
            question = format!("{refusal}; {hint}\n{asked}");
        }
    }

    /// The terminal to ask on, or why nobody is to be asked.
    fn prompt(&self) -> Result<Prompt, NoMfaCode> {
        match self.prompts {
            Prompts::Forbidden => Err(NoMfaCode::BatchMode),
            Prompts::Allowed => Prompt::open().ok_or(NoMfaCode::NoTerminal),
        }
    }
}

/// Asks for the code; `None` if the user wants to stop for now.
async fn code(
    prompt: &Prompt,
    role: &Role<'_>,
    question: &str,
) -> Result<Option<String>, AwsError> {
    let why = match prompt.ask(question).await {
        Ok(Said::Stop) => return Ok(None),
        Ok(Said::Line(code)) => match code.trim() {
            "" => NoMfaCode::NoneGiven,
            code if code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()) => {
                return Ok(Some(code.to_owned()));
            }
            _ => NoMfaCode::NotSixDigits,
        },
        Ok(Said::End) => NoMfaCode::NoneGiven,
        Err(_) => NoMfaCode::NoTerminal,
    };
    Err(no_code(role, why))
}

fn no_code(role: &Role<'_>, why: NoMfaCode) -> AwsError {
    let profile = role.profile.to_owned();
    CredentialsError::NoMfaCode { profile, why }.into()
}
