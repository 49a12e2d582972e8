//! The key that a server has shown.

use ssh_key::{Algorithm, Certificate, PublicKey};

/// `TYPE KEY`.
pub(super) fn line(key: &PublicKey) -> String {
    let key = PublicKey::from(key.key_data().clone()).to_openssh();
    key.unwrap_or_default()
}

/// The type of a key in the name of its file: `ssh_host_TYPE_key.pub` in sshd(8).
pub(super) fn type_in_file_name(key: &PublicKey) -> &'static str {
    match key.algorithm() {
        Algorithm::Rsa { .. } => "rsa",
        Algorithm::Ecdsa { .. } => "ecdsa",
        _ => "ed25519",
    }
}

/// The key of the server.
pub(super) struct ShownKey {
    pub(super) key: PublicKey,
    /// Whether it is the key of a host certificate.
    pub(super) is_certified: bool,
}

impl ShownKey {
    pub(super) fn read(kind: &str, key: &str) -> Option<Self> {
        let words = format!("{kind} {key}");
        if let Ok(key) = PublicKey::from_openssh(&words) {
            return Some(Self {
                key,
                is_certified: false,
            });
        }
        let certificate = Certificate::from_openssh(&words).ok()?;
        Some(Self {
            key: certificate.public_key().clone().into(),
            is_certified: true,
        })
    }
}
