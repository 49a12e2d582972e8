//! The configuration file: values of our options, for all hosts or for some.
//!
//! ```toml
//! [defaults]
//! region = "eu-west-1"
//!
//! [host."web-*"]
//! login = "ubuntu"
//! ```
//!
//! The keys are long options without their dashes, and have the same values. A value on the command
//! line comes first, then the environment, the first section in the file whose pattern fits the host
//! as typed, and the defaults.

pub(crate) mod apply;
pub(crate) mod error;
mod keys;
mod parse;
pub(crate) mod settle;
pub(crate) mod show;

use self::keys::Key;
use crate::plan::pattern;

/// What `--init-config` writes: each line that is no sentence is a setting, commented out.
pub(crate) const EXAMPLE: &str = include_str!("config/example.toml");

/// The variables that have the place of a key in the environment: their values are shown.
pub(crate) const VARIABLES: [&str; 4] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
];

/// The variables with credentials, which come before a profile of the file, as before AWS_PROFILE.
pub(crate) const CREDENTIALS: [&str; 2] = ["AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE"];

/// What the file says, and what comes before it. The default is that of a missing file.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// The path, as messages show it.
    path: String,
    text: String,
    /// In the order of the file, but the defaults last.
    sections: Vec<Section>,
    environment: Environment,
}

/// What the environment has.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    /// The home directory.
    pub(crate) home: String,
    /// Those of [`VARIABLES`] and [`CREDENTIALS`] with a value. A credential's is left out.
    pub(crate) variables: Vec<(&'static str, String)>,
}

#[derive(Debug)]
struct Section {
    /// `None` for the defaults.
    pattern: Option<String>,
    settings: Vec<Setting>,
}

#[derive(Debug)]
struct Setting {
    key: Key,
    value: String,
    /// Where its key begins, in bytes.
    at: usize,
}

impl Config {
    /// The first setting of this key that applies to a host; without one, that of the defaults.
    fn find(&self, key: Key, host: Option<&str>) -> Option<&Setting> {
        let fits = |section: &&Section| match &section.pattern {
            Some(pattern) => {
                host.is_some_and(|host| pattern::fits(pattern.as_bytes(), host.as_bytes()))
            }
            None => true,
        };
        let mut settings = self
            .sections
            .iter()
            .filter(fits)
            .flat_map(|it| &it.settings);
        settings.find(|setting| setting.key == key)
    }

    /// Where a setting is: `PATH:LINE`.
    fn place(&self, setting: &Setting) -> String {
        let (line, _) = error::position(&self.text, setting.at);
        format!("{}:{line}", self.path)
    }
}

#[cfg(test)]
mod tests;
