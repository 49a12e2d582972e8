//! Files, and the output of programs and of machines.

use ssh_key::PublicKey;

use super::{mutations, texts};
use crate::plan::aws::bad_value::BadCharacter;
use crate::plan::aws::date;
use crate::plan::aws::denial::DenialReason;
use crate::plan::aws::profiles::Profiles;
use crate::plan::console::PublishedKeys;
use crate::plan::pattern;
use crate::plan::ssh_g::{HostConfig, files, host_blocks, known_host_lines};

const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

const CONSOLE: &[&str] = &[
    "<14>Jan  6 15:27:31 cloud-init: #####\r\n<14>Jan  6 15:27:31 cloud-init: -----BEGIN SSH HOST KEY \
     FINGERPRINTS-----\r\n<14>Jan  6 cloud-init: 256 SHA256:l4UB/0DA8fBpJzZtUbkTVVnBBBBBBBBBBBBBBBBBBBBB \
     root@vm1 (ED25519)\r\n<14>Jan  6 cloud-init: -----END SSH HOST KEY FINGERPRINTS-----\r\n",
    "-----BEGIN SSH HOST KEY KEYS-----\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f \
     root@vm1\n-----END SSH HOST KEY KEYS-----\n",
    "[  115.600243] cloud-init[1097]: ec2: 256 SHA256:l4UB/0DA8fBpJzZtUbkTVVnBBBBBBBBBBBBBBBBBBBBB no comment (ECDSA)\n",
    "SSH host key: SHA256:l4UB/0DA8fBpJzZtUbkTVVnBBBBBBBBBBBBBBBBBBBBB (ED25519)\r\n",
    "ci-info: | ssh-ed25519 | AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f |\n",
];

/// The keys are few and in the text, and go into known_hosts as one line each.
#[test]
fn console_output() {
    let own = PublicKey::from_openssh(KEY).expect("a key");
    texts(CONSOLE, |text| {
        let keys = PublishedKeys::read(text.as_bytes());
        let _ = keys.judge(&own);
        let lines: Vec<String> = keys.keys().collect();
        assert!(lines.len() < 20);
        for line in &lines {
            assert!(!line.contains(|c: char| c.is_control()), "{line:?}");
            assert!(PublicKey::from_openssh(line).is_ok(), "{line:?}");
        }
        !keys.is_empty()
    });
}

#[test]
fn output_of_ssh() {
    let config = "user me\nhostname web\nport 22\nproxyjump a@b:22\ncontrolpath /tmp/%C\n\
                  controlmaster auto\nidentityfile ~/.ssh/id_rsa\nsendenv LANG\naddressfamily inet6\n";
    let debug = "debug1: Reading configuration data /etc/ssh/ssh_config\r\ndebug1: /etc/ssh/ssh_config \
                 line 19: include /etc/ssh/ssh_config.d/*.conf matched no files\n";
    let blocks = "Host a b !c\n  User \"x y\"\nMatch host *.lab exec \"true\"\n\tHostName=%h.x\n\
                  Include ~/.ssh/more\n";
    let corpus = [config.as_bytes(), debug.as_bytes(), blocks.as_bytes()];
    mutations(&corpus, |bytes| {
        let config = HostConfig::parse(bytes);
        assert!(config.hostname.len() <= 3 * bytes.len());
        let _ = host_blocks::say_the_same(bytes, ["a", "b"]);
        let _ = host_blocks::may_differ_in_host_keys(bytes);
        let _ = host_blocks::has_alias_in_control_path(bytes);
        let _ = files::may_set_user(bytes, "me");
        let values = files::values(bytes, "user").map(<[u8]>::len).sum::<usize>();
        assert!(values <= bytes.len());
        files::read(bytes).is_some() || !config.hostname.is_empty()
    });
}

#[test]
fn known_hosts() {
    let corpus = [
        format!("# x\n@revoked c {KEY}\na,I-0b {KEY} me\n[b]:22 {KEY}\n"),
        format!("|1|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|AAAAAAAAAAAAAAAAAAAAAAAAAAA= {KEY}\n"),
        format!("@cert-authority *.lab {KEY}\r\n"),
    ];
    let corpus: Vec<&[u8]> = corpus.iter().map(String::as_bytes).collect();
    mutations(&corpus, |bytes| {
        let names: Vec<String> = known_host_lines::names_with(bytes, KEY).collect();
        assert!(names.iter().map(String::len).sum::<usize>() <= bytes.len());
        known_host_lines::has(bytes, "i-0b", KEY) || !names.is_empty()
    });
}

/// What names a profile is in the file.
#[test]
fn aws_files() {
    let corpus = [
        "[default]\nregion = us-east-1 ; c\n# x\n[profile a b]\nrole_arn=arn\nsource_profile = default\n",
        "[sso-session \"my sso\"]\nsso_region = r\n[services x]\nec2 =\n  endpoint_url = http://h\n",
        "[profile x]\ns3 =\n  a = b\ncredential_process = \"a\" 'b'\n\u{feff}",
    ];
    texts(&corpus, |text| {
        let Ok(profiles) = Profiles::parse(text, text) else {
            return false;
        };
        for name in profiles.names() {
            assert!(text.contains(&name), "{name:?}");
            let profile = profiles.profile(&name).expect("a profile");
            let region = profile.get("region").unwrap_or_default();
            assert!(region.len() <= text.len());
        }
        true
    });
}

#[test]
fn dates() {
    let corpus = [
        "2026-01-31T23:59:59Z",
        "2020-06-17T10:01:45UTC",
        "Sat, 31 Jan 2026 23:59:59 +0100",
        "2026-01-31 23:59:59.999999999 +0000 UTC",
        "Sat Jan 31 23:59:59 UTC 2026",
        "20260131T235959Z",
    ];
    texts(&corpus, |text| {
        let date = date::read(text);
        assert!(date.is_none_or(|(_, nanoseconds)| nanoseconds < 1_000_000_000));
        date.is_some()
    });
}

#[test]
fn messages_of_aws() {
    let corpus = [
        "User: arn:aws:iam::1:user/x is not authorized to perform: ec2:X on resource: arn with an \
         explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/p-1",
        "because no permissions boundary allows the ec2:X action",
    ];
    texts(&corpus, |text| {
        let _ = BadCharacter::of(text);
        DenialReason::parse(text).is_some()
    });
}

/// Time is bounded however many stars there are.
#[test]
fn patterns() {
    let corpus: [&[u8]; 3] = [
        b"*a*b*c*\naaabbbccc",
        b"?*?*?\nabcdef",
        b"*.conf\nx.conf.old",
    ];
    mutations(&corpus, |bytes| {
        let split = bytes.iter().position(|byte| *byte == b'\n');
        let (pattern, name) = bytes.split_at(split.unwrap_or(0));
        pattern::fits(pattern, name) || pattern::fits(b"*", name)
    });
}
