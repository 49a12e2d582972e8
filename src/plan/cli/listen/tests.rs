use std::ffi::OsString;

use super::*;
use crate::plan::cli::grammar::Grammar;
use crate::plan::cli::usage::Usage;
use crate::plan::cli::{self, Request};
use crate::plan::program::Program;
use crate::plan::target::bad_name::BadName;

fn read(line: &[&str]) -> Result<Request, Usage> {
    let line: Vec<OsString> = line.iter().map(OsString::from).collect();
    cli::parse(Program::Ssh, Grammar::of(Program::Ssh), &line)
}

fn forwards(line: &[&str]) -> Vec<Forward> {
    match read(line) {
        Ok(Request::Listen(request)) => request.0,
        other => panic!("{line:?}: {other:?}"),
    }
}

#[test]
fn a_target_may_have_a_port() {
    for (word, host, port) in [
        ("i-0123456789abcdef0", "i-0123456789abcdef0", 22),
        ("i-0123456789abcdef0:5432", "i-0123456789abcdef0", 5432),
        ("mi-0123456789abcdef0:5432", "mi-0123456789abcdef0", 5432),
        ("10.0.0.1", "10.0.0.1", 22),
        ("10.0.0.1:1", "10.0.0.1", 1),
        ("fd00::1", "fd00::1", 22),
        ("fd00::22", "fd00::22", 22),
        ("[fd00::1]", "fd00::1", 22),
        ("[fd00::1]:65535", "fd00::1", 65535),
        (
            "ip-10-0-0-1.ec2.internal:80",
            "ip-10-0-0-1.ec2.internal",
            80,
        ),
    ] {
        let [forward] = &*forwards(&["--listen", "5000", word]) else {
            panic!("{word}");
        };
        let destination = forward.invocation.destinations().next();
        assert_eq!(destination.map(|it| &*it.host), Some(host));
        assert_eq!((&forward.host, forward.port), (&None, port));
        assert_eq!(forward.invocation.options.via, Way::Auto);
    }
}

#[test]
fn the_rule_where_a_target_ends() {
    for (word, target, host, port) in [
        (
            "i-0123456789abcdef0:db:5432",
            "i-0123456789abcdef0",
            "db",
            5432,
        ),
        (
            "mi-0123456789abcdef0:10.0.0.7:1",
            "mi-0123456789abcdef0",
            "10.0.0.7",
            1,
        ),
        ("web-1:[fd00::7]:80", "web-1", "fd00::7", 80),
        ("10.0.0.1:db:80", "10.0.0.1", "db", 80),
        ("[fd00::1]:[fd00::7]:80", "[fd00::1]", "fd00::7", 80),
        ("tag:role=web:db:5432", "tag:role=web", "db", 5432),
        (
            "tag:aws:cloudformation:stack-name=s:db:1",
            "tag:aws:cloudformation:stack-name=s",
            "db",
            1,
        ),
        ("tag:owner=a@b.c:db:1", "tag:owner=a@b.c", "db", 1),
        ("tag:role:db:5432", "tag:role", "db", 5432),
        ("asg:web-*:db:5432", "asg:web-*", "db", 5432),
        (
            "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0:db.internal:5432",
            "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0",
            "db.internal",
            5432,
        ),
    ] {
        let read = split(word.as_ref()).expect(word);
        assert_eq!(
            read,
            (
                target,
                RemoteHost::parse(host).or(RemoteHost::parse(&format!("[{host}]"))),
                port
            )
        );
    }
    for (word, target, port) in [
        ("tag:role=web:5432", "tag:role=web", 5432),
        ("tag:role=web", "tag:role=web", 22),
    ] {
        assert_eq!(split(word.as_ref()), Ok((target, None, port)));
    }
}

#[test]
fn another_host_is_reached_by_session_manager() {
    for line in [
        &["--listen", "1", "h:db:5"][..],
        &["--listen", "1", "--ssm", "h:db:5"],
    ] {
        assert_eq!(forwards(line)[0].invocation.options.via, Way::Ssm);
    }
    for (word, way) in [
        ("public", Way::Public),
        ("eice", Way::Eice),
        ("private", Way::Private),
    ] {
        let line = ["--listen", "1", "--via", word, "h:db:5"];
        assert_eq!(read(&line), Err(Usage::HostWay(way)));
    }
}

