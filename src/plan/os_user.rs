//! Which user an instance's image suggests, and whether that image has EC2 Instance Connect.

pub(crate) mod advice;
mod table;
#[cfg(test)]
mod tests;

use self::table::{FAMILIES, USAGE_OPERATIONS};

/// Images that have the same first user.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ImageFamily {
    /// Its name in messages.
    pub(crate) name: &'static str,
    /// The user that may log in on a new instance; `None` if there is no sshd on it.
    pub(crate) user: Option<&'static str>,
    pub(crate) instance_connect: InstanceConnect,
    /// What names of images and operating systems begin with, in lower case.
    names: &'static [&'static str],
    /// What else must be in the name, in lower case.
    with: Option<&'static str>,
    /// The accounts that publish these images.
    owners: &'static [&'static str],
}

/// Whether the images of a family come with EC2 Instance Connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InstanceConnect {
    Yes,
    No,
    /// From this version on, which is in the image's name.
    Since(&'static str),
    Unknown,
}

/// An image, as `DescribeImages` describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) name: String,
    /// The account that owns it.
    pub(crate) owner: Option<String>,
    /// `amazon`, `aws-marketplace`, or none.
    pub(crate) owner_alias: Option<String>,
}

/// What `DescribeInstances` says about an instance's software.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Software {
    pub(crate) image_id: Option<String>,
    /// `Linux/UNIX`, `Red Hat Enterprise Linux`, `Windows` …
    pub(crate) platform_details: Option<String>,
    /// `RunInstances`, `RunInstances:0010` …
    pub(crate) usage_operation: Option<String>,
    /// Whether `Platform` is `windows`.
    pub(crate) is_windows: bool,
}

/// The system that runs, by Session Manager's `PlatformName` and `PlatformVersion`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunningSystem {
    pub(crate) name: String,
    pub(crate) version: String,
}

/// A family, and what it was recognized by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OsGuess {
    pub(crate) family: &'static ImageFamily,
    /// One line; names from AWS in it are not escaped.
    pub(crate) reason: String,
    /// Whether the image has EC2 Instance Connect, if that is known.
    pub(crate) has_instance_connect: Option<bool>,
}

impl RunningSystem {
    /// The family by the name of the system that runs.
    pub(crate) fn guess(&self) -> Option<OsGuess> {
        let name = self.name.strip_prefix("Microsoft ").unwrap_or(&self.name);
        let name = format!("{name} {}", self.version);
        let reason = format!("Session Manager says that {} runs", name.trim_end());
        guess(&name, true, reason)
    }
}

/// The family by what `DescribeInstances` says for nothing. It knows no more than what AWS bills for.
pub(crate) fn by_software(software: &Software) -> Option<OsGuess> {
    if software.is_windows {
        return guess("windows", true, "its platform is windows".to_owned());
    }
    let by_details = software.platform_details.as_deref().and_then(|details| {
        let reason = format!("its platform is {details}");
        guess(details, true, reason)
    });
    by_details.or_else(|| {
        let operation = software.usage_operation.as_deref()?;
        let known = USAGE_OPERATIONS.iter().find(|(it, _)| *it == operation)?;
        guess(known.1, true, format!("its usage operation is {operation}"))
    })
}

/// The family by the image's name: at its beginning if a known publisher owns it, otherwise anywhere.
pub(crate) fn by_image(image: &Image) -> Option<OsGuess> {
    let is_listed = |owner| FAMILIES.iter().any(|it| it.owners.contains(&owner));
    let is_official = image.owner.as_deref().is_some_and(is_listed)
        || image.owner_alias.as_deref() == Some("amazon");
    let owner = match image.owner_alias.as_deref().or(image.owner.as_deref()) {
        Some(owner) if is_official => format!(", owned by {owner}"),
        _ => String::new(),
    };
    let reason = format!("its image is {}{owner}", image.name);
    guess(&image.name, is_official, reason)
}

/// The first family that the name fits.
fn guess(name: &str, at_start: bool, reason: String) -> Option<OsGuess> {
    let lower = name.to_ascii_lowercase();
    let family = FAMILIES.iter().find(|it| it.fits(&lower, at_start))?;
    Some(OsGuess {
        family,
        reason,
        has_instance_connect: family.instance_connect.of(&lower),
    })
}

impl ImageFamily {
    fn fits(&self, name: &str, at_start: bool) -> bool {
        let fits = |part: &&str| {
            if at_start {
                name.starts_with(*part)
            } else {
                name.contains(*part)
            }
        };
        self.names.iter().any(fits) && self.with.is_none_or(|it| name.contains(it))
    }
}

impl InstanceConnect {
    /// Whether the image with this name has it, if that is known.
    fn of(self, name: &str) -> Option<bool> {
        match self {
            Self::Yes => Some(true),
            Self::No => Some(false),
            Self::Unknown => None,
            Self::Since(first) => {
                let first = version(first)?;
                // The same number of dots at least: others are of a kernel.
                let words = name.split(|c: char| !c.is_ascii_digit() && c != '.');
                let mut versions = words.filter_map(version);
                let own = versions.find(|it| it.len() >= first.len());
                own.map(|own| own >= first)
            }
        }
    }
}

/// The parts of a version such as `20.04`.
fn version(text: &str) -> Option<Vec<u64>> {
    let parts: Result<Vec<u64>, _> = text.split('.').map(str::parse).collect();
    parts.ok()
}
