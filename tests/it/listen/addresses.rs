//! Where it listens, and which instances it finds.

use std::io::Read;
use std::net::{IpAddr, TcpStream};

use super::{Port, WEB1_PUBLIC, answers, echo};
use crate::lab::instances::{IPV6_ONLY, WEB1};
use crate::sandbox::{SshUser, caller, lab, skipped};

#[test]
fn it_listens_at_the_given_address() {
    let caller = caller();
    let target = format!("{WEB1}:{}", echo(WEB1_PUBLIC));
    let mut places = vec![
        ("0", "127.0.0.1", "127.0.0.1"),
        ("localhost:0", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.99:0", "127.0.0.99", "127.0.0.99"),
        ("0.0.0.0:0", "0.0.0.0", "127.0.0.98"),
    ];
    if lab().has_ipv6() {
        places.extend([
            ("[::1]:0", "::1", "::1"),
            ("*:0", "::", "127.0.0.98"),
            ("*:0", "::", "::1"),
        ]);
    } else {
        skipped("there is no ::1 here");
    }
    for (place, listens, connects) in places {
        let mut mssh = caller.command("mssh");
        let port = Port::of(mssh.args(["--listen", place, &target]));
        assert_eq!(port.address.ip().to_string(), listens, "{place}");
        assert_ne!(port.address.port(), 0);
        let address: IpAddr = connects.parse().expect("an address");
        let stream = TcpStream::connect((address, port.address.port()));
        assert!(answers(&stream.expect("a connection")), "{place}");
        port.ends_quietly();
    }
}

#[test]
fn any_name_of_an_instance_is_a_target() {
    let caller = caller();
    let sshd = lab().port();
    let mut targets = vec![
        format!("127.0.0.11:{sshd}"),
        format!("127.0.1.21:{sshd}"),
        format!("ec2-127-0-0-11.compute-1.amazonaws.com:{sshd}"),
        format!("ip-127-0-1-21.ec2.internal:{sshd}"),
        format!("web1.lab:{sshd}"),
        format!("web1:{sshd}"),
        format!("tag:Name=web1:{sshd}"),
        format!("asg:front:{sshd}"),
        format!("I-0FACE000000000001:{sshd}"),
        format!("arn:aws:ec2:us-east-1:123456789012:instance/{WEB1}:{sshd}"),
    ];
    if lab().has_ipv6() {
        targets.extend([format!("{IPV6_ONLY}:{sshd}"), format!("[::1]:{sshd}")]);
    }
    if sshd == 22 {
        targets.extend([WEB1, "127.0.0.11", "web1.lab"].map(str::to_owned));
    }
    for target in &targets {
        let port = Port::to(&caller, &[target]);
        let mut banner = [0; 4];
        port.connect().read_exact(&mut banner).expect(target);
        assert_eq!(&banner, b"SSH-", "{target}");
        port.ends_quietly();
    }
}

#[test]
fn a_name_in_one_of_several_regions_is_a_target() {
    let caller = caller();
    for places in [&["--region", "us-east-1,eu-west-1"][..], &["--all-regions"]] {
        let target = format!("in-eu-west-1:{}", lab().port());
        let port = Port::to(&caller, &[places, &[&target]].concat());
        let mut banner = [0; 4];
        port.connect().read_exact(&mut banner).expect("a banner");
        assert_eq!(&banner, b"SSH-");
        port.ends_quietly();
    }
}

#[test]
fn a_host_of_ssh_config_is_a_target() {
    let user = SshUser::with(&format!("Host db\n    HostName {WEB1}\n"));
    let target = format!("db:{}", echo(WEB1_PUBLIC));
    let port = Port::of(user.command("mssh").args(["--listen", "0", &target]));
    assert!(answers(&port.connect()));
    port.ends_quietly();
}
