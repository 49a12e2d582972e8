//! Plain ssh through tunnels: the same routes as with mssh.

use crate::lab::eice::CREATE_FAILED;
use crate::lab::instances::{
    BROKEN, ENDPOINT_ONLY, PRIVATE, PRIVATE_WITH_AGENT, REJECTS_DIRECT, SSM_ONLY, WEB1, WEB2,
};
use crate::lab::ssm::MANAGED_NODE;
use crate::sandbox::{SshUser, eice, finish, finish_with, lab, pushes};

#[test]
fn plain_ssh_connects_through_an_endpoint() {
    let user = SshUser::installed("", &["--eice"]);
    let mut ssh = user.command("ssh");
    ssh.env("AWS_CA_BUNDLE", eice::service().certificate());
    finish_with(ssh.args([PRIVATE, "cat; exit 7"]), b"through").ends(7, "through");
    assert_eq!(user.caller.tunnels().len(), 1);
    user.is_clean();
}

#[test]
fn plain_ssh_connects_through_session_manager() {
    let user = SshUser::installed("", &["--ssm"]);
    let mut ssh = user.command("ssh");
    finish_with(ssh.args([WEB1, "cat; exit 7"]), b"through").ends(7, "through");
    user.is_clean();
}

/// Without `--via` in the block or in the arguments.
#[test]
fn plain_ssh_uses_the_best_open_route() {
    let user = SshUser::installed("", &[]);
    let ssh = |words: &[&str]| {
        let mut ssh = user.command("ssh");
        ssh.env("AWS_CA_BUNDLE", eice::service().certificate());
        finish(ssh.args(words))
    };
    let port = format!("-p{}", lab().port());
    let ways = || (user.caller.tunnels().len(), user.caller.sessions().len());
    for (words, expected) in [
        ([&*port, PRIVATE_WITH_AGENT], (0, 0)),
        (["-p22", ENDPOINT_ONLY], (1, 0)),
        (["-p22", REJECTS_DIRECT], (2, 0)),
        ([&*port, SSM_ONLY], (2, 1)),
    ] {
        let outcome = ssh(&[&words[..], &["echo in"]].concat());
        assert_eq!(
            (outcome.code, &*outcome.stdout),
            (Some(0), "in\n"),
            "{outcome:?}"
        );
        assert_eq!(ways(), expected, "{words:?}");
    }
    // Nothing else was called for that one.
    let look_ups = |action| user.caller.calls_of(action).len();
    assert_eq!(look_ups("DescribeInstanceInformation"), 3);
    let copy = format!("{ENDPOINT_ONLY}:{}", lab().remote().join("x").display());
    let mut scp = user.command("scp");
    scp.env("AWS_CA_BUNDLE", eice::service().certificate());
    finish(scp.args(["-q", "-P22", ".ssh/known_hosts", &copy])).prints("");
    assert_eq!(ways(), (3, 1));
    user.is_clean();
}

#[test]
fn plain_ssh_shows_why_an_instance_is_unreachable() {
    let user = SshUser::installed("", &[]);
    let outcome = user.run("ssh", &["-p22", BROKEN, "true"]);
    assert_eq!((outcome.code, &*outcome.stdout), (Some(255), ""));
    let said: Vec<&str> = outcome.stderr.lines().take(4).collect();
    let expected = [
        format!("mssh: error: cannot reach instance {BROKEN}"),
        "mssh:   direct: 127.0.1.86 refuses connections to port 22".to_owned(),
        format!("mssh:   eice: {CREATE_FAILED} accepts no connections: it is create-failed"),
        "mssh:   ssm: Session Manager has lost contact with its SSM Agent".to_owned(),
    ];
    assert_eq!(said, expected, "{outcome:?}");
    user.is_clean();
}

/// A bastion without a public address.
#[test]
fn a_hop_is_reached_on_the_route_found() {
    let user = SshUser::with("");
    let mut mssh = user.command("mssh");
    mssh.env("AWS_CA_BUNDLE", eice::service().certificate());
    let hop = format!("{ENDPOINT_ONLY}:22");
    finish(mssh.args(["-J", &hop, PRIVATE, "echo in"])).prints("in\n");
    assert_eq!(user.caller.tunnels().len(), 1);
    user.is_clean();
}

/// The tunnel ends at the first hop, where the next connection begins.
#[test]
fn a_tunnel_leads_to_the_first_hop_only() {
    for way in ["eice", "ssm"] {
        let user = SshUser::with("");
        let there = "echo $SSH_CONNECTION | cut -d' ' -f3";
        let hops = format!("{WEB1},{WEB2}");
        let mut mssh = user.command("mssh");
        mssh.env("AWS_CA_BUNDLE", eice::service().certificate());
        mssh.args(["--via", way, "-J", &hops, PRIVATE, there]);
        finish(&mut mssh).prints("127.0.1.21\n");
        let (tunnels, sessions) = (user.caller.tunnels(), user.caller.sessions());
        let by = |name| usize::from(way == name);
        assert_eq!((tunnels.len(), sessions.len()), (by("eice"), by("ssm")));
        let mut pushed = pushes(&user.caller);
        pushed.sort();
        let mut expected = [WEB1, WEB2, PRIVATE].map(|id| format!("ec2-user@{id}"));
        expected.sort();
        assert_eq!(pushed, expected);
        user.is_clean();
    }
    // Even without another route.
    let user = SshUser::with("");
    user.run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", "my"])
        .prints("");
    let node = user.run("mssh", &["-i", "my", "-J", WEB1, MANAGED_NODE, "true"]);
    let said = "mssh: error: a managed node cannot be reached through jump hosts\n";
    assert!(node.stderr.starts_with(said), "{node:?}");
}

#[test]
fn a_tunnel_to_a_hop_that_is_no_instance_is_rejected() {
    let user = SshUser::with("");
    let words = ["--via", "eice", "-J", "bastion,i-0abcdef0", PRIVATE, "true"];
    user.run("mssh", &words).fails(
        255,
        &[
            "mssh: error: --via eice reaches the first hop, but bastion is not an instance",
            "mssh: hint: leave out --via or the hop",
        ],
    );
    user.is_clean();
}

/// Nothing can be pushed to a machine outside EC2, so it needs a key of the user.
#[test]
fn plain_ssh_reaches_a_managed_node_with_a_key_of_the_user() {
    let user = SshUser::installed("", &["-i", "my"]);
    user.run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", "my"])
        .prints("");
    // Makes its sshd accept that key for a minute.
    user.run("mssh", &["-i", "my", WEB1, "true"]).prints("");
    user.run("ssh", &[MANAGED_NODE, "echo in"]).prints("in\n");
    assert_eq!(user.caller.sessions().len(), 1);
    user.is_clean();
}
