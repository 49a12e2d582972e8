use super::*;

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
    ] {
        assert!(Login::parse(good).is_ok(), "{good}");
    }
    let long = "a".repeat(33);
    for bad in [
        "",
        "-l",
        "1st",
        "a;b",
        "a$b",
        "a b",
        "$(x)",
        "ü",
        "$",
        long.as_str(),
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
