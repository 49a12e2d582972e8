//! Hops (`-J`, ProxyJump): mssh finds those that are instances, and pushes to each when ssh gets
//! there.

mod config;
mod keys;
mod names;

use std::fs;

use crate::lab::instances::{PRIVATE, STOPPED, WEB1, WEB2};
use crate::sandbox::{SshUser, copy_program, finish, finish_with, lab, leaves_nothing, pushes};

/// Prints the address of the server.
const WHERE: &str = "echo $SSH_CONNECTION | cut -d' ' -f3";

/// A push, as user and instance.
fn at(user: &str, id: &str) -> String {
    format!("{user}@{id}")
}

#[track_caller]
fn arrives(words: &[&str], address: &str, pushed: &[String]) {
    // A home in which ssh_config sets the port for instance IDs, too.
    let user = SshUser::with("");
    let outcome = user.run("mssh", &[words, &[WHERE]].concat());
    outcome.prints(&format!("{address}\n"));
    let mut got = pushes(&user.caller);
    got.sort();
    let mut pushed = pushed.to_vec();
    pushed.sort();
    assert_eq!(got, pushed, "{words:?}");
    leaves_nothing(&user.caller);
}

#[test]
fn a_hop_that_is_an_instance_gets_its_own_key() {
    let pushed = [at("ec2-user", WEB1), at("ec2-user", PRIVATE)];
    for jump in [&["-J", WEB1][..], &["-o", &format!("ProxyJump={WEB1}")]] {
        arrives(&[jump, &[PRIVATE]].concat(), "127.0.1.21", &pushed);
    }
    let attached = format!("-4J{WEB1}");
    arrives(&[&attached, PRIVATE], "127.0.1.21", &pushed);
}

#[test]
fn each_hop_has_its_user_and_its_port() {
    let port = lab().port();
    let hop = format!("root@{WEB1}:{port}");
    let pushed = [at("root", WEB1), at("ubuntu", PRIVATE)];
    arrives(&["-J", &hop, &at("ubuntu", PRIVATE)], "127.0.1.21", &pushed);
}

#[test]
fn hops_are_chained() {
    let hops = format!("{WEB1},admin@{WEB2}");
    let pushed = [
        at("ec2-user", WEB1),
        at("admin", WEB2),
        at("ec2-user", PRIVATE),
    ];
    arrives(&["-J", &hops, PRIVATE], "127.0.1.21", &pushed);
}

#[test]
fn a_dns_name_of_aws_is_a_hop() {
    let hop = "ec2-127-0-0-11.compute-1.amazonaws.com";
    let pushed = [at("ec2-user", WEB1), at("ec2-user", PRIVATE)];
    arrives(&["-J", hop, PRIVATE], "127.0.1.21", &pushed);
}

#[test]
fn a_malformed_id_as_a_hop_is_an_error() {
    let user = SshUser::with("Host bastion\n    HostName i-0face\n");
    for (hop, from) in [
        ("i-0face", ""),
        ("root@i-0face:22", ""),
        ("bastion", " (HostName in the ssh configuration)"),
    ] {
        user.run("mssh", &["-J", hop, WEB1, "true"]).fails(
            255,
            &[
                &format!("mssh: error: `i-0face` is not a valid instance ID{from}"),
                "mssh: hint: an instance ID is `i-` followed by 17 (or 8) hexadecimal digits",
            ],
        );
    }
    assert_eq!(user.caller.calls().len(), 0);
}

#[test]
fn plain_ssh_hops_with_the_block_installed() {
    let user = SshUser::installed("", &[]);
    let address = "root@127.0.1.21";
    let outcome = user.run("ssh", &["-J", WEB1, "-o", "BatchMode=yes", address, "true"]);
    // No key was pushed for the target, but ssh got past the hop.
    assert_eq!(pushes(&user.caller), [at("ec2-user", WEB1)]);
    let said = "root@127.0.1.21: Permission denied (publickey).";
    assert!(outcome.stderr.contains(said), "{outcome:?}");
    leaves_nothing(&user.caller);
}

