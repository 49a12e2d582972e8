//! Hops (`-J`, ProxyJump): mssh finds those that are instances, and pushes to each when ssh gets
//! there.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::PathBuf;

use rustix::process::Pid;

use crate::lab::instances::{MULTI_HOMED, ODD_PORT, PRIVATE, STOPPED, WEB1, WEB2};
use crate::sandbox::{
    PATIENCE, SshUser, eventually, finish, finish_with, lab, leaves_nothing, process, pushes,
};

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

/// A plain host before and after an instance: the user's ssh_config applies to it.
#[test]
fn plain_hosts_are_left_to_ssh() {
    let config = "Host 127.0.0.11\n    User root\n    IdentityFile ~/my\n    IdentitiesOnly yes\n";
    let user = SshUser::with(config);
    user.run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", "my"])
        .prints("");
    let web1 = at("root", WEB1);
    for hops in [format!("127.0.0.11,{WEB2}"), format!("{WEB2},127.0.0.11")] {
        // Makes WEB1 accept that key of the user for a minute.
        user.run("mssh", &["-i", "my", &web1, "true"]).prints("");
        let before = pushes(&user.caller).len();
        user.run("mssh", &["-J", &hops, PRIVATE, WHERE])
            .prints("127.0.1.21\n");
        let mut pushed = pushes(&user.caller).split_off(before);
        pushed.sort();
        assert_eq!(pushed, [at("ec2-user", PRIVATE), at("ec2-user", WEB2)]);
    }
    let line = user.run("mssh", &["--dry-run", "-J", "a,b", WEB1]);
    line.prints("ssh -o IdentitiesOnly=yes -o AddKeysToAgent=no -i EPHEMERAL_KEY -J a,b ec2-user@127.0.0.11\n");
    leaves_nothing(&user.caller);
}

#[test]
fn hops_and_their_users_may_be_in_ssh_config() {
    let config = format!(
        "Host db\n    HostName 127.0.1.21\n    ProxyJump {WEB1}\nHost {WEB1}\n    User ubuntu\n"
    );
    let user = SshUser::with(&config);
    user.run("mssh", &["db", WHERE]).prints("127.0.1.21\n");
    let mut pushed = pushes(&user.caller);
    pushed.sort();
    assert_eq!(pushed, [at("ec2-user", PRIVATE), at("ubuntu", WEB1)]);
}

/// As with a target, a Host may stand for an ID, a DNS name of AWS, or an address; its User and
/// Port apply.
#[test]
fn an_alias_works_as_a_hop() {
    let port = lab().odd_port();
    for (host, id) in [
        (ODD_PORT, ODD_PORT),
        ("ec2-127-0-0-51.compute-1.amazonaws.com", ODD_PORT),
        ("127.0.0.51", ODD_PORT),
        ("127.0.1.17", MULTI_HOMED),
    ] {
        let port = if id == ODD_PORT { port } else { lab().port() };
        let config =
            format!("Host bastion\n    HostName {host}\n    User ubuntu\n    Port {port}\n");
        let user = SshUser::with(&config);
        let both = vec![at("ec2-user", WEB1), at("ubuntu", id)];
        let mut cases = vec![
            ("bastion".to_owned(), vec![at("ubuntu", id)]),
            ("admin@bastion".to_owned(), vec![at("admin", id)]),
            (format!("bastion,{WEB1}"), both.clone()),
        ];
        // The previous hop resolves the name, which the lab's cannot.
        if !host.starts_with("ec2-") {
            cases.push((format!("{WEB1},bastion"), both));
        }
        for (hops, pushed) in cases {
            let before = pushes(&user.caller).len();
            let outcome = user.run("mssh", &["-J", &hops, PRIVATE, WHERE]);
            assert_eq!(
                (outcome.stdout.as_str(), outcome.code),
                ("127.0.1.21\n", Some(0)),
                "{hops} at {host}: {outcome:?}"
            );
            let mut got = pushes(&user.caller).split_off(before);
            got.sort();
            let mut expected = [pushed, vec![at("ec2-user", PRIVATE)]].concat();
            expected.sort();
            assert_eq!(got, expected, "{hops} at {host}");
        }
        leaves_nothing(&user.caller);
    }
}

#[test]
fn an_alias_in_proxy_jump_is_a_hop() {
    let config = format!(
        "Host bastion\n    HostName {WEB1}\n    User ubuntu\nHost {PRIVATE}\n    ProxyJump bastion\n"
    );
    let user = SshUser::with(&config);
    user.run("mssh", &[PRIVATE, WHERE]).prints("127.0.1.21\n");
    let mut pushed = pushes(&user.caller);
    pushed.sort();
    assert_eq!(pushed, [at("ec2-user", PRIVATE), at("ubuntu", WEB1)]);
}

