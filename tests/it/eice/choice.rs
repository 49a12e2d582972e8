//! Which endpoint is taken, by which name, and to which address.

use super::mssh;
use crate::lab::eice::{
    DYING, FAR, FOREIGN, FOREIGN_NAME, NEAR_DB1, ONLY_SIX, ZONE_B, dual_stack, fips_name, name,
};
use crate::lab::instances::{DB1, PARIS, SIX, TWIN1, WEB1, WEB2};
use crate::lab::{Fault, Trouble};
use crate::sandbox::eice::command;
use crate::sandbox::{finish, lab, skipped, tenant};

const LOOK_UP: &str = "DescribeInstanceConnectEndpoints";

/// Endpoint, address and host of the tunnel that these words open.
#[track_caller]
fn tunnel(words: &[&str]) -> (String, String, String) {
    let tenant = tenant();
    mssh(&tenant, &[words, &["true"]].concat()).prints("");
    let tunnel = tenant.tunnels().remove(0);
    (tunnel.endpoint, tunnel.address, tunnel.host)
}

#[test]
fn the_nearest_endpoint_is_taken_unless_one_is_named() {
    for (words, endpoint, address) in [
        (&["--eice", DB1][..], NEAR_DB1, "127.0.1.21"),
        (&["--eice", WEB1], NEAR_DB1, "127.0.1.11"),
        (&["--eice", WEB2], ZONE_B, "127.0.1.12"),
        (&["--eice-endpoint", FAR, WEB2], FAR, "127.0.1.12"),
        (
            &["--eice", "--eice-endpoint", ZONE_B, DB1],
            ZONE_B,
            "127.0.1.21",
        ),
        // By a name that stands for an address, and by an address.
        (&["--eice", "db1.lab"], NEAR_DB1, "127.0.1.21"),
        (&["--via", "eice", "127.0.1.12"], ZONE_B, "127.0.1.12"),
    ] {
        assert_eq!(
            tunnel(words),
            (endpoint.to_owned(), address.to_owned(), name(endpoint)),
            "{words:?}"
        );
    }
    if lab().has_ipv6() {
        let (endpoint, address, _) = tunnel(&["--eice", SIX]);
        assert_eq!((&*endpoint, &*address), (NEAR_DB1, "::1"));
    } else {
        skipped("there is no ::1 here");
    }
}

#[test]
fn an_endpoint_named_by_its_dns_name_is_not_looked_up() {
    let tenant = tenant();
    mssh(&tenant, &["--eice-endpoint", &name(FAR), DB1, "true"]).prints("");
    assert!(tenant.calls_of(LOOK_UP).is_empty());
    assert_eq!(tenant.tunnels()[0].host, name(FAR));
}

#[test]
fn the_duration_is_asked_for_and_held() {
    let tenant = tenant();
    let words = ["--eice", "--max-tunnel-duration", "3", DB1, "sleep 60"];
    let outcome = mssh(&tenant, &words);
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    let tunnel = &tenant.tunnels()[0];
    assert_eq!((tunnel.duration, &*tunnel.end), (Some(3), "over"));
    let said: Vec<&str> = outcome.stderr.lines().take(2).collect();
    assert_eq!(
        said,
        [
            "mssh: error: the 3 seconds of the tunnel are over",
            "mssh: hint: --max-tunnel-duration gives up to 3600"
        ]
    );
}

#[test]
fn where_no_endpoint_leads_there_it_is_said_why() {
    let id = "eice-0123456789abcdef0";
    for (words, error, hint) in [
        (
            &["--eice", "--region", "eu-west-1", PARIS][..],
            "there is no EC2 Instance Connect Endpoint in vpc-0e000000000000001".to_owned(),
            "mssh: hint: make one there, or name one by --eice-endpoint: its ID, or in a shared \
             VPC its DNS name",
        ),
        (
            &["--eice-endpoint", id, DB1],
            format!("there is no EC2 Instance Connect Endpoint {id}"),
            "mssh: hint: is it in another region (--region) or account (--profile)?",
        ),
        (
            &["--eice-endpoint", DYING, DB1],
            format!("{DYING} takes no connections: it is delete-in-progress"),
            "mssh: hint: wait until it is ready, or name another by --eice-endpoint",
        ),
        (
            &["--eice", TWIN1],
            format!("{ONLY_SIX} reaches IPv6 addresses only, and there is none to use"),
            "mssh: hint: leave out -4, -6 and AddressFamily, or name another by --eice-endpoint",
        ),
        (
            &["--eice", "-6", DB1],
            format!("there is no private or IPv6 address to use for {NEAR_DB1}"),
            "mssh: hint: leave out -4, -6 and AddressFamily, or name another by --eice-endpoint",
        ),
    ] {
        let error = format!("mssh: error: {error}");
        mssh(&tenant(), words).fails(255, &[&error, hint]);
    }
}

