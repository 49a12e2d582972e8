use super::*;
use crate::plan::program::Program;
use crate::plan::ssh_g::HostConfig;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::plan::way::{Family, Way};
use std::net::{Ipv4Addr, Ipv6Addr};

const PUBLIC: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const PRIVATE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);

fn instance(public: bool, private: bool, ipv6: bool) -> Instance {
    Instance {
        public: public.then_some(PUBLIC),
        private: private.then_some(PRIVATE),
        ipv6: ipv6.then_some(Ipv6Addr::LOCALHOST),
        ..Instance::example()
    }
}

#[test]
fn the_public_address_comes_first_then_the_private_then_ipv6() {
    let chosen = |public, private, ipv6| {
        address(&instance(public, private, ipv6), Way::Auto, Family::Any).map(|r| r.host())
    };
    assert_eq!(chosen(true, true, true), Ok("192.0.2.1".into()));
    assert_eq!(chosen(false, true, true), Ok("10.0.0.1".into()));
    assert_eq!(chosen(false, false, true), Ok("::1".into()));
    assert!(chosen(false, false, false).is_err());
}

#[test]
fn the_users_way_and_family_limit_the_choice() {
    let all = instance(true, true, true);
    let chosen = |way, family| address(&all, way, family).map(|r| r.host());
    assert_eq!(chosen(Way::Private, Family::Any), Ok("10.0.0.1".into()));
    assert_eq!(chosen(Way::Auto, Family::Inet6), Ok("::1".into()));
    assert_eq!(chosen(Way::Ipv6, Family::Any), Ok("::1".into()));
    assert_eq!(
        chosen(Way::Ipv6, Family::Inet),
        Err(NoAddress {
            way: Way::Ipv6,
            family: Family::Inet
        })
    );
}

/// The route for this argument to an instance with a private and an IPv6 address, if ssh_config has
/// `hostname` for the host; next to `-t ID`, alone, or by a proxy for IDs.
fn chosen(word: &str, hostname: &str, case: (bool, bool, IdProxy)) -> Route {
    let destination = Destination::parse(Program::Ssh, word.as_ref()).expect("a destination");
    let answer = HostConfig {
        hostname: hostname.to_owned(),
        ..HostConfig::default()
    };
    let (is_beside_id, is_only_destination, proxy_for_ids) = case;
    let situation = RouteInputs {
        destination: &destination,
        is_beside_id,
        is_only_destination,
        way: Way::Auto,
        config: &answer,
        named: Target::parse(hostname).expect("a host"),
        proxy_for_ids,
        tunnel: None,
    };
    choose(&instance(false, !word.contains("://"), true), &situation).expect("a way")
}

const ID: &str = "i-0abcdef0";
const USUAL: (bool, bool, IdProxy) = (false, true, IdProxy::None);
const BESIDE_ID: (bool, bool, IdProxy) = (true, true, IdProxy::None);
const ONE_OF_MANY: (bool, bool, IdProxy) = (false, false, IdProxy::None);
const PROXIED: (bool, bool, IdProxy) = (false, true, IdProxy::Command);
const BY_HOPS: (bool, bool, IdProxy) = (false, true, IdProxy::Jump);

#[test]
fn an_id_is_replaced_by_an_address_or_goes_to_its_proxy() {
    let id = InstanceId::parse(ID).expect("an ID");
    assert_eq!(
        chosen(ID, ID, USUAL),
        Route::Direct(PRIVATE.into(), Way::Private)
    );
    assert_eq!(chosen(ID, ID, PROXIED), Route::InstanceId(id.clone()));
    assert_eq!(chosen("I-0ABCDEF0", ID, PROXIED), Route::InstanceId(id));
    let named = |name: &str| Route::ByHostName(name.to_owned(), PRIVATE.into());
    assert_eq!(chosen(ID, ID, BY_HOPS), named(ID));
    assert_eq!(chosen("web", ID, BY_HOPS), named("web"));
}

#[test]
fn a_host_is_used_as_typed() {
    let typed = |host: &str| Route::AsTyped(host.to_owned());
    assert_eq!(chosen("web", "web.example", USUAL), typed("web"));
    assert_eq!(chosen("192.0.2.9", "192.0.2.9", USUAL), typed("192.0.2.9"));
    let name = "ec2-192-0-2-9.compute-1.amazonaws.com";
    assert_eq!(chosen(name, name, USUAL), typed(name));
    let name = "ip-10-0-0-9.ec2.internal";
    assert_eq!(chosen(name, name, BESIDE_ID), typed(name));
}

#[test]
fn a_private_name_is_replaced_by_its_address() {
    let private = |last| Route::Direct(Ipv4Addr::new(10, 0, 0, last).into(), Way::Private);
    assert_eq!(chosen("ip-10-0-0-9.ec2.internal", "x", USUAL), private(9));
    assert_eq!(chosen("i-0abcdef0.ec2.internal", "x", USUAL), private(1));
}

#[test]
fn an_alias_stays_and_gets_the_address_as_its_host_name() {
    let by_name = |last| {
        let address = Ipv4Addr::new(10, 0, 0, last).into();
        Route::ByHostName("web".to_owned(), address)
    };
    assert_eq!(chosen("web", ID, USUAL), by_name(1));
    assert_eq!(chosen("web", "ip-10-0-0-9.ec2.internal", USUAL), by_name(9));
    assert_eq!(
        chosen("web", ID, ONE_OF_MANY),
        Route::Direct(PRIVATE.into(), Way::Private)
    );
    assert_eq!(chosen("web", ID, PROXIED), Route::AsTyped("web".to_owned()));
}

#[test]
fn an_ipv6_address_stands_beside_a_uri_and_not_in_it() {
    let beside = Route::ByHostName(ID.to_owned(), Ipv6Addr::LOCALHOST.into());
    assert_eq!(chosen("ssh://i-0abcdef0:22", ID, USUAL), beside);
}
