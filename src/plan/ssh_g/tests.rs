use std::ffi::OsStr;
use std::time::Duration;

use super::*;
use crate::plan::way::Family;

#[test]
fn an_answer_is_read_line_by_line() {
    let output = "user root\nhostname 10.0.0.1\naddressfamily inet6\nproxyjump none\n\
                  proxycommand nc %h %p\nbatchmode yes\nport 22\nidentityfile ~/.ssh/my key\n";
    assert_eq!(
        HostConfig::parse(output.as_bytes()),
        HostConfig {
            login: Some("root".into()),
            hostname: "10.0.0.1".into(),
            family: Family::Inet6,
            port: Some(22),
            proxy: Some("proxycommand nc %h %p".into()),
            master: None,
            batch: true,
            identities: vec!["~/.ssh/my key".into()],
            ..HostConfig::default()
        }
    );
    let unset = HostConfig::parse(b"user mssh-nobody-set-a-user\nproxycommand none\n");
    assert_eq!(unset, HostConfig::default());
}

#[test]
fn a_master_is_of_use_unless_ssh_is_to_become_one() {
    let master = |output: &[u8]| HostConfig::parse(output).master;
    let path = OsStr::from_bytes(b"/a b/\xff");
    for mode in ["false", "no", "auto", "autoask"] {
        let before = [b"controlmaster ", mode.as_bytes(), b"\n"].concat();
        let output = [before, b"controlpath /a b/\xff\n".to_vec()].concat();
        assert_eq!(master(&output), Some(path.into()), "{mode}");
    }
    assert_eq!(master(b"controlpath /s\ncontrolmaster true\n"), None);
    assert_eq!(master(b"controlmaster ask\ncontrolpath /s\n"), None);
    assert_eq!(master(b"controlpath none\n"), None);
}

#[test]
fn the_users_files_are_read_before_the_sentinel() {
    let text = |files| String::from_utf8(config(files)).expect("text");
    let end = "\nMatch all\nUser mssh-nobody-set-a-user\n";
    assert_eq!(text(Config::None), end);
    assert_eq!(
        text(Config::Given(b"Host x".to_vec())),
        format!("Host x{end}")
    );
    let files = ["/home/me/.ssh/config", "/etc/ssh/ssh_config"].map(PathBuf::from);
    assert_eq!(
        text(Config::Usual(files.to_vec())),
        format!("Include \"/home/me/.ssh/config\"\nInclude \"/etc/ssh/ssh_config\"\n{end}")
    );
}

#[test]
fn settings_of_the_connection_host_key_and_agents_are_read() {
    let output = "bindaddress 10.0.0.9\nconnecttimeout 7\nconnectionattempts 3\n\
                  tcpkeepalive yes\nipqos af21 cs1\ncanonicalizehostname true\n\
                  stricthostkeychecking ask\ncheckhostip yes\n\
                  nohostauthenticationforlocalhost yes\nhostkeyalias web\n\
                  globalknownhostsfile /etc/ssh/a /etc/ssh/b\nuserknownhostsfile ~/.ssh/c\n\
                  identityagent SSH_AUTH_SOCK\nforwardagent $OTHER\n\
                  pubkeyacceptedalgorithms ssh-ed25519,rsa-sha2-512\n";
    let config = HostConfig::parse(output.as_bytes());
    let connection = config.connection;
    assert!(connection.binds && connection.keepalive && connection.canonicalizes);
    assert_eq!(connection.timeout, Some(Duration::from_secs(7)));
    assert_eq!((connection.attempts, connection.tos), (Some(3), Some(0x48)));
    let host_key = config.host_key;
    assert_eq!(host_key.unknown, UnknownKey::Ask);
    assert!(host_key.checks_address && host_key.trusts_localhost);
    assert_ne!(host_key.command, KnownHostsCommand::Set);
    assert_eq!(host_key.alias.as_deref(), Some("web"));
    let files: Vec<&str> = host_key.files().collect();
    assert_eq!(files, ["~/.ssh/c", "/etc/ssh/a", "/etc/ssh/b"]);
    let agent = config.agent;
    assert_eq!(agent.identity_agent.as_deref(), Some("SSH_AUTH_SOCK"));
    assert_eq!(agent.forward, ForwardAgent::At("$OTHER".into()));
    assert_eq!(agent.accepted_algorithms, ["ssh-ed25519", "rsa-sha2-512"]);
    let usual = "connecttimeout none\ntcpkeepalive no\nstricthostkeychecking false\n\
                 forwardagent no\ncanonicalizehostname false\nipqos none none\n";
    assert_eq!(HostConfig::parse(usual.as_bytes()), HostConfig::default());
    let older = HostConfig::parse(b"pubkeyacceptedkeytypes ssh-rsa\nforwardagent yes\n");
    assert_eq!(older.agent.accepted_algorithms, ["ssh-rsa"]);
    assert_eq!(older.agent.forward, ForwardAgent::Yes);
}

#[test]
fn a_local_command_counts_only_where_it_is_permitted() {
    for (permitted, command) in [("yes", Some("echo %h")), ("no", None)] {
        let output = format!("permitlocalcommand {permitted}\nlocalcommand echo %h\n");
        let config = HostConfig::parse(output.as_bytes());
        assert_eq!(config.connection.local_command.as_deref(), command);
    }
}
