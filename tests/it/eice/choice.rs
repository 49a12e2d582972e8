//! Which endpoint is used, under which name, and for which address.

use super::mssh;
use crate::lab::eice::{
    DELETING, FOREIGN, FOREIGN_NAME, IPV6_ENDPOINT, SAME_SUBNET, ZONE_B, ZONE_C, dual_stack,
    fips_name, name,
};
use crate::lab::instances::{IN_EU_WEST_1, IPV6_ONLY, PRIVATE, SAME_ADDRESS1, STOPPED, WEB1, WEB2};
use crate::lab::{Fault, Trouble};
use crate::sandbox::eice::command;
use crate::sandbox::{caller, finish, lab, skipped};

const LOOK_UP: &str = "DescribeInstanceConnectEndpoints";

/// Endpoint, address and host of the tunnel that these arguments open.
#[track_caller]
fn tunnel(words: &[&str]) -> (String, String, String) {
    let caller = caller();
    mssh(&caller, &[words, &["true"]].concat()).prints("");
    let tunnel = caller.tunnels().remove(0);
    (tunnel.endpoint, tunnel.address, tunnel.host)
}

#[test]
fn the_nearest_endpoint_is_used_unless_one_is_named() {
    for (words, endpoint, address) in [
        (&["--eice", PRIVATE][..], SAME_SUBNET, "127.0.1.21"),
        (&["--eice", WEB1], SAME_SUBNET, "127.0.1.11"),
        (&["--eice", WEB2], ZONE_B, "127.0.1.12"),
        (&["--eice-endpoint", ZONE_C, WEB2], ZONE_C, "127.0.1.12"),
        (
            &["--eice", "--eice-endpoint", ZONE_B, PRIVATE],
            ZONE_B,
            "127.0.1.21",
        ),
        // For a host name, and for an address.
        (&["--eice", "private.lab"], SAME_SUBNET, "127.0.1.21"),
        (&["--via", "eice", "127.0.1.12"], ZONE_B, "127.0.1.12"),
    ] {
        assert_eq!(
            tunnel(words),
            (endpoint.to_owned(), address.to_owned(), name(endpoint)),
            "{words:?}"
        );
    }
    if lab().has_ipv6() {
        let (endpoint, address, _) = tunnel(&["--eice", IPV6_ONLY]);
        assert_eq!((&*endpoint, &*address), (SAME_SUBNET, "::1"));
    } else {
        skipped("there is no ::1 here");
    }
}

#[test]
fn an_endpoint_named_by_its_dns_name_is_not_looked_up() {
    let caller = caller();
    mssh(
        &caller,
        &["--eice-endpoint", &name(ZONE_C), PRIVATE, "true"],
    )
    .prints("");
    assert!(caller.calls_of(LOOK_UP).is_empty());
    assert_eq!(caller.tunnels()[0].host, name(ZONE_C));
}

#[test]
fn the_duration_is_requested_and_ends_the_tunnel() {
    let caller = caller();
    let words = ["--eice", "--max-tunnel-duration", "3", PRIVATE, "sleep 60"];
    let outcome = mssh(&caller, &words);
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    let tunnel = &caller.tunnels()[0];
    assert_eq!((tunnel.duration, &*tunnel.end), (Some(3), "over"));
    let said: Vec<&str> = outcome.stderr.lines().take(2).collect();
    assert_eq!(
        said,
        [
            "mssh: error: the tunnel reached its limit of 3 seconds",
            "mssh: hint: --max-tunnel-duration allows up to 3600"
        ]
    );
}

#[test]
fn without_a_suitable_endpoint_the_error_says_why() {
    let id = "eice-0123456789abcdef0";
    for (words, error, hint) in [
        (
            &["--eice", "--region", "eu-west-1", IN_EU_WEST_1][..],
            "there is no EC2 Instance Connect Endpoint in vpc-0e000000000000001".to_owned(),
            "mssh: hint: create one there, or name one with --eice-endpoint: by its ID, or in a \
             shared VPC by its DNS name",
        ),
        (
            &["--eice-endpoint", id, PRIVATE],
            format!("there is no EC2 Instance Connect Endpoint {id}"),
            "mssh: hint: is it in another region (--region) or account (--profile)?",
        ),
        (
            &["--eice-endpoint", DELETING, PRIVATE],
            format!("{DELETING} accepts no connections: it is delete-in-progress"),
            "mssh: hint: wait until it is ready, or name another with --eice-endpoint",
        ),
        (
            &["--eice", SAME_ADDRESS1],
            format!(
                "{IPV6_ENDPOINT} reaches IPv6 addresses only, and the instance has none to use"
            ),
            "mssh: hint: leave out -4, -6 and AddressFamily, or name another with --eice-endpoint",
        ),
        (
            &["--eice", "-6", PRIVATE],
            format!("the instance has no address that {SAME_SUBNET} could reach"),
            "mssh: hint: leave out -4, -6 and AddressFamily, or name another with --eice-endpoint",
        ),
    ] {
        let error = format!("mssh: error: {error}");
        mssh(&caller(), words).fails(255, &[&error, hint]);
    }
}

