use super::*;
use crate::plan::cli::{self, Request};
use crate::plan::grammar::Grammar;
use crate::plan::ssh_config::Key;

fn block() -> Block {
    Block {
        mssh: "/bin/mssh".into(),
        words: Vec::new(),
        key: Key::Ephemeral("/k".into()),
    }
}

fn command(hops: &str) -> String {
    let (block, hops) = (block(), parse(hops).expect("hops"));
    let chain = Chain {
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
        "ssh -o 'ProxyCommand=/bin/mssh --key-dir /k --proxy %%h %%p %%r' \
         -o 'IdentityFile=\"/k/%%h/key\"' -o IdentitiesOnly=yes \
         -o AddKeysToAgent=no -l a -p 2222 \
         -W '[%h]:%p' -- i-0abcdef0"
    );
    assert_eq!(
        command("bastion,i-0abcdef0"),
        "ssh -o 'ProxyCommand=/bin/mssh -J bastion --key-dir /k --proxy %%h %%p %%r' \
         -o 'IdentityFile=\"/k/%%h/key\"' -o IdentitiesOnly=yes \
         -o AddKeysToAgent=no -W '[%h]:%p' -- i-0abcdef0"
    );
    let nested = command("i-0abcdef0,bastion");
    assert!(nested.ends_with("-W '[%h]:%p' -- bastion"), "{nested}");
    assert!(nested.contains("--proxy %%%%h %%%%p %%%%r"), "{nested}");
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
            assert_eq!(settle(Some(proxy), true, way), Ok((vec![], way)), "{proxy}");
        }
    }
    let proxy = "proxyjump ssh://u@i-0abcdef0:23,b";
    let (hops, way) = settle(Some(proxy), false, Way::Auto).expect("hops");
    let first = &hops[0].destination;
    assert_eq!((first.host.as_str(), first.port), ("i-0abcdef0", Some(23)));
    assert_eq!(way, Way::Auto);
}

/// A tunnel leads to the first hop, or stands in the place of all; the command line's own hops are
/// not passed over in silence.
#[test]
fn a_tunnel_leads_to_the_first_hop() {
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
        let settled = settle(Some(proxy), typed, Way::Eice);
        let settled = settled.map(|(hops, way)| (hops.len(), way));
        assert_eq!(settled, count_and_way, "{proxy}");
    }
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
            // The last word has no value: ssh itself will say so.
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
