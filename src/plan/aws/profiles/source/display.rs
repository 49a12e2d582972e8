//! Where credentials come from, in words: for `--debug`.

use std::fmt;

use super::{Origin, Source};

impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match self.source {
            Source::Keys(_) => "the keys",
            Source::Environment => "the environment, as says the `credential_source`",
            Source::Container => "the container's endpoint, as says the `credential_source`",
            Source::Metadata => "the metadata service, as says the `credential_source`",
            Source::WebIdentity(_) => "the web identity",
            Source::Sso(_) => "IAM Identity Center, by the settings",
            Source::Login(_) => "the console login",
            Source::Process(_) => "the `credential_process`",
        };
        write!(f, "{source} of profile `{}`", self.profile)
    }
}
