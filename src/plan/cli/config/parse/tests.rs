use super::*;
use crate::hint::Hint;

#[test]
fn a_mistake_is_told_with_its_place_and_the_nearest_word() {
    for (text, message, hint) in [
        (
            "[defaults]\nregoin = \"x\"",
            "2:1: unknown key `regoin`",
            "did you mean `region`?",
        ),
        (
            "[default]",
            "1:2: unknown section `default`",
            "did you mean `defaults`?",
        ),
        (
            "[hosts.a]",
            "1:2: unknown section `hosts`",
            "did you mean `host`?",
        ),
        (
            "region = \"eu-west-1\"",
            "1:1: `region` is in no section",
            "put it below [defaults] or [host.\"PATTERN\"]",
        ),
        (
            "[host.a]\n  via = \"privat\"",
            "2:9: `privat` is not a valid value for `via`",
            "did you mean `private`?",
        ),
        (
            "[defaults]\nregion = \"é\"\n",
            "2:10: `é` is not a valid region",
            "a region looks like eu-west-1",
        ),
        (
            "[defaults]\nvia = true",
            "2:7: `via` is true or false, not a string",
            "write `via = \"…\"`",
        ),
        (
            "[host.web.prod]\nvia = \"ssm\"",
            "1:11: a pattern with a dot needs quotes",
            "write [host.\"web.prod\"]",
        ),
        (
            "[host]\na = 1",
            "2:1: `a` is a number, not a section",
            "sections are [defaults] and [host.\"PATTERN\"]",
        ),
        (
            "[defaults]\nstart = \"yes\"",
            "2:9: `start` must be true or false",
            "write `start = true`, without quotes",
        ),
        (
            "[host.h]\nwait = 90",
            "2:8: `wait` is a number, not a string",
            "write `wait = \"…\"`",
        ),
        (
            "[defaults]\nwait = \"soon\"",
            "2:8: `soon` is not a valid time to wait",
            "write a number with s, m or h, like 90s, 5m or 1h; up to 24h",
        ),
        (
            "[defaults]\ninstance-id = \"i-0123abcd\"",
            "2:1: `instance-id` is for one host only",
            "put it below [host.\"PATTERN\"]",
        ),
        (
            "[host.a]\nkey = \"id_rsa\"",
            "2:7: `id_rsa` is neither an absolute path nor one in `~/`",
            "write `~/id_rsa` or the whole path",
        ),
        (
            "[defaults]\nlogin = \"\"",
            "2:9: `login` is empty",
            "give a value, or leave it out",
        ),
    ] {
        let found = Config::parse("f".into(), text.into(), Environment::default());
        let error = found.map(|_| ()).expect_err(text);
        assert_eq!(error.to_string(), format!("f:{message}"), "{text}");
        assert_eq!(error.hint().as_deref(), Some(hint), "{text}");
    }
    let place = |content: &[u8]| {
        let found = Config::parse("f".into(), content.into(), Environment::default());
        found.map(|_| ()).expect_err("a mistake").to_string()
    };
    assert_eq!(
        place(b"[defaults]\n# \xc3\xa9\xff"),
        "f:2:4: the file is not UTF-8"
    );
    assert_eq!(
        place(b"[defaults]\nvia = \"a\nb\""),
        "f:2:9: invalid basic string, expected `\"`"
    );
    assert!(place(b"[defaults]\n[defaults]").starts_with("f:2:"));
}

#[test]
fn a_deeply_nested_or_endless_file_is_refused_in_time() {
    for text in [
        "[".repeat(1 << 20),
        format!("[defaults]\nvia = {}", "[".repeat(1 << 19)),
        format!("[{}]", "a.".repeat(1 << 18)),
        "[host.a]\n".repeat(1 << 16),
        "a".repeat(1 << 20),
    ] {
        let found = Config::parse("f".into(), text.into(), Environment::default());
        assert!(found.is_err());
    }
}
