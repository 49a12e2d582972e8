use std::path::Path;

use super::invocation::{Invocation, Options};
use super::options::Shell;
use super::usage::Usage;
use super::*;
use crate::plan::program::Program;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::ids::Region;
use crate::plan::way::Way;

fn read(program: Program, line: &[&str]) -> Result<Request, Usage> {
    let line: Vec<OsString> = line.iter().map(OsString::from).collect();
    parse(program, Grammar::of(program), &line)
}

#[track_caller]
fn connects(program: Program, line: &[&str]) -> Invocation {
    match read(program, line) {
        Ok(Request::Connect(invocation)) => *invocation,
        other => panic!("{line:?}: {other:?}"),
    }
}

#[track_caller]
fn is_for_the_client(program: Program, line: &[&str], words: &[&str]) {
    let words = words.iter().map(OsString::from).collect();
    assert_eq!(read(program, line), Ok(Request::Client(words)), "{line:?}");
}

#[test]
fn queries_and_usage_errors_go_straight_to_the_client() {
    for line in [
        &["-G", "i-0abcdef0"][..],
        &["i-0abcdef0", "-G"],
        &["-vG", "h"],
        &["-V"],
        &["-Q", "cipher"],
        &["-o", "ControlPersist"],
        &["-Z", "h"],
        &["-p"],
        &["h", "-Z", "ls"],
        &["--"],
    ] {
        is_for_the_client(Program::Ssh, line, line);
    }
    is_for_the_client(
        Program::Ssh,
        &["-d", "-G", "--region=eu-west-1", "h"],
        &["-G", "h"],
    );
    is_for_the_client(
        Program::Sftp,
        &["-D", "/bin/server"],
        &["-D", "/bin/server"],
    );
    is_for_the_client(Program::Sftp, &["-Z", "h"], &["-Z", "h"]);
}

#[test]
fn a_dry_run_shows_what_the_client_would_be_run_with() {
    for (program, line, words) in [
        (
            Program::Scp,
            &["--dry-run", "-r", "a", "b"][..],
            &["-r", "a", "b"][..],
        ),
        (Program::Ssh, &["--dry-run", "-V"], &["-V"]),
        (
            Program::Sftp,
            &["--dry-run", "-D", "server"],
            &["-D", "server"],
        ),
    ] {
        let words = words.iter().map(OsString::from).collect();
        assert_eq!(
            read(program, line),
            Ok(Request::ShowClient(words)),
            "{line:?}"
        );
    }
}

#[test]
fn local_copies_go_straight_to_scp() {
    for line in [
        &["a", "b"][..],
        &["-r", "./a:b", "/x:y"],
        &["a"],
        &["h:"],
        &["-t", "dir"],
        &["-f", "file"],
    ] {
        is_for_the_client(Program::Scp, line, line);
    }
}

#[test]
fn options_in_a_remote_command_are_not_ours() {
    for command in ["-G", "-V", "--help", "-h", "--version", "-Z"] {
        let invocation = connects(Program::Ssh, &["h", "cmd", command]);
        assert!(invocation.flags.is_empty(), "{command}");
        assert_eq!(invocation.options, Options::default(), "{command}");
    }
}

#[test]
fn destinations_are_read_where_the_client_has_them() {
    let hosts = |program, line: &[&str]| -> Vec<String> {
        let invocation = connects(program, line);
        invocation.destinations().map(|d| d.host.clone()).collect()
    };
    assert_eq!(hosts(Program::Ssh, &["-l", "a", "b", "c"]), ["b"]);
    assert_eq!(hosts(Program::Sftp, &["b:x", "c:y"]), ["b"]);
    assert_eq!(hosts(Program::Scp, &["a:x", "y", "./z:", "b:"]), ["a", "b"]);
    let several = read(Program::Scp, &["--instance-id", "i-0abcdef0", "a:x", "b:"]);
    assert_eq!(several, Err(Usage::SeveralForOneId));
}

#[test]
fn our_values_are_checked_and_the_last_one_wins() {
    let line = [
        "-r",
        "us-east-1",
        "--private",
        "-dreu-west-1",
        "--via",
        "ipv6",
        "h",
    ];
    let options = connects(Program::Ssh, &line).options;
    assert_eq!(options.region, Region::parse("eu-west-1").ok());
    assert_eq!(
        (options.via, options.debug, options.dry_run),
        (Way::Ipv6, true, false)
    );
    let bad = |line: &[&str]| read(Program::Ssh, line).map(|_| ());
    assert_eq!(
        bad(&["-r", "x", "h"]),
        Err(Usage::Name(BadName::Region("x".into())))
    );
    assert_eq!(
        bad(&["-z", "x", "h"]),
        Err(Usage::Name(BadName::Zone("x".into())))
    );
    assert!(matches!(
        bad(&["--via", "x", "h"]),
        Err(Usage::BadChoice(..))
    ));
    assert!(matches!(
        bad(&["--completions", "x"]),
        Err(Usage::BadChoice(..))
    ));
    assert!(matches!(bad(&["--profile=", "h"]), Err(Usage::Empty(_))));
    assert_eq!(
        bad(&["--inst=i-1", "h"]),
        Err(Usage::Name(BadName::InstanceId("i-1".into())))
    );
    for line in [&[][..], &["-d"]] {
        let [choose, sftp] = [Program::Ssh, Program::Sftp].map(|it| read(it, line));
        assert!(matches!(choose, Ok(Request::Picker(_))), "{line:?}");
        assert_eq!(sftp, Err(Usage::NoTarget), "{line:?}");
    }
}

#[test]
fn documents_need_no_target() {
    let page = |line: &[&str]| read(Program::Scp, line);
    assert_eq!(page(&["-h"]), Ok(Request::Print(Document::Help)));
    assert_eq!(page(&["a", "--help"]).ok(), None);
    assert_eq!(page(&["--help", "a"]), Ok(Request::Print(Document::Help)));
    assert_eq!(page(&["--version"]), Ok(Request::Print(Document::Version)));
    assert_eq!(page(&["--man"]), Ok(Request::Print(Document::Man)));
    let bash = Document::Completions(Shell::Bash);
    assert_eq!(page(&["--completions", "bash"]), Ok(Request::Print(bash)));
}

#[test]
fn the_first_identity_counts_and_dash_o_is_a_control_command_in_ssh_only() {
    let invocation = connects(Program::Ssh, &["-i", "a", "-ib", "-Ocheck", "h"]);
    assert_eq!(invocation.identity(), Some(Path::new("a")));
    assert!(invocation.is_control_command());
    assert!(!connects(Program::Scp, &["-O", "a", "h:"]).is_control_command());
}
