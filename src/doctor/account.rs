//! The credentials and the region.

use std::io::{self, IsTerminal};
use std::time::{Duration, SystemTime};

use tokio::time::timeout;

use super::limits::{failure, unknown};
use crate::error::Error;
use crate::plan::aws::clock::Seconds;
use crate::plan::aws::profiles::DEFAULT;
use crate::plan::cli::invocation::Options;
use crate::plan::doctor::fact::{Fact, Failure};
use crate::plan::doctor::facts::{Answer, AwsFacts, CredentialFacts, RegionFacts};
use crate::plan::doctor::network::facts::CommandOptions;
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::Region;
use crate::resolve::lazy_aws::LazyAws;
use crate::world::aws::Regional;
use crate::world::aws::error::{AwsError, CredentialsError};
use crate::world::tty::terminal::Terminal;

/// How long loading credentials may take, unless the user is asked for an MFA code.
const LOAD: Duration = Duration::from_secs(4);

/// The configuration and the credentials, or why there are none.
pub(super) struct Account {
    pub(super) aws: LazyAws,
    profile: Option<String>,
    error: Option<Failed>,
}

/// Why the configuration or the credentials could not be loaded.
enum Failed {
    /// There is no region, or a bad one.
    Region(Failure),
    Credentials(Answer<CredentialFacts>),
}

impl Account {
    /// Loads them. If the profile needs an MFA code and there is a terminal, asks for it.
    pub(super) async fn load(
        options: &Options,
        destination: &Destination,
        terminal: Terminal,
    ) -> Self {
        let region = destination.region();
        let aws = LazyAws::new(options, true, terminal);
        aws.forbid_prompts();
        let loaded = timeout(LOAD, Box::pin(aws.in_region(region))).await;
        let mut loaded = loaded.map(|it| it.map(drop));
        let mut chosen = aws;
        if let Ok(Err(Error::Aws(AwsError::Credentials(CredentialsError::NoMfaCode { .. })))) =
            &loaded
            && io::stderr().is_terminal()
        {
            chosen = LazyAws::new(options, true, terminal);
            loaded = Ok(Box::pin(chosen.in_region(region)).await.map(drop));
        }
        let error = match loaded {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(Failed::of(&error)),
            Err(_) => Some(Failed::Credentials(Fact::Failed(Failure::new(format!(
                "no credentials within {} s",
                LOAD.as_secs()
            ))))),
        };
        Self {
            aws: chosen,
            profile: options.profile.clone(),
            error,
        }
    }

    pub(super) fn facts(&self) -> AwsFacts {
        let credentials = match (&self.error, self.aws.loaded()) {
            (Some(Failed::Credentials(answer)), _) => answer.clone(),
            (_, Some(aws)) => {
                let (source, end) = aws.credential_facts();
                Fact::Known(Ok(CredentialFacts {
                    source: source.map(str::to_owned),
                    expires: end.map(seconds),
                }))
            }
            (_, None) => Fact::NotAsked,
        };
        AwsFacts {
            credentials,
            now: seconds(SystemTime::now()),
            ..AwsFacts::default()
        }
    }

    /// AWS in the region of the target, else the configured one.
    pub(super) fn place(&self, target_region: Option<&Region>) -> Option<Regional<'_>> {
        self.aws.loaded_in(target_region)
    }

    pub(super) fn region(&self, target_region: Option<&Region>) -> Answer<RegionFacts> {
        if let Some(Failed::Region(failure)) = &self.error {
            return Fact::Known(Err(failure.clone()));
        }
        match self.place(target_region) {
            Some(place) => Fact::Known(Ok(RegionFacts {
                name: place.region.to_string(),
                chosen: place.chosen().to_string(),
            })),
            None => Fact::NotAsked,
        }
    }

    /// The options that make commands of the AWS CLI apply here.
    pub(super) fn commands(&self, place: Option<&Regional<'_>>) -> CommandOptions {
        CommandOptions {
            region: place.map_or(String::new(), |it| it.region.to_string()),
            profile: self.profile.clone().filter(|name| name != DEFAULT),
        }
    }
}

impl Failed {
    fn of(error: &Error) -> Self {
        match error {
            Error::Aws(AwsError::NoRegion(_) | AwsError::BadRegion(_)) => {
                Self::Region(failure(error))
            }
            _ => Self::Credentials(unknown(error)),
        }
    }
}

fn seconds(time: SystemTime) -> Seconds {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |it| {
        Seconds::try_from(it.as_secs()).unwrap_or(Seconds::MAX)
    })
}
