//! Plain ssh through tunnels: the same ways as for mssh, one ProxyCommand deeper.

use super::House;
use crate::eice;
use crate::lab::cast::{DB1, WEB1};
use crate::sandbox::{finish, finish_with};

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

#[test]
fn hops_and_tunnels_do_not_go_together() {
    for way in ["eice", "ssm"] {
        let house = House::with("");
        let mut mssh = house.command("mssh");
        mssh.env("AWS_CA_BUNDLE", eice::service().certificate());
        mssh.args(["--via", way, "-J", WEB1, DB1, "true"]);
        finish(&mut mssh).fails(
            255,
            &[
                &format!("mssh: error: hops and --via {way} do not go together"),
                "mssh: hint: leave out -J (ProxyJump), or --via",
            ],
        );
        house.is_clean();
    }
}
