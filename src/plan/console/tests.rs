//! Each format that images print, and text that only looks like one.

use super::*;

const ED25519: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICaQe1UXqoKF2NBZM8MZUcXCzQbGwxvQ3XaOKC49FSef";
const ECDSA: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBH2z17PbCr6Kwst4s6H55hlw1bwjyzcHxkfmQyeXPNgabhxzpsPovwpx+i9KhZlUcnjpKz7DAATTN5SA9qNRGNs=";
const RSA: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDCBY2eHFxoMmrByBvgepsZ/rlIFX5CBPrZfjJZvzk9uy9IIWB0c0EUqLAz3+FL+qTvkziPqqVxZYXD8uqBVbBdopitPCbPS6WTjiPEb9+JlVtzHAmLEy5uGOvASPTf/p+6Jpgm48wopdrejkP9nLT0Al35U7nGiwUmd5R+Uk5Gmlk1P+k4rPnA1lD1xNwF/hVZRatT8uKIcvVag+1jgKn1CRWiinCSimyVemLyIYzg7NmCg8v2ejmcaHgu6Lua3hQw3WTrGPgGdzLwvvk91A32AwPJMHQWzTqdbRG6QA97QPm90dBFf1DT40vZDMmvETfOxXoc7v/Lf2dTd9YasyGB";

const ED25519_PRINT: &str = "SHA256:h343fMb5eDE86IA0D1Sw2j8jJrfAMRHuBefVNX5MIdU";
const ECDSA_PRINT: &str = "SHA256:0PNfwXKU9foqfb2h5yCTAosCYnpHXHwHM3vTOchdoQs";
const RSA_PRINT: &str = "SHA256:bpFcI1pKubiQrj4e4352zvVorGOJOIWScdA93oYfG1g";

/// Not the fingerprint of any key here.
const OTHER_PRINT: &str = "SHA256:AAAAfMb5eDE86IA0D1Sw2j8jJrfAMRHuBefVNX5MIdU";

/// Reads a text in which `{E}`, `{e}` and the like stand for a key and its fingerprint.
fn read(text: &str) -> PublishedKeys {
    let mut text = text.to_owned();
    for (name, value) in [
        ("{E}", ED25519),
        ("{C}", ECDSA),
        ("{R}", RSA),
        ("{e}", ED25519_PRINT),
        ("{c}", ECDSA_PRINT),
        ("{r}", RSA_PRINT),
        ("{o}", OTHER_PRINT),
        ("{FP}", "-----BEGIN SSH HOST KEY FINGERPRINTS-----"),
        ("{/FP}", "-----END SSH HOST KEY FINGERPRINTS-----"),
        ("{KEYS}", "-----BEGIN SSH HOST KEY KEYS-----"),
        ("{/KEYS}", "-----END SSH HOST KEY KEYS-----"),
    ] {
        text = text.replace(name, value);
    }
    PublishedKeys::read(text.as_bytes())
}

/// What is published, in short: a capital letter for a whole key, a small one for the fingerprint, `o`
/// for another one.
fn published(text: &str) -> String {
    let letter = |(kind, it): (&HostKeyType, &Published)| {
        let (letter, key) = match kind {
            HostKeyType::Ed25519 => ('e', ED25519),
            HostKeyType::Ecdsa => ('c', ECDSA),
            HostKeyType::Rsa => ('r', RSA),
        };
        let key = PublicKey::from_openssh(key).expect("a key");
        match it {
            _ if it.fingerprint() != key.fingerprint(HashAlg::Sha256) => 'o',
            Published::Key(_) => letter.to_ascii_uppercase(),
            Published::Fingerprint(_) => letter,
        }
    };
    read(text).0.iter().map(letter).collect()
}