#[test]
fn a_stopped_instance_is_reported_rather_than_a_denied_endpoint_look_up() {
    let caller = caller();
    caller.fault(Fault::new(Trouble::Denied).on(LOOK_UP));
    let outcome = mssh(&caller, &["--eice", STOPPED]);
    let error = format!("mssh: error: instance {STOPPED} is stopped");
    assert!(outcome.stderr.starts_with(&error), "{outcome:?}");
}

#[test]
fn a_denied_endpoint_look_up_names_the_permission() {
    let caller = caller();
    caller.fault(Fault::new(Trouble::Denied).on(LOOK_UP));
    let outcome = mssh(&caller, &["--eice", PRIVATE]);
    assert!(
        outcome
            .stderr
            .contains("ec2:DescribeInstanceConnectEndpoints on *"),
        "{outcome:?}"
    );
    mssh(
        &caller,
        &["--eice-endpoint", &name(ZONE_C), PRIVATE, "true"],
    )
    .prints("");
}

#[test]
fn usage_errors_are_found_before_any_call() {
    let caller = caller();
    let alone = "mssh: hint: add --via eice, or leave it out";
    let seconds = "mssh: hint: use 1 to 3600 seconds";
    for (words, error, hint) in [
        (
            &["--eice-endpoint", "vpce-1", PRIVATE][..],
            "`vpce-1` is not a valid EC2 Instance Connect Endpoint",
            "mssh: hint: use its ID, like eice-0123456789abcdef0, or its DNS name",
        ),
        (
            &["--max-tunnel-duration", "0", "--eice", PRIVATE],
            "`0` is not a valid tunnel duration",
            seconds,
        ),
        (
            &["--max-tunnel-duration=3601", "--eice", PRIVATE],
            "`3601` is not a valid tunnel duration",
            seconds,
        ),
        (
            &["--private", "--eice-endpoint", ZONE_C, PRIVATE],
            "--eice-endpoint needs --via eice",
            alone,
        ),
        (
            &["--via=public", "--max-tunnel-duration", "9", PRIVATE],
            "--max-tunnel-duration needs --via eice",
            alone,
        ),
    ] {
        let error = format!("mssh: error: {error}");
        mssh(&caller, words).fails(255, &[&error, hint]);
    }
    let error = "mssh: error: --tunnel is for ssh only, which runs it as a ProxyCommand";
    mssh(&caller, &["--tunnel", "port=22"]).fails(255, &[error]);
    assert!(caller.calls().is_empty(), "AWS was asked");
}

/// The settings apply to the API and to the endpoint. Endpoints without a FIPS name are skipped.
#[test]
fn fips_and_dual_stack_names_are_used_if_configured() {
    let fips = ("AWS_USE_FIPS_ENDPOINT", "true");
    let dual = ("AWS_USE_DUALSTACK_ENDPOINT", "true");
    for (variables, instance, host) in [
        (&[fips][..], PRIVATE, fips_name(SAME_SUBNET)),
        (&[dual], PRIVATE, dual_stack(&name(SAME_SUBNET))),
        (&[fips, dual], PRIVATE, dual_stack(&fips_name(SAME_SUBNET))),
        (&[dual], WEB2, dual_stack(&name(ZONE_B))),
        (&[fips], WEB2, fips_name(ZONE_C)),
    ] {
        let caller = caller();
        let mut mssh = command(&caller, "mssh");
        mssh.env_remove("AWS_ENDPOINT_URL")
            .envs(variables.iter().copied());
        finish(mssh.args(["--eice", instance, "true"])).prints("");
        assert_eq!(caller.tunnels()[0].host, host, "{variables:?}");
    }
    let caller = caller();
    let mut mssh = command(&caller, "mssh");
    mssh.env_remove("AWS_ENDPOINT_URL").envs([fips]);
    mssh.args(["--eice-endpoint", ZONE_B, PRIVATE]);
    finish(&mut mssh).fails(
        255,
        &[
            &format!("mssh: error: {ZONE_B} has no DNS name with FIPS"),
            "mssh: hint: name another with --eice-endpoint, or unset use_fips_endpoint",
        ],
    );
}

#[test]
fn a_dns_name_outside_of_aws_is_not_connected_to() {
    let caller = caller();
    let outcome = mssh(&caller, &["--eice-endpoint", FOREIGN, PRIVATE, "true"]);
    let error = format!(
        "mssh: error: the answer names {FOREIGN_NAME} for {FOREIGN}, which is not an endpoint's \
         name in this region"
    );
    assert_eq!(outcome.stderr.lines().next(), Some(&*error), "{outcome:?}");
    assert_eq!(outcome.code, Some(255));
    assert!(caller.tunnels().is_empty());
}
