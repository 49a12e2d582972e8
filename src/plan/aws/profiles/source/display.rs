//! Where credentials come from, in words: for `--debug`.

use std::fmt;

use super::{CredentialSource, Origin};

impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match self.source {
            CredentialSource::AccessKey(_) => "the keys",
            CredentialSource::Environment => "the environment, as says the `credential_source`",
            CredentialSource::Container => {
                "the container's endpoint, as says the `credential_source`"
            }
            CredentialSource::Metadata => "the metadata service, as says the `credential_source`",
            CredentialSource::WebIdentity(_) => "the web identity",
            CredentialSource::Sso(_) => "IAM Identity Center, by the settings",
            CredentialSource::Login(_) => "the console login",
            CredentialSource::Process(_) => "the `credential_process`",
        };
        write!(f, "{source} of profile `{}`", self.profile)
    }
}