#[test]
fn every_format_is_read() {
    for (what, text, keys) in [
        (
            "cloud-init since 21.2",
            "<14>Jan  6 15:27:31 cloud-init: ####\r\n\
             <14>Jan  6 15:27:31 cloud-init: {FP}\r\n\
             <14>Jan  6 15:27:31 cloud-init: 256 {c} root@vm1 (ECDSA)\r\n\
             <14>Jan  6 15:27:31 cloud-init: 256 {e} root@vm1 (ED25519)\r\n\
             <14>Jan  6 15:27:31 cloud-init: 2048 {r} root@vm1 (RSA)\r\n\
             <14>Jan  6 15:27:31 cloud-init: {/FP}\r\n\
             <14>Jan  6 15:27:31 cloud-init: ####\r\n\
             {KEYS}\r\n{C} root@vm1\r\n{E} root@vm1\r\n{R} root@vm1\r\n{/KEYS}\r\n",
            "ECR",
        ),
        (
            "cloud-init before 21.2, and an old logger(1)",
            "ec2: ####\nec2: {FP}\nec2: 256 {e} no comment (ED25519)\nec2: {/FP}\n\
             {KEYS}\n{E} \n{/KEYS}\n",
            "E",
        ),
        (
            "Amazon Linux",
            "ec2: {FP}\r\nec2: 256 {c} no comment (ECDSA)\r\nec2: {/FP}\r\n",
            "c",
        ),
        (
            "systemd's console",
            "[  115.600243] cloud-init[1097]: <14>Jan  6 15:27:31 ec2: {FP}\n\
             [  115.600250] cloud-init[1097]: <14>Jan  6 15:27:31 ec2: 256 {e} a b (c) (ED25519)\n\
             [  115.600280] cloud-init[1097]: <14>Jan  6 15:27:31 ec2: {/FP}\n\
             [  115.7] cloud-init[1097]: {KEYS}\n[  115.7] cloud-init[1097]: {E} root@vm1\n\
             [  115.7] cloud-init[1097]: {/KEYS}\n",
            "E",
        ),
        (
            "syslog on the console",
            "Jan  6 15:27:31 freebsd ec2[77]: {FP}\nJan  6 15:27:31 freebsd ec2: 256 {e} (ED25519)\n\
             Jan 16 15:27:31 freebsd ec2: {/FP}\n",
            "e",
        ),
        (
            "FreeBSD and NixOS",
            "####\n{FP}\n256 {c} root@host (ECDSA)\n256 {e} root@host (ED25519)\n{/FP}\n####\n",
            "ec",
        ),
        (
            "Fedora CoreOS",
            "\x1b[0;32mFedora CoreOS 38\x1b[0m\r\n\x1b]0;title\x07SSH host key: {e} (ED25519)\r\n\
             SSH host key: {r} (RSA)\r\neth0: 10.0.0.1\r\n\r\nip-10-0-0-1 login: ",
            "er",
        ),
        (
            "colors, other control characters, and lines of the kernel between",
            "\x1b[1m{KEYS}\x1b[0m\r\r\n[   12.000001] random: crng init done\r\n\
             \x1b(B\x08{E}\troot@vm1\x1b[K\r\n[   12.1] audit: x\r\n  {/KEYS}  \r\n",
            "E",
        ),
        (
            "a line that the kernel splits: the fingerprint remains",
            "{FP}\n256 {e} (ED25519)\n256 {c} (ECDSA)\n{/FP}\n\
             {KEYS}\nssh-ed25519 AAAAC3Nz[   12.5] random: crng\naC1lZDI1\n{C}\n{/KEYS}\n",
            "eC",
        ),
        (
            "the end of 64 KiB that begin in a block",
            "{E}\n{/KEYS}\n{FP}\n256 {e} (ED25519)\n{/FP}\n",
            "e",
        ),
    ] {
        assert_eq!(published(text), keys, "{what}");
    }
}

#[test]
fn the_last_complete_block_counts() {
    for (what, text, keys) in [
        (
            "two boots",
            "{FP}\n256 {o} (ED25519)\n{/FP}\n{FP}\n256 {e} (ED25519)\n{/FP}\n",
            "e",
        ),
        (
            "keys of an earlier boot",
            "{KEYS}\n{E}\n{C}\n{/KEYS}\n{FP}\n256 {o} (ED25519)\n{/FP}\n",
            "o",
        ),
        (
            "an incomplete block behind a complete one",
            "{FP}\n256 {e} (ED25519)\n{/FP}\n{FP}\n256 {o} (ED25519)\n",
            "e",
        ),
        (
            "an incomplete block before a complete one",
            "{KEYS}\n{C}\n{FP}\n256 {e} (ED25519)\n{/FP}\n",
            "e",
        ),
        (
            "a block that a boot cuts",
            "{FP}\n256 {e} (ED25519)\n[    0.000000] Linux version 6\n{/FP}\n",
            "",
        ),
        ("an empty block", "{FP}\n{/FP}\n{KEYS}\n{/KEYS}\n", ""),
        (
            "an empty block of keys",
            "{FP}\n256 {e} (ED25519)\n{/FP}\n{KEYS}\n{/KEYS}\n",
            "e",
        ),
        (
            "the issue of the last boot",
            "SSH host key: {o} (ED25519)\nSSH host key: {r} (RSA)\n\
             [    0.000000] Linux version 6.2\nSSH host key: {e} (ED25519)\n",
            "e",
        ),
        (
            "an issue that was printed again",
            "SSH host key: {o} (ED25519)\nlogin: \nSSH host key: {e} (ED25519)\nlogin: \n",
            "e",
        ),
    ] {
        assert_eq!(published(text), keys, "{what}");
    }
}

