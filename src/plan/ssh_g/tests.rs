use std::ffi::OsStr;

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
