use std::path::Path;

use super::*;
use crate::plan::argv::ssh_config::{Block, BlockKey};
use crate::plan::cli::grammar::Grammar;
use crate::plan::cli::invocation::Word;
use crate::plan::cli::usage::Usage;
use crate::plan::cli::{self, Request};
use crate::plan::program::Program;
use crate::plan::route::hops::{self, of, settle};
use crate::plan::ssh_g::HostConfig;
use crate::plan::ssh_g::bad_value::BadConfigValue;
use crate::plan::target::bad_name::BadName;
use crate::plan::target::hop;
use crate::plan::way::Way;

fn block() -> Block {
    Block {
        mssh: "/bin/mssh".into(),
        words: Vec::new(),
        key: BlockKey::HopAgent("/k".into(), "hop".to_owned()),
    }
}

fn command(hops: &str) -> String {
    let (block, hops) = (block(), hop::parse(hops).expect("hops"));
    let chain = JumpChain {
        ssh: Path::new("ssh"),
        config: None,
        block: &block,
        hops: &hops,
    };
    let command = chain.proxy_command().expect("a command");
    command.expect("hops").into_string().expect("text")
}

#[test]
fn an_instance_among_the_hops_has_us_for_its_proxy() {
    assert_eq!(
        command("a@i-0abcdef0:2222"),
        "env MSSH_RUNS=any ssh \
         -o 'ProxyCommand=/bin/mssh --agent-dir /k --proxy '\"'\"'%%h'\"'\"' %%p '\"'\"'%%r'\"'\"' hop0' \
         -o 'IdentityAgent=\"/k/hop0\"' -o IdentityFile=none -o IdentitiesOnly=no \
         -l a -p 2222 \
         -W '[%h]:%p' -- i-0abcdef0"
    );
    assert_eq!(
        command("bastion,i-0abcdef0"),
        "env MSSH_RUNS=any ssh \
         -o 'ProxyCommand=/bin/mssh -J bastion --agent-dir /k --proxy '\"'\"'%%h'\"'\"' %%p '\"'\"'%%r'\"'\"' hop1' \
         -o 'IdentityAgent=\"/k/hop1\"' -o IdentityFile=none -o IdentitiesOnly=no \
         -W '[%h]:%p' -- i-0abcdef0"
    );
    let nested = command("i-0abcdef0,bastion");
    assert!(nested.ends_with("-W '[%h]:%p' -- bastion"), "{nested}");
    assert!(
        nested.contains("%%%%h") && nested.contains(" %%%%p "),
        "{nested}"
    );
    assert!(nested.contains("[%%h]:%%p"), "{nested}");
}

#[test]
fn plain_hops_are_left_to_ssh() {
    for proxy in [
        "proxyjump bastion",
        "proxyjump a@10.0.0.1:22,b",
        "proxycommand i-0abcdef0",
        "proxyjump [::1]:22",
    ] {
        for way in [Way::Auto, Way::Private, Way::InstanceId] {
            let hops = of(Some(proxy)).expect("hops");
            assert_eq!(settle(hops, true, way), Ok((vec![], way)), "{proxy}");
        }
    }
    let hops = of(Some("proxyjump ssh://u@i-0abcdef0:23,b")).expect("hops");
    let (hops, way) = settle(hops, false, Way::Auto).expect("hops");
    let first = &hops[0].destination;
    assert_eq!((first.host.as_str(), first.port), ("i-0abcdef0", Some(23)));
    assert_eq!(way, Way::Auto);
}

/// A tunnel reaches the first hop, or replaces all of them; but it never replaces those of the
/// command line silently.
#[test]
fn a_tunnel_reaches_the_first_hop_only() {
    let jump = |hop: &str| Err(Usage::Jump("eice", hop.to_owned()));
    for (proxy, typed, count_and_way) in [
        ("proxyjump i-0abcdef0,b", true, Ok((2, Way::Auto))),
        ("proxyjump i-0abcdef0", false, Ok((1, Way::Auto))),
        ("proxyjump a,i-0abcdef0", false, Ok((0, Way::Eice))),
        ("proxyjump a,i-0abcdef0", true, jump("a")),
        ("proxyjump u@b:22", true, jump("u@b:22")),
        ("proxyjump b", false, Ok((0, Way::Eice))),
        ("proxycommand b", true, Ok((0, Way::Eice))),
    ] {
        let hops = of(Some(proxy)).expect("hops");
        let settled = settle(hops, typed, Way::Eice);
        let settled = settled.map(|(hops, way)| (hops.len(), way));
        assert_eq!(settled, count_and_way, "{proxy}");
    }
}

#[test]
fn what_is_nearly_an_instance_id_is_no_hop() {
    let near = Err(BadName::InstanceId("i-0abc".into()));
    assert_eq!(of(Some("proxyjump i-0abc")), near);
    assert_eq!(of(Some("proxyjump u@i-0abc:22,b")), near);
    let user = Err(BadName::User("a|b".into()));
    assert_eq!(of(Some("proxyjump a|b@h,i-0abcdef0")), user);
    // Not checked by mssh.
    assert_eq!(of(Some("proxyjump a|b@h")), Ok(vec![]));
}

/// ssh's settings for a host with this HostName, and its default identity files.
fn answer(hostname: &str) -> HostConfig {
    let usual = ["rsa", "ecdsa", "ed25519", "dsa"];
    HostConfig {
        hostname: hostname.to_owned(),
        login: Some("admin".to_owned()),
        identities: usual.map(|kind| format!("~/.ssh/id_{kind}")).into(),
        ..HostConfig::default()
    }
}

