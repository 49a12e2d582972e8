use std::ffi::OsString;

use super::*;
use crate::plan::cli::bind_address::BindAddress;
use crate::plan::cli::grammar::Grammar;
use crate::plan::cli::usage::Usage;
use crate::plan::cli::{self, Request};
use crate::plan::program::Program;
use crate::plan::target::bad_name::BadName;

fn read(line: &[&str]) -> Result<Request, Usage> {
    let line: Vec<OsString> = line.iter().map(OsString::from).collect();
    cli::parse(Program::Ssh, Grammar::of(Program::Ssh), &line)
}

#[test]
fn a_bind_address_is_a_port_with_or_without_an_address() {
    for (word, read, first) in [
        ("5000", "127.0.0.1:5000", "127.0.0.1:5000"),
        ("0", "127.0.0.1:0", "127.0.0.1:0"),
        ("localhost:65535", "127.0.0.1:65535", "127.0.0.1:65535"),
        ("10.0.0.1:80", "10.0.0.1:80", "10.0.0.1:80"),
        ("0.0.0.0:80", "0.0.0.0:80", "0.0.0.0:80"),
        ("[::1]:5000", "[::1]:5000", "[::1]:5000"),
        ("[::]:5000", "[::]:5000", "[::]:5000"),
        ("*:5000", "*:5000", "[::]:5000"),
        (":5000", "*:5000", "[::]:5000"),
    ] {
        let address = BindAddress::parse(word).expect(word);
        assert_eq!(address.to_string(), read);
        assert_eq!(address.sockets()[0].to_string(), first);
    }
    for word in [
        "",
        "x",
        "-1",
        "+1",
        "65536",
        "5000:",
        "::1:5000",
        "[::1]",
        "[1.2.3.4]:5",
        "host:5000",
        "5000:localhost:80",
        "1.2.3:80",
        " 5000",
        "::1",
    ] {
        assert_eq!(BindAddress::parse(word), None, "{word}");
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
        let Ok(Request::Listen(listening)) = read(&["--listen", "5000", word]) else {
            panic!("{word}: {:?}", read(&["--listen", "5000", word]));
        };
        let destination = listening.invocation.destinations().next();
        assert_eq!(destination.map(|it| &*it.host), Some(host));
        assert_eq!(listening.port, port);
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
            Usage::Name(BadName::Host("h:1:2".into())),
        ),
        (
            &["--listen", "1", "::1]:2"],
            Usage::Name(BadName::Host("::1]:2".into())),
        ),
        (
            &["--listen", "1", "ssh://h:2"],
            Usage::Name(BadName::Host("ssh://h:2".into())),
        ),
        (&["--listen", "1", "root@h"], with("`root@`")),
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
