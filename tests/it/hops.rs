//! Hops (`-J`, ProxyJump): each that is an instance is found, and gets its key when its turn comes.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::PathBuf;

use rustix::process::Pid;

use crate::lab::instances::{DB1, HUB, ODD, STOPPED, WEB1, WEB2};
use crate::sandbox::{
    House, PATIENCE, eventually, finish, finish_with, lab, leaves_nothing, process, pushes,
};

/// Tells the address at which a session has arrived.
const WHERE: &str = "echo $SSH_CONNECTION | cut -d' ' -f3";

/// What each test here pushes, as user and instance.
fn at(user: &str, id: &str) -> String {
    format!("{user}@{id}")
}

#[track_caller]
fn arrives(words: &[&str], address: &str, pushed: &[String]) {
    // A home of one's own, in which ssh knows the instances' port by their IDs, too.
    let house = House::with("");
    let outcome = house.run("mssh", &[words, &[WHERE]].concat());
    outcome.prints(&format!("{address}\n"));
    let mut got = pushes(&house.tenant);
    got.sort();
    let mut pushed = pushed.to_vec();
    pushed.sort();
    assert_eq!(got, pushed, "{words:?}");
    leaves_nothing(&house.tenant);
}

#[test]
fn a_hop_that_is_an_instance_gets_its_own_key() {
    let pushed = [at("ec2-user", WEB1), at("ec2-user", DB1)];
    for jump in [&["-J", WEB1][..], &["-o", &format!("ProxyJump={WEB1}")]] {
        arrives(&[jump, &[DB1]].concat(), "127.0.1.21", &pushed);
    }
    let attached = format!("-4J{WEB1}");
    arrives(&[&attached, DB1], "127.0.1.21", &pushed);
}

#[test]
fn each_hop_has_its_user_and_its_port() {
    let port = lab().port();
    let hop = format!("root@{WEB1}:{port}");
    let pushed = [at("root", WEB1), at("ubuntu", DB1)];
    arrives(&["-J", &hop, &at("ubuntu", DB1)], "127.0.1.21", &pushed);
}

#[test]
fn one_hop_leads_to_the_next() {
    let hops = format!("{WEB1},admin@{WEB2}");
    let pushed = [at("ec2-user", WEB1), at("admin", WEB2), at("ec2-user", DB1)];
    arrives(&["-J", &hops, DB1], "127.0.1.21", &pushed);
}

#[test]
fn names_that_aws_made_are_instances_too() {
    let hop = "ec2-127-0-0-11.compute-1.amazonaws.com";
    let pushed = [at("ec2-user", WEB1), at("ec2-user", DB1)];
    arrives(&["-J", hop, DB1], "127.0.1.21", &pushed);
}

/// A plain host before an instance, and after it: it logs in by what the user's files say.
#[test]
fn plain_hosts_stay_plain() {
    let config = "Host 127.0.0.11\n    User root\n    IdentityFile ~/my\n    IdentitiesOnly yes\n";
    let house = House::with(config);
    house
        .run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", "my"])
        .prints("");
    let web1 = at("root", WEB1);
    for hops in [format!("127.0.0.11,{WEB2}"), format!("{WEB2},127.0.0.11")] {
        // So that WEB1 takes that key of the user's, for a minute.
        house.run("mssh", &["-i", "my", &web1, "true"]).prints("");
        let before = pushes(&house.tenant).len();
        house
            .run("mssh", &["-J", &hops, DB1, WHERE])
            .prints("127.0.1.21\n");
        let mut pushed = pushes(&house.tenant).split_off(before);
        pushed.sort();
        assert_eq!(pushed, [at("ec2-user", DB1), at("ec2-user", WEB2)]);
    }
    let line = house.run("mssh", &["--dry-run", "-J", "a,b", WEB1]);
    line.prints("ssh -o IdentitiesOnly=yes -o AddKeysToAgent=no -i EPHEMERAL_KEY -J a,b ec2-user@127.0.0.11\n");
    leaves_nothing(&house.tenant);
}

#[test]
fn hops_and_their_users_may_stand_in_ssh_config() {
    let config = format!(
        "Host db\n    HostName 127.0.1.21\n    ProxyJump {WEB1}\nHost {WEB1}\n    User ubuntu\n"
    );
    let house = House::with(&config);
    house.run("mssh", &["db", WHERE]).prints("127.0.1.21\n");
    let mut pushed = pushes(&house.tenant);
    pushed.sort();
    assert_eq!(pushed, [at("ec2-user", DB1), at("ubuntu", WEB1)]);
}

