//! A key for one run that never leaves the memory of the process that made it.

mod locked;

use std::fmt;

use ed25519_dalek::{Signer, SigningKey};
use ssh_key::PublicKey;
use ssh_key::public::{Ed25519PublicKey, KeyData};
use ssh_key::rand_core::{OsRng, RngCore};

use self::locked::Locked;
use super::error::KeyError;
use crate::wire::agent;

/// The algorithm of ed25519 keys and of their signatures (RFC 8709).
const ED25519: &str = "ssh-ed25519";

/// A key that was made in this process. Nothing formats its private half.
pub(crate) struct EphemeralKey {
    private: PrivateHalf,
    line: String,
    blob: Vec<u8>,
}

/// By the type of the key.
enum PrivateHalf {
    /// The seed (RFC 8032, section 5.1.5).
    Ed25519(Locked),
}

impl EphemeralKey {
    /// Makes an ed25519 key.
    ///
    /// # Errors
    /// [`KeyError::Generate`], when the system has no randomness.
    pub(crate) fn generate() -> Result<Self, KeyError> {
        let failed = |_| KeyError::Generate(ssh_key::Error::Crypto);
        let seed = Locked::filled(|seed| OsRng.try_fill_bytes(seed)).map_err(failed)?;
        let public = SigningKey::from_bytes(seed.bytes()).verifying_key();
        let public = Ed25519PublicKey(public.to_bytes());
        let public = PublicKey::from(KeyData::Ed25519(public));
        Ok(Self {
            private: PrivateHalf::Ed25519(seed),
            line: public.to_openssh().map_err(KeyError::Generate)?,
            blob: public.to_bytes().map_err(KeyError::Generate)?,
        })
    }

    /// The public half, as a line of authorized_keys without a comment.
    pub(crate) fn line(&self) -> &str {
        &self.line
    }

    /// The public half, as in the list of an agent.
    pub(crate) fn blob(&self) -> &[u8] {
        &self.blob
    }

    /// The blob of a signature. `None` for flags (see [`agent::Request::Sign`]) that demand an
    /// algorithm which we refuse; they mean nothing for ed25519.
    pub(crate) fn sign(&self, data: &[u8], _flags: u32) -> Option<Vec<u8>> {
        match &self.private {
            PrivateHalf::Ed25519(seed) => {
                // It erases itself when it is dropped (the feature `zeroize`).
                let signature = SigningKey::from_bytes(seed.bytes()).try_sign(data).ok()?;
                Some(agent::blob(ED25519, &signature.to_bytes()))
            }
        }
    }
}

impl fmt::Debug for EphemeralKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EphemeralKey").field(&self.line).finish()
    }
}

#[cfg(test)]
mod tests {
    use ssh_key::Signature;

    use super::*;

    #[test]
    fn what_it_signs_is_verified_by_its_public_half() {
        let key = EphemeralKey::generate().expect("a key");
        let line = PublicKey::from_openssh(key.line()).expect("a line of authorized_keys");
        assert_eq!(line.to_bytes().expect("a blob"), key.blob());
        assert!(key.line().starts_with("ssh-ed25519 AAAA"), "{}", key.line());
        assert!(!key.line().ends_with([' ', '\n']), "{:?}", key.line());
        for flags in [0, 2, 4] {
            let blob = key.sign(b"data", flags).expect("a signature");
            let signature = Signature::try_from(&blob[..]).expect("a signature");
            let verify = |data: &[u8]| {
                use ed25519_dalek::Verifier;
                line.key_data().verify(data, &signature)
            };
            verify(b"data").expect("a valid signature");
            verify(b"Data").expect_err("a signature of something else");
        }
    }

    #[test]
    fn two_are_different_and_neither_is_formatted() {
        let [one, two] = [(); 2].map(|()| EphemeralKey::generate().expect("a key"));
        assert_ne!(one.line(), two.line());
        assert_eq!(
            format!("{one:?}"),
            format!("EphemeralKey({:?})", one.line())
        );
    }
}
