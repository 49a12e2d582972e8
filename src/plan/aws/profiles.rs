//! The two AWS files, `config` and `credentials`, as botocore reads them.
//!
//! <https://docs.aws.amazon.com/cli/v1/userguide/cli-configure-files.html>, and for what it does
//! not say, botocore's `configloader`. Values in `credentials` take precedence over those in
//! `config`.

pub(crate) mod error;
mod ini;
pub(crate) mod role;
pub(crate) mod source;
pub(crate) mod sso;

use std::collections::BTreeMap;

pub(crate) use self::ini::{IniError, Section, Value};
use self::ini::{Sections, parse};

/// The profile if none is named.
pub(crate) const DEFAULT: &str = "default";

/// One of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum File {
    /// `config`.
    Config,
    /// `credentials`.
    Credentials,
}

/// A file that cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileError(pub File, pub IniError);

/// The contents of both files.
#[derive(Debug, Default)]
pub(crate) struct Profiles {
    /// The names of the files, for errors.
    config_file: String,
    credentials_file: String,
    config: BTreeMap<String, Section>,
    credentials: BTreeMap<String, Section>,
    sso_sessions: BTreeMap<String, Section>,
    services: BTreeMap<String, Section>,
}

impl Profiles {
    /// Parses the texts of `config` and `credentials`; for a missing file, an empty text.
    ///
    /// # Errors
    /// The first line that cannot be parsed.
    pub(crate) fn parse(config: &str, credentials: &str) -> Result<Self, FileError> {
        let mut profiles = Self::default();
        for (header, section) in parse(config).map_err(|error| FileError(File::Config, error))? {
            profiles.store_section(header, section);
        }
        let credentials: Sections =
            parse(credentials).map_err(|error| FileError(File::Credentials, error))?;
        // In this file, every header is the name of a profile.
        profiles.credentials = credentials.into_iter().collect();
        Ok(profiles)
    }

    /// Sets the names of the files, for errors.
    #[must_use]
    pub(crate) fn with_files(self, config: &str, credentials: &str) -> Self {
        let (config_file, credentials_file) = (config.to_owned(), credentials.to_owned());
        Self {
            config_file,
            credentials_file,
            ..self
        }
    }

    /// Stores a section of `config` by the kind in its header. A later one of the same name replaces an
    /// earlier: `[profile "x"]` may replace `[profile x]`.
    fn store_section(&mut self, header: String, section: Section) {
        if header == DEFAULT {
            self.config.insert(header, section);
            return;
        }
        let kinds = [
            ("profile", &mut self.config),
            ("sso-session", &mut self.sso_sessions),
            ("services", &mut self.services),
        ];
        let mut kinds = kinds.into_iter();
        let Some((_, kind)) = kinds.find(|(prefix, _)| header.starts_with(prefix)) else {
            return;
        };
        if let Some(words) = shlex::split(&header)
            && let [_, name] = words.as_slice()
        {
            kind.insert(name.clone(), section);
        }
    }

    /// A profile by name, if either file has it.
    #[must_use]
    pub(crate) fn profile(&self, name: &str) -> Option<Profile<'_>> {
        let config = self.config.get_key_value(name);
        let credentials = self.credentials.get_key_value(name);
        let (name, _) = credentials.or(config)?;
        Some(Profile {
            name,
            config: config.map(|(_, section)| section),
            credentials: credentials.map(|(_, section)| section),
            all: Some(self),
        })
    }

    /// The names of all profiles, sorted.
    #[must_use]
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.config.keys().cloned().collect();
        names.extend(self.credentials.keys().cloned());
        names.sort();
        names.dedup();
        names
    }
}

/// A profile. The default one always exists, and may be empty.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Profile<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its section in `config`.
    pub config: Option<&'a Section>,
    /// Its section in `credentials`.
    pub credentials: Option<&'a Section>,
    all: Option<&'a Profiles>,
}

impl<'a> Profile<'a> {
    /// A profile that is in neither file.
    #[must_use]
    pub(crate) const fn empty(name: &'a str) -> Self {
        Self {
            name,
            config: None,
            credentials: None,
            all: None,
        }
    }

    /// A setting by its name in lower case; `None` also for one with nested settings.
    #[must_use]
    pub(crate) fn get(self, key: &str) -> Option<&'a str> {
        self.value(key).and_then(Value::text)
    }

    /// Whether there is such a setting.
    #[must_use]
    pub(crate) fn has(self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// The `endpoint_url` for a service in the profile's `services` section, by its name there: `ec2`,
    /// `ec2_instance_connect`, `sts`.
    #[must_use]
    pub(crate) fn services_endpoint(self, service: &str) -> Option<&'a str> {
        let services = self.all?.services.get(self.get("services")?)?;
        services.get(service)?.below("endpoint_url")
    }

    /// The `sso-session` section that the profile names.
    #[must_use]
    pub(crate) fn sso_session(self) -> Option<&'a Section> {
        self.all?.sso_sessions.get(self.get("sso_session")?)
    }

    /// Its section in one of the files.
    #[must_use]
    pub(crate) const fn section(self, file: File) -> Option<&'a Section> {
        match file {
            File::Config => self.config,
            File::Credentials => self.credentials,
        }
    }

    /// A setting with its file and line, for errors.
    #[must_use]
    pub(crate) fn place(self, file: File, key: &str) -> String {
        format!("`{key}` in {},", self.line(file, key))
    }

    /// File and line of the setting's value that is used.
    #[must_use]
    pub(crate) fn line_of(self, key: &str) -> String {
        let is_there = self.credentials.is_some_and(|it| it.contains_key(key));
        let file = if is_there {
            File::Credentials
        } else {
            File::Config
        };
        self.line(file, key)
    }

    fn line(self, file: File, key: &str) -> String {
        let name = self.all.map_or("", |all| match file {
            File::Config => &all.config_file,
            File::Credentials => &all.credentials_file,
        });
        let value = self.section(file).and_then(|section| section.get(key));
        let line = value.map_or(0, |value| value.line);
        format!("{name}, line {line}")
    }

    /// Another profile of the same files.
    #[must_use]
    pub(crate) fn other(self, name: &str) -> Option<Self> {
        self.all?.profile(name)
    }

    fn value(self, key: &str) -> Option<&'a Value> {
        let sections = [self.credentials, self.config];
        sections.into_iter().flatten().find_map(|it| it.get(key))
    }
}

#[cfg(test)]
mod tests;
