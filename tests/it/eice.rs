//! EC2 Instance Connect Endpoints: tunnels through a service of the lab's, over TLS, to real sshds.
//!
//! - here: login and files by `--via eice`
//! - `lasting`: tunnels that stay: forwarding, sharing, in the background; and how they end
//! - `choice`: which endpoint, which name, which address
//! - `reach`: what lies between us and an endpoint: names, proxies, TLS, or nobody
//! - `trouble`: each thing that can be wrong with a tunnel
//! - `bytes`: streams of any length come through unchanged, in little memory
//! - `secrets`: who can see what

mod bytes;
mod choice;
mod lasting;
mod reach;
mod secrets;
mod trouble;

use std::fs;

use crate::lab::Caller;
use crate::lab::eice::SAME_SUBNET;
use crate::lab::instances::{IPV6_ONLY, PRIVATE};
use crate::sandbox::eice::{command, service};
use crate::sandbox::{AwsUser, Outcome, caller, finish, finish_with, lab, leaves_nothing, skipped};

/// What is asked of AWS.
const ACTIONS: [&str; 3] = [
    "DescribeInstanceConnectEndpoints",
    "DescribeInstances",
    "SendSSHPublicKey",
];

#[track_caller]
fn mssh(caller: &Caller<'_>, words: &[&str]) -> Outcome {
    finish(command(caller, "mssh").args(words))
}

#[test]
fn an_instance_without_a_public_address_is_reached_by_three_calls_and_one_tunnel() {
    let caller = caller();
    let mut mssh = command(&caller, "mssh");
    finish_with(mssh.args(["--eice", PRIVATE, "cat; exit 7"]), b"through").ends(7, "through");
    let mut actions: Vec<String> = caller.calls().into_iter().map(|it| it.action).collect();
    actions.sort();
    actions.dedup();
    assert_eq!(actions, ACTIONS);
    let [tunnel] = &caller.tunnels()[..] else {
        panic!("{:?}", caller.tunnels());
    };
    assert_eq!(
        (
            &*tunnel.endpoint,
            &*tunnel.address,
            tunnel.port,
            tunnel.duration
        ),
        (SAME_SUBNET, "127.0.1.21", 22, None)
    );
    assert_eq!(
        tunnel.user_agent,
        concat!("mssh/", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(
        tunnel.headers,
        [
            "host",
            "upgrade",
            "connection",
            "sec-websocket-key",
            "sec-websocket-version",
            "user-agent"
        ]
    );
    leaves_nothing(&caller);
}

/// The three look-ups and the push do not wait for each other.
#[test]
fn the_endpoints_are_looked_up_beside_the_instance() {
    let caller = caller();
    mssh(&caller, &["--via=eice", PRIVATE, "true"]).prints("");
    let calls = caller.calls();
    let first = |action: &str| calls.iter().find(|it| it.action == action).expect("a call");
    let times = ACTIONS.map(|action| first(action).at);
    let answered = calls
        .iter()
        .filter(|it| it.next_token.is_some())
        .map(|it| it.at)
        .min();
    let second_page = answered.expect("a second page");
    assert!(
        times.iter().all(|at| *at < second_page),
        "one waits for another"
    );
}

#[test]
fn ssh_knows_the_instance_by_its_id_and_not_by_its_address() {
    let caller = caller();
    let outcome = mssh(
        &caller,
        &["--eice", "--dry-run", "root@I-0CAFE000000000001", "ls"],
    );
    let line = outcome.stdout.trim();
    assert!(line.ends_with(&format!("root@{PRIVATE} ls")), "{outcome:?}");
    assert!(line.starts_with("ssh -o 'ProxyCommand="), "{outcome:?}");
    assert!(!line.contains("credentials="), "{outcome:?}");
    let written = [
        "--eice",
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "StrictHostKeyChecking=no",
        PRIVATE,
        "true",
    ];
    let outcome = mssh(&caller, &written);
    let added = format!("Permanently added '{PRIVATE}'");
    assert!(outcome.stderr.contains(&added), "{outcome:?}");
}

#[test]
fn files_come_and_go_by_msftp_mscp_and_rsync() {
    let caller = caller();
    let place = lab().path().join(format!("{}.eice", caller.access_key()));
    fs::create_dir_all(&place).expect("a directory");
    let file = |name: &str| place.join(name).display().to_string();
    fs::write(file("a"), "some bytes").expect("a file");
    let same = |name: &str| assert_eq!(fs::read(file(name)).expect("a file"), b"some bytes");

    let mut msftp = command(&caller, "msftp");
    let batch = format!("put {} {}", file("a"), file("b"));
    let outcome = finish_with(
        msftp.args(["--eice", "-q", "-b", "-", PRIVATE]),
        batch.as_bytes(),
    );
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    same("b");

    // Two sources are two runs of ssh, the second of which needs the tunnel as well.
    fs::create_dir(file("into")).expect("a directory");
    let from = |name: &str| format!("{PRIVATE}:{}", file(name));
    let mut mscp = command(&caller, "mscp");
    mscp.args(["--eice", "-q", &from("a"), &from("b"), &file("into")]);
    finish(&mut mscp).prints("");
    same("into/a");
    same("into/b");

    let mut rsync = command(&caller, "rsync");
    rsync.args(["-e", "mssh --eice", &file("a"), &from("c")]);
    finish(&mut rsync).prints("");
    same("c");
    leaves_nothing(&caller);
}

#[test]
fn between_two_instances_each_has_its_own_door() {
    if !lab().has_ipv6() {
        skipped("there is no ::1 here");
        return;
    }
    let caller = caller();
    let place = lab().path().join(format!("{}.two", caller.access_key()));
    fs::write(&place, "between").expect("a file");
    let target = place.with_extension("copy");
    let mut mscp = command(&caller, "mscp");
    mscp.args(["--eice", "-3", "-q"]);
    mscp.arg(format!("{PRIVATE}:{}", place.display()));
    mscp.arg(format!("{IPV6_ONLY}:{}", target.display()));
    finish(&mut mscp).prints("");
    assert_eq!(fs::read(&target).expect("a file"), b"between");
    let mut addresses: Vec<_> = caller.tunnels().into_iter().map(|it| it.address).collect();
    addresses.sort();
    assert_eq!(addresses, ["127.0.1.21", "::1"]);
}

#[test]
fn with_a_key_of_ones_own_the_tunnel_is_the_same() {
    let caller = caller();
    let key = lab().path().join(format!("{}.own", caller.access_key()));
    let mut keygen = caller.command("ssh-keygen");
    keygen.args(["-q", "-t", "ed25519", "-N", "", "-f"]);
    finish(keygen.arg(&key)).prints("");
    let mut mssh = command(&caller, "mssh");
    finish(
        mssh.arg("--eice")
            .arg("-i")
            .arg(&key)
            .args([PRIVATE, "echo hi"]),
    )
    .prints("hi\n");
    leaves_nothing(&caller);
}

/// The name of the profile goes to the tunnel by ssh, which expands `%`, and a shell. There it is
/// looked up again, for whom to trust.
#[test]
fn a_profile_of_any_name_gets_through_to_the_tunnel() {
    let name = "50% of 'it' $HOME";
    let user = AwsUser::with(&format!("[profile \"{name}\"]\n$KEYregion = us-east-1\n"));
    let mut mssh = user.command("mssh");
    mssh.env("AWS_CA_BUNDLE", service().certificate());
    mssh.args(["--profile", name, "--eice", PRIVATE, "echo arrived"]);
    finish(&mut mssh).prints("arrived\n");
}
