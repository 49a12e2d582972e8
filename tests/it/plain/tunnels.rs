//! Plain ssh through tunnels: the same ways as for mssh, one ProxyCommand deeper.

use super::House;
use crate::eice;
use crate::lab::cast::{DB1, WEB1, WEB2};
use crate::lab::ssm::NODE;
use crate::sandbox::{finish, finish_with};
use crate::targets::pushes;

#[test]
fn plain_ssh_goes_through_an_endpoint() {
    let house = House::installed("", &["--eice"]);
    let mut ssh = house.command("ssh");
    ssh.env("AWS_CA_BUNDLE", eice::service().certificate());
    finish_with(ssh.args([DB1, "cat; exit 7"]), b"through").ends(7, "through");
    assert_eq!(house.tenant.tunnels().len(), 1);
    house.is_clean();
}

#[test]
fn plain_ssh_goes_through_session_manager() {
    let house = House::installed("", &["--ssm"]);
    let mut ssh = house.command("ssh");
    finish_with(ssh.args([WEB1, "cat; exit 7"]), b"through").ends(7, "through");
    house.is_clean();
}

/// The tunnel ends at the first hop, which is where the next connection begins.
#[test]
fn a_tunnel_leads_to_the_first_hop_alone() {
    for way in ["eice", "ssm"] {
        let house = House::with("");
        let there = "echo $SSH_CONNECTION | cut -d' ' -f3";
        let hops = format!("{WEB1},{WEB2}");
        let mut mssh = house.command("mssh");
        mssh.env("AWS_CA_BUNDLE", eice::service().certificate());
        mssh.args(["--via", way, "-J", &hops, DB1, there]);
        finish(&mut mssh).prints("127.0.1.21\n");
        let (tunnels, sessions) = (house.tenant.tunnels(), house.tenant.sessions());
        let by = |name| usize::from(way == name);
        assert_eq!((tunnels.len(), sessions.len()), (by("eice"), by("ssm")));
        let mut pushed = pushes(&house.tenant);
        pushed.sort();
        let mut expected = [WEB1, WEB2, DB1].map(|id| format!("ec2-user@{id}"));
        expected.sort();
        assert_eq!(pushed, expected);
        house.is_clean();
    }
}

#[test]
fn a_tunnel_to_a_hop_that_is_no_instance_is_refused() {
    let house = House::with("");
    let words = ["--via", "eice", "-J", "bastion,i-0abcdef0", DB1, "true"];
    house.run("mssh", &words).fails(
        255,
        &[
            "mssh: error: --via eice is for the first hop, and bastion is no instance",
            "mssh: hint: leave out --via, or the hop",
        ],
    );
    house.is_clean();
}

/// Nothing can be pushed to a machine outside EC2: the key is the user's own.
#[test]
fn plain_ssh_reaches_a_managed_node_with_a_key_that_it_takes() {
    let house = House::installed("", &["-i", "my"]);
    house
        .run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", "my"])
        .prints("");
    // So that the daemon behind it takes that key, for a minute.
    house.run("mssh", &["-i", "my", WEB1, "true"]).prints("");
    house.run("ssh", &[NODE, "echo in"]).prints("in\n");
    assert_eq!(house.tenant.sessions().len(), 1);
    house.is_clean();
}