#[test]
fn every_client_copies_through_hops() {
    let user = SshUser::with("");
    let caller = &user.caller;
    let there = lab().remote().join(caller.access_key());
    let here = lab().home().join(caller.access_key());
    for directory in [&there, &here] {
        fs::create_dir_all(directory).expect("a directory");
    }
    fs::write(here.join("file"), "text\n").expect("a file");
    let remote = |name: &str| format!("{PRIVATE}:{}", there.join(name).display());
    let shell = format!("mssh -J {WEB1}");
    for (name, words) in [
        ("mscp", &["mscp", "-q", "-J", WEB1][..]),
        ("scp", &["scp", "-q", "-S", "mssh", "-J", WEB1]),
        ("rsync", &["rsync", "-e", &shell]),
    ] {
        let mut command = user.command(words[0]);
        command.current_dir(&here).args(&words[1..]);
        finish(command.args(["file", &remote(name)])).prints("");
        let copied = fs::read_to_string(there.join(name)).expect("a copy");
        assert_eq!(copied, "text\n", "{name}");
    }
    let mut msftp = user.command("msftp");
    msftp.current_dir(&here);
    let batch = format!("get {} got\n", there.join("mscp").display());
    let outcome = finish_with(
        msftp.args(["-q", "-b", "-", "-J", WEB1, PRIVATE]),
        batch.as_bytes(),
    );
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    assert_eq!(fs::read(here.join("got")).expect("a copy"), b"text\n");
    assert_eq!(pushes(caller).len(), 8);
    leaves_nothing(caller);
}

/// An apostrophe would end a shell's quotes, and ssh interprets a backslash in a path.
#[test]
fn mssh_and_the_config_file_may_have_any_path() {
    let user = SshUser::with("");
    let odd = user.home.join("a b'c\"d\\e\\'%h ${HOME} $x #f");
    fs::create_dir(&odd).expect("a directory");
    let program = odd.join("mssh");
    copy_program(env!("CARGO_BIN_EXE_mssh"), &program);
    let config = odd.join("config");
    let users = format!("Port {}\nHost 127.0.0.12\n    User root\n", lab().port());
    fs::write(&config, users).expect("a file");
    let (program, config) = (
        program.to_str().expect("text"),
        config.to_str().expect("text"),
    );
    let two = format!("{WEB1},{WEB2}");
    for hops in [WEB1, &two] {
        user.run(program, &["-F", config, "-J", hops, PRIVATE, WHERE])
            .prints("127.0.1.21\n");
    }
    let tunneled = user.run(program, &["-F", config, "--ssm", WEB1, "echo in"]);
    tunneled.prints("in\n");
    leaves_nothing(&user.caller);
}

/// Two ssh at the same time through the same hop.
#[test]
fn a_copy_between_instances_goes_through_hops() {
    let user = SshUser::with("");
    let caller = &user.caller;
    let there = lab().remote().join(caller.access_key());
    fs::create_dir_all(&there).expect("a directory");
    fs::write(there.join("from"), "text\n").expect("a file");
    let path = |id: &str, name: &str| format!("{id}:{}", there.join(name).display());
    let (from, to) = (path(PRIVATE, "from"), path(WEB2, "to"));
    let outcome = user.run("mscp", &["-q", "-3", "-J", WEB1, &from, &to]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    assert_eq!(fs::read(there.join("to")).expect("a copy"), b"text\n");
    assert_eq!(pushes(caller).len(), 4);
    leaves_nothing(caller);
}

#[test]
fn mssh_reports_errors_of_hops() {
    let user = SshUser::with("");
    let caller = &user.caller;
    let outcome = user.run("mssh", &["-J", STOPPED, PRIVATE, "true"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(255), ""));
    let said = format!("mssh: error: instance {STOPPED} is stopped\n");
    assert!(outcome.stderr.starts_with(&said), "{outcome:?}");
    leaves_nothing(caller);
}
