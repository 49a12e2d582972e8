//! The lab does not lie: the parts of it on which a test's verdict rests.

use std::time::{Duration, UNIX_EPOCH};

use super::cast::{CAST, OLD};
use super::fault::{DESCRIBE_INSTANCES, Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use super::{clock, describe, filter, push};

#[test]
fn ids_of_the_cast_are_ids() {
    for member in CAST {
        let length = if member.id == OLD { 10 } else { 19 };
        assert!(describe::is_id(member.id), "{}", member.id);
        assert_eq!(member.id.len(), length, "{}", member.id);
        assert!(
            member.zone.starts_with(member.region),
            "{} is elsewhere",
            member.id
        );
    }
}

#[test]
fn times_are_those_of_the_calendar() {
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

#[test]
fn users_are_those_of_the_api() {
    let longest = "a".repeat(32);
    for user in [
        "ec2-user", "_x", "a", "host$", "jane.doe", "a@b.c", "0jane", &longest,
    ] {
        assert!(push::is_user(user), "{user}");
    }
    let too_long = "a".repeat(33);
    for user in [
        "", "$", "-x", ".x", "42", "a b", "a/b", "a$b", "ä", &too_long,
    ] {
        assert!(!push::is_user(user), "{user}");
    }
}

#[test]
fn keys_are_whole_and_of_one_line() {
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILAzEONvr13rPpNdIKlDnFCE0OHyI1LP6LvbCAVTk2dP";
    assert!(push::is_public_key(key));
    assert!(push::is_public_key(&format!("{key} with a comment")));
    assert!(!push::is_public_key(&format!("{key}\n{key}")));
    assert!(!push::is_public_key(&key[..key.len() - 4]));
    assert!(!push::is_public_key(&key.replacen("ed25519", "rsa", 1)));
    assert!(!push::is_public_key(&format!("no-pty {key}")));
}

#[test]
fn faults_strike_what_and_as_often_as_they_are_told() {
    let mut fault = Fault::new(Trouble::Throttle)
        .on(SEND_SSH_PUBLIC_KEY)
        .first(1);
    assert_eq!(fault.strike(DESCRIBE_INSTANCES), None);
    assert_eq!(fault.strike(SEND_SSH_PUBLIC_KEY), Some(Trouble::Throttle));
    assert_eq!(fault.strike(SEND_SSH_PUBLIC_KEY), None);
    let mut never = Fault::new(Trouble::Reset).share(0.0);
    assert_eq!(never.strike(DESCRIBE_INSTANCES), None);
}
