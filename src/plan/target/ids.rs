//! Instance IDs, users, regions and zones. A value of these types is always well-formed.

use std::fmt;

use crate::plan::target::bad_name::BadName;

/// An EC2 instance ID, in lower case: `i-` and 8 or 17 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InstanceId(String);

impl InstanceId {
    /// Reads an ID in upper or lower case.
    ///
    /// # Errors
    /// [`BadName::InstanceId`] for anything else.
    pub fn parse(word: &str) -> Result<Self, BadName> {
        let id = word.to_ascii_lowercase();
        match id.strip_prefix("i-") {
            Some(digits)
                if [8, 17].contains(&digits.len())
                    && digits.bytes().all(|b| b.is_ascii_hexdigit()) =>
            {
                Ok(Self(id))
            }
            _ => Err(BadName::InstanceId(word.to_owned())),
        }
    }

    /// Reads `word` if it looks like an ID; a mistyped one is an error. `None` for a host name, which
    /// may begin with `i-`, too: `i-bastion`.
    pub(crate) fn parse_if_like_id(word: &str) -> Option<Result<Self, BadName>> {
        // An ID whose digits are all letters does not look like one: `i-deadbeef`.
        let letters_only = || Self::parse(word).ok().map(Ok);
        let looks_like = looks_like_id(word, "i-").then(|| Self::parse(word));
        looks_like.or_else(letters_only)
    }

    /// The ID in lower case, as AWS writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a digit follows the prefix, and no dot or dash.
fn looks_like_id(word: &str, prefix: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    lower.strip_prefix(prefix).is_some_and(|rest| {
        let plain = rest.bytes().all(|b| b.is_ascii_alphanumeric());
        plain && rest.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// The ID of a machine outside EC2 that Systems Manager manages, in lower case: `mi-` and 17
/// hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeId(String);

impl NodeId {
    /// Reads an ID in upper or lower case.
    ///
    /// # Errors
    /// [`BadName::NodeId`] for anything else.
    pub fn parse(word: &str) -> Result<Self, BadName> {
        let id = word.to_ascii_lowercase();
        let digits = id.strip_prefix("mi-").unwrap_or_default();
        if digits.len() == 17 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(id))
        } else {
            Err(BadName::NodeId(word.to_owned()))
        }
    }

    /// Reads `word` if it looks like an ID.
    pub(super) fn parse_if_like_id(word: &str) -> Option<Result<Self, BadName>> {
        looks_like_id(word, "mi-").then(|| Self::parse(word))
    }

    /// The ID in lower case, as AWS writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A user to log in as: any name that ssh accepts. EC2 Instance Connect accepts fewer: see
/// [`Self::for_push`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Login(String);

impl Login {
    /// Reads a user name by ssh's own rule (`valid_ruser()` in `ssh.c`), which makes it safe in a
    /// shell's command line. `CORP\jane` is valid.
    ///
    /// # Errors
    /// [`BadName::User`] for a name that ssh would refuse.
    pub fn parse(user: &str) -> Result<Self, BadName> {
        let bad = |c: char| c.is_control() || "'`\";&<>|(){}".contains(c);
        let option = user
            .split(char::is_whitespace)
            .any(|it| it.starts_with('-'));
        if user.is_empty() || user.contains(bad) || user.ends_with('\\') || option {
            Err(BadName::User(user.to_owned()))
        } else {
            Ok(Self(user.to_owned()))
        }
    }

    /// The same user, if EC2 Instance Connect accepts a key for it. `InstanceOSUser` of
    /// `SendSSHPublicKey` in the API reference must match one of
    ///
    /// ```text
    /// ^[A-Za-z_][A-Za-z0-9@._-]{0,30}[A-Za-z0-9$_-]?$
    /// ^(?=.{2,32}$)[0-9]{1,32}[A-Za-z@._-][A-Za-z0-9@._-]*[A-Za-z0-9$_-]?$
    /// ```
    ///
    /// # Errors
    /// [`BadName::User`] for a name that matches neither.
    pub fn for_push(&self) -> Result<&Self, BadName> {
        let user = self.as_str();
        let stem = user.trim_start_matches(|c: char| c.is_ascii_digit());
        let begins_with_digit = stem.len() < user.len();
        let allowed = |c: char| c.is_ascii_alphanumeric() || "@._-".contains(c);
        let begins =
            |c: char| c.is_ascii_alphabetic() || c == '_' || begins_with_digit && allowed(c);
        let body = stem.strip_suffix('$').unwrap_or(stem);
        // In the first pattern, the 32nd character must not be `.` or `@`.
        let last_is_odd = user.len() == 32 && !begins_with_digit && user.ends_with(['.', '@']);
        if user.len() <= 32 && body.starts_with(begins) && body.chars().all(allowed) && !last_is_odd
        {
            Ok(self)
        } else {
            Err(BadName::User(user.to_owned()))
        }
    }

    /// Reads the name of a user if there is one, else returns the original's default.
    ///
    /// # Errors
    /// Those of [`Self::parse`].
    pub fn or_default(user: Option<&str>) -> Result<Self, BadName> {
        user.map_or_else(|| Ok(Self::ec2_user()), Self::parse)
    }

    /// The user of a serial console, which names the instance and its only port.
    pub fn at_console(id: &InstanceId) -> Self {
        Self(format!("{id}.port0"))
    }

    /// The user of most Amazon Linux images, and the original's default.
    pub fn ec2_user() -> Self {
        Self("ec2-user".to_owned())
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name of the shape of an AWS region, like `us-gov-west-1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region(String);

impl Region {
    /// Reads a region by its shape. It need not exist.
    ///
    /// # Errors
    /// [`BadName::Region`].
    pub fn parse(word: &str) -> Result<Self, BadName> {
        let parts: Vec<&str> = word.split('-').collect();
        let ok = match parts.as_slice() {
            [area, middle @ .., number] => {
                (2..=4).contains(&area.len())
                    && (1..=3).contains(&middle.len())
                    && [area].into_iter().chain(middle).all(|part| {
                        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase())
                    })
                    && (1..=2).contains(&number.len())
                    && number.bytes().all(|b| b.is_ascii_digit())
            }
            _ => false,
        };
        if ok {
            Ok(Self(word.to_owned()))
        } else {
            Err(BadName::Region(word.to_owned()))
        }
    }

    /// The region in which AWS is asked for roles while no region is set.
    pub fn us_east_1() -> Self {
        Self("us-east-1".to_owned())
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name of the shape of an availability, local or wavelength zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(String);

impl Zone {
    /// Reads a zone by its shape: a region, then a letter, or more parts that end in a letter or
    /// digit (`us-west-2-lax-1a`, `us-east-1-wl1-bos-wlz-1`).
    ///
    /// # Errors
    /// [`BadName::Zone`].
    pub fn parse(word: &str) -> Result<Self, BadName> {
        let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let split = word.bytes().position(|b| b.is_ascii_digit());
        let ok = split.is_some_and(|digit| {
            let (region, rest) = word.split_at(digit + 1);
            Region::parse(region).is_ok()
                && rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '-')
                && rest.bytes().all(lower)
                && !rest.ends_with('-')
                && word.len() <= 32
        });
        if ok {
            Ok(Self(word.to_owned()))
        } else {
            Err(BadName::Zone(word.to_owned()))
        }
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The ID of another resource (`vpc-…`, `subnet-…`) or the name of a zone in an answer of AWS; `None`
/// for what is neither: hints with commands contain it.
pub(crate) fn resource_id(text: &str) -> Option<String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let ok = (1..=64).contains(&text.len()) && !text.starts_with('-') && text.bytes().all(allowed);
    ok.then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