/// Hops that are no instances need no permission: a look-up may be denied or find nothing. A key
/// that the user has set for a hop is used.
#[test]
fn an_address_without_an_instance_is_a_plain_hop() {
    let user = SshUser::with("Host keyed\n    HostName 127.0.0.11\n    IdentityFile ~/my\n");
    for hop in ["127.0.0.99", "127.0.0.32", "keyed"] {
        let line = user.run("mssh", &["--dry-run", "-J", hop, WEB2]);
        let plain = format!(" -J {hop} ec2-user@127.0.0.12\n");
        assert!(line.stdout.ends_with(&plain), "{line:?}");
    }
    let line = user.run("mssh", &["--dry-run", "-J", "127.0.0.11", WEB2]);
    let ours = line.stdout.contains(" --proxy ") && line.stdout.contains("%%h");
    assert!(ours, "{line:?}");
}

#[test]
fn a_malformed_id_as_a_hop_is_an_error() {
    let user = SshUser::with("Host bastion\n    HostName i-0face\n");
    for hop in ["i-0face", "root@i-0face:22", "bastion"] {
        user.run("mssh", &["-J", hop, WEB1, "true"]).fails(
            255,
            &[
                "mssh: error: `i-0face` is not a valid instance ID",
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
    fs::copy(env!("CARGO_BIN_EXE_mssh"), &program).expect("a copy");
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(&program, mode).expect("a mode");
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
    let tunnelled = user.run(program, &["-F", config, "--ssm", WEB1, "echo in"]);
    tunnelled.prints("in\n");
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

/// The directory with the keys of this ssh's hops.
#[track_caller]
fn keys_of_hops(ssh: Pid) -> PathBuf {
    let words = process(ssh).words.join(" ".as_ref());
    let line = words.to_string_lossy().into_owned();
    let (_, rest) = line.split_once("--key-dir ").expect("a directory");
    PathBuf::from(rest.split_whitespace().next().expect("a directory"))
}

/// Directories with the names that other runs may have, in a directory that all users can write to,
/// do not matter.
#[test]
fn other_users_cannot_take_the_names_of_hop_directories() {
    let uid = rustix::process::geteuid().as_raw();
    // For the PIDs of the next processes.
    let taken = (1..=4_000).map(|pid| format!("/dev/shm/mssh-{uid}-{pid}"));
    let taken: Vec<_> = taken.filter(|it| fs::write(it, "").is_ok()).collect();
    let user = SshUser::with("");
    let outcome = user.run("mssh", &["-J", WEB1, PRIVATE, WHERE]);
    for file in &taken {
        fs::remove_file(file).expect("a file of ours");
    }
    assert!(!taken.is_empty());
    outcome.prints("127.0.1.21\n");
    let line = || user.run("mssh", &["--dry-run", "-J", WEB1, PRIVATE]).stdout;
    assert_ne!(line(), line());
}

#[test]
fn the_keys_of_hops_are_removed_with_the_client() {
    let user = SshUser::with("");
    let caller = &user.caller;
    let mut session = crate::sandbox::Login::open(user.command("mssh").args(["-J", WEB1, PRIVATE]));
    let keys = keys_of_hops(session.pid());
    let key: PathBuf = keys.join(WEB1).join("key");
    assert!(key.exists(), "{}", key.display());
    assert_eq!(crate::sandbox::mode(&key), 0o600);
    assert!(session.answers());
    assert_eq!(session.end().code, Some(0));
    let gone = || !keys.exists();
    assert!(eventually(PATIENCE, gone), "{}", keys.display());
    leaves_nothing(caller);
}

#[test]
fn leftovers_of_killed_keepers_of_hops_are_removed() {
    let uid = rustix::process::geteuid().as_raw();
    let left = PathBuf::from(format!("/dev/shm/mssh-{uid}-Ab3xYz0123"));
    let room = left.join("i-0abcdef0");
    DirBuilder::new()
        .mode(0o700)
        .recursive(true)
        .create(&room)
        .expect("a directory");
    fs::write(room.join("key"), "old").expect("a file");
    for (path, mode) in [(&left, 0o1700), (&room, 0o1700), (&room.join("key"), 0o600)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("its mode");
    }
    // A run without hops removes them, too.
    let user = SshUser::with("");
    user.run("mssh", &[WEB1, "true"]).prints("");
    assert!(eventually(PATIENCE, || !left.exists()));
}