/// What works as a target works as a hop: a Host that stands for an ID, a name made by AWS, or an
/// address; its User and Port count.
#[test]
fn an_alias_is_a_hop_as_it_is_a_target() {
    let port = lab().odd_port();
    for (host, id) in [
        (ODD, ODD),
        ("ec2-127-0-0-51.compute-1.amazonaws.com", ODD),
        ("127.0.0.51", ODD),
        ("127.0.1.17", HUB),
    ] {
        let port = if id == ODD { port } else { lab().port() };
        let config =
            format!("Host bastion\n    HostName {host}\n    User ubuntu\n    Port {port}\n");
        let house = House::with(&config);
        let both = vec![at("ec2-user", WEB1), at("ubuntu", id)];
        let mut cases = vec![
            ("bastion".to_owned(), vec![at("ubuntu", id)]),
            ("admin@bastion".to_owned(), vec![at("admin", id)]),
            (format!("bastion,{WEB1}"), both.clone()),
        ];
        // The hop before resolves the name, which the lab's cannot.
        if !host.starts_with("ec2-") {
            cases.push((format!("{WEB1},bastion"), both));
        }
        for (hops, pushed) in cases {
            let before = pushes(&house.tenant).len();
            let outcome = house.run("mssh", &["-J", &hops, DB1, WHERE]);
            assert_eq!(
                (outcome.stdout.as_str(), outcome.code),
                ("127.0.1.21\n", Some(0)),
                "{hops} at {host}: {outcome:?}"
            );
            let mut got = pushes(&house.tenant).split_off(before);
            got.sort();
            let mut expected = [pushed, vec![at("ec2-user", DB1)]].concat();
            expected.sort();
            assert_eq!(got, expected, "{hops} at {host}");
        }
        leaves_nothing(&house.tenant);
    }
}

#[test]
fn an_alias_in_proxy_jump_is_a_hop_as_well() {
    let config = format!(
        "Host bastion\n    HostName {WEB1}\n    User ubuntu\nHost {DB1}\n    ProxyJump bastion\n"
    );
    let house = House::with(&config);
    house.run("mssh", &[DB1, WHERE]).prints("127.0.1.21\n");
    let mut pushed = pushes(&house.tenant);
    pushed.sort();
    assert_eq!(pushed, [at("ec2-user", DB1), at("ubuntu", WEB1)]);
}

/// Hops that are no instances cost no permission: neither a look-up that is denied, nor one that
/// finds nothing is in the way; and who has named a key for a hop wants that one.
#[test]
fn an_address_that_is_no_instance_stays_a_plain_hop() {
    let house = House::with("Host keyed\n    HostName 127.0.0.11\n    IdentityFile ~/my\n");
    for hop in ["127.0.0.99", "127.0.0.32", "keyed"] {
        let line = house.run("mssh", &["--dry-run", "-J", hop, WEB2]);
        let plain = format!(" -J {hop} ec2-user@127.0.0.12\n");
        assert!(line.stdout.ends_with(&plain), "{line:?}");
    }
    let line = house.run("mssh", &["--dry-run", "-J", "127.0.0.11", WEB2]);
    let ours = line.stdout.contains(" --proxy ") && line.stdout.contains("%%h");
    assert!(ours, "{line:?}");
}

#[test]
fn a_hop_that_is_nearly_an_id_gets_the_error_of_a_target() {
    let house = House::with("Host bastion\n    HostName i-0face\n");
    for hop in ["i-0face", "root@i-0face:22", "bastion"] {
        house.run("mssh", &["-J", hop, WEB1, "true"]).fails(
            255,
            &[
                "mssh: error: `i-0face` is not a valid instance ID",
                "mssh: hint: an instance ID is `i-` and 17 (or 8) hexadecimal digits",
            ],
        );
    }
    assert_eq!(house.tenant.calls().len(), 0);
}

#[test]
fn plain_ssh_hops_as_well_with_the_block_installed() {
    let house = House::installed("", &[]);
    let address = "root@127.0.1.21";
    let outcome = house.run("ssh", &["-J", WEB1, "-o", "BatchMode=yes", address, "true"]);
    // Nobody has pushed a key for the target itself: but the hop was passed.
    assert_eq!(pushes(&house.tenant), [at("ec2-user", WEB1)]);
    let said = "root@127.0.1.21: Permission denied (publickey).";
    assert!(outcome.stderr.contains(said), "{outcome:?}");
    leaves_nothing(&house.tenant);
}

#[test]
fn files_go_through_hops_by_every_client() {
    let house = House::with("");
    let tenant = &house.tenant;
    let there = lab().remote().join(tenant.access_key());
    let here = lab().home().join(tenant.access_key());
    for directory in [&there, &here] {
        fs::create_dir_all(directory).expect("a directory");
    }
    fs::write(here.join("file"), "text\n").expect("a file");
    let remote = |name: &str| format!("{DB1}:{}", there.join(name).display());
    let shell = format!("mssh -J {WEB1}");
    for (name, words) in [
        ("mscp", &["mscp", "-q", "-J", WEB1][..]),
        ("scp", &["scp", "-q", "-S", "mssh", "-J", WEB1]),
        ("rsync", &["rsync", "-e", &shell]),
    ] {
        let mut command = house.command(words[0]);
        command.current_dir(&here).args(&words[1..]);
        finish(command.args(["file", &remote(name)])).prints("");
        let copied = fs::read_to_string(there.join(name)).expect("a copy");
        assert_eq!(copied, "text\n", "{name}");
    }
    let mut msftp = house.command("msftp");
    msftp.current_dir(&here);
    let batch = format!("get {} got\n", there.join("mscp").display());
    let outcome = finish_with(
        msftp.args(["-q", "-b", "-", "-J", WEB1, DB1]),
        batch.as_bytes(),
    );
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    assert_eq!(fs::read(here.join("got")).expect("a copy"), b"text\n");
    assert_eq!(pushes(tenant).len(), 8);
    leaves_nothing(tenant);
}

