//! Messages about the route.

use std::time::Instant;

use super::{ENDPOINTS, LIMIT, MANAGED, PORT, SLACK, denied, look_ups, mssh, port};
use crate::lab::eice::CREATE_FAILED;
use crate::lab::instances::{
    BROKEN, NO_ADDRESS, PRIVATE_WITH_AGENT, REJECTS_DIRECT, SSM_ONLY, UNREACHABLE,
};
use crate::lab::{Fault, Trouble};
use crate::sandbox::eice::command;
use crate::sandbox::{Pty, caller, lab, no_key_is_left, pushes};

const VPC: &str = "vpc-0ce11000000000001";
const HINT: &str = "mssh: hint: join its network, create an endpoint in its VPC, or get its SSM Agent \
                    online";

#[test]
fn an_unreachable_instance_gets_a_reason_for_each_route() {
    let caller = caller();
    let began = Instant::now();
    let port = lab().port();
    let outcome = mssh(&caller, &[UNREACHABLE]);
    // The first SYN may be lost, so the only candidate gets a second try.
    assert!(began.elapsed() < LIMIT * 2 + SLACK);
    outcome.fails(
        255,
        &[
            &format!("mssh: error: cannot reach instance {UNREACHABLE}"),
            &format!("mssh:   direct: no answer from 127.0.1.85 on port {port}"),
            &format!("mssh:   eice: there is no EC2 Instance Connect Endpoint in {VPC}"),
            "mssh:   ssm: Session Manager does not know the instance",
            HINT,
        ],
    );
    assert!(no_key_is_left(&caller));
}

#[test]
fn a_denied_look_up_closes_its_route() {
    let caller = denied(&[ENDPOINTS, MANAGED]);
    mssh(&caller, &["-p22", REJECTS_DIRECT]).fails(
        255,
        &[
            &format!("mssh: error: cannot reach instance {REJECTS_DIRECT}"),
            "mssh:   direct: 127.0.1.84 refuses connections to port 22",
            "mssh:   eice: not allowed: ec2:DescribeInstanceConnectEndpoints",
            "mssh:   ssm: not allowed: ssm:DescribeInstanceInformation",
            &format!(
                "{HINT}; or a policy must allow ec2:DescribeInstanceConnectEndpoints and \
                 ssm:DescribeInstanceInformation"
            ),
        ],
    );
    assert!(no_key_is_left(&caller));
}

#[test]
fn a_look_up_denied_by_another_policy_names_the_policy() {
    let caller = denied(&[MANAGED]);
    let scp = Trouble::DeniedBy("with an explicit deny in a service control policy");
    caller.fault(Fault::new(scp).on(ENDPOINTS));
    mssh(&caller, &["-p22", REJECTS_DIRECT]).fails(
        255,
        &[
            &format!("mssh: error: cannot reach instance {REJECTS_DIRECT}"),
            "mssh:   direct: 127.0.1.84 refuses connections to port 22",
            "mssh:   eice: not allowed: ec2:DescribeInstanceConnectEndpoints, since a service \
             control policy denies it",
            "mssh:   ssm: not allowed: ssm:DescribeInstanceInformation",
            &format!("{HINT}; or a policy must allow ssm:DescribeInstanceInformation"),
        ],
    );
}

#[test]
fn a_broken_endpoint_and_a_lost_agent_are_reported() {
    let broken = [
        format!("mssh:   eice: {CREATE_FAILED} accepts no connections: it is create-failed"),
        "mssh:   ssm: Session Manager has lost contact with its SSM Agent".to_owned(),
    ];
    let denials = [
        "mssh:   eice: not allowed: ec2:DescribeInstanceConnectEndpoints",
        "mssh:   ssm: not allowed: ssm:DescribeInstanceInformation",
    ];
    for (without, eice, ssm, hint) in [
        (&[][..], &*broken[0], &*broken[1], HINT.to_owned()),
        (
            &[ENDPOINTS],
            denials[0],
            &broken[1],
            format!("{HINT}; or a policy must allow ec2:DescribeInstanceConnectEndpoints"),
        ),
        (
            &[MANAGED],
            &broken[0],
            denials[1],
            format!("{HINT}; or a policy must allow ssm:DescribeInstanceInformation"),
        ),
    ] {
        let caller = denied(without);
        mssh(&caller, &["-p22", BROKEN]).fails(
            255,
            &[
                &format!("mssh: error: cannot reach instance {BROKEN}"),
                "mssh:   direct: 127.0.1.86 refuses connections to port 22",
                eice,
                ssm,
                &hint,
            ],
        );
        assert!(no_key_is_left(&caller));
    }
}

