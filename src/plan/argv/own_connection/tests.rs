use super::*;
use crate::plan::argv::host_key_name::{HostKeyName, NamePolicy};
use crate::plan::cli::grammar::Grammar;
use crate::plan::cli::{self, Request};
use crate::plan::host_key_alias::HostKeyAlias;
use crate::plan::ssh_g::AgentConfig;
use crate::plan::target::ids::{InstanceId, Login};
use crate::plan::way::Way;

/// What `ssh -G` says where nothing is configured.
const USUAL: &str = "hostname 10.0.0.1\nport 22\naddressfamily any\ncanonicalizehostname false\n\
                     checkhostip no\nstricthostkeychecking ask\ntcpkeepalive yes\n\
                     connectionattempts 1\nconnecttimeout none\nipqos af21 cs1\n";

fn invocation(program: Program, typed: &[&str]) -> Invocation {
    let typed: Vec<OsString> = typed.iter().map(OsString::from).collect();
    match cli::parse(program, Grammar::of(program), &typed) {
        Ok(Request::Connect(invocation)) => *invocation,
        other => panic!("{other:?}"),
    }
}

fn resolved(route: Route) -> Resolved {
    Resolved {
        login: Login::parse("root").expect("a user"),
        route,
        jump: None,
        by_master: false,
        batch: false,
        agent: AgentConfig::default(),
        host_key: Some(host_key("10.0.0.1 ssh-rsa A")),
        asks_agent: None,
        connection: None,
    }
}

/// The name of the host key with this known_hosts.
fn host_key(text: &str) -> HostKeyName {
    let policy = NamePolicy {
        option: HostKeyAlias::No,
        excludes_alias: false,
        sets_check: false,
        is_in_control_path: false,
        home: "/home/me",
    };
    let config = HostConfig::parse(USUAL.as_bytes());
    HostKeyName::choose("i-0abcdef0", &config, policy, |own, alias| {
        let mut found = known_hosts::Found::default();
        found.read(text.as_bytes(), own, alias);
        found
    })
}

fn direct(address: &str) -> Route {
    Route::Direct(address.parse().expect("an address"), Way::Public)
}

/// The connection for `mssh WORDS` with these lines after the usual ones; the host's key is known.
fn opened(words: &[&str], lines: &str) -> Option<OwnConnection> {
    let config = HostConfig::parse(format!("{USUAL}{lines}").as_bytes());
    let resolved = resolved(direct("10.0.0.1"));
    OwnConnection::of(&invocation(Program::Ssh, words), &resolved, &config)
}

#[test]
fn mssh_connects_as_ssh_would() {
    let lines =
        "port 2222\nconnecttimeout 5\nconnectionattempts 2\ntcpkeepalive no\nipqos none none\n";
    let connection = opened(&["-q", "i-0abcdef0"], lines).expect("a connection");
    let options = ConnectOptions {
        socket: SocketOptions::default(),
        timeout: Some(Duration::from_secs(5)),
        attempts: 2,
        quiet: true,
    };
    assert_eq!(connection.address.to_string(), "10.0.0.1:2222");
    assert_eq!(connection.options, options);
    let usual = opened(&["i-0abcdef0"], "").expect("a connection");
    let socket = usual.options.socket;
    assert_eq!((socket.keepalive, socket.tos), (true, Some(0x48)));
}

#[test]
fn what_a_proxy_command_would_change_is_left_to_ssh() {
    for lines in [
        "proxycommand nc %h %p\n",
        "proxyjump bastion\n",
        "bindaddress 10.0.0.9\n",
        "bindinterface eth1\n",
        "canonicalizehostname true\n",
        "nohostauthenticationforlocalhost yes\n",
        "permitlocalcommand yes\nlocalcommand sleep 9\n",
        "addressfamily inet6\n",
        "checkhostip yes\nport 2222\n",
        "hostname 10.0.0.2\n",
        "hostname web.example\n",
    ] {
        assert_eq!(opened(&["i-0abcdef0"], lines), None, "{lines}");
    }
    for words in [
        &["-v", "i-0abcdef0"][..],
        &["-oLogLevel=debug2", "i-0abcdef0"],
        &["-Oexit", "i-0abcdef0"],
        &["-Jnone", "i-0abcdef0"],
    ] {
        assert_eq!(opened(words, ""), None, "{words:?}");
    }
    for lines in [
        "checkhostip yes\n",
        "proxycommand none\n",
        "permitlocalcommand no\nlocalcommand sleep 9\n",
        "addressfamily inet\n",
    ] {
        assert!(opened(&["i-0abcdef0"], lines).is_some(), "{lines}");
    }
}