#[test]
fn who_may_not_look_up_endpoints_is_told_what_to_allow() {
    let tenant = tenant();
    tenant.fault(Fault::new(Trouble::Denied).on(LOOK_UP));
    let outcome = mssh(&tenant, &["--eice", DB1]);
    assert!(
        outcome
            .stderr
            .contains("ec2:DescribeInstanceConnectEndpoints on *"),
        "{outcome:?}"
    );
    mssh(&tenant, &["--eice-endpoint", &name(FAR), DB1, "true"]).prints("");
}

#[test]
fn mistakes_in_the_words_are_found_before_anything_is_asked() {
    let tenant = tenant();
    let alone = "mssh: hint: leave it out, or say --via eice";
    let seconds = "mssh: hint: it may be 1 to 3600 seconds";
    for (words, error, hint) in [
        (
            &["--eice-endpoint", "vpce-1", DB1][..],
            "`vpce-1` is not a valid EC2 Instance Connect Endpoint",
            "mssh: hint: name it by its ID, like eice-0123456789abcdef0, or by its DNS name",
        ),
        (
            &["--max-tunnel-duration", "0", "--eice", DB1],
            "`0` is not a valid tunnel duration",
            seconds,
        ),
        (
            &["--max-tunnel-duration=3601", "--eice", DB1],
            "`3601` is not a valid tunnel duration",
            seconds,
        ),
        (
            &["--private", "--eice-endpoint", FAR, DB1],
            "--eice-endpoint goes with --via eice alone",
            alone,
        ),
        (
            &["--via=public", "--max-tunnel-duration", "9", DB1],
            "--max-tunnel-duration goes with --via eice alone",
            alone,
        ),
    ] {
        let error = format!("mssh: error: {error}");
        mssh(&tenant, words).fails(255, &[&error, hint]);
    }
    let error = "mssh: error: --tunnel is for ssh to call us with";
    mssh(&tenant, &["--tunnel", "port=22"]).fails(255, &[error]);
    assert!(tenant.calls().is_empty(), "AWS was asked");
}

/// As the configuration has it, of the API as of the endpoint; what has no name with FIPS is passed
/// over.
#[test]
fn fips_and_dual_stack_names_are_taken_where_they_are_asked_for() {
    let fips = ("AWS_USE_FIPS_ENDPOINT", "true");
    let dual = ("AWS_USE_DUALSTACK_ENDPOINT", "true");
    for (variables, instance, host) in [
        (&[fips][..], DB1, fips_name(NEAR_DB1)),
        (&[dual], DB1, dual_stack(&name(NEAR_DB1))),
        (&[fips, dual], DB1, dual_stack(&fips_name(NEAR_DB1))),
        (&[dual], WEB2, dual_stack(&name(ZONE_B))),
        (&[fips], WEB2, fips_name(FAR)),
    ] {
        let tenant = tenant();
        let mut mssh = command(&tenant, "mssh");
        mssh.env_remove("AWS_ENDPOINT_URL")
            .envs(variables.iter().copied());
        finish(mssh.args(["--eice", instance, "true"])).prints("");
        assert_eq!(tenant.tunnels()[0].host, host, "{variables:?}");
    }
    let tenant = tenant();
    let mut mssh = command(&tenant, "mssh");
    mssh.env_remove("AWS_ENDPOINT_URL").envs([fips]);
    mssh.args(["--eice-endpoint", ZONE_B, DB1]);
    finish(&mut mssh).fails(
        255,
        &[
            &format!("mssh: error: {ZONE_B} has no DNS name with FIPS"),
            "mssh: hint: name another by --eice-endpoint, or unset use_fips_endpoint",
        ],
    );
}

#[test]
fn a_name_in_the_answer_that_is_none_of_awss_is_not_spoken_to() {
    let tenant = tenant();
    let outcome = mssh(&tenant, &["--eice-endpoint", FOREIGN, DB1, "true"]);
    let error = format!(
        "mssh: error: the answer calls {FOREIGN} {FOREIGN_NAME}, which is no endpoint's name in \
         this region"
    );
    assert_eq!(outcome.stderr.lines().next(), Some(&*error), "{outcome:?}");
    assert_eq!(outcome.code, Some(255));
    assert!(tenant.tunnels().is_empty());
}
