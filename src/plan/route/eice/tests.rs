use super::*;
use crate::plan::way::Family;

fn endpoint(id: &str, subnet: &str, zone: &str) -> Endpoint {
    Endpoint {
        id: EndpointId::parse(id).expect("an ID"),
        state: EndpointState::Usable,
        vpc: Some("vpc-1".to_owned()),
        subnet: Some(subnet.to_owned()),
        zone: Some(zone.to_owned()),
        reach: Reach::Both,
        names: Names {
            usual: Some(format!("{id}.usual")),
            fips: Some(format!("{id}.fips")),
            dual_stack: Some(format!("{id}.dual")),
            dual_stack_fips: Some(format!("{id}.dual-fips")),
            foreign: None,
        },
    }
}

/// In subnet 1 of zone a.
fn instance() -> Instance {
    Instance {
        vpc: Some("vpc-1".to_owned()),
        subnet: Some("subnet-1".to_owned()),
        zone: Some("a".to_owned()),
        private: Some([10, 0, 0, 1].into()),
        ipv6: Some("fd00::1".parse().expect("an address")),
        ..Instance::example()
    }
}

/// The ID of what is chosen, and the address.
fn chosen(endpoints: &[Endpoint], family: Family) -> Result<String, NoEndpoint> {
    let found = choose(endpoints, None, &instance(), family, Preference::default());
    found.map(|(id, _, address)| format!("{id} {address}"))
}

#[test]
fn the_same_subnet_goes_before_the_same_zone_and_that_before_the_rest() {
    let (near, zone, far) = (
        endpoint("eice-near", "subnet-1", "a"),
        endpoint("eice-zone", "subnet-2", "a"),
        endpoint("eice-far", "subnet-3", "b"),
    );
    let all = [far.clone(), zone.clone(), near];
    assert_eq!(
        chosen(&all, Family::Any),
        Ok("eice-near 10.0.0.1".to_owned())
    );
    assert_eq!(
        chosen(&all[..2], Family::Any),
        Ok("eice-zone 10.0.0.1".to_owned())
    );
    assert_eq!(
        chosen(&all[..1], Family::Any),
        Ok("eice-far 10.0.0.1".to_owned())
    );
    let elsewhere = Endpoint {
        vpc: Some("vpc-2".to_owned()),
        ..far
    };
    let none = Err(NoEndpoint::InVpc("vpc-1".to_owned()));
    assert_eq!(chosen(&[elsewhere], Family::Any), none);
    assert_eq!(chosen(&[], Family::Any), none);
}

#[test]
fn an_endpoint_takes_connections_in_four_states() {
    let in_state = |id: &str, state: &str| Endpoint {
        state: EndpointState::parse(state),
        ..endpoint(id, "subnet-1", "a")
    };
    for state in [
        "create-complete",
        "update-in-progress",
        "update-failed",
        "update-complete",
    ] {
        let found = chosen(&[in_state("eice-1", state)], Family::Any);
        assert_eq!(found, Ok("eice-1 10.0.0.1".to_owned()), "{state}");
    }
    for state in [
        "create-in-progress",
        "create-failed",
        "delete-in-progress",
        "",
    ] {
        let bad = in_state("eice-bad", state);
        let why = NoEndpoint::State(bad.id.clone(), state.to_owned());
        assert_eq!(chosen(std::slice::from_ref(&bad), Family::Any), Err(why));
        let far = endpoint("eice-far", "subnet-3", "b");
        assert_eq!(
            chosen(&[bad, far], Family::Any),
            Ok("eice-far 10.0.0.1".to_owned())
        );
    }
}

#[test]
fn the_address_is_one_that_the_endpoint_reaches_and_the_user_allows() {
    let reaching = |reach| {
        [Endpoint {
            reach,
            ..endpoint("eice-1", "subnet-1", "a")
        }]
    };
    let id = || EndpointId::parse("eice-1").expect("an ID");
    let (v4, v6) = (
        Ok("eice-1 10.0.0.1".to_owned()),
        Ok("eice-1 fd00::1".to_owned()),
    );
    for (reach, family, expected) in [
        (Reach::Both, Family::Any, &v4),
        (Reach::Both, Family::Inet6, &v6),
        (Reach::Ipv4, Family::Any, &v4),
        (Reach::Ipv6, Family::Any, &v6),
        (
            Reach::Ipv4,
            Family::Inet6,
            &Err(NoEndpoint::Reach(id(), Reach::Ipv4)),
        ),
        (
            Reach::Ipv6,
            Family::Inet,
            &Err(NoEndpoint::Reach(id(), Reach::Ipv6)),
        ),
    ] {
        let found = chosen(&reaching(reach), family);
        assert_eq!(found, *expected, "{reach:?} {family:?}");
    }
    assert_eq!(Reach::parse(Some("dualstack")), Reach::Both);
    assert_eq!(Reach::parse(None), Reach::Both);
}

#[test]
fn an_endpoint_that_fits_is_preferred_to_one_that_does_not() {
    let near = Endpoint {
        reach: Reach::Ipv6,
        ..endpoint("eice-near", "subnet-1", "a")
    };
    let far = endpoint("eice-far", "subnet-3", "b");
    let both = [near, far];
    assert_eq!(
        chosen(&both, Family::Inet),
        Ok("eice-far 10.0.0.1".to_owned())
    );
    assert_eq!(
        chosen(&both, Family::Any),
        Ok("eice-near fd00::1".to_owned())
    );
}

#[test]
fn the_one_asked_for_is_taken_wherever_it_is() {
    let far = Endpoint {
        vpc: Some("vpc-2".to_owned()),
        ..endpoint("eice-far", "subnet-3", "b")
    };
    let all = [endpoint("eice-near", "subnet-1", "a"), far];
    let asked = |id: &str| {
        let id = EndpointId::parse(id).expect("an ID");
        choose(
            &all,
            Some(&id),
            &instance(),
            Family::Any,
            Preference::default(),
        )
    };
    assert_eq!(
        asked("eice-far").map(|(id, ..)| id.to_string()),
        Ok("eice-far".into())
    );
    let unknown = EndpointId::parse("eice-none").expect("an ID");
    assert_eq!(asked("eice-none"), Err(NoEndpoint::Unknown(unknown)));
}

#[test]
fn the_name_is_the_one_that_the_configuration_asks_for() {
    let name = |names: Names, fips, dual_stack| {
        let endpoint = Endpoint {
            names,
            ..endpoint("eice-1", "subnet-1", "a")
        };
        let preference = Preference { fips, dual_stack };
        let found = choose(&[endpoint], None, &instance(), Family::Any, preference);
        found.map(|(_, host, _)| host.to_string())
    };
    let all = || endpoint("eice-1", "", "").names;
    let only_usual = || Names {
        usual: Some("eice-1.usual".to_owned()),
        ..Names::default()
    };
    let id = EndpointId::parse("eice-1").expect("an ID");
    assert_eq!(name(all(), false, false), Ok("eice-1.usual".into()));
    assert_eq!(name(all(), true, false), Ok("eice-1.fips".into()));
    assert_eq!(name(all(), false, true), Ok("eice-1.dual".into()));
    assert_eq!(name(all(), true, true), Ok("eice-1.dual-fips".into()));
    assert_eq!(name(only_usual(), false, true), Ok("eice-1.usual".into()));
    let no_fips = Err(NoEndpoint::NoFipsName(id.clone()));
    assert_eq!(name(only_usual(), true, true), no_fips);
    assert_eq!(
        name(Names::default(), false, false),
        Err(NoEndpoint::NoName(id))
    );
}
