//! What the file says gives way to what it does not go with.

use super::*;

#[test]
fn what_is_typed_makes_the_file_give_way() {
    let endpoint = "[defaults]\neice-endpoint = \"eice-0123456789abcdef0\"";
    let eice = options(endpoint, "h");
    assert_eq!((eice.via, eice.endpoint.is_some()), (Way::Eice, true));
    for line in ["--ssm h", "--via auto h"] {
        assert_eq!(options(endpoint, line).endpoint, None, "{line}");
    }
    let kind = "[defaults]\nkey-type = \"rsa\"";
    assert!(options(kind, "h").key_type.is_some());
    assert_eq!(options(kind, "-i file h").key_type, None);
    // In a task that the value does not go with, it does not apply.
    let way = "[defaults]\nvia = \"public\"\nlogin = \"me\"";
    let shell = options(way, "--shell h");
    assert_eq!((shell.via, shell.login), (Way::Auto, LoginChoice::Usual));
    let named =
        "[host.h]\ninstance-id = \"i-0123abcd\"\n[host.\"i-*\"]\ninstance-id = \"i-0123abce\"";
    assert!(options(named, "h").instance.is_some());
    assert_eq!(options(named, "i-0123abcf").instance, None);
    // The target has its own region.
    let regional = "ip-10-0-0-1.eu-west-1.compute.internal";
    assert_eq!(options(FILE, regional).region, None);
}

#[test]
fn what_the_file_says_of_a_start_gives_way() {
    let text = "[defaults]\nwait = \"1m\"\n[host.h]\nstart = true\n[host.i]\nstart = false";
    let start = |line: &str| {
        let options = options(text, line);
        (options.start, options.wait.map(|it| it.as_secs()))
    };
    for (line, expected) in [
        ("h", (true, Some(60))),
        ("--shell h", (true, Some(60))),
        ("--wait 2m h", (true, Some(120))),
        ("i", (false, None)),
        ("--start i", (true, Some(60))),
        ("other", (false, None)),
    ] {
        assert_eq!(start(line), expected, "{line}");
    }
}

#[test]
fn a_way_of_the_file_gives_way_to_a_port() {
    let forward = |text: &str, line: &str| {
        let options = options(text, line);
        (options.via, options.endpoint.is_some())
    };
    let endpoint = "[defaults]\neice-endpoint = \"eice-0123456789abcdef0\"";
    for (text, line, expected) in [
        (
            "[defaults]\nvia = \"private\"",
            "--listen 1 h:db:2",
            (Way::Ssm, false),
        ),
        (
            "[defaults]\nvia = \"eice\"",
            "--listen 1 h:db:2",
            (Way::Ssm, false),
        ),
        (
            "[defaults]\nvia = \"eice\"",
            "--listen 1 h:80",
            (Way::Auto, false),
        ),
        (
            "[defaults]\nvia = \"eice\"",
            "--listen 1 h:22",
            (Way::Eice, false),
        ),
        (endpoint, "--listen 1 h:db:2", (Way::Ssm, false)),
        (endpoint, "--listen 1 h:22", (Way::Eice, true)),
        (
            "[defaults]\nvia = \"serial\"",
            "--listen 1 h:db:2",
            (Way::Ssm, false),
        ),
    ] {
        assert_eq!(forward(text, line), expected, "{text} {line}");
    }
    let shown = |text: &str, line: &str| {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let (program, grammar) = (Program::Ssh, Grammar::of(Program::Ssh));
        let request = cli::parse(program, grammar, &words).expect("a request");
        let line = CommandWords {
            program,
            grammar,
            words: &words,
        };
        let settled = survey(line, &request, &config_with(text, &[])).expect("settings");
        let ways = settled.into_iter();
        let ways = ways.filter(|it| matches!(it.key.name, Name::Via | Name::Endpoint));
        ways.map(|it| it.value).collect::<Vec<_>>().join(" ")
    };
    let way = "[defaults]\nvia = \"eice\"";
    for (text, line, expected) in [
        (way, "--show-config --listen 1 h:db:2", ""),
        (way, "--show-config --listen 1 h:80", ""),
        (way, "--show-config --listen 1 h:22", "eice"),
        (way, "--show-config h", "eice"),
        (way, "--show-config --ssm --listen 1 h:db:2", "ssm"),
        (endpoint, "--show-config --listen 1 h:db:2", ""),
    ] {
        assert_eq!(shown(text, line), expected, "{text} {line}");
    }
    let config = config_with("[defaults]\nvia = \"public\"", &[]);
    let typed = applied_by(Program::Ssh, &config, "--eice --listen 1 h:db:2");
    assert_eq!(typed.map(|_| ()), Err(Usage::HostWay(Way::Eice)));
}
