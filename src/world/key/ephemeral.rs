//! A key for one run that never leaves the memory of the process that made it.

mod locked;
mod rsa_key;

use std::fmt;

use ed25519_dalek::{Signer, SigningKey};
use ssh_key::PublicKey;
use ssh_key::public::{Ed25519PublicKey, KeyData};
use ssh_key::rand_core::{OsRng, RngCore};

use self::locked::Locked;
use self::rsa_key::RsaKey;
use super::error::KeyError;
use crate::plan::key_type::KeyType;
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
    Ed25519(Locked<32>),
    Rsa(RsaKey),
}

impl EphemeralKey {
    /// Makes a key. One for RSA takes about a second of computing.
    ///
    /// # Errors
    /// [`KeyError::Generate`], when the system has no randomness.
    pub(crate) fn generate(kind: KeyType) -> Result<Self, KeyError> {
        let (private, public) = match kind {
            KeyType::Ed25519 => ed25519().map_err(|_| ssh_key::Error::Crypto),
            KeyType::Rsa => RsaKey::generate()
                .map(|(private, public)| (PrivateHalf::Rsa(private), KeyData::Rsa(public))),
        }
        .map_err(KeyError::Generate)?;
        let public = PublicKey::from(public);
        Ok(Self {
            private,
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
    pub(crate) fn sign(&self, data: &[u8], flags: u32) -> Option<Vec<u8>> {
        match &self.private {
            PrivateHalf::Ed25519(seed) => {
                // It erases itself when it is dropped (the feature `zeroize`).
                let signature = SigningKey::from_bytes(seed.bytes()).try_sign(data).ok()?;
                Some(agent::blob(ED25519, &signature.to_bytes()))
            }
            PrivateHalf::Rsa(key) => key.sign(data, flags),
        }
    }
}

fn ed25519() -> Result<(PrivateHalf, KeyData), ssh_key::rand_core::Error> {
    let seed = Locked::filled(|seed| OsRng.try_fill_bytes(seed))?;
    let public = SigningKey::from_bytes(seed.bytes()).verifying_key();
    let public = Ed25519PublicKey(public.to_bytes());
    Ok((PrivateHalf::Ed25519(seed), KeyData::Ed25519(public)))
}

impl fmt::Debug for EphemeralKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EphemeralKey").field(&self.line).finish()
    }
}

#[cfg(test)]
mod tests {
    use ssh_key::{HashAlg, LineEnding, Signature, SshSig};

    use super::*;

    #[test]
    fn what_it_signs_is_verified_by_its_public_half() {
        let key = EphemeralKey::generate(KeyType::Ed25519).expect("a key");
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

    /// By the client's own program: `ssh-keygen -Y verify` (PROTOCOL.sshsig of OpenSSH).
    #[test]
    fn ssh_keygen_verifies_what_an_rsa_key_signs() {
        let key = EphemeralKey::generate(KeyType::Rsa).expect("a key");
        assert!(key.line().starts_with("ssh-rsa AAAA"), "{}", key.line());
        // What SendSSHPublicKey takes at most.
        assert!(key.line().len() <= 4096);
        let line = PublicKey::from_openssh(key.line()).expect("a line of authorized_keys");
        assert_eq!(line.to_bytes().expect("a blob"), key.blob());
        assert_eq!(
            line.key_data()
                .rsa()
                .map(|it| it.n.as_positive_bytes().map(<[u8]>::len)),
            Some(Some(384))
        );
        for (flags, name) in [(2, "rsa-sha2-256"), (4, "rsa-sha2-512")] {
            let sign = |data: &[u8]| key.sign(data, flags).expect("a signature");
            assert_eq!(sign(b"data")[..16], agent::blob(name, b"")[..16]);
            assert!(is_verified(&key, &sign), "{name}");
            assert!(
                !is_verified(&key, &|data| sign(&[data, b"more"].concat())),
                "{name}"
            );
        }
        for flags in [0, 1, 8] {
            assert_eq!(key.sign(b"data", flags), None, "{flags}");
        }
    }

    /// Whether ssh-keygen accepts what `sign` makes of a file's signed data.
    fn is_verified(key: &EphemeralKey, sign: &dyn Fn(&[u8]) -> Vec<u8>) -> bool {
        let signed = SshSig::signed_data("file", HashAlg::Sha512, b"content").expect("data");
        let signature = Signature::try_from(&sign(&signed)[..]).expect("a signature");
        let line = PublicKey::from_openssh(key.line()).expect("a line of authorized_keys");
        let data = line.key_data().clone();
        let signature = SshSig::new(data, "file", HashAlg::Sha512, signature).expect("a signature");
        let pem = signature.to_pem(LineEnding::LF).expect("PEM");
        let directory = tempfile::tempdir().expect("a directory");
        let write = |name: &str, content: &[u8]| {
            std::fs::write(directory.path().join(name), content).expect("a file");
        };
        write("content", b"content");
        write("signers", format!("user {}\n", key.line()).as_bytes());
        write("sig", pem.as_bytes());
        let content = std::fs::File::open(directory.path().join("content")).expect("a file");
        let mut keygen = std::process::Command::new("ssh-keygen");
        keygen.current_dir(directory.path()).stdin(content);
        keygen.args(["-Y", "verify", "-f", "signers", "-I", "user"]);
        keygen.args(["-n", "file", "-s", "sig"]);
        let output = keygen.output().expect("ssh-keygen");
        output.status.success()
    }

    #[test]
    fn two_are_different_and_neither_is_formatted() {
        let [one, two] = [(); 2].map(|()| EphemeralKey::generate(KeyType::Ed25519).expect("a key"));
        assert_ne!(one.line(), two.line());
        assert_eq!(
            format!("{one:?}"),
            format!("EphemeralKey({:?})", one.line())
        );
    }
}
