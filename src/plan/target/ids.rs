//! Names with a shape: instance IDs, users, regions and zones.
//!
//! Each type here can only be made by its `parse`: whoever holds one holds a checked value.

use std::fmt;

use crate::plan::target::bad_name::BadName;

/// An EC2 instance ID, in lower case: `i-` and 8 or 17 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InstanceId(String);

impl InstanceId {
    /// Reads an ID, in either case of letters.
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

    /// `word` read as an ID, if that is what it wants to be: `i-`, a digit, and no dot or dash
    /// after it. A host may be called `i-bastion`, so not every `i-` is an ID.
    pub(super) fn claimed(word: &str) -> Option<Result<Self, BadName>> {
        claims(word, "i-").then(|| Self::parse(word)).or_else(|| {
            // All letters, as hexadecimal digits may be.
            Self::parse(word).ok().map(Ok)
        })
    }

    /// The ID as AWS writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether `word` wants to be an ID that begins like this.
fn claims(word: &str, prefix: &str) -> bool {
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
    /// Reads an ID, in either case of letters.
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

    /// `word` read as an ID, if that is what it wants to be.
    pub(super) fn claimed(word: &str) -> Option<Result<Self, BadName>> {
        claims(word, "mi-").then(|| Self::parse(word))
    }

    /// The ID as AWS writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A user to log in as: any name that ssh takes. [`Self::for_push`] holds it to the narrower rule
/// of EC2 Instance Connect, which counts only where a key is pushed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Login(String);

impl Login {
    /// Reads a user name by ssh's own rule (`valid_ruser()` in `ssh.c`), which keeps it harmless in
    /// a command line: `CORP\jane` is one.
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

    /// The same user, if EC2 Instance Connect takes a key for them: by `InstanceOSUser` in the API
    /// reference of `SendSSHPublicKey`, either of
    ///
    /// ```text
    /// ^[A-Za-z_][A-Za-z0-9@._-]{0,30}[A-Za-z0-9$_-]?$
    /// ^(?=.{2,32}$)[0-9]{1,32}[A-Za-z@._-][A-Za-z0-9@._-]*[A-Za-z0-9$_-]?$
    /// ```
    ///
    /// # Errors
    /// [`BadName::User`] for a name that AWS would refuse.
    pub fn for_push(&self) -> Result<&Self, BadName> {
        let user = self.as_str();
        let stem = user.trim_start_matches(|c: char| c.is_ascii_digit());
        let begins_with_digit = stem.len() < user.len();
        let allowed = |c: char| c.is_ascii_alphanumeric() || "@._-".contains(c);
        let begins =
            |c: char| c.is_ascii_alphabetic() || c == '_' || begins_with_digit && allowed(c);
        let body = stem.strip_suffix('$').unwrap_or(stem);
        // Of the first kind, the 32nd character is held to another rule than those before it.
        let last_is_odd = user.len() == 32 && !begins_with_digit && user.ends_with(['.', '@']);
        if user.len() <= 32 && body.starts_with(begins) && body.chars().all(allowed) && !last_is_odd
        {
            Ok(self)
        } else {
            Err(BadName::User(user.to_owned()))
        }
    }

    /// Reads the name of a user, if somebody names one; else it is the original's default.
    ///
    /// # Errors
    /// As of [`Self::parse`].
    pub fn or_default(user: Option<&str>) -> Result<Self, BadName> {
        user.map_or_else(|| Ok(Self::ec2_user()), Self::parse)
    }

    /// Who logs in to a serial console: the instance, by the number of its port. There is but one.
    pub fn at_console(id: &InstanceId) -> Self {
        Self(format!("{id}.port0"))
    }

    /// The user of most Amazon Linux images, and the original's default.
    pub fn ec2_user() -> Self {
        Self("ec2-user".to_owned())
    }

    /// The name.
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
    /// Reads a region by its shape; whether there is one of that name, AWS knows.
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

    /// Where AWS is asked for roles while no region is set.
    pub fn us_east_1() -> Self {
        Self("us-east-1".to_owned())
    }

    /// The name.
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

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests;
