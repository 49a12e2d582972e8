//! Groups, ACLs and routes, and what cannot be judged.

use super::*;

#[test]
fn a_closed_group_is_named_with_the_command_that_opens_it() {
    let console = |name: &str| {
        let mut facts = public();
        facts.rules = Fact::Known(vec![rule("sg-1", false, Peer::List("pl-1".to_owned()))]);
        facts.lists = vec![PrefixList {
            id: "pl-1".to_owned(),
            name: Some(format!("com.amazonaws.us-east-1.{name}")),
            blocks: Some(Vec::new()),
        }];
        facts
    };
    let with = |rules: Vec<GroupRule>| NetworkFacts {
        rules: Fact::Known(rules),
        ..public()
    };
    for (facts, what) in [
        (with(vec![]), "no rule of sg-1 opens port 22"),
        (
            with(vec![rule("sg-1", false, block("10.0.0.0/8"))]),
            "port 22 is open to others, but not to you (203.0.113.7)",
        ),
        (
            console("ec2-instance-connect"),
            "port 22 is open to the console, but not to you (203.0.113.7)",
        ),
        (
            console("ipv6.ec2-instance-connect"),
            "port 22 is open to the console's IPv6 addresses only, not to 203.0.113.7",
        ),
    ] {
        let found = only(&facts, Verdict::Bad);
        assert_eq!((found.check, found.what.as_str()), ("security-group", what));
        assert_eq!(
            found.fix.as_deref(),
            Some(
                "aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp \
                 --port 22 --cidr 203.0.113.7/32 --region us-east-1"
            )
        );
    }
}

#[test]
fn a_network_acl_is_judged_in_both_directions() {
    for (entries, what, fix) in [
        (
            vec![entry(100, true, true)],
            "acl-1 drops port 22 from 203.0.113.7: no entry allows it",
            "--ingress --rule-number 32760 --protocol tcp --port-range From=22,To=22 --cidr-block \
             203.0.113.7/32",
        ),
        (
            vec![entry(100, false, true)],
            "acl-1 drops the answers to 203.0.113.7: no entry allows it",
            "--egress --rule-number 32760 --protocol tcp --port-range From=1024,To=65535 \
             --cidr-block 203.0.113.7/32",
        ),
        (
            vec![
                entry(50, false, false),
                entry(100, false, true),
                entry(100, true, true),
            ],
            "acl-1 drops port 22 from 203.0.113.7: entry 50 denies it",
            "--ingress --rule-number 40 --protocol tcp --port-range From=22,To=22 --cidr-block \
             203.0.113.7/32",
        ),
    ] {
        let mut facts = public();
        known(&mut facts.acls)[0].entries = entries;
        let found = only(&facts, Verdict::Bad);
        assert_eq!((found.check, found.what.as_str()), ("network-acl", what));
        let command = format!(
            "aws ec2 create-network-acl-entry --network-acl-id acl-1 {fix} --rule-action allow \
             --region us-east-1"
        );
        assert_eq!(found.fix, Some(command));
    }
}

#[test]
fn a_public_address_needs_a_route_to_the_internet() {
    let ask = "aws ec2 create-route --route-table-id rtb-1 --destination-cidr-block 0.0.0.0/0 \
               --region us-east-1 --gateway-id \"$(aws ec2 describe-internet-gateways --filters \
               Name=attachment.vpc-id,Values=vpc-1 --query \
               'InternetGateways[0].InternetGatewayId' --output text --region us-east-1)\"";
    let replace = ask.replace("create-route", "replace-route");
    for (routes, what, fix) in [
        (vec![], "rtb-1 has no route to the internet", ask),
        (
            vec![route("nat-1", false)],
            "rtb-1 sends the answers to nat-1, not to an internet gateway",
            replace.as_str(),
        ),
        (
            vec![route("igw-1", true)],
            "rtb-1 sends the answers to igw-1, which is gone",
            replace.as_str(),
        ),
    ] {
        let mut facts = public();
        known(&mut facts.tables)[0].routes = routes;
        let found = only(&facts, Verdict::Bad);
        assert_eq!((found.check, found.what.as_str()), ("route", what));
        assert_eq!(found.fix.as_deref(), Some(fix));
    }
    let mut facts = public();
    known(&mut facts.tables)[0].routes = vec![route("vpce-1", false)];
    assert_eq!(
        only(&facts, Verdict::Warning).what,
        "rtb-1 sends the answers to vpce-1"
    );
}

#[test]
fn a_check_that_was_denied_is_skipped_with_its_permission() {
    let skipped = |facts: NetworkFacts| {
        let found = only(&facts, Verdict::Skipped);
        (found.check, found.what)
    };
    let needs = |check, action: &str| (check, format!("not checked: it needs {action}"));
    let rules = NetworkFacts {
        rules: denied("ec2:DescribeSecurityGroupRules"),
        ..public()
    };
    assert_eq!(
        skipped(rules),
        needs("security-group", "ec2:DescribeSecurityGroupRules")
    );
    let acls = NetworkFacts {
        acls: denied("ec2:DescribeNetworkAcls"),
        ..public()
    };
    assert_eq!(
        skipped(acls),
        needs("network-acl", "ec2:DescribeNetworkAcls")
    );
    let tables = NetworkFacts {
        tables: denied("ec2:DescribeRouteTables"),
        ..public()
    };
    assert_eq!(skipped(tables), needs("route", "ec2:DescribeRouteTables"));
    let endpoints = NetworkFacts {
        endpoints: denied("ec2:DescribeInstanceConnectEndpoints"),
        ..public()
    };
    assert_eq!(
        skipped(endpoints),
        needs("endpoint", "ec2:DescribeInstanceConnectEndpoints")
    );
    let address = NetworkFacts {
        public_address: Fact::Failed(Failure::new("no answer")),
        ..public()
    };
    assert_eq!(
        skipped(address),
        ("security-group", "not checked: no answer".to_owned())
    );
}
