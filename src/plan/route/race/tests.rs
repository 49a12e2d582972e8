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

/// `o` is an open way, `x` one that is shut, `.` one of which nothing is known.
fn finding(name: &str, sign: char) -> Probe {
    match sign {
        'o' => Available(route(name)),
        'x' => Closed(Unavailable::Failed(name.to_owned())),
        _ => Pending,
    }
}

/// The name of the way that is taken; `wait`, or the names of all that are shut.
fn verdict(signs: &str, late: bool) -> String {
    let signs: Vec<char> = signs.chars().collect();
    let findings = Probes {
        direct: finding("direct", signs[0]),
        endpoint: finding("eice", signs[1]),
        session: finding("ssm", signs[2]),
    };
    match findings.verdict(late) {
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

/// Direct, eice and ssm: what is done in time, and when it is late.
#[rustfmt::skip]
const SITUATIONS: &[(&str, &str, &str)] = &[
    ("...", "wait", "wait"),
    // What is best and open is taken at once, whatever the others will say.
    ("o..", "direct", "direct"),
    ("oo.", "direct", "direct"),
    ("ooo", "direct", "direct"),
    ("oxx", "direct", "direct"),
    ("xo.", "eice", "eice"),
    ("xoo", "eice", "eice"),
    ("xox", "eice", "eice"),
    ("xxo", "ssm", "ssm"),
    // What is open but not the best waits for the better, but not for long.
    (".o.", "wait", "eice"),
    (".oo", "wait", "eice"),
    (".ox", "wait", "eice"),
    ("..o", "wait", "ssm"),
    (".xo", "wait", "ssm"),
    ("x.o", "wait", "ssm"),
    // As long as there is hope, and nothing else to take.
    ("x..", "wait", "wait"),
    (".xx", "wait", "wait"),
    ("x.x", "wait", "wait"),
    ("xx.", "wait", "wait"),
    ("xxx", "direct eice ssm", "direct eice ssm"),
];

#[test]
fn the_best_way_that_needs_race_is_taken() {
    for (signs, in_time, late) in SITUATIONS {
        assert_eq!(verdict(signs, false), *in_time, "{signs} in time");
        assert_eq!(verdict(signs, true), *late, "{signs} when it is late");
    }
}

const PUBLIC: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const PRIVATE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const EVERYBODYS: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
const LOCAL: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1);

/// Whether the way to an instance of these addresses is open, in the usual situation but for this
/// change.
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
fn an_address_for_everybody_settles_the_way() {
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
    // That it may not be used is for the user to hear, and no reason for a tunnel.
    assert!(!open((Some(PUBLIC), None), without(Family::Inet6)));
}

#[test]
fn what_the_user_says_settles_the_way() {
    let private = (None, None);
    assert!(!open(private, |it, _| it.way = Way::Private));
    assert!(!open(private, |it, _| it.way = Way::Ssm));
    assert!(!open(private, |it, _| it.is_beside_id = true));
    assert!(!open(private, |it, _| it.proxy_for_ids = IdProxy::Command));
}

#[test]
fn only_the_instances_own_address_is_worth_a_try() {
    let instance = instance((Some(PUBLIC), Some(LOCAL)));
    let own = |address: IpAddr| is_private(&instance, address);
    assert!(own(PRIVATE.into()) && own(LOCAL.into()));
    assert!(own(PRIVATE.to_ipv6_mapped().into()));
    assert!(!own(PUBLIC.into()) && !own(EVERYBODYS.into()));
    assert!(!own(Ipv4Addr::LOCALHOST.into()));
}
