//! The forms of a target, and the calls they take.

use std::time::Duration;

use crate::lab::instances::{
    DESCRIBE_DENIED, IN_EU_WEST_1, IPV6_ONLY, PRIVATE, SHORT_ID, WEB1, WEB2,
};
use crate::lab::{Fault, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{caller, finish, lab, look_ups, pushes, run, skipped};

/// Prints the user and the address of the server.
const WHERE: &str = "set -- $SSH_CONNECTION; echo $USER@$3";

#[test]
fn an_id_is_reached_at_its_public_address_else_the_private_one_else_ipv6() {
    let mut cases = vec![
        (WEB1.to_owned(), "ec2-user@127.0.0.11\n"),
        (WEB1.to_uppercase(), "ec2-user@127.0.0.11\n"),
        (format!("ubuntu@{SHORT_ID}"), "ubuntu@127.0.0.13\n"),
        (PRIVATE.to_owned(), "ec2-user@127.0.1.21\n"),
        (format!("1000jane@{WEB1}"), "1000jane@127.0.0.11\n"),
    ];
    if lab().has_ipv6() {
        cases.push((IPV6_ONLY.to_owned(), "ec2-user@::1\n"));
    } else {
        skipped("there is no ::1 here, so the IPv6-only instance is not tried");
    }
    for (target, expected) in cases {
        let caller = caller();
        run(&caller, "mssh", [&target, WHERE]).prints(expected);
        assert_eq!(
            (look_ups(&caller), pushes(&caller).len()),
            (1, 1),
            "{target}"
        );
    }
}

#[test]
fn addresses_and_names_find_their_instance() {
    let cases = [
        ("127.0.0.11", WEB1, "127.0.0.11"),
        ("127.0.1.11", WEB1, "127.0.1.11"),
        ("ec2-127-0-0-12.compute-1.amazonaws.com", WEB2, "127.0.0.12"),
        ("ip-127-0-1-12.ec2.internal", WEB2, "127.0.1.12"),
        ("i-0face000000000001.ec2.internal", WEB1, "127.0.0.11"),
        ("web2.lab", WEB2, "127.0.0.12"),
    ];
    for (target, id, address) in cases {
        let caller = caller();
        let words = [&format!("ubuntu@{target}"), WHERE];
        run(&caller, "mssh", words).prints(&format!("ubuntu@{address}\n"));
        assert_eq!(pushes(&caller), [format!("ubuntu@{id}")], "{target}");
    }
}

#[test]
fn ipv6_addresses_are_found_with_and_without_brackets() {
    if !lab().has_ipv6() {
        skipped("there is no ::1 here");
        return;
    }
    for target in ["root@::1", "root@[::1]"] {
        let caller = caller();
        run(&caller, "mssh", [target, "echo $USER"]).prints("root\n");
        assert_eq!(pushes(&caller), [format!("root@{IPV6_ONLY}")]);
    }
}

#[test]
fn a_dns_name_of_aws_has_a_region() {
    for target in [
        "ec2-127-0-0-61.eu-west-1.compute.amazonaws.com",
        "ip-127-0-1-61.eu-west-1.compute.internal",
        &format!("{IN_EU_WEST_1}.eu-west-1.compute.internal"),
    ] {
        let caller = caller();
        let mut command = caller.command("mssh");
        finish(
            command
                .args([target, "echo $USER"])
                .env_remove("AWS_REGION"),
        )
        .prints("ec2-user\n");
        assert!(caller.calls().iter().all(|call| call.region == "eu-west-1"));
    }
}

#[test]
fn the_region_is_that_of_the_option_then_of_the_name_then_of_the_environment() {
    let caller = caller();
    run(
        &caller,
        "mssh",
        [IN_EU_WEST_1, "--region", "eu-west-1", "true"],
    )
    .prints("");
    let mut command = caller.command("mssh");
    let command = command
        .args([IN_EU_WEST_1, "true"])
        .env_remove("AWS_REGION");
    finish(command.env("AWS_DEFAULT_REGION", "eu-west-1")).prints("");
    assert!(caller.calls().iter().all(|call| call.region == "eu-west-1"));
}

#[test]
fn a_host_with_an_id_is_used_as_typed() {
    let caller = caller();
    run(&caller, "mssh", ["-t", WEB1, "root@127.0.1.11", WHERE]).prints("root@127.0.1.11\n");
    assert_eq!(
        (look_ups(&caller), pushes(&caller)),
        (1, vec![format!("root@{WEB1}")])
    );
}

#[test]
fn host_id_and_zone_take_one_call() {
    let caller = caller();
    let words = ["ubuntu@127.0.0.11", "-t", WEB1, "-z", "us-east-1a", WHERE];
    run(&caller, "mssh", words).prints("ubuntu@127.0.0.11\n");
    assert_eq!(caller.calls().len(), 1);
    assert_eq!(pushes(&caller), [format!("ubuntu@{WEB1} us-east-1a")]);
}

#[test]
fn a_dry_run_with_host_id_and_zone_needs_no_credentials() {
    let caller = caller();
    let words = [
        "root@127.0.0.11",
        "-t",
        WEB1,
        "-z",
        "us-east-1a",
        "--dry-run",
    ];
    let mut command = caller.command("mssh");
    for variable in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        command.env_remove(variable);
    }
    let outcome = finish(command.args(words));
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(
        outcome.stdout.ends_with(" root@127.0.0.11\n"),
        "{outcome:?}"
    );
    assert!(caller.calls().is_empty());
}

#[test]
fn a_host_with_an_id_needs_no_permission_to_describe() {
    let caller = caller();
    run(
        &caller,
        "mssh",
        ["-t", DESCRIBE_DENIED, "root@127.0.0.32", "echo in"],
    )
    .prints("in\n");
}

#[test]
fn a_wrong_zone_is_an_error_with_a_host_and_not_with_an_id() {
    let caller = caller();
    run(&caller, "mssh", ["-z", "us-east-1b", WEB1, "echo in"]).prints("in\n");
    // No look-up takes long enough for the answer to the push to come first.
    let late = Trouble::Latency(Duration::from_millis(500));
    caller.fault(Fault::new(late).on(SEND_SSH_PUBLIC_KEY));
    run(
        &caller,
        "mssh",
        ["-t", WEB1, "-z", "us-east-1b", "root@127.0.0.11"],
    )
    .fails_late(&[
        &format!("mssh: error: there is no instance {WEB1} in zone us-east-1b in us-east-1 (set by AWS_REGION)"),
        "mssh: hint: is it in another region (--region) or account (--profile)?",
    ]);
}

#[test]
fn look_up_and_push_of_an_id_take_one_round_trip() {
    let caller = caller();
    caller.fault(Fault::new(Trouble::Latency(Duration::from_millis(700))));
    run(&caller, "mssh", [WEB1, "true"]).prints("");
    let calls = caller.calls();
    let apart = calls[1].at.duration_since(calls[0].at);
    assert_eq!(calls.len(), 2);
    assert!(
        apart < Duration::from_millis(600),
        "the second call waited: {apart:?}"
    );
}

#[test]
fn the_route_chooses_the_address() {
    for (words, address) in [
        (["--via", "public"], "127.0.0.11"),
        (["--via", "private"], "127.0.1.11"),
        (["--private", "-4"], "127.0.1.11"),
        (["--via", "auto"], "127.0.0.11"),
    ] {
        let caller = caller();
        let words = words.iter().copied().chain([WEB1, WHERE]);
        run(&caller, "mssh", words).prints(&format!("ec2-user@{address}\n"));
    }
}
