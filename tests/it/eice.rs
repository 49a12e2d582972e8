//! EC2 Instance Connect Endpoints: tunnels over TLS through the lab's service to real sshds.
//!
//! - here: logins and file copies with `--via eice`
//! - `background`: long-lived tunnels: forwarding, sharing, background; and how they end
//! - `choice`: which endpoint, which name, which address
//! - `network`: trouble on the way to an endpoint: names, proxies, TLS, no server
//! - `faults`: faults of a tunnel
//! - `bytes`: streams of any length arrive unchanged, with little memory
//! - `secrets`: no process, file or message shows a secret

mod background;
mod bytes;
mod choice;
mod faults;
mod network;
mod secrets;

use std::fs;
use std::time::Duration;

use crate::lab::eice::SAME_SUBNET;
use crate::lab::instances::{IPV6_ONLY, PRIVATE};
use crate::lab::{Caller, Fault, Trouble};
use crate::sandbox::eice::{command, service};
use crate::sandbox::{AwsUser, Outcome, caller, finish, finish_with, lab, leaves_nothing, skipped};

/// The expected AWS calls.
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
fn a_private_instance_is_reached_with_three_calls_and_one_tunnel() {
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

/// The look-ups and the push do not wait for each other.
#[test]
fn endpoints_and_instance_are_looked_up_at_the_same_time() {
    let caller = caller();
    // Longer than the agent takes to start.
    let slow = Trouble::Latency(Duration::from_millis(500));
    caller.fault(Fault::new(slow));
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
fn ssh_knows_the_instance_by_its_id() {
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
fn msftp_mscp_and_rsync_copy_files() {
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

    // Two sources are two runs of ssh, and the second needs a tunnel, too.
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
fn a_copy_between_instances_uses_a_tunnel_to_each() {
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
fn a_key_of_the_user_works_through_the_tunnel() {
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

/// The profile name is passed to the tunnel through ssh, which expands `%`, and a shell. The tunnel
/// reads the profile for its CA bundle.
#[test]
fn a_profile_with_any_name_reaches_the_tunnel() {
    let name = "50% of 'it' $HOME";
    let user = AwsUser::with(&format!("[profile \"{name}\"]\n$KEYregion = us-east-1\n"));
    let mut mssh = user.command("mssh");
    mssh.env("AWS_CA_BUNDLE", service().certificate());
    mssh.args(["--profile", name, "--eice", PRIVATE, "echo arrived"]);
    finish(&mut mssh).prints("arrived\n");
}
