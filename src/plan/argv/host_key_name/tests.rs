use super::*;

const ID: &str = "i-0abcdef0";

/// What `ssh -G` says of an address where nothing is configured.
const USUAL: &str = "hostname 10.0.0.1\nport 22\ncheckhostip no\nstricthostkeychecking ask\n\
                     globalknownhostsfile /etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2\n\
                     userknownhostsfile /home/me/.ssh/known_hosts /home/me/.ssh/known_hosts2\n";

const POLICY: NamePolicy<'static> = NamePolicy {
    option: HostKeyAlias::Auto,
    excludes_alias: false,
    sets_check: false,
    is_in_control_path: false,
    home: "/home/me",
};

/// The name with these lines after the usual ones, and this known_hosts.
fn name(lines: &str, known_hosts: &str, policy: NamePolicy<'_>) -> HostKeyName {
    let config = HostConfig::parse(format!("{USUAL}{lines}").as_bytes());
    HostKeyName::choose(ID, &config, policy, |own, alias| {
        let mut found = Found::default();
        found.read(known_hosts.as_bytes(), own, alias);
        found
    })
}

/// The same, in words: its options, or the name that stays and whether that is the ID.
fn chosen(lines: &str, known_hosts: &str, policy: NamePolicy<'_>) -> String {
    let name = name(lines, known_hosts, policy);
    let options = name.options();
    match name.kind {
        NameKind::Own => format!("own {}", name.name),
        NameKind::Id => format!("id {}", name.name),
        NameKind::Alias => options.join(" ".as_ref()).into_string().expect("text"),
    }
}

#[test]
fn an_unknown_address_is_replaced_by_the_id() {
    assert_eq!(chosen("", "", POLICY), "HostKeyAlias=i-0abcdef0");
    let port = chosen("port 2222\n", "", POLICY);
    assert_eq!(port, "HostKeyAlias=[i-0abcdef0]:2222");
    let older = chosen("checkhostip yes\n", "", POLICY);
    assert_eq!(older, "HostKeyAlias=i-0abcdef0 CheckHostIP=no");
    let sets_check = NamePolicy {
        sets_check: true,
        ..POLICY
    };
    let kept = chosen("checkhostip yes\n", "", sets_check);
    assert_eq!(kept, "HostKeyAlias=i-0abcdef0");
    assert!(!name("", "", POLICY).is_known);
    assert!(name("", "i-0abcdef0 ssh-rsa A", POLICY).is_known);
}

#[test]
fn a_host_that_is_the_id_needs_no_alias() {
    for (lines, expected) in [
        ("hostname i-0abcdef0\n", "id i-0abcdef0"),
        ("hostname I-0ABCDEF0\n", "id i-0abcdef0"),
        ("hostname i-0abcdef0\nport 2222\n", "id [i-0abcdef0]:2222"),
        ("hostkeyalias i-0abcdef0\n", "id i-0abcdef0"),
    ] {
        assert_eq!(chosen(lines, "", POLICY), expected);
    }
    let known = name("hostname i-0abcdef0\n", "i-0abcdef0 ssh-rsa A", POLICY);
    assert!(known.is_known && known.options().is_empty());
}

#[test]
fn a_known_name_stays_unless_the_id_is_known_too() {
    let by_address = "10.0.0.1 ssh-rsa A\n";
    let both = "10.0.0.1 ssh-rsa A\ni-0abcdef0 ssh-rsa B\n";
    assert_eq!(chosen("", by_address, POLICY), "own 10.0.0.1");
    assert!(name("", by_address, POLICY).is_known);
    assert_eq!(chosen("", both, POLICY), "HostKeyAlias=i-0abcdef0");
    let web = "hostname Web.example\n";
    assert_eq!(
        chosen(web, "web.example ssh-rsa A", POLICY),
        "own web.example"
    );
    let port = "port 2222\n";
    for known in ["[10.0.0.1]:2222 ssh-rsa A", by_address] {
        assert_eq!(chosen(port, known, POLICY), "own [10.0.0.1]:2222");
    }
    // Two servers of one instance.
    assert_eq!(chosen(port, both, POLICY), "own [10.0.0.1]:2222");
}

#[test]
fn what_the_user_says_about_host_keys_stays() {
    for lines in [
        "hostkeyalias web\n",
        "stricthostkeychecking true\n",
        "stricthostkeychecking false\n",
        "userknownhostsfile /dev/null\n",
        "userknownhostsfile /home/me/.ssh/known_hosts /home/me/mine\n",
        "userknownhostsfile /home/you/.ssh/known_hosts\n",
        "globalknownhostsfile /var/lib/sss/pubconf/known_hosts\n",
        "knownhostscommand /bin/keys %H\n",
    ] {
        let chosen = chosen(lines, "", POLICY);
        assert!(chosen.starts_with("own "), "{lines}: {chosen}");
    }
    for lines in [
        "stricthostkeychecking accept-new\n",
        "userknownhostsfile ~/.ssh/known_hosts ~/.ssh/known_hosts2\n",
        "userknownhostsfile /home/me/.ssh/known_hosts\n",
        "globalknownhostsfile /opt/ssh/etc/ssh/ssh_known_hosts\n",
        "knownhostscommand none\n",
    ] {
        let chosen = chosen(lines, "", POLICY);
        assert_eq!(chosen, "HostKeyAlias=i-0abcdef0", "{lines}");
    }
    for policy in [
        NamePolicy {
            excludes_alias: true,
            ..POLICY
        },
        NamePolicy {
            is_in_control_path: true,
            ..POLICY
        },
    ] {
        assert_eq!(chosen("", "", policy), "own 10.0.0.1", "{policy:?}");
    }
}

#[test]
fn the_option_decides() {
    let known = "10.0.0.1 ssh-rsa A\n";
    let no = NamePolicy {
        option: HostKeyAlias::No,
        ..POLICY
    };
    assert_eq!(chosen("", "", no), "own 10.0.0.1");
    let yes = NamePolicy {
        option: HostKeyAlias::Yes,
        is_in_control_path: true,
        ..POLICY
    };
    for lines in ["", "hostkeyalias web\n", "stricthostkeychecking false\n"] {
        let chosen = chosen(lines, known, yes);
        assert_eq!(chosen, "HostKeyAlias=i-0abcdef0", "{lines}");
    }
    let excluded = NamePolicy {
        excludes_alias: true,
        ..yes
    };
    assert_eq!(chosen("", "", excluded), "own 10.0.0.1");
}
