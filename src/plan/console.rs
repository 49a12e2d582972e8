//! The host keys that an instance prints on its console when it boots, from the text of
//! `GetConsoleOutput`.
//!
//! - cloud-init (`write-ssh-key-fingerprints`): a block of fingerprints, then one of whole keys, once in
//!   the life of an instance. Amazon Linux, Ubuntu, Debian, Red Hat, Rocky, SUSE …
//! - FreeBSD (`ec2_loghostkey`) and NixOS: the block of fingerprints alone, at each boot.
//! - Fedora CoreOS and its relatives (console-login-helper-messages): `SSH host key: SHA256:… (ED25519)`
//!   above the login prompt, at each boot.
//!
//! Root of the instance can write anything there: what it says about the instance is the word of its root.

mod line;
pub(crate) mod refusal;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use ssh_key::{Algorithm, Fingerprint, HashAlg, PublicKey};

/// How much text is read, in bytes, from its end. AWS keeps 64 KiB.
pub(crate) const LIMIT: usize = 256 * 1024;

/// How many lines of one block count.
const MOST: usize = 32;

/// A type of host key. sshd(8) has one key of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum HostKeyType {
    Ed25519,
    Ecdsa,
    Rsa,
}

impl HostKeyType {
    fn of(algorithm: &Algorithm) -> Option<Self> {
        match algorithm {
            Algorithm::Ed25519 => Some(Self::Ed25519),
            Algorithm::Ecdsa { .. } => Some(Self::Ecdsa),
            Algorithm::Rsa { .. } => Some(Self::Rsa),
            _ => None,
        }
    }

    /// From its name in the output of `ssh-keygen -l`.
    fn parse(name: &str) -> Option<Self> {
        match name {
            "ED25519" => Some(Self::Ed25519),
            "ECDSA" => Some(Self::Ecdsa),
            "RSA" => Some(Self::Rsa),
            _ => None,
        }
    }
}

/// What is published of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Published {
    Key(Box<PublicKey>),
    Fingerprint(Fingerprint),
}

impl Published {
    fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::Key(key) => key.fingerprint(HashAlg::Sha256),
            Self::Fingerprint(fingerprint) => *fingerprint,
        }
    }
}

/// The host keys that a console shows, at most one of each type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PublishedKeys(BTreeMap<HostKeyType, Published>);

/// What the console says about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is one of the published ones.
    Published,
    /// The console shows another key of this type, with this SHA256 fingerprint.
    Different(String),
    /// The console shows no key of this type.
    Unpublished,
}

impl PublishedKeys {
    /// Reads the text of a console. Only complete blocks count, and the last of each kind.
    ///
    /// Whole keys come first: ssh can be told of them before the key exchange. Fingerprints count for the
    /// types that have none, and alone if their block is the newer one.
    #[must_use]
    pub(crate) fn read(text: &[u8]) -> Self {
        let text = &text[text.len().saturating_sub(LIMIT)..];
        let mut reader = Reader::default();
        line::lines(text).for_each(|line| reader.take(&line));
        reader.finish()
    }

    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The whole keys, as `TYPE KEY`, for lines of known_hosts.
    pub(crate) fn keys(&self) -> impl Iterator<Item = String> {
        self.0.values().filter_map(|it| match it {
            Published::Key(key) => PublicKey::from(key.key_data().clone()).to_openssh().ok(),
            Published::Fingerprint(_) => None,
        })
    }

    /// What the console says about a key.
    #[must_use]
    pub(crate) fn judge(&self, key: &PublicKey) -> Verdict {
        self.judge_fingerprint(&key.algorithm(), key.fingerprint(HashAlg::Sha256))
    }

    /// What the console says about a key of this algorithm, by its SHA256 fingerprint.
    #[must_use]
    pub(crate) fn judge_fingerprint(&self, algorithm: &Algorithm, key: Fingerprint) -> Verdict {
        let kind = HostKeyType::of(algorithm);
        let Some(published) = kind.and_then(|kind| self.0.get(&kind)) else {
            return Verdict::Unpublished;
        };
        let published = published.fingerprint();
        if published == key {
            Verdict::Published
        } else {
            Verdict::Different(published.to_string())
        }
    }
}

