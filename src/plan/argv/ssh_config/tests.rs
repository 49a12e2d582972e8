use super::*;
use crate::plan::cli::usage::Usage;
use crate::plan::target::ids::Login;
use crate::plan::target::name_patterns::NamePatterns;

fn block(key: BlockKey) -> Result<String, Usage> {
    let block = Block {
        mssh: "/opt/my bin/mssh".into(),
        words: vec!["--profile".into(), "50% $HOME".into()],
        key,
    };
    Ok(String::from_utf8_lossy(&block.text()?).into_owned())
}

#[test]
fn every_word_survives_ssh_and_a_shell() {
    let hosts = BlockKey::Agent("/k".into()).hosts();
    let none_of = "ghijklmnopqrstuvwxyz-._'\\".chars();
    let none_of: Vec<_> = none_of.map(|it| format!("!*i-*{it}*")).collect();
    let none_of = none_of.join(",");
    assert_eq!(
        hosts,
        format!("\"i-????????,i-?????????????????,{none_of}\"")
    );
    assert_eq!(
        block(BlockKey::Agent("/run/5%/mssh".into())).expect("a block"),
        format!(
            "# Whole instance IDs only: 8 or 17 hexadecimal digits.\n\
         # A user with a quote would get out of the quotes below.\n\
         Match host {hosts} user \"*'*\"\n    \
         ProxyCommand '/opt/my bin/mssh' --profile '50%% $HOME' --agent-dir /run/5%%/mssh \
         --proxy '%h' %p \"'\"\n\
         Match host {hosts} \
         !exec \"exec '/opt/my bin/mssh' --skip-block '%h'\"\n    \
         ProxyCommand '/opt/my bin/mssh' --profile '50%% $HOME' --agent-dir /run/5%%/mssh \
         --proxy '%h' %p '%r'\n    \
         ProxyUseFdpass no\n    \
         IdentityAgent \"/run/5%%/mssh/%h.%p.%r\"\n    \
         IdentityFile none\n    \
         IdentitiesOnly no\n    \
         CanonicalizeHostname no\n"
        )
    );
    let own = block(BlockKey::Own("/home/me/my key".into())).expect("a block");
    assert!(own.contains("i-????????,i-?????????????????,mi-?????????????????,!*i-*g*,"));
    assert!(own.contains(" !exec \"exec '/opt/my bin/mssh' --skip-block '%h'\"\n"));
    assert!(own.contains(" -i '/home/me/my key' --proxy '%h' %p '%r'\n"));
    assert!(own.contains("IdentityFile \"/home/me/my key\"\n"));
    for bad in ["/a\"b", "/a\nb", "/${HOME}/b", "/a\\b"] {
        assert_eq!(
            block(BlockKey::Own(bad.into())),
            Err(Usage::BadPath(bad.into()))
        );
    }
    let quote = BlockKey::Agent("/o'brien".into());
    let quoted = block(quote).expect("a block");
    assert!(quoted.contains("IdentityAgent \"/o'brien/%h.%p.%r\"\n"));
}

#[test]
fn what_the_variable_says_is_read_again() {
    for under in [
        StartedByMssh::AnySsh,
        StartedByMssh::Client(7),
        StartedByMssh::ChildOf(7),
    ] {
        assert_eq!(StartedByMssh::parse(&under.value()), Some(under));
    }
    for other in ["", "1", "client", "client x", "child 1 2"] {
        assert_eq!(StartedByMssh::parse(other), None, "{other}");
    }
}

#[test]
fn a_link_to_our_file_is_the_path_to_run_us() {
    let (running, link) = (Path::new("/cellar/2.0/mssh"), Path::new("/bin/mssh"));
    assert_eq!(preferred_path(running, Some((link, running))), link);
    assert_eq!(
        preferred_path(running, Some((link, Path::new("/other")))),
        running
    );
    assert_eq!(preferred_path(running, None), running);
}

#[test]
fn the_lines_for_names_have_the_name_as_typed() {
    let block = Block {
        mssh: "/bin/mssh".into(),
        words: Vec::new(),
        key: BlockKey::Agent("/k".into()),
    };
    let mut names = NamePatterns::default();
    assert_eq!(block.lines_for(&names), Ok(Vec::new()));
    assert_eq!(
        block.default_user_for(&names, &Login::ec2_user()),
        Ok(Vec::new())
    );
    names.add("Web-*,!web-0").expect("patterns");
    let hosts = "originalhost \"Web-*,!web-0,!*'*,!*\\*\"";
    let exec = "exec \"exec /bin/mssh --takes-name '%n' '%h'\"";
    let lines = block.lines_for(&names).expect("lines");
    assert_eq!(
        String::from_utf8_lossy(&lines),
        format!(
            "# Names of instances, unless ssh_config or the resolver knows them.\n\
             Match {hosts} user \"*'*\" {exec}\n    \
             ProxyCommand /bin/mssh --agent-dir /k --proxy '%n' %p \"'\"\n\
             Match {hosts} {exec}\n    \
             ProxyCommand /bin/mssh --agent-dir /k --proxy '%n' %p '%r'\n    \
             ProxyUseFdpass no\n    \
             IdentityAgent \"/k/%n.%p.%r\"\n    \
             IdentityFile none\n    \
             IdentitiesOnly no\n    \
             CanonicalizeHostname no\n"
        )
    );
    let user = block.default_user_for(&names, &Login::ec2_user());
    let user = String::from_utf8(user.expect("lines")).expect("text");
    assert_eq!(user, format!("Match {hosts} {exec}\n    User ec2-user\n"));
}