/// An apostrophe ends a shell's quotes, and a backslash in a path is one to ssh, too.
#[test]
fn our_own_program_and_the_users_file_may_have_any_path() {
    let house = House::with("");
    let odd = house.home.join("a b'c\"d\\e\\'%h ${HOME} $x #f");
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
        house
            .run(program, &["-F", config, "-J", hops, DB1, WHERE])
            .prints("127.0.1.21\n");
    }
    let tunnelled = house.run(program, &["-F", config, "--ssm", WEB1, "echo in"]);
    tunnelled.prints("in\n");
    leaves_nothing(&house.tenant);
}

/// Two ssh at the same time, through the same hop.
#[test]
fn a_copy_between_two_instances_goes_through_hops() {
    let house = House::with("");
    let tenant = &house.tenant;
    let there = lab().remote().join(tenant.access_key());
    fs::create_dir_all(&there).expect("a directory");
    fs::write(there.join("from"), "text\n").expect("a file");
    let path = |id: &str, name: &str| format!("{id}:{}", there.join(name).display());
    let (from, to) = (path(DB1, "from"), path(WEB2, "to"));
    let outcome = house.run("mscp", &["-q", "-3", "-J", WEB1, &from, &to]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    assert_eq!(fs::read(there.join("to")).expect("a copy"), b"text\n");
    assert_eq!(pushes(tenant).len(), 4);
    leaves_nothing(tenant);
}

#[test]
fn what_is_wrong_with_a_hop_is_said_by_us() {
    let house = House::with("");
    let tenant = &house.tenant;
    let outcome = house.run("mssh", &["-J", STOPPED, DB1, "true"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(255), ""));
    let said = format!("mssh: error: instance {STOPPED} is stopped\n");
    assert!(outcome.stderr.starts_with(&said), "{outcome:?}");
    leaves_nothing(tenant);
}

/// The directory of keys that this ssh has for its hops.
#[track_caller]
fn keys_of_hops(ssh: Pid) -> PathBuf {
    let words = process(ssh).words.join(" ".as_ref());
    let line = words.to_string_lossy().into_owned();
    let (_, rest) = line.split_once("--key-dir ").expect("a directory");
    PathBuf::from(rest.split_whitespace().next().expect("a directory"))
}

/// What has the names that other runs might have, in the place where all users have them, is in
/// nobody's way.
#[test]
fn nobody_can_take_the_names_of_hops_before_us() {
    let uid = rustix::process::geteuid().as_raw();
    // Whatever the next processes are called.
    let taken = (1..=4_000).map(|pid| format!("/dev/shm/mssh-{uid}-{pid}"));
    let taken: Vec<_> = taken.filter(|it| fs::write(it, "").is_ok()).collect();
    let house = House::with("");
    let outcome = house.run("mssh", &["-J", WEB1, DB1, WHERE]);
    for file in &taken {
        fs::remove_file(file).expect("a file of ours");
    }
    assert!(!taken.is_empty());
    outcome.prints("127.0.1.21\n");
    let line = || house.run("mssh", &["--dry-run", "-J", WEB1, DB1]).stdout;
    assert_ne!(line(), line());
}

#[test]
fn the_keys_of_hops_are_gone_with_the_client() {
    let house = House::with("");
    let tenant = &house.tenant;
    let mut session = crate::sandbox::Session::open(house.command("mssh").args(["-J", WEB1, DB1]));
    let keys = keys_of_hops(session.pid());
    let key: PathBuf = keys.join(WEB1).join("key");
    assert!(key.exists(), "{}", key.display());
    assert_eq!(crate::sandbox::mode(&key), 0o600);
    assert!(session.answers());
    assert_eq!(session.end().code, Some(0));
    let gone = || !keys.exists();
    assert!(eventually(PATIENCE, gone), "{}", keys.display());
    leaves_nothing(tenant);
}

#[test]
fn what_killed_keepers_of_hops_have_left_is_swept_away() {
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
    // Also by runs without hops.
    let house = House::with("");
    house.run("mssh", &[WEB1, "true"]).prints("");
    assert!(eventually(PATIENCE, || !left.exists()));
}