#[test]
fn only_a_route_to_an_address_of_the_instance_is_taken() {
    let config = HostConfig::parse(USUAL.as_bytes());
    let invocation = invocation(Program::Ssh, &["i-0abcdef0"]);
    let is_opened =
        |resolved: &Resolved| OwnConnection::of(&invocation, resolved, &config).is_some();
    let address = "10.0.0.1".parse().expect("an address");
    assert!(is_opened(&resolved(Route::AsTyped("10.0.0.1".into()))));
    assert!(is_opened(&resolved(Route::ByHostName(
        "web".into(),
        address
    ))));
    assert!(
        !is_opened(&resolved(direct("10.0.0.2"))),
        "ssh has another HostName"
    );
    let id = InstanceId::parse("i-0abcdef0").expect("an ID");
    assert!(!is_opened(&resolved(Route::InstanceId(id))));
    let by_master = Resolved {
        by_master: true,
        ..resolved(direct("10.0.0.1"))
    };
    let by_hops = Resolved {
        jump: Some("ssh -W %h:%p hop".into()),
        ..resolved(direct("10.0.0.1"))
    };
    assert!(!is_opened(&by_master) && !is_opened(&by_hops));
}

#[test]
fn a_question_about_an_unknown_key_is_left_to_ssh() {
    let invocation = invocation(Program::Scp, &["i-0abcdef0:a", "b"]);
    let opened = |lines: &str, host_key: Option<HostKeyName>| {
        let config = HostConfig::parse(format!("{USUAL}{lines}").as_bytes());
        let resolved = Resolved {
            host_key,
            ..resolved(direct("10.0.0.1"))
        };
        OwnConnection::of(&invocation, &resolved, &config).is_some()
    };
    let unknown = || Some(host_key("10.0.0.2 ssh-rsa A"));
    assert!(!opened("", unknown()) && !opened("", None));
    assert!(opened("", Some(host_key("10.0.0.1 ssh-rsa A"))));
    for strict in ["true", "false", "accept-new"] {
        let lines = format!("stricthostkeychecking {strict}\n");
        assert!(opened(&lines, unknown()), "{strict}");
    }
}

#[test]
fn another_program_than_ssh_connects_by_itself() {
    let config = HostConfig::parse(USUAL.as_bytes());
    let resolved = resolved(direct("10.0.0.1"));
    let is_opened = |program, words: &[&str]| {
        let invocation = invocation(program, words);
        OwnConnection::of(&invocation, &resolved, &config).is_some()
    };
    assert!(is_opened(Program::Sftp, &["i-0abcdef0"]));
    assert!(!is_opened(Program::Sftp, &["-S", "/my/ssh", "i-0abcdef0"]));
    assert!(!is_opened(
        Program::Scp,
        &["-S", "/my/ssh", "i-0abcdef0:a", "b"]
    ));
}

#[test]
fn destinations_share_a_connection_command_only_if_it_fits_all() {
    let usual = opened(&["i-0abcdef0"], "");
    let other = opened(&["i-0abcdef0"], "tcpkeepalive no\n");
    let options = usual.as_ref().map(|it| &it.options);
    let usual = usual.as_ref();
    assert_eq!(OwnConnection::common([usual, usual]), options);
    assert_eq!(OwnConnection::common([usual, other.as_ref()]), None);
    assert_eq!(OwnConnection::common([usual, None]), None);
    assert_eq!(OwnConnection::common([]), None);
}

#[test]
fn the_proxy_command_is_parsed_again() {
    let options = ConnectOptions {
        socket: SocketOptions {
            keepalive: true,
            tos: Some(16),
        },
        timeout: Some(Duration::from_secs(7)),
        attempts: 3,
        quiet: true,
    };
    let (mssh, agent) = (Path::new("/opt/my bin/mssh"), Path::new("/run/50%/s"));
    assert_eq!(
        options.proxy_command(mssh, Some(agent)),
        "'/opt/my bin/mssh' --connection host=%h port=%p socket=/run/50%%/s keepalive tos=16 \
         timeout=7 attempts=3 quiet"
    );
    let plain = ConnectOptions {
        attempts: 1,
        ..ConnectOptions::default()
    };
    assert_eq!(
        plain.proxy_command(Path::new("mssh"), None),
        "mssh --connection host=%h port=%p"
    );
    let parse = |words: &str| {
        let words: Vec<OsString> = words.split(' ').map(OsString::from).collect();
        ConnectionRequest::parse(&words)
    };
    let words = "host=::1 port=22 socket=/run/50%/s keepalive tos=16 timeout=7 attempts=3 quiet";
    let expected = ConnectionRequest {
        agent: Some(agent.to_owned()),
        address: "[::1]:22".parse().expect("an address"),
        options,
    };
    assert_eq!(parse(words), Some(expected));
    let request = parse("host=10.0.0.1 port=2222").expect("a request");
    assert_eq!((request.agent, request.options), (None, plain));
    for other in ["", "host=web port=22", "host=::1", "host=::1 port=22 x=1"] {
        assert_eq!(parse(other), None, "{other}");
    }
}
