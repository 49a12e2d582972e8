//! Any address finds its instance: secondary ones, those of a second interface, and Elastic IPs.

use std::time::Duration;

use crate::lab::instances::{MULTI_HOMED, SAME_ADDRESS1, SAME_ADDRESS2};
use crate::lab::{DESCRIBE_INSTANCES, Fault, Trouble};
use crate::sandbox::{caller, eice, finish, look_ups, pushes, run};

/// Prints the address of the server.
const WHERE: &str = "set -- $SSH_CONNECTION; echo $3";

#[test]
fn secondary_addresses_and_elastic_ips_of_every_interface_are_found() {
    for (target, address) in [
        ("127.0.1.17", "127.0.1.17"),
        ("127.0.0.17", "127.0.0.17"),
        ("127.0.1.18", "127.0.1.18"),
        ("127.0.0.18", "127.0.0.18"),
        ("127.0.1.19", "127.0.1.19"),
        ("ip-127-0-1-19.ec2.internal", "127.0.1.19"),
        ("ec2-127-0-0-18.compute-1.amazonaws.com", "127.0.0.18"),
    ] {
        let caller = caller();
        run(&caller, "mssh", [target, WHERE]).prints(&format!("{address}\n"));
        assert_eq!(
            pushes(&caller),
            [format!("ec2-user@{MULTI_HOMED}")],
            "{target}"
        );
    }
}

#[test]
fn an_ipv6_address_of_the_second_interface_is_found() {
    let caller = caller();
    run(&caller, "mssh", ["--dry-run", "2001:db8:0::18"]).prints(
        "ssh -o IdentityAgent=AGENT_SOCKET -o IdentitiesOnly=yes -i EPHEMERAL_KEY ec2-user@2001:db8:0::18\n",
    );
}

#[test]
fn all_filters_of_an_address_are_requested_at_the_same_time() {
    let caller = caller();
    let latency = Fault::new(Trouble::Latency(Duration::from_millis(700)));
    caller.fault(latency.on(DESCRIBE_INSTANCES));
    run(&caller, "mssh", ["127.0.1.19", "true"]).prints("");
    let calls = caller.calls_of(DESCRIBE_INSTANCES);
    let apart = calls[1].at.duration_since(calls[0].at);
    assert!(apart < Duration::from_millis(600), "one waited: {apart:?}");
    // Two filters, each with an empty page first.
    assert_eq!(look_ups(&caller), 4);
}

#[test]
fn a_single_running_instance_wins_over_stopped_ones() {
    for address in ["127.0.1.16", "127.0.1.18"] {
        let caller = caller();
        run(&caller, "mssh", [address, WHERE]).prints(&format!("{address}\n"));
        assert_eq!(pushes(&caller), [format!("ec2-user@{MULTI_HOMED}")]);
    }
    let outcome = run(&caller(), "mssh", ["127.0.1.41", "true"]);
    assert_eq!(outcome.code, Some(255));
    for part in [
        "127.0.1.41 matches 2 instances",
        SAME_ADDRESS1,
        SAME_ADDRESS2,
    ] {
        assert!(outcome.stderr.contains(part), "{outcome:?}");
    }
}

/// On every route, a target given as an address is reached at that address, or at the private
/// address of the Elastic IP.
#[test]
fn every_route_leads_to_the_given_address() {
    for (way, target, address) in [
        ("--private", "127.0.0.18", "127.0.1.18"),
        ("--private", "127.0.1.19", "127.0.1.19"),
        ("--via=public", "127.0.1.17", "127.0.0.17"),
        ("--via=public", "127.0.1.19", "127.0.0.16"),
    ] {
        let caller = caller();
        run(&caller, "mssh", [way, target, WHERE]).prints(&format!("{address}\n"));
    }
}

#[test]
fn an_endpoint_leads_to_the_given_address() {
    for (target, address) in [("127.0.1.19", "127.0.1.19"), ("127.0.0.18", "127.0.1.18")] {
        let caller = caller();
        let mut mssh = eice::command(&caller, "mssh");
        finish(mssh.args(["--eice", target, WHERE])).prints(&format!("{address}\n"));
    }
}
