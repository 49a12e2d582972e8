//! Lines of known_hosts (SSH_KNOWN_HOSTS FILE FORMAT in sshd(8)) with one key, written `TYPE KEY`.

use hmac::{Hmac, Mac};
use sha1::Sha1;
use ssh_key::known_hosts::HostPatterns;

/// The length of the salt of a hashed name, in bytes.
pub(crate) const SALT: usize = 20;

/// A name as in a file with HashKnownHosts (ssh_config(5)).
#[must_use]
pub(crate) fn hashed(name: &str, salt: &[u8; SALT]) -> String {
    let hash = hash(name, salt);
    let salt = salt.to_vec();
    HostPatterns::HashedName { salt, hash }.to_string()
}

fn hash(name: &str, salt: &[u8]) -> [u8; 20] {
    // HMAC takes keys of any length.
    let mac = Hmac::<Sha1>::new_from_slice(salt).ok();
    mac.map_or([0; 20], |it| {
        it.chain_update(name).finalize().into_bytes().into()
    })
}

/// Whether a file has this key for this name.
#[must_use]
pub(crate) fn has(file: &[u8], name: &str, key: &str) -> bool {
    let name = name.to_lowercase();
    hosts_with(file, key).any(|hosts| match hosts.parse() {
        Ok(HostPatterns::Patterns(names)) => names.iter().any(|it| it.to_lowercase() == name),
        Ok(HostPatterns::HashedName { salt, hash }) => self::hash(&name, &salt) == hash,
        Err(_) => false,
    })
}

/// The names, and patterns, for which a file has this key.
pub(crate) fn names_with(file: &[u8], key: &str) -> impl Iterator<Item = String> {
    let hosts = hosts_with(file, key);
    hosts.flat_map(|it| it.split(',').map(str::to_owned).collect::<Vec<_>>())
}

/// The first fields of lines with this key.
fn hosts_with<'a>(file: &'a [u8], key: &str) -> impl Iterator<Item = &'a str> {
    file.split(|byte| *byte == b'\n').filter_map(move |line| {
        let mut fields = std::str::from_utf8(line).ok()?.split_ascii_whitespace();
        let hosts = fields.next()?;
        fields.take(2).eq(key.split(' ')).then_some(hosts)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_by_name_and_by_hash() {
        let hashed = hashed("i-0a", &[7; SALT]);
        let file = format!("# x\n@revoked c t k\na,I-0b t k me\nb t other\n{hashed} t k\nbroken");
        let has = |name| has(file.as_bytes(), name, "t k");
        assert!(has("a") && has("i-0b") && has("i-0a"));
        assert!(!has("b") && !has("c") && !has("i-0c"));
        let names: Vec<String> = names_with(file.as_bytes(), "t k").collect();
        assert_eq!(names, ["a", "I-0b", hashed.as_str()]);
    }
}
