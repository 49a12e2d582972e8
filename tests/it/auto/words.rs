//! What is said of the way.

use std::time::Instant;

use super::{ENDPOINTS, LIMIT, MANAGED, PORT, SLACK, denied, look_ups, mssh, port};
use crate::lab::eice::BROKEN;
use crate::lab::instances::{ADDRESSLESS, CELLAR, HERMIT, MOAT, RUIN, WELL};
use crate::lab::{Fault, Trouble};
use crate::sandbox::eice::command;
use crate::sandbox::{Pty, lab, no_key_is_left, pushes, tenant};

const VPC: &str = "vpc-0ce11000000000001";
const HINT: &str = "mssh: hint: join its network, make an endpoint in its VPC, or have its SSM Agent \
                    connect";

#[test]
fn where_no_way_leads_each_has_its_reason() {
    let tenant = tenant();
    let began = Instant::now();
    let port = lab().port();
    let outcome = mssh(&tenant, &[WELL]);
    // The first SYN may be lost, and so the only hope has as long again.
    assert!(began.elapsed() < LIMIT * 2 + SLACK);
    outcome.fails(
        255,
        &[
            &format!("mssh: error: no way leads to instance {WELL}"),
            &format!("mssh:   direct: 127.0.1.85 does not answer at port {port}"),
            &format!("mssh:   eice: there is no EC2 Instance Connect Endpoint in {VPC}"),
            "mssh:   ssm: Session Manager does not know the instance",
            HINT,
        ],
    );
    assert!(no_key_is_left(&tenant));
}

#[test]
fn a_look_up_that_is_denied_counts_as_a_way_that_is_shut() {
    let tenant = denied(&[ENDPOINTS, MANAGED]);
    mssh(&tenant, &["-p22", MOAT]).fails(
        255,
        &[
            &format!("mssh: error: no way leads to instance {MOAT}"),
            "mssh:   direct: 127.0.1.84 refuses port 22",
            "mssh:   eice: not allowed: ec2:DescribeInstanceConnectEndpoints",
            "mssh:   ssm: not allowed: ssm:DescribeInstanceInformation",
            &format!(
                "{HINT}; or a policy must allow ec2:DescribeInstanceConnectEndpoints and \
                 ssm:DescribeInstanceInformation"
            ),
        ],
    );
    assert!(no_key_is_left(&tenant));
}

#[test]
fn a_look_up_that_another_policy_denies_says_which() {
    let tenant = denied(&[MANAGED]);
    let scp = Trouble::DeniedBy("with an explicit deny in a service control policy");
    tenant.fault(Fault::new(scp).on(ENDPOINTS));
    mssh(&tenant, &["-p22", MOAT]).fails(
        255,
        &[
            &format!("mssh: error: no way leads to instance {MOAT}"),
            "mssh:   direct: 127.0.1.84 refuses port 22",
            "mssh:   eice: not allowed: ec2:DescribeInstanceConnectEndpoints, since a service \
             control policy denies it",
            "mssh:   ssm: not allowed: ssm:DescribeInstanceInformation",
            &format!("{HINT}; or a policy must allow ssm:DescribeInstanceInformation"),
        ],
    );
}

#[test]
fn what_is_broken_on_the_way_is_said() {
    let broken = [
        format!("mssh:   eice: {BROKEN} takes no connections: it is create-failed"),
        "mssh:   ssm: Session Manager has lost its SSM Agent".to_owned(),
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
        let tenant = denied(without);
        mssh(&tenant, &["-p22", RUIN]).fails(
            255,
            &[
                &format!("mssh: error: no way leads to instance {RUIN}"),
                "mssh:   direct: 127.0.1.86 refuses port 22",
                eice,
                ssm,
                &hint,
            ],
        );
        assert!(no_key_is_left(&tenant));
    }
}

#[test]
fn a_look_up_that_fails_is_said_in_its_own_words() {
    let tenant = tenant();
    tenant.fault(Fault::new(Trouble::Refused("InternalServerError")).on(MANAGED));
    let outcome = mssh(&tenant, &["-p2222", MOAT]);
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert_eq!(
        lines[1..3],
        [
            "mssh:   direct: 127.0.1.84 refuses port 2222",
            "mssh:   eice: endpoints lead to ports 22 and 3389, not to 2222",
        ]
    );
    let ssm = "mssh:   ssm: ssm:DescribeInstanceInformation failed: Something is not as it should be. \
               (InternalServerError)";
    assert_eq!(lines[3], ssm);
}

#[test]
fn families_and_addresses_that_are_not_there_are_reasons_too() {
    for (words, direct, eice) in [
        (
            &[ADDRESSLESS][..],
            "the instance has no address",
            "there is no private or IPv6 address to use for eice-0cafe000000000001",
        ),
        (
            &["-6", WELL],
            "the instance has no IPv6 address",
            &format!("there is no EC2 Instance Connect Endpoint in {VPC}"),
        ),
    ] {
        let outcome = mssh(&tenant(), words);
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
fn the_way_is_told_to_who_asks() {
    let outcome = mssh(&tenant(), &["-v", MOAT, "true"]);
    let told = format!("mssh: ec2-user at {MOAT}: 127.0.1.84 through eice-0cafe000000000001");
    assert!(outcome.stderr.contains(&told), "{outcome:?}");
    let outcome = mssh(&tenant(), &["-d", PORT, CELLAR, "true"]);
    let told = format!("mssh: ec2-user at {CELLAR}: Session Manager");
    assert!(outcome.stderr.contains(&told), "{outcome:?}");
}

/// What a terminal shows of `mssh` with these words.
fn screen(words: &str) -> String {
    let tenant = tenant();
    let certificate = command(&tenant, "true")
        .get_envs()
        .find(|(name, _)| *name == "AWS_CA_BUNDLE")
        .and_then(|(_, value)| value)
        .expect("a bundle")
        .to_owned();
    let line = format!(
        "AWS_CA_BUNDLE={} mssh {words} 'echo arri''ved'",
        certificate.display()
    );
    let mut pty = Pty::open(&tenant, &line);
    pty.shows("arrived");
    assert_eq!(pty.end(), Some(0));
    pty.screen()
}

#[test]
fn a_terminal_is_told_of_a_tunnel_that_nobody_asked_for() {
    let cellar = format!("{} {CELLAR}", port());
    let shown = |words: &str| screen(words).matches("mssh: through ").count();
    assert!(screen(&cellar).contains("mssh: through Session Manager\r\n"));
    let eice = "mssh: through eice-0cafe000000000001\r\n";
    assert!(screen(MOAT).contains(eice));
    for quiet in ["-q", "-oBatchMode=yes", "--via ssm", "-v"] {
        assert_eq!(shown(&format!("{quiet} {cellar}")), 0, "{quiet}");
    }
    assert_eq!(shown(HERMIT), 0);
}

#[test]
fn a_dry_run_finds_the_way_and_pushes_nothing() {
    let tenant = tenant();
    let outcome = mssh(&tenant, &["--dry-run", CELLAR, "ls"]);
    assert_eq!((&*outcome.stderr, outcome.code), ("", Some(0)));
    let session = format!("session={CELLAR},{CELLAR},us-east-1");
    assert!(outcome.stdout.contains(&session), "{outcome:?}");
    assert_eq!((pushes(&tenant).len(), look_ups(&tenant)), (0, [1, 1]));
    assert!(tenant.sessions().is_empty());
}
