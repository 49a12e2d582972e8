use super::*;
use crate::plan::cli::grammar::Grammar;
use crate::plan::cli::{self, Request};
use crate::plan::program::Program;
use crate::plan::route::serial::Console;
use crate::plan::target::ids::Login;
use crate::plan::way::Way;

/// The arguments for the client, separated by spaces, for root on each of these routes.
fn arguments(program: Program, typed: &[&str], identity: Identity<'_>, to: &[Route]) -> String {
    let typed: Vec<OsString> = typed.iter().map(OsString::from).collect();
    let request = cli::parse(program, Grammar::of(program), &typed);
    let Ok(Request::Connect(invocation)) = request else {
        panic!("{request:?}");
    };
    let login = Login::parse("root").expect("a user");
    let resolved = |route: &Route| Resolved {
        login: login.clone(),
        route: route.clone(),
        jump: None,
        by_master: false,
        batch: false,
        agent: AgentConfig::default(),
        host_key: None,
        asks_agent: None,
        connection: None,
    };
    let resolved: Vec<_> = to.iter().map(resolved).collect();
    let (client, mssh) = (Path::new("/bin/x"), Some(Path::new("/m")));
    let line = build(client, &invocation, identity, None, mssh, &resolved);
    line.words
        .join(OsStr::new(" "))
        .into_string()
        .expect("text")
}

fn agent() -> AgentOptions {
    AgentOptions {
        socket: "/a".into(),
        public_key: Some("/k".into()),
        forwarded: None,
        host_key: Vec::new(),
    }
}

fn direct(address: &str) -> Route {
    Route::Direct(address.parse().expect("an address"), Way::Public)
}

#[test]
fn our_words_come_first_and_the_rest_is_as_typed() {
    let typed = ["-dvvA", "-p22", "a@i-0abcdef0", "-o", "User x", "ls", "-r"];
    assert_eq!(
        arguments(
            Program::Ssh,
            &typed,
            Identity::Ephemeral(&agent()),
            &[direct("10.0.0.1")]
        ),
        "-o IdentityAgent=/a -o IdentitiesOnly=yes -i /k -vvA -p22 root@10.0.0.1 -o User x ls -r"
    );
    assert_eq!(
        arguments(
            Program::Ssh,
            &["i-0abcdef0"],
            Identity::Own(None),
            &[direct("::1")]
        ),
        "-o IdentitiesOnly=yes root@::1"
    );
    assert_eq!(
        arguments(
            Program::Ssh,
            &["-Oexit", "h"],
            Identity::Unneeded,
            &[direct("::1")]
        ),
        "-Oexit root@::1"
    );
}

#[test]
fn each_destination_of_scp_gets_its_own_address() {
    let to = [direct("10.0.0.1"), direct("::1")];
    assert_eq!(
        arguments(
            Program::Scp,
            &["-r", "a:x", "f", "b:"],
            Identity::Ephemeral(&agent()),
            &to
        ),
        "-o IdentityAgent=/a -o IdentitiesOnly=yes -i /k -r root@10.0.0.1:x f root@[::1]:"
    );
}

#[test]
fn an_alias_stays_the_host_and_the_address_becomes_its_host_name() {
    let alias = Route::ByHostName("db".to_owned(), "10.0.0.1".parse().expect("an address"));
    assert_eq!(
        arguments(
            Program::Sftp,
            &["-C", "db:/x"],
            Identity::Ephemeral(&agent()),
            &[alias]
        ),
        "-o IdentityAgent=/a -o IdentitiesOnly=yes -i /k -o HostName=10.0.0.1 -C root@db:/x"
    );
}

#[test]
fn the_host_key_of_a_console_comes_after_the_users_options() {
    let console = || {
        Route::Serial(Console {
            host: "c".to_owned(),
            fingerprint: Some("F"),
        })
    };
    for (typed, expected) in [
        (&["i-0abcdef0", "-v"][..], ("root@c -v", "")),
        (&["-v", "--", "i-0abcdef0"], ("-v", " -- root@c")),
    ] {
        let words = arguments(Program::Ssh, typed, Identity::Unneeded, &[console()]);
        let options = host_key::options("F", Path::new("/m"));
        let options = options.join(OsStr::new(" ")).into_string().expect("text");
        assert_eq!(words, format!("{} {options}{}", expected.0, expected.1));
    }
}

#[test]
fn a_command_line_is_shown_for_a_shell() {
    let line = CommandLine {
        program: "/usr/bin/ssh".into(),
        words: vec!["h".into(), "echo $HOME".into()],
        by_shell: false,
    };
    assert_eq!(line.quoted(), "ssh h 'echo $HOME'");
}

#[test]
fn where_the_user_has_no_agent_ssh_is_told_last_to_forward_none() {
    let none = AgentOptions {
        forwarded: Some(agent::Forwarded::Nothing),
        ..agent()
    };
    let to = [direct("10.0.0.1")];
    let line = |program, typed: &[&str]| {
        let line = arguments(program, typed, Identity::Ephemeral(&none), &to);
        let (_, typed) = line.split_once("/k ").expect("our words");
        typed.to_owned()
    };
    let ssh = |typed| line(Program::Ssh, typed);
    assert_eq!(ssh(&["-A", "a@i-0abcdef0", "ls"]), "-A -a root@10.0.0.1 ls");
    assert_eq!(ssh(&["-A", "--", "a@i-0abcdef0"]), "-A -a -- root@10.0.0.1");
    // There, `-a` is another option.
    let typed = ["-A", "a@i-0abcdef0"];
    assert_eq!(line(Program::Sftp, &typed), "-A root@10.0.0.1");
}