#[test]
fn what_only_looks_like_a_host_key_does_not_count() {
    for (what, text) in [
        ("nothing", ""),
        ("no block", "{E} root@vm1\n256 {e} root@vm1 (ED25519)\n"),
        (
            "authorized keys",
            "{KEYS}\nci-info: {E} me\nci-info: | ssh-ed25519 | {e} | - | me |\n{/KEYS}\n",
        ),
        (
            "MD5",
            "{FP}\n2048 f1:40:a7:00 /etc/ssh/key.pub (RSA)\n2048 MD5:f1:40:a7:00 x (RSA)\n{/FP}\n",
        ),
        (
            "DSA and certificates",
            "{FP}\n1024 {e} x (DSA)\n256 {e} x (ED25519-CERT)\n{/FP}\n",
        ),
        (
            "another type than the blob's",
            "{KEYS}\nssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAICaQe1UXqoKF2NBZM8MZUcXCzQbGwxvQ3XaOKC49FSef\n{/KEYS}\n",
        ),
        (
            "a key with more behind it",
            "{KEYS}\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICaQe1UXqoKF2NBZM8MZUcXCzQbGwxvQ3XaOKC49FSefAAAA\n{/KEYS}\n",
        ),
        (
            "no type",
            "{FP}\n256 {e}\n256 {e} ED25519\n256 {e} (ED25519) x\n{/FP}\n",
        ),
        ("no bits", "{FP}\n{e} (ED25519)\nx {e} (ED25519)\n{/FP}\n"),
        (
            "another block",
            "-----BEGIN SSH HOST KEY SIGNATURES-----\n{E}\n-----END SSH HOST KEY SIGNATURES-----\n",
        ),
        ("other ends", "{KEYS}\n{E}\n{/FP}\n{/KEYS}\n"),
        (
            "the log of a daemon, with a user's name",
            "sshd[7]: Invalid user {KEYS}\nsshd: {KEYS}\nsshd: {E}\nsshd: {/KEYS}\n\
             sshd[7]: Invalid user SSH host key: {e} (ED25519)\n",
        ),
        (
            "a login prompt",
            "ip-10-0-0-1 login: {KEYS}\n{E}\nlogin: {/KEYS}\nlogin: SSH host key: {e} (ED25519)\n",
        ),
        (
            "an endless line",
            &format!("{{KEYS}}\n{{E}} {}\n{{/KEYS}}\n", "x".repeat(9000)),
        ),
    ] {
        assert_eq!(published(text), "", "{what}");
    }
}

#[test]
fn a_key_is_compared_with_the_published_one_of_its_type() {
    let key = |text| PublicKey::from_openssh(text).expect("a key");
    let known = read("{FP}\n256 {o} (ECDSA)\n{/FP}\n{KEYS}\n{E} root@vm1\n{/KEYS}\n");
    assert!(!known.is_empty() && PublishedKeys::default().is_empty());
    assert_eq!(known.judge(&key(ED25519)), Verdict::Published);
    assert_eq!(
        known.judge(&key(ECDSA)),
        Verdict::Different(OTHER_PRINT.into())
    );
    assert_eq!(known.judge(&key(RSA)), Verdict::Unpublished);
    assert_eq!(known.keys().collect::<Vec<_>>(), [ED25519]);
}

#[test]
fn any_text_costs_bounded_memory_and_time() {
    let endless = [b"\x1b[".repeat(100_000), b"-----BEGIN \n".repeat(50_000)].concat();
    assert!(PublishedKeys::read(&endless).is_empty());
    assert!(PublishedKeys::read(&[0xff, 0x1b, b']', 0x1b, b'[', 0x1b, b' ', 0x1b]).is_empty());
    let many = "256 {e} (ED25519)\n".repeat(1000) + "256 {c} (ECDSA)\n";
    assert_eq!(published(&format!("{{FP}}\n{many}{{/FP}}\n")), "e");
    // The end of a long text is what counts.
    let long = "x".repeat(100) + "\n";
    let long = format!(
        "{}{{FP}}\n256 {{e}} (ED25519)\n{{/FP}}\n",
        long.repeat(10_000)
    );
    assert_eq!(published(&long), "e");
}
