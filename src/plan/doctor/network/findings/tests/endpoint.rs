//! Endpoints.

use super::*;

#[test]
fn an_endpoint_needs_a_rule_out_and_a_rule_in() {
    assert_eq!(
        lines(&behind_endpoint())[4..],
        [
            "good endpoint: eice-1 is usable",
            "good endpoint-egress: sg-e lets eice-1 out to port 22",
            "good endpoint-ingress: sg-1 lets eice-1 in (sg-e)",
        ]
    );
    let with = |rules: Vec<GroupRule>| NetworkFacts {
        rules: Fact::Known(rules),
        ..behind_endpoint()
    };
    let out = || rule("sg-e", true, block("0.0.0.0/0"));
    let no_egress = with(vec![rule("sg-1", false, Peer::Group("sg-e".to_owned()))]);
    let no_ingress = with(vec![out(), rule("sg-1", false, block("10.0.1.0/24"))]);
    let by_address = with(vec![out(), rule("sg-1", false, block("10.0.2.0/24"))]);
    let mut preserving = with(vec![
        out(),
        rule("sg-1", false, Peer::Group("sg-e".to_owned())),
    ]);
    known(&mut preserving.endpoints)[0].preserves_client_ip = true;
    let mut gone = behind_endpoint();
    known(&mut gone.endpoints)[0].state = EndpointState::Other("create-failed".to_owned());
    let mut none = behind_endpoint();
    none.endpoints = Fact::Known(Vec::new());
    let bad = |facts: &NetworkFacts| {
        let mut lines = lines(facts);
        lines.retain(|it| it.starts_with("bad endpoint"));
        lines
    };
    assert_eq!(bad(&by_address), [""; 0]);
    for (facts, expected) in [
        (
            no_egress,
            "bad endpoint-egress: sg-e does not let eice-1 out to port 22 of the instance",
        ),
        (
            no_ingress,
            "bad endpoint-ingress: sg-1 does not let eice-1 into port 22",
        ),
        (
            preserving,
            "bad endpoint-ingress: sg-1 does not let you (203.0.113.7), whose address eice-1 \
             preserves into port 22",
        ),
        (gone, "bad endpoint: eice-1 is not usable: create-failed"),
        (
            none,
            "bad endpoint: no EC2 Instance Connect Endpoint in vpc-1",
        ),
    ] {
        assert_eq!(bad(&facts), [expected]);
    }
}

#[test]
fn a_closed_way_is_no_error_where_another_is_open() {
    let facts = behind_endpoint();
    assert!(
        lines(&facts)[0].starts_with("warning port"),
        "{:?}",
        lines(&facts)
    );
    let mut closed = facts.clone();
    closed.rules = Fact::Known(Vec::new());
    assert!(
        lines(&closed)[0].starts_with("bad port"),
        "{:?}",
        lines(&closed)
    );
    let by_ssm = check(&closed, true);
    assert!(
        by_ssm.iter().all(|it| it.verdict != Verdict::Bad),
        "{by_ssm:?}"
    );
}

#[test]
fn the_acl_of_an_endpoints_subnet_filters_its_packets() {
    for (entries, what) in [
        (
            vec![entry(100, false, true)],
            "acl-2 drops port 22 to 10.0.0.10: no entry allows it",
        ),
        (
            vec![entry(100, true, true)],
            "acl-2 drops the answers from 10.0.0.10: no entry allows it",
        ),
    ] {
        let mut facts = behind_endpoint();
        known(&mut facts.acls).push(Acl {
            id: "acl-2".to_owned(),
            subnets: vec!["subnet-2".to_owned()],
            entries,
        });
        let found = only(&facts, Verdict::Bad);
        assert_eq!((found.check, found.what.as_str()), ("network-acl", what));
        known(&mut facts.endpoints)[0].subnet = "subnet-1".to_owned();
        assert!(!lines(&facts).iter().any(|it| it.contains("acl-2")));
    }
}

#[test]
fn an_endpoint_that_was_asked_for_is_not_judged_by_another() {
    let mut facts = behind_endpoint();
    facts.asked_endpoint = Some("eice-1".to_owned());
    assert_eq!(lines(&facts), lines(&behind_endpoint()));
    facts.asked_endpoint = Some("eice-9".to_owned());
    let found = only(&facts, Verdict::Skipped);
    let what = "not checked: eice-9 is not one of the endpoints in the instance's VPC";
    assert_eq!(found.what, what);
}
