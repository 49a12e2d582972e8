//! Whether there are credentials that nobody has to be asked for. Nothing is run or called to find out.

use super::source::{self, CredentialSource, WebVariables};
use super::{of_environment, provided, web_variables};
use crate::world::aws::error::{AwsError, CredentialsError};
use crate::world::aws::files::Files;
use crate::world::aws::settings::profile_name;

/// Whether a background process may get credentials. It must forbid the prompt for an MFA code; tokens
/// of IAM Identity Center are used as they are, since mssh never logs in there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unattended {
    /// They are configured.
    Yes,
    /// None are configured. The metadata service of this machine may have some, if there is one.
    OfMachine,
    /// The settings are wrong, or name a command, which may ask for something.
    No,
}

/// The answer for a run with this `--profile`.
pub(crate) fn unattended(profile: Option<&str>) -> Unattended {
    find(profile).unwrap_or(Unattended::No)
}

/// As [`super::ProviderChain::credentials`] finds them.
fn find(option: Option<&str>) -> Result<Unattended, AwsError> {
    if option.is_none() && of_environment()?.is_some() {
        return Ok(Unattended::Yes);
    }
    let files = Files::read()?;
    let name = profile_name(option)?;
    let profile = files.profile(name.as_deref())?;
    let web = match option {
        Some(_) => WebVariables::default(),
        None => web_variables()?,
    };
    let origin = source::origin(profile, &web).map_err(CredentialsError::Profile)?;
    Ok(match origin.map(|it| it.source) {
        Some(CredentialSource::Process(_)) => Unattended::No,
        Some(_) => Unattended::Yes,
        None if provided::has_container()? => Unattended::Yes,
        None => Unattended::OfMachine,
    })
}
