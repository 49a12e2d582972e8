use super::{Login, Region, *};

#[test]
fn ids_are_exact_but_for_their_case() {
    let id = InstanceId::parse("I-0ABCDEF0").map(|id| id.to_string());
    assert_eq!(id, Ok("i-0abcdef0".to_owned()));
    for bad in [
        "i-",
        "i-0abc",
        "i-0123456789abcdefg",
        "mi-0123456789abcdef0",
        "-i0",
    ] {
        assert!(InstanceId::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn users_are_those_of_instance_connect() {
    for good in [
        "ec2-user",
        "BAD",
        "first.last",
        "_x",
        "machine$",
        "ad@corp.example",
        "ends.",
        "1000jane",
        "2fa-admin",
        "1.",
        "1st$",
        &"a".repeat(32),
        &format!("{}$", "a".repeat(31)),
        &format!("1{}.", "a".repeat(30)),
    ] {
        assert!(is_pushed_for(good), "{good}");
    }
    for bad in [
        "",
        "-l",
        "12",
        "1$",
        ".a",
        "@a",
        "a;b",
        "a$b",
        "a b",
        "$(x)",
        "ü",
        "$",
        "CORP\\jane",
        &"a".repeat(33),
        &format!("{}.", "a".repeat(31)),
        &format!("{}@", "a".repeat(31)),
        &format!("1{}", "a".repeat(32)),
    ] {
        assert!(!is_pushed_for(bad), "{bad}");
    }
}

fn is_pushed_for(user: &str) -> bool {
    Login::parse(user).is_ok_and(|login| login.for_push().is_ok())
}

#[test]
fn any_user_that_ssh_accepts_can_log_in() {
    for good in [
        "CORP\\jane",
        "first last",
        "ü",
        "12",
        "a$b",
        &"a".repeat(40),
    ] {
        assert!(Login::parse(good).is_ok(), "{good}");
    }
    for bad in [
        "", "-l", "a -l", "a;b", "a|b", "$(x)", "`x`", "a\\", "a\nb", "'",
    ] {
        assert!(Login::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn regions_and_zones_have_shapes() {
    for good in [
        "us-east-1",
        "us-gov-west-1",
        "eusc-de-east-1",
        "us-iso-east-1",
        "ap-southeast-5",
    ] {
        assert!(Region::parse(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "bogus",
        "us-east-1;x",
        "us-east-1a",
        "-r",
        "us--1",
        "US-EAST-1",
        "us-east-",
    ] {
        assert!(Region::parse(bad).is_err(), "{bad}");
    }
    for good in [
        "us-east-1a",
        "us-west-2-lax-1a",
        "us-east-1-wl1-bos-wlz-1",
        "us-gov-west-1b",
    ] {
        assert!(Zone::parse(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "bogus",
        "us-east-1",
        "us-east-1a;x",
        "us-east-1a-",
        "-z",
        "f",
    ] {
        assert!(Zone::parse(bad).is_err(), "{bad}");
    }
}
