use std::ffi::OsString;

use crate::plan::cli::grammar::Grammar;
use crate::plan::cli::invocation::Action;
use crate::plan::cli::options::{self, Task};
use crate::plan::cli::usage::Usage;
use crate::plan::cli::{self, Request};
use crate::plan::program::Program;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::ids::Login;
use crate::plan::way::Way;

fn read(line: &[&str]) -> Result<Request, Usage> {
    let line: Vec<OsString> = line.iter().map(OsString::from).collect();
    cli::parse(Program::Ssh, Grammar::of(Program::Ssh), &line)
}

#[test]
fn ssh_gives_host_port_and_user() {
    let line = ["--agent-dir", "/k", "--proxy", "i-0abcdef0", "2222", "root"];
    let Ok(Request::ProxyCommand(request)) = read(&line) else {
        panic!("{:?}", read(&line));
    };
    assert_eq!(request.port, 2222);
    assert_eq!(
        request.agent,
        Some(("/k".into(), "i-0abcdef0.2222.root".to_owned()))
    );
    let named = [&line[..], &["hop0"]].concat();
    let Ok(Request::ProxyCommand(named)) = read(&named) else {
        panic!("{:?}", read(&named));
    };
    assert_eq!(named.agent, Some(("/k".into(), "hop0".to_owned())));
    let destination = request.invocation.destinations().next().expect("one");
    assert_eq!(destination.login.as_ref().map(Login::as_str), Some("root"));
    assert_eq!(destination.host, "i-0abcdef0");
    let own = ["-i", "/my key", "--proxy", "fd00::1", "22", "root"];
    assert!(matches!(read(&own), Ok(Request::ProxyCommand(request)) if request.agent.is_none()));
}

#[test]
fn missing_and_conflicting_words_are_refused() {
    let with = |what: &str| Usage::Conflict(what.to_owned(), Task::SshConfig);
    let option = |long| options::find_long(long).expect("an option");
    for (line, mistake) in [
        (
            &["--proxy", "i-0abcdef0", "22", "root"][..],
            Usage::ProxyKey,
        ),
        (&["--proxy", "i-0abcdef0", "22"], Usage::ProxyWords),
        (
            &["--key-dir", "/k", "--proxy", "i-0abcdef0", "22", "root"],
            Usage::OldBlock,
        ),
        (
            &["--key-dir", "/k", "--ssh-config"],
            Usage::Against("key-dir", "ssh-config"),
        ),
        (
            &["--proxy", "--agent-dir", "/k", "h", "22", "root", "../a"],
            Usage::ProxyWords,
        ),
        (&["--proxy"], Usage::ProxyWords),
        (&["--proxy", "-i", "k", "h", "x", "root"], Usage::ProxyWords),
        (
            &["--proxy", "--via", "instance-id", "h", "22", "root"],
            Usage::WayConflict(Way::InstanceId, Task::Proxy),
        ),
        (
            &["--proxy", "--agent-dir", "/k", "h", "22", "a;b"],
            Usage::Name(BadName::User("a;b".into())),
        ),
        (
            &["--proxy", "--agent-dir", "/k", "/home/me", "22", "root"],
            Usage::Name(BadName::Host("/home/me".into())),
        ),
        (
            &["--proxy", "--agent-dir", "/k", "..", "22", "root"],
            Usage::Name(BadName::Host("..".into())),
        ),
        (&["--ssh-config", "h"], with("a target")),
        (&["--ssh-config", "-v"], with("`-v`")),
        (&["--install", "h"], Usage::NeedsOther(option("install"))),
        (&["--uninstall"], Usage::NeedsOther(option("uninstall"))),
        (
            &["--agent-dir", "/k", "h"],
            Usage::NeedsOther(option("agent-dir")),
        ),
    ] {
        assert_eq!(read(line), Err(mistake), "{line:?}");
    }
}

#[test]
fn the_configuration_contains_the_options_for_the_proxy() {
    let line = [
        "--ssh-config",
        "--install",
        "-lroot",
        "--private",
        "--profile",
        "a b",
    ];
    let Ok(Request::Setup(setup)) = read(&line) else {
        panic!("{:?}", read(&line));
    };
    assert_eq!(setup.action, Action::Install);
    assert_eq!(setup.words, ["--profile", "a b", "--via", "private"]);
    assert_eq!(setup.login.as_str(), "root");
}