#[test]
fn each_listen_has_a_target() {
    let names = |line: &[&str]| -> Vec<String> {
        let name = |it: &Forward| {
            let host = it
                .invocation
                .destinations()
                .next()
                .map(|it| it.host.clone());
            format!(
                "{} {}:{}",
                it.bind_address,
                host.unwrap_or_default(),
                it.port
            )
        };
        forwards(line).iter().map(name).collect()
    };
    let two = ["127.0.0.1:1 a:5", "127.0.0.1:2 b:6"];
    for line in [
        &["--listen", "1", "a:5", "--listen", "2", "b:6"][..],
        &["--listen", "1", "--listen", "2", "a:5", "b:6"],
        &["a:5", "--listen=1", "--listen=2", "b:6", "-v"],
        &["--listen=1", "--listen=2", "--", "a:5", "b:6"],
    ] {
        assert_eq!(names(line), two, "{line:?}");
    }
    for (line, mistake) in [
        (
            &["--listen", "1", "--listen", "2", "a"][..],
            Usage::ListenTargets(2, 1),
        ),
        (&["--listen", "1", "--listen", "2"], Usage::NoTarget),
        (
            &["--listen", "1", "a", "--listen", "2", "b", "c"],
            Usage::Conflict("a command".to_owned(), Task::Listen),
        ),
    ] {
        assert_eq!(read(line), Err(mistake), "{line:?}");
    }
}

#[test]
fn mistakes_are_reported() {
    let with = |what: &str| Usage::Conflict(what.to_owned(), Task::Listen);
    let port = |word: &str| Usage::BadPort(word.to_owned());
    for (line, mistake) in [
        (
            &["--listen", "x", "h"][..],
            Usage::BadListenAddress("x".into()),
        ),
        (&["--listen", "5000"], Usage::NoTarget),
        (&["--listen", "1", "h:0"], port("0")),
        (&["--listen", "1", "h:"], port("")),
        (&["--listen", "1", "h:x"], port("x")),
        (&["--listen", "1", "[::1]:65536"], port("65536")),
        (
            &["--listen", "1", "h:1:2"],
            Usage::BadRemoteHost("1".into()),
        ),
        (
            &["--listen", "1", "::1]:2"],
            Usage::Name(BadName::Host("::1]:2".into())),
        ),
        (
            &["--listen", "1", "ssh://h:2"],
            Usage::Name(BadName::Host("ssh://h:2".into())),
        ),
        (
            &["--listen", "1", "h:-db:2"],
            Usage::BadRemoteHost("-db".into()),
        ),
        (
            &["--listen", "1", "h::2"],
            Usage::BadRemoteHost(String::new()),
        ),
        (
            &["--listen", "1", "h:fd00::1:2"],
            Usage::BadRemoteHost("fd00::1".into()),
        ),
        (&["--listen", "1", "h:db:x"], port("x")),
        (&["--listen", "1", "h:db"], port("db")),
        (&["--listen", "1", "root@h"], with("`root@`")),
        (&["--listen", "1", "root@h:db:1"], with("`root@`")),
        (&["--listen", "1", "-p", "22", "h"], with("`-p`")),
        (&["--listen", "1", "-Nv", "h"], with("`-N`")),
        (&["--listen", "1", "-v", "-Z", "h"], with("`-Z`")),
        (&["--listen", "1", "h", "uptime", "-p"], with("a command")),
        (&["--listen", "1", "h", ""], with("a command")),
        (
            &["--listen", "1", "--proxy", "h", "22", "me"],
            Usage::Against("proxy", "listen"),
        ),
        (
            &["--ssh-config", "--listen", "1"],
            Usage::Against("ssh-config", "listen"),
        ),
        (
            &["--listen", "1", "--agent-dir", "/k", "h"],
            Usage::Against("agent-dir", "listen"),
        ),
        (
            &["--listen", "1", "--serial", "h"],
            Usage::WayConflict(Way::Serial, Task::Listen),
        ),
        (
            &["--listen", "1", "--via", "instance-id", "h"],
            Usage::WayConflict(Way::InstanceId, Task::Listen),
        ),
    ] {
        assert_eq!(read(line), Err(mistake), "{line:?}");
    }
    for line in [
        &["--listen", "1", "-v", "h"][..],
        &["h:80", "-vv", "--listen=1"],
        &["--listen", "1", "--", "h"],
    ] {
        assert!(matches!(read(line), Ok(Request::Listen(_))), "{line:?}");
    }
}
