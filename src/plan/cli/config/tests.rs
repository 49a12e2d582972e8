mod giving_way;

use std::ffi::OsString;

use super::apply::{CommandWords, apply, survey};
use super::settle::Origin;
use super::*;
use crate::plan::cli::grammar::Grammar;
use crate::plan::cli::invocation::LoginChoice;
use crate::plan::cli::options::Name;
use crate::plan::cli::usage::Usage;
use crate::plan::cli::{self, Options, Request};
use crate::plan::program::Program;
use crate::plan::target::ids::{Login, Region};
use crate::plan::way::Way;

fn config_with(text: &str, variables: &[(&'static str, &str)]) -> Config {
    let variables = variables
        .iter()
        .map(|(name, value)| (*name, (*value).into()));
    let environment = Environment {
        home: "/home/jane".into(),
        variables: variables.collect(),
    };
    match Config::parse("file".into(), text.into(), environment) {
        Ok(config) => config,
        Err(error) => panic!("{error}"),
    }
}

fn applied_by(program: Program, config: &Config, line: &str) -> Result<Request, Usage> {
    let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
    let grammar = Grammar::of(program);
    let plain = cli::parse(program, grammar, &words)?;
    let line = CommandWords {
        program,
        grammar,
        words: &words,
    };
    apply(line, plain, config)
}

#[track_caller]
fn options(text: &str, line: &str) -> Options {
    let request = applied_by(Program::Ssh, &config_with(text, &[]), line);
    let request = request.unwrap_or_else(|error| panic!("{line}: {error}"));
    request.invocation().expect("a destination").options.clone()
}

fn region(name: &str) -> Option<Region> {
    Region::parse(name).ok()
}

const FILE: &str = r#"
[defaults]
region = "us-east-1"
profile = "all"

[host."web-*"]
region = "eu-west-1"
[host."web-1"]
region = "eu-west-2"
login = "ubuntu"
"#;

#[test]
fn the_first_section_that_has_the_key_decides_and_then_the_defaults() {
    for (line, expected) in [
        ("web-1", "eu-west-1"),
        ("ubuntu@web-2 ls", "eu-west-1"),
        ("db", "us-east-1"),
        ("-r eu-west-3 web-1", "eu-west-3"),
        ("--listen 80 web-1:80", "eu-west-1"),
        ("--shell web-1", "eu-west-1"),
        ("--doctor web-1", "eu-west-1"),
        ("--proxy --agent-dir /a web-1 22 me", "eu-west-1"),
    ] {
        assert_eq!(options(FILE, line).region, region(expected), "{line}");
    }
    let web = options(FILE, "web-1");
    assert_eq!(web.profile.as_deref(), Some("all"));
    assert_eq!(
        web.login,
        LoginChoice::Named(Login::parse("ubuntu").expect("a user"))
    );
    let from = |options: &Options, name| options.in_file(name).map(|it| it.origin.clone());
    assert_eq!(
        from(&web, Name::Region),
        Some(Origin::File("file:7".into()))
    );
    assert_eq!(
        from(&web, Name::Profile),
        Some(Origin::File("file:4".into()))
    );
    assert_eq!(
        from(&options(FILE, "-r eu-west-3 web-1"), Name::Region),
        None
    );
}

#[test]
fn patterns_fit_the_host_as_typed() {
    let file = r#"
[host."i-0123abcd"]
via = "private"
[host."10.0.0.*"]
via = "ipv6"
[host."web.prod"]
via = "public"
"#;
    for (host, via) in [
        ("I-0123ABCD", Way::Private),
        ("me@10.0.0.7", Way::Ipv6),
        ("ssh://me@web.prod:22", Way::Public),
        ("web.prod.example", Way::Auto),
        ("WEB.PROD", Way::Auto),
    ] {
        assert_eq!(options(file, host).via, via, "{host}");
    }
}

#[test]
fn the_environment_comes_before_the_file() {
    let text = "[defaults]\nprofile = \"a\"\nregion = \"us-east-1\"";
    for (variable, profile, place) in [
        ("AWS_PROFILE", None, region("us-east-1")),
        ("AWS_ACCESS_KEY_ID", None, region("us-east-1")),
        ("AWS_DEFAULT_REGION", Some("a"), None),
    ] {
        let config = config_with(text, &[(variable, "x")]);
        let request = applied_by(Program::Ssh, &config, "h").expect(variable);
        let options = &request.invocation().expect("a destination").options;
        let found = (options.profile.as_deref(), options.region.clone());
        assert_eq!(found, (profile, place), "{variable}");
    }
}

#[test]
fn a_list_gets_the_defaults() {
    for (line, expected) in [
        ("--list", "us-east-1"),
        ("--list web-1", "us-east-1"),
        ("-r eu-west-3 --list", "eu-west-3"),
    ] {
        let request = applied_by(Program::Ssh, &config_with(FILE, &[]), line).expect(line);
        let options = request.options().expect("options");
        assert_eq!(options.region, region(expected), "{line}");
        assert_eq!(options.profile.as_deref(), Some("all"));
        assert_eq!(options.login, LoginChoice::Usual);
    }
}

#[test]
fn a_key_of_the_users_is_one_more_word_for_ssh() {
    let text = "[host.h]\nkey = \"~/.ssh/id\"\nkey-type = \"rsa\"";
    let request = applied_by(Program::Ssh, &config_with(text, &[]), "-p 22 h ls").expect("fine");
    let invocation = request.invocation().expect("a destination");
    assert_eq!(
        invocation.identity().and_then(|it| it.to_str()),
        Some("/home/jane/.ssh/id")
    );
    assert_eq!(invocation.options.key_type, None);
    assert_eq!(invocation.words.len(), 5);
    let flag = invocation.flags.iter().find(|it| it.letter == b'p');
    assert_eq!(flag.map(|it| it.at), Some(1));
    let typed = applied_by(Program::Ssh, &config_with(text, &[]), "-i b h").expect("fine");
    let typed = typed
        .invocation()
        .and_then(|it| it.identity())
        .expect("a key");
    assert_eq!(typed.to_str(), Some("b"));
}

#[test]
fn several_destinations_may_differ_in_their_regions_only() {
    let two = |more: &str| {
        let text = format!("[host.a]\nregion = \"eu-west-1\"\n{more}\n[host.b]\nvia = \"public\"");
        config_with(&text, &[])
    };
    let same = applied_by(Program::Scp, &two("via = \"public\""), "a:x b:y").expect("fine");
    let regions = same.invocation().expect("destinations").destinations();
    let regions: Vec<_> = regions.map(|it| it.region().cloned()).collect();
    assert_eq!(regions, [region("eu-west-1"), None]);
    let differ = applied_by(Program::Scp, &two(""), "a:x b:y");
    let error = Usage::Differs("via", "a".into(), "b".into());
    assert_eq!(differ.map(|_| ()), Err(error));
    assert!(applied_by(Program::Scp, &two(""), "--ssm a:x b:y").is_ok());
    let login = "via = \"public\"\nlogin = \"ubuntu\"";
    assert!(applied_by(Program::Scp, &two(login), "a:x b:y").is_err());
    assert!(applied_by(Program::Scp, &two(login), "a:x me@b:y").is_ok());
}

#[test]
fn a_survey_tells_where_each_value_is_from() {
    let config = config_with(FILE, &[("AWS_PROFILE", "mine")]);
    let words: Vec<OsString> = ["--show-config", "--ssm", "web-1"]
        .map(OsString::from)
        .into();
    let (program, grammar) = (Program::Ssh, Grammar::of(Program::Ssh));
    let line = CommandWords {
        program,
        grammar,
        words: &words,
    };
    let request = cli::parse(program, grammar, &words).expect("a request");
    let settled = survey(line, &request, &config).expect("fine");
    let table = show::table(["file", "default"], &settled, str::to_owned);
    assert_eq!(
        table,
        "\
file             file       default
profile          mine       AWS_PROFILE
region           eu-west-1  file:7
login            ubuntu     file:10, unless ssh_config has a User
via              ssm        --ssm
eice-endpoint    -          default: the nearest
instance-id      -          default: by the target
key-type         -          default: ed25519, or rsa where ssh takes no other
host-key-alias   auto       default
verify-host-key  auto       default
start            false      default
wait             5m         default, with start
key              -          default: a fresh one
"
    );
    let json = show::json(["file", "default"], &settled);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["settings"][1]["from"], "file:7");
    assert_eq!(json["settings"][4]["value"], serde_json::Value::Null);
}

#[test]
fn the_example_is_empty_and_valid_without_its_comment_signs() {
    assert!(config_with(EXAMPLE, &[]).sections.is_empty());
    let uncommented = |line: &str| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with(' ') => setting.to_owned() + "\n",
        _ => "\n".to_owned(),
    };
    let text: String = EXAMPLE.lines().map(uncommented).collect();
    let config = config_with(&text, &[]);
    assert_eq!(config.sections.len(), 5);
    let used = |key: &Key| {
        let mut settings = config.sections.iter().flat_map(|it| &it.settings);
        settings.any(|it| it.key == *key)
    };
    let unused: Vec<_> = keys::keys().filter(|key| !used(key)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}
