//! Tests of those parts of the lab that other tests rely on.

use std::time::{Duration, UNIX_EPOCH};

use super::fault::{DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use super::instances::{self, INSTANCES, SHORT_ID};
use super::{clock, describe, filter, push};

#[test]
fn instance_ids_are_valid() {
    for instance in INSTANCES {
        let length = if instance.id == SHORT_ID { 10 } else { 19 };
        assert!(describe::is_id(instance.id), "{}", instance.id);
        assert_eq!(instance.id.len(), length, "{}", instance.id);
        assert!(
            instance.zone.starts_with(instance.region),
            "{} is elsewhere",
            instance.id
        );
    }
}

#[test]
fn dates_are_formatted_correctly() {
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    assert_eq!(clock::compact(at(0)), "19700101000000");
    assert_eq!(clock::compact(at(951_827_696)), "20000229123456");
    assert_eq!(clock::compact(at(1_735_689_599)), "20241231235959");
    assert_eq!(clock::iso(at(1_772_323_200)), "2026-03-01T00:00:00Z");
}

#[test]
fn filters_take_wildcards() {
    assert!(filter::is_like("web1", "web1"));
    assert!(filter::is_like("web1", "w*1"));
    assert!(filter::is_like("web1", "web?"));
    assert!(filter::is_like("we*b", r"we\*b"));
    assert!(!filter::is_like("web1", "web"));
    assert!(!filter::is_like("web1", r"we\*"));
}

/// "Filters" of `DescribeInstances` in the EC2 API reference.
#[test]
fn filters_of_primary_addresses_ignore_secondary_ones() {
    let multi_homed = instances::find(instances::MULTI_HOMED).expect("an instance of the lab");
    let matches = |name: &str, value: &str| {
        let filters = [(name.to_owned(), vec![value.to_owned()])];
        filter::matches(multi_homed, &filters).expect("a filter")
    };
    let (private, elastic) = ("private-ip-address", "association.public-ip");
    for (name, value, expected) in [
        (private, "127.0.1.16", true),
        (private, "127.0.1.17", false),
        ("ip-address", "127.0.0.16", true),
        ("ip-address", "127.0.0.18", false),
        ("ipv6-address", "2001:db8::18", false),
    ] {
        assert_eq!(matches(name, value), expected, "{name} {value}");
    }
    for (name, value, expected) in [
        (format!("addresses.{private}"), "127.0.1.16", true),
        (format!("addresses.{private}"), "127.0.1.19", true),
        (format!("addresses.{elastic}"), "127.0.0.17", true),
        (format!("addresses.{elastic}"), "127.0.0.18", true),
        (elastic.to_owned(), "127.0.0.17", false),
        (elastic.to_owned(), "127.0.0.18", true),
        (
            "ipv6-addresses.ipv6-address".to_owned(),
            "2001:db8::18",
            true,
        ),
    ] {
        let name = format!("network-interface.{name}");
        assert_eq!(matches(&name, value), expected, "{name} {value}");
    }
}

#[test]
fn user_names_are_validated_like_the_api() {
    let longest = "a".repeat(32);
    for user in [
        "ec2-user", "_x", "a", "host$", "jane.doe", "a@b.c", "0jane", &longest,
    ] {
        assert!(push::is_user(user), "{user}");
    }
    let too_long = "a".repeat(33);
    let no_end = format!("{}.", "a".repeat(31));
    for user in [
        "", "$", "-x", ".x", "42", "a b", "a/b", "a$b", "ä", &too_long, &no_end,
    ] {
        assert!(!push::is_user(user), "{user}");
    }
}

#[test]
fn public_keys_are_validated() {
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILAzEONvr13rPpNdIKlDnFCE0OHyI1LP6LvbCAVTk2dP";
    assert!(push::is_public_key(key));
    assert!(push::is_public_key(&format!("{key} with a comment")));
    assert!(!push::is_public_key(&format!("{key}\n{key}")));
    assert!(!push::is_public_key(&key[..key.len() - 4]));
    assert!(!push::is_public_key(&key.replacen("ed25519", "rsa", 1)));
    assert!(!push::is_public_key(&format!("no-pty {key}")));
}

#[test]
fn faults_apply_to_the_configured_calls() {
    let mut fault = Fault::new(Trouble::Throttle)
        .on(SEND_SSH_PUBLIC_KEY)
        .first(1);
    assert_eq!(fault.apply(DESCRIBE_INSTANCES), None);
    assert_eq!(fault.apply(SEND_SSH_PUBLIC_KEY), Some(Trouble::Throttle));
    assert_eq!(fault.apply(SEND_SSH_PUBLIC_KEY), None);
    let mut never = Fault::new(Trouble::Reset).share(0.0);
    assert_eq!(never.apply(DESCRIBE_INSTANCES), None);
}
