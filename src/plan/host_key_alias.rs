//! `--host-key-alias`: whether ssh gets the instance's ID as HostKeyAlias (ssh_config(5)).

/// When to give the ID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostKeyAlias {
    /// Unless the user has configured how host keys are checked, or known_hosts has a key under the
    /// name that ssh would look for.
    #[default]
    Auto,
    /// Always, but for a HostKeyAlias on the command line.
    Yes,
    /// Never.
    No,
}

impl HostKeyAlias {
    /// The values of `--host-key-alias`.
    pub(crate) const NAMES: [&str; 3] = [Self::Auto.name(), Self::Yes.name(), Self::No.name()];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Yes => "yes",
            Self::No => "no",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        let mut all = [Self::Auto, Self::Yes, Self::No].into_iter();
        all.find(|it| it.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        let read = HostKeyAlias::NAMES.map(HostKeyAlias::parse);
        let all = [HostKeyAlias::Auto, HostKeyAlias::Yes, HostKeyAlias::No];
        assert_eq!(read, all.map(Some));
        assert_eq!(HostKeyAlias::parse("YES"), None);
    }
}