/// The kinds of block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BlockKind {
    Keys,
    Fingerprints,
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    /// The block that has begun and not ended, with the number of its lines.
    open: Option<(BlockKind, PublishedKeys, usize)>,
    /// The last complete block of whole keys.
    keys: PublishedKeys,
    /// The last complete block of fingerprints.
    fingerprints: PublishedKeys,
    /// What stands above the login prompt, since the last boot.
    issue: PublishedKeys,
}

impl Reader {
    fn take(&mut self, line: &str) {
        if line::is_boot(line) {
            self.issue.0.clear();
            self.open = None;
        } else if let Some((begins, kind)) = marker(line) {
            self.mark(begins, kind);
        } else if let Some(line) = line.strip_prefix("SSH host key: ") {
            self.issue.0.extend(fingerprint(line));
        } else if let Some((kind, keys, count)) = &mut self.open
            && *count < MOST
        {
            let entry = match kind {
                BlockKind::Keys => key(line),
                BlockKind::Fingerprints => keygen_line(line),
            };
            *count += usize::from(entry.is_some());
            keys.0.extend(entry);
        }
    }

    /// The beginning or the end of a block. An end without its beginning ends nothing.
    fn mark(&mut self, begins: bool, kind: BlockKind) {
        let open = self.open.take();
        if begins {
            self.open = Some((kind, PublishedKeys::default(), 0));
        } else if let Some((opened, keys, _)) = open
            && opened == kind
        {
            match kind {
                BlockKind::Keys => self.keys = keys,
                BlockKind::Fingerprints => {
                    self.fingerprints = keys;
                    // Those are of an earlier boot.
                    self.keys.0.clear();
                }
            }
        }
    }

    fn finish(self) -> PublishedKeys {
        let mut all = self.fingerprints;
        all.0.extend(self.keys.0);
        if all.is_empty() { self.issue } else { all }
    }
}

/// Whether a line begins or ends a block, and of which kind.
fn marker(line: &str) -> Option<(bool, BlockKind)> {
    let words = line.strip_prefix("-----")?.strip_suffix("-----")?;
    let (word, rest) = words.split_once(' ')?;
    let begins = match word {
        "BEGIN" => true,
        "END" => false,
        _ => return None,
    };
    match rest {
        "SSH HOST KEY KEYS" => Some((begins, BlockKind::Keys)),
        "SSH HOST KEY FINGERPRINTS" => Some((begins, BlockKind::Fingerprints)),
        _ => None,
    }
}

/// A line of a `.pub` file, whose blob must be of the type before it.
fn key(line: &str) -> Option<(HostKeyType, Published)> {
    let mut key = PublicKey::from_openssh(line).ok()?;
    key.set_comment("");
    Some((
        HostKeyType::of(&key.algorithm())?,
        Published::Key(Box::new(key)),
    ))
}

/// A line of `ssh-keygen -l`: `256 SHA256:… root@host (ED25519)`.
fn keygen_line(line: &str) -> Option<(HostKeyType, Published)> {
    let (bits, rest) = line.split_once(' ')?;
    bits.parse::<u16>().ok()?;
    fingerprint(rest)
}

/// `SHA256:… comment (TYPE)`. The comment may be missing, and have spaces and brackets itself.
fn fingerprint(text: &str) -> Option<(HostKeyType, Published)> {
    let (digest, rest) = text.split_once(' ')?;
    let (_, kind) = rest.strip_suffix(')')?.rsplit_once('(')?;
    let digest: Fingerprint = digest.parse().ok()?;
    let kind = HostKeyType::parse(kind)?;
    let is_sha256 = digest.algorithm() == HashAlg::Sha256;
    is_sha256.then_some((kind, Published::Fingerprint(digest)))
}
