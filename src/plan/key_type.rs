//! The type of the keys that mssh makes.

use std::fmt;

/// ed25519, or RSA where ed25519 is forbidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyType {
    #[default]
    Ed25519,
    /// Of 3072 bits.
    Rsa,
}

impl KeyType {
    /// The values of `--key-type`.
    pub(crate) const NAMES: [&str; 2] = [Self::Ed25519.name(), Self::Rsa.name()];

    /// Its name, as in ssh-keygen(1).
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::Rsa => "rsa",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Ed25519, Self::Rsa]
            .into_iter()
            .find(|it| it.name() == name)
    }

    /// The best one of which ssh accepts signatures, by its PubkeyAcceptedAlgorithms; of an unknown
    /// (empty) list, and of one with neither, ed25519.
    pub(crate) fn for_algorithms(accepted: &[String]) -> Self {
        if !Self::Ed25519.is_accepted(accepted) && Self::Rsa.is_accepted(accepted) {
            Self::Rsa
        } else {
            Self::Ed25519
        }
    }

    /// Whether ssh accepts signatures by this type, or may. It prints names in place of patterns; old
    /// releases print patterns.
    pub(crate) fn is_accepted(self, accepted: &[String]) -> bool {
        // Until OpenSSH 7.8, `ssh-rsa` stands for all signatures by RSA.
        let names: &[&str] = match self {
            Self::Ed25519 => &["ssh-ed25519"],
            Self::Rsa => &["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"],
        };
        let is_one = |it: &String| names.contains(&it.as_str()) || it.contains(['*', '?']);
        accepted.is_empty() || accepted.iter().any(is_one)
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rsa_is_for_an_ssh_that_accepts_no_ed25519() {
        for (accepted, expected) in [
            ("", KeyType::Ed25519),
            ("ssh-ed25519,rsa-sha2-512", KeyType::Ed25519),
            ("rsa-sha2-512,ecdsa-sha2-nistp256", KeyType::Rsa),
            // Certificates and tokens are other keys.
            (
                "ssh-ed25519-cert-v01@openssh.com,sk-ssh-ed25519@openssh.com,rsa-sha2-256",
                KeyType::Rsa,
            ),
            ("ssh-rsa", KeyType::Rsa),
            ("ssh-*,rsa-sha2-512", KeyType::Ed25519),
            ("ecdsa-sha2-nistp256", KeyType::Ed25519),
        ] {
            let list = accepted.split(',').filter(|it| !it.is_empty());
            let list: Vec<String> = list.map(str::to_owned).collect();
            assert_eq!(KeyType::for_algorithms(&list), expected, "{accepted}");
        }
    }

    #[test]
    fn names_are_read() {
        for name in KeyType::NAMES {
            assert_eq!(KeyType::parse(name).map(KeyType::name), Some(name));
        }
        assert_eq!(KeyType::parse("RSA"), None);
    }
}