#[test]
fn a_failed_look_up_is_reported_in_its_own_words() {
    let caller = caller();
    caller.fault(Fault::new(Trouble::Error("InternalServerError")).on(MANAGED));
    let outcome = mssh(&caller, &["-p2222", REJECTS_DIRECT]);
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert_eq!(
        lines[1..3],
        [
            "mssh:   direct: 127.0.1.84 refuses connections to port 2222",
            "mssh:   eice: endpoints connect to ports 22 and 3389 only, not to 2222",
        ]
    );
    let ssm = "mssh:   ssm: ssm:DescribeInstanceInformation failed: Something is not as it should be. \
               (InternalServerError)";
    assert_eq!(lines[3], ssm);
}

#[test]
fn missing_address_families_and_addresses_are_reasons_too() {
    for (words, direct, eice) in [
        (
            &[NO_ADDRESS][..],
            "the instance has no address",
            "the instance has no address that eice-0cafe000000000001 could reach",
        ),
        (
            &["-6", UNREACHABLE],
            "the instance has no IPv6 address",
            &format!("there is no EC2 Instance Connect Endpoint in {VPC}"),
        ),
    ] {
        let outcome = mssh(&caller(), words);
        let lines: Vec<&str> = outcome.stderr.lines().collect();
        let expected = [
            format!("mssh:   direct: {direct}"),
            format!("mssh:   eice: {eice}"),
            "mssh:   ssm: Session Manager does not know the instance".to_owned(),
        ];
        assert_eq!(lines[1..4], expected, "{outcome:?}");
    }
}

#[test]
fn verbose_tells_the_route() {
    let outcome = mssh(&caller(), &["-v", REJECTS_DIRECT, "true"]);
    let told =
        format!("mssh: ec2-user at {REJECTS_DIRECT}: 127.0.1.84 through eice-0cafe000000000001");
    assert!(outcome.stderr.contains(&told), "{outcome:?}");
    let outcome = mssh(&caller(), &["-d", PORT, SSM_ONLY, "true"]);
    let told = format!("mssh: ec2-user at {SSM_ONLY}: Session Manager");
    assert!(outcome.stderr.contains(&told), "{outcome:?}");
}

/// What a terminal shows of `mssh` with these arguments.
fn screen(words: &str) -> String {
    let caller = caller();
    let certificate = command(&caller, "true")
        .get_envs()
        .find(|(name, _)| *name == "AWS_CA_BUNDLE")
        .and_then(|(_, value)| value)
        .expect("a bundle")
        .to_owned();
    let line = format!(
        "AWS_CA_BUNDLE={} mssh {words} 'echo arri''ved'",
        certificate.display()
    );
    let mut pty = Pty::open(&caller, &line);
    pty.shows("arrived");
    assert_eq!(pty.end(), Some(0));
    pty.screen()
}

#[test]
fn on_a_terminal_a_tunnel_that_was_chosen_is_reported() {
    let ssm_only = format!("{} {SSM_ONLY}", port());
    let shown = |words: &str| screen(words).matches("mssh: through ").count();
    assert!(screen(&ssm_only).contains("mssh: through Session Manager\r\n"));
    let eice = "mssh: through eice-0cafe000000000001\r\n";
    assert!(screen(REJECTS_DIRECT).contains(eice));
    for quiet in ["-q", "-oBatchMode=yes", "--via ssm", "-v"] {
        assert_eq!(shown(&format!("{quiet} {ssm_only}")), 0, "{quiet}");
    }
    assert_eq!(shown(PRIVATE_WITH_AGENT), 0);
}

#[test]
fn a_dry_run_finds_the_route_and_pushes_nothing() {
    let caller = caller();
    let outcome = mssh(&caller, &["--dry-run", SSM_ONLY, "ls"]);
    assert_eq!((&*outcome.stderr, outcome.code), ("", Some(0)));
    let session = format!("ssm={SSM_ONLY},{SSM_ONLY},us-east-1");
    assert!(outcome.stdout.contains(&session), "{outcome:?}");
    assert_eq!((pushes(&caller).len(), look_ups(&caller)), (0, [1, 1]));
    assert!(caller.sessions().is_empty());
}
