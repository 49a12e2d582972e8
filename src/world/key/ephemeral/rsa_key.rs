//! An RSA key.
//!
//! The crate `rsa` makes it. It does not sign: how long its signatures take depends on the key
//! (RUSTSEC-2023-0071). `ring` signs in constant time, and cannot make keys.

use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RsaEncoding, RsaKeyPair};
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, RsaPrivateKey};
use ssh_key::Mpint;
use ssh_key::public::RsaPublicKey;
use ssh_key::rand_core::OsRng;

use super::locked::Locked;
use crate::wire::agent;

/// The length of the modulus: as strong as ed25519 (NIST SP 800-57, part 1, table 2).
const BITS: usize = 3072;

/// At least the length of the longest encoded key.
const ROOM: usize = 2048;

/// The flags of a request to sign (SSH_AGENT_RSA_SHA2_256 and _512 in RFC 9987).
const SHA2_256: u32 = 2;
const SHA2_512: u32 = 4;

/// The private half, encoded as RSAPrivateKey (RFC 8017, appendix A.1.2).
pub(super) struct RsaKey {
    encoded: Locked<ROOM>,
    length: usize,
}

impl RsaKey {
    /// Makes one, with its public half. Takes about a second.
    pub(super) fn generate() -> Result<(Self, RsaPublicKey), ssh_key::Error> {
        let failed = |_| ssh_key::Error::Crypto;
        let key = RsaPrivateKey::new(&mut OsRng, BITS).map_err(failed)?;
        let public = RsaPublicKey {
            e: mpint(key.e())?,
            n: mpint(key.n())?,
        };
        // It erases itself.
        let encoded = key.to_pkcs1_der().map_err(|_| ssh_key::Error::Crypto)?;
        let encoded = encoded.as_bytes();
        let length = encoded.len();
        let fill = |room: &mut [u8]| {
            let room = room.get_mut(..length).ok_or(ssh_key::Error::Crypto)?;
            room.copy_from_slice(encoded);
            Ok::<(), ssh_key::Error>(())
        };
        let encoded = Locked::filled(fill)?;
        Ok((Self { encoded, length }, public))
    }

    /// The blob of a signature by the algorithm that the flags name. `None` without: that would be
    /// SHA-1.
    pub(super) fn sign(&self, data: &[u8], flags: u32) -> Option<Vec<u8>> {
        let (name, encoding): (_, &dyn RsaEncoding) = if flags & SHA2_256 != 0 {
            ("rsa-sha2-256", &RSA_PKCS1_SHA256)
        } else if flags & SHA2_512 != 0 {
            ("rsa-sha2-512", &RSA_PKCS1_SHA512)
        } else {
            return None;
        };
        // It has a copy of the key, which is not erased.
        let key = RsaKeyPair::from_der(self.encoded.bytes().get(..self.length)?).ok()?;
        let mut signature = vec![0; key.public().modulus_len()];
        // It uses no randomness for this encoding.
        let random = SystemRandom::new();
        key.sign(encoding, &random, data, &mut signature).ok()?;
        Some(agent::blob(name, &signature))
    }
}

fn mpint(number: &BigUint) -> Result<Mpint, ssh_key::Error> {
    Mpint::from_positive_bytes(&number.to_bytes_be())
}