#[test]
fn a_hop_is_read_as_a_target_is_by_its_host_name() {
    let applied = |word: &str, answer: &HostConfig, first| {
        let mut hop = hop::parse(word).expect("a hop").remove(0);
        hops::apply(&mut hop, answer, first).map(|()| hop)
    };
    for name in ["i-0abcdef0", "ec2-10-0-0-1.compute-1.amazonaws.com"] {
        let hop = applied("bastion", &answer(name), true).expect("a hop");
        assert!(hop.is_instance(), "{name}");
        assert_eq!(hop.hostname, name);
        assert_eq!(hop.login.map(|it| it.to_string()), Some("admin".into()));
        let other = applied("jane@bastion", &answer(name), true).expect("a hop");
        assert_eq!(other.login.map(|it| it.to_string()), Some("jane".into()));
    }
    let near = applied("bastion", &answer("i-0abc"), true);
    let name = BadName::InstanceId("i-0abc".into());
    assert_eq!(near, Err(BadConfigValue::host_name(name)));
    let plain = applied("bastion", &answer("bastion.example"), true).expect("a hop");
    assert!(!plain.is_instance() && plain.login.is_none());
    let proxied = HostConfig {
        proxy: Some("proxycommand nc %h %p".into()),
        ..answer("i-0abcdef0")
    };
    let is_ours = |first| applied("bastion", &proxied, first).map(|hop| hop.is_instance());
    assert_eq!((is_ours(true), is_ours(false)), (Ok(false), Ok(true)));
}

#[test]
fn an_address_is_an_instance_if_ec2_says_so_and_no_key_is_named_for_it() {
    let hop = |answer: &HostConfig| {
        let mut hop = hop::parse("bastion").expect("a hop").remove(0);
        hops::apply(&mut hop, answer, true).expect("a hop");
        hop
    };
    let mut found = hop(&answer("10.0.0.1"));
    assert_eq!(found.address(), "10.0.0.1".parse().ok());
    let mut other = found.clone();
    found.settle_address(true);
    found.alias = Some("[i-0abcdef0]:2222".into());
    assert!(found.is_instance() && found.address().is_none());
    let (block, hops) = (block(), [found]);
    let chain = JumpChain {
        ssh: Path::new("ssh"),
        config: None,
        block: &block,
        hops: &hops,
    };
    let command = chain.proxy_command().expect("a command").expect("hops");
    let command = command.into_string().expect("text");
    let keys = "-o 'IdentityAgent=\"/k/hop0\"' -o IdentitiesOnly=no \
                -o 'HostKeyAlias=[i-0abcdef0]:2222' -l admin -W";
    assert!(command.contains(keys), "{command}");
    other.settle_address(false);
    assert!(!other.is_instance() && other.login.is_none());
    let with_key = HostConfig {
        identities: vec!["~/.ssh/id_rsa".into()],
        ..answer("10.0.0.1")
    };
    assert_eq!(hop(&with_key).address(), None);
    let other_user = HostConfig {
        login: Some("CORP\\jane".into()),
        ..answer("10.0.0.1")
    };
    assert_eq!(hop(&other_user).address(), None);
}

#[test]
fn a_jump_is_taken_out_of_the_words_and_nothing_else() {
    for (typed, left) in [
        (&["-J", "i-1", "-v", "h", "-J"][..], "-v h"),
        (&["-vJi-1", "h", "ls", "-J", "x"], "-v h ls -J x"),
        (&["-vJ", "i-1", "-lJ", "h"], "-v -lJ h"),
        (&["h", "-J", "i-1"], "h"),
    ] {
        let line: Vec<OsString> = typed.iter().map(OsString::from).collect();
        let request = cli::parse(Program::Ssh, Grammar::of(Program::Ssh), &line);
        let Ok(Request::Connect(invocation)) = request else {
            // The last argument lacks its value: ssh itself will report that.
            continue;
        };
        let words = without_jump(&invocation.words, &invocation.flags);
        let text: Vec<String> = words
            .iter()
            .map(|word| match word {
                Word::Typed(word) => word.to_string_lossy().into_owned(),
                Word::Destination(destination) => destination.host.clone(),
            })
            .collect();
        assert_eq!(text.join(" "), left, "{typed:?}");
    }
}

#[test]
fn another_value_of_a_jump_replaces_that_one_only() {
    for (typed, changed) in [
        (&["-J", "tag:a=b", "-v", "h"][..], "-J i-1 -v"),
        (&["-vJtag:a=b", "h", "ls", "-J", "x"], "-vJi-1 ls -J x"),
        (&["-vJ", "web*", "-lJ", "h"], "-vJ i-1 -lJ"),
        (&["h", "-J", "web*"], "-J i-1"),
    ] {
        let line: Vec<OsString> = typed.iter().map(OsString::from).collect();
        let request = cli::parse(Program::Ssh, Grammar::of(Program::Ssh), &line);
        let Ok(Request::Connect(invocation)) = request else {
            panic!("{typed:?}: {request:?}");
        };
        let with = with_jump(&invocation, "i-1");
        assert_eq!(with.jump(), Some("i-1".as_ref()), "{typed:?}");
        let words = with.words.iter().filter_map(|word| match word {
            Word::Typed(word) => word.to_str(),
            Word::Destination(_) => None,
        });
        assert_eq!(words.collect::<Vec<_>>().join(" "), changed);
    }
}
