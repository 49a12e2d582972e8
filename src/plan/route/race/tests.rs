use std::net::{Ipv4Addr, Ipv6Addr};

use super::Probe::{Available, Pending, Unavailable as Closed};
use super::*;
use crate::plan::program::Program;
use crate::plan::ssh_g::HostConfig;
use crate::plan::target::destination::Destination;
use crate::plan::way::{Family, Way};

const ID: &str = "i-0abcdef0";

fn route(name: &str) -> Route {
    Route::AsTyped(name.to_owned())
}

/// `o` is an available route, `x` an unavailable one, `.` one whose probe has no result yet.
fn finding(name: &str, sign: char) -> Probe {
    match sign {
        'o' => Available(route(name)),
        'x' => Closed(Unavailable::Failed(name.to_owned())),
        _ => Pending,
    }
}

/// The name of the route that is taken; `wait`, or the names of all unavailable routes.
fn decide(signs: &str, late: bool) -> String {
    let signs: Vec<char> = signs.chars().collect();
    let findings = Probes {
        direct: finding("direct", signs[0]),
        endpoint: finding("eice", signs[1]),
        session: finding("ssm", signs[2]),
    };
    match findings.decide(late) {
        Decision::Wait => "wait".to_owned(),
        Decision::Take(taken) => taken.host(),
        Decision::Nothing(shut) => {
            let names = shut.iter().map(|(name, why)| {
                assert_eq!(*why, Unavailable::Failed(name.to_string()));
                name.to_string()
            });
            names.collect::<Vec<_>>().join(" ")
        }
    }
}

/// Direct, eice and ssm: the decision in time, and when it is late.
#[rustfmt::skip]
const SITUATIONS: &[(&str, &str, &str)] = &[
    ("...", "wait", "wait"),
    // The best route is taken as soon as it is available, without waiting for the others.
    ("o..", "direct", "direct"),
    ("oo.", "direct", "direct"),
    ("ooo", "direct", "direct"),
    ("oxx", "direct", "direct"),
    ("xo.", "eice", "eice"),
    ("xoo", "eice", "eice"),
    ("xox", "eice", "eice"),
    ("xxo", "ssm", "ssm"),
    // An available route that is not the best waits for the better ones, but not for long.
    (".o.", "wait", "eice"),
    (".oo", "wait", "eice"),
    (".ox", "wait", "eice"),
    ("..o", "wait", "ssm"),
    (".xo", "wait", "ssm"),
    ("x.o", "wait", "ssm"),
    // Waits while a probe may still succeed and no route is available.
    ("x..", "wait", "wait"),
    (".xx", "wait", "wait"),
    ("x.x", "wait", "wait"),
    ("xx.", "wait", "wait"),
    ("xxx", "direct eice ssm", "direct eice ssm"),
];

#[test]
fn the_best_available_route_is_taken() {
    for (signs, in_time, late) in SITUATIONS {
        assert_eq!(decide(signs, false), *in_time, "{signs} in time");
        assert_eq!(decide(signs, true), *late, "{signs} when it is late");
    }
}

const PUBLIC: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const PRIVATE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const EVERYBODYS: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
const LOCAL: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1);

/// Whether the routes to an instance with these addresses must be probed, in the usual situation
/// with this change.
fn open(
    addresses: (Option<Ipv4Addr>, Option<Ipv6Addr>),
    change: impl FnOnce(&mut RouteInputs<'_>, &mut HostConfig),
) -> bool {
    let destination = Destination::parse(Program::Ssh, ID.as_ref()).expect("a destination");
    let (usual, mut answer) = (HostConfig::default(), HostConfig::default());
    let mut situation = RouteInputs {
        destination: &destination,
        is_beside_id: false,
        is_only_destination: true,
        way: Way::Auto,
        config: &usual,
        named: destination.target.clone(),
        proxy_for_ids: IdProxy::None,
        tunnel: None,
    };
    change(&mut situation, &mut answer);
    let situation = RouteInputs {
        config: &answer,
        ..situation
    };
    needs_race(&instance(addresses), &situation)
}

fn instance((public, ipv6): (Option<Ipv4Addr>, Option<Ipv6Addr>)) -> Instance {
    Instance {
        public,
        private: Some(PRIVATE),
        ipv6,
        ..Instance::example()
    }
}

#[test]
fn a_public_address_is_used_without_probes() {
    let private = |ipv6| open((None, ipv6), |_, _| {});
    assert!(private(None) && private(Some(LOCAL)));
    assert!(!private(Some(EVERYBODYS)));
    assert!(!open((Some(PUBLIC), None), |_, _| {}));
    let without = |family| {
        move |_: &mut RouteInputs<'_>, config: &mut HostConfig| {
            config.family = family;
        }
    };
    assert!(open((None, Some(EVERYBODYS)), without(Family::Inet)));
    // The user gets an error if it cannot be used; that is no reason for a tunnel.
    assert!(!open((Some(PUBLIC), None), without(Family::Inet6)));
}

#[test]
fn what_the_user_asks_for_is_used_without_probes() {
    let private = (None, None);
    assert!(!open(private, |it, _| it.way = Way::Private));
    assert!(!open(private, |it, _| it.way = Way::Ssm));
    assert!(!open(private, |it, _| it.is_beside_id = true));
    assert!(!open(private, |it, _| it.proxy_for_ids = IdProxy::Command));
}

#[test]
fn only_the_instances_own_address_is_probed() {
    let instance = instance((Some(PUBLIC), Some(LOCAL)));
    let own = |address: IpAddr| is_private(&instance, address);
    assert!(own(PRIVATE.into()) && own(LOCAL.into()));
    assert!(own(PRIVATE.to_ipv6_mapped().into()));
    assert!(!own(PUBLIC.into()) && !own(EVERYBODYS.into()));
    assert!(!own(Ipv4Addr::LOCALHOST.into()));
}
