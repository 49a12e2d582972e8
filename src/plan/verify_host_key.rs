//! `--verify-host-key`: whether a host key that is not known is compared with those that the instance
//! has printed on its console.

/// When to compare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VerifyHostKey {
    /// Unless the user has configured how host keys are checked. Without a published key, ssh asks.
    #[default]
    Auto,
    /// In any case, and refuse a key that is not published.
    Require,
    /// Never.
    Off,
}

impl VerifyHostKey {
    /// The values of `--verify-host-key`.
    pub(crate) const NAMES: [&str; 3] = [Self::Auto.name(), Self::Require.name(), Self::Off.name()];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Require => "require",
            Self::Off => "off",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        let mut all = [Self::Auto, Self::Require, Self::Off].into_iter();
        all.find(|it| it.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        use VerifyHostKey::{Auto, Off, Require};
        let read = VerifyHostKey::NAMES.map(VerifyHostKey::parse);
        assert_eq!(read, [Auto, Require, Off].map(Some));
        assert_eq!(VerifyHostKey::parse("on"), None);
    }
}
