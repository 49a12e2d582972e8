//! Errors about the instance: its state, none or several found, no address.

use super::mssh;
use crate::lab::SEND_SSH_PUBLIC_KEY;
use crate::lab::instances::{
    IN_EU_WEST_1, NO_ADDRESS, PENDING, PRIVATE, STOPPED, STOPPING, TERMINATED, WEB1,
};
use crate::sandbox::caller;

#[test]
fn the_state_of_an_instance_that_is_not_running_is_reported() {
    let caller = caller();
    let cases = [
        (
            STOPPED,
            "stopped",
            "start it with --start, or with `aws ec2 start-instances --region us-east-1 --instance-ids ID`",
        ),
        (
            STOPPING,
            "stopping",
            "add --start, which waits until it has stopped, and starts it",
        ),
        (TERMINATED, "terminated", "it cannot be started again"),
        (
            PENDING,
            "pending",
            "add --start, or wait for it with `aws ec2 wait instance-running --region us-east-1 --instance-ids ID`",
        ),
    ];
    for (id, state, hint) in cases {
        mssh(&caller, &[id]).fails(
            255,
            &[
                &format!("mssh: error: instance {id} is {state}"),
                &format!("mssh: hint: {}", hint.replace("ID", id)),
            ],
        );
    }
}

#[test]
fn no_match_and_several_matches_list_what_was_found() {
    let caller = caller();
    let elsewhere = "mssh: hint: is it in another region (--region) or account (--profile)?";
    mssh(&caller, &["i-0123456789abcdef0"]).fails(
        255,
        &[
            "mssh: error: there is no instance i-0123456789abcdef0 in us-east-1 (set by AWS_REGION)",
            elsewhere,
        ],
    );
    mssh(&caller, &[IN_EU_WEST_1]).fails(
        255,
        &[
            &format!(
                "mssh: error: there is no instance {IN_EU_WEST_1} in us-east-1 (set by AWS_REGION)"
            ),
            elsewhere,
        ],
    );
    mssh(&caller, &["192.0.2.99"]).fails(
        255,
        &[
            "mssh: error: there is no instance with address 192.0.2.99 in us-east-1 (set by AWS_REGION)",
            elsewhere,
        ],
    );
    mssh(&caller, &["127.0.1.41"]).fails(
        255,
        &[
            "mssh: error: 127.0.1.41 matches 2 instances",
            "mssh:   i-02220000000000001 same-address1 running us-east-1a 127.0.1.41",
            "mssh:   i-02220000000000002 same-address2 running us-east-1a 127.0.1.41",
            "mssh: hint: choose one by its ID, or add --newest, --oldest or --any",
        ],
    );
    assert_eq!(
        caller
            .calls_of(SEND_SSH_PUBLIC_KEY)
            .iter()
            .filter(|c| c.status == Some(200))
            .count(),
        0
    );
}

#[test]
fn a_missing_address_is_reported() {
    let caller = caller();
    mssh(&caller, &[NO_ADDRESS]).fails(
        255,
        &[
            &format!("mssh: error: cannot reach instance {NO_ADDRESS}"),
            "mssh:   direct: the instance has no address",
            "mssh:   eice: the instance has no address that eice-0cafe000000000001 could reach",
            "mssh:   ssm: Session Manager does not know the instance",
            "mssh: hint: join its network, create an endpoint in its VPC, or get its SSM Agent \
             online",
        ],
    );
    let choose = "mssh: hint: let mssh choose: leave out --via, --private, -4, -6 and \
                  AddressFamily";
    mssh(&caller, &["-6", WEB1]).fails(
        255,
        &[
            &format!("mssh: error: instance {WEB1} has no IPv6 address"),
            choose,
        ],
    );
    mssh(&caller, &["--via", "public", PRIVATE]).fails(
        255,
        &[
            &format!("mssh: error: instance {PRIVATE} has no public IPv4 address"),
            "mssh: hint: leave out --via to try its private address and tunnels, or choose a \
             tunnel: --eice, --ssm",
        ],
    );
    mssh(&caller, &["-oProxyCommand=nc %h %p", NO_ADDRESS]).fails(
        255,
        &[
            &format!("mssh: error: instance {NO_ADDRESS} has no address"),
            "mssh: hint: give it one, or connect with --ssm, which needs none",
        ],
    );
    mssh(&caller, &["--via", "ipv6", WEB1]).fails(
        255,
        &[
            &format!("mssh: error: instance {WEB1} has no IPv6 address"),
            choose,
        ],
    );
}
