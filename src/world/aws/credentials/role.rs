//! Assuming a role, with an MFA code if it needs one.

use std::time::Duration;

use aws_credential_types::Credentials;

use super::cache::{Cache, SessionCredentials};
use super::{Prompts, ProviderChain};
use crate::hint::Hint;
use crate::plan::aws::profiles::role::Role;
use crate::world::aws::error::{AwsError, CredentialsError, NoMfaCode};
use crate::world::tty::prompt::{self, Prompt, PromptAnswer};
use crate::world::tty::waiting::Wait;

/// How long to wait for another process that asks the user. It may never finish, if it is stopped.
const PATIENCE: Duration = Duration::from_mins(2);

/// The same if we cannot ask the user: enough to finish typing a code. After that we fail as we
/// would without the other process.
const MOMENT: Duration = Duration::from_secs(5);

/// How often to ask for a code: as ssh(1) does for a password.
const TRIES: u32 = 3;

impl ProviderChain<'_> {
    /// Assumes a role that is not in the cache, and stores its session there.
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
            // One process asks; the others find its session in the cache.
            let wait = Wait::begin("another run, which asks for the MFA code".to_owned());
            let lock = wait.during(cache.lock(&key, PATIENCE)).await;
            if let Some(kept) = cache.find(&key) {
                return Ok(kept);
            }
            if let Some(session) = self.ask(&prompt, role, &source, serial).await? {
                return Ok(cache.keep(&key, session));
            }
            // Another process may ask meanwhile.
            drop(lock);
            prompt::stop();
        }
    }

    /// Asks until AWS accepts a code; `None` if the user suspends us (^Z).
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

    /// The terminal to ask on, or why there is none.
    fn prompt(&self) -> Result<Prompt, NoMfaCode> {
        match self.prompts {
            Prompts::Forbidden => Err(NoMfaCode::BatchMode),
            Prompts::Allowed => Prompt::open().ok_or(NoMfaCode::NoTerminal),
        }
    }
}

/// Asks for a code; `None` if the user suspends us (^Z).
async fn code(
    prompt: &Prompt,
    role: &Role<'_>,
    question: &str,
) -> Result<Option<String>, AwsError> {
    let why = match prompt.ask(question).await {
        Ok(PromptAnswer::Stop) => return Ok(None),
        Ok(PromptAnswer::Line(code)) => match code.trim() {
            "" => NoMfaCode::NoneGiven,
            code if code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()) => {
                return Ok(Some(code.to_owned()));
            }
            _ => NoMfaCode::NotSixDigits,
        },
        Ok(PromptAnswer::End) => NoMfaCode::NoneGiven,
        Err(_) => NoMfaCode::NoTerminal,
    };
    Err(no_code(role, why))
}

fn no_code(role: &Role<'_>, why: NoMfaCode) -> AwsError {
    let profile = role.profile.to_owned();
    CredentialsError::NoMfaCode { profile, why }.into()
}
