use super::*;

fn block(key: Key) -> Result<String, Usage> {
    let block = Block {
        mssh: "/opt/my bin/mssh".into(),
        words: vec!["--profile".into(), "50% $HOME".into()],
        key,
    };
    Ok(String::from_utf8_lossy(&block.text()?).into_owned())
}

#[test]
fn every_word_survives_ssh_and_a_shell() {
    assert_eq!(
        block(Key::Ephemeral("/run/5%/mssh".into())).expect("a block"),
        "Match host i-????????,i-????????????????? \
         exec \"'/opt/my bin/mssh' --hand-over /run/5%%/mssh %h\"\n    \
         ProxyCommand '/opt/my bin/mssh' --profile '50%% $HOME' --key-dir /run/5%%/mssh \
         --proxy %h %p %r\n    \
         ProxyUseFdpass no\n    \
         IdentityFile \"/run/5%%/mssh/%h/key\"\n    \
         IdentitiesOnly yes\n    \
         AddKeysToAgent no\n"
    );
    let own = block(Key::Own("/home/me/my key".into())).expect("a block");
    assert!(own.starts_with(
        "Match host i-????????,i-?????????????????,mi-????????????????? !exec \"printenv MSSH_RUNS\"\n"
    ));
    assert!(own.contains(" -i '/home/me/my key' --proxy %h %p %r\n"));
    assert!(own.contains("IdentityFile \"/home/me/my key\"\n"));
    for bad in ["/a\"b", "/a\nb", "/${HOME}/b", "/a\\b"] {
        assert_eq!(block(Key::Own(bad.into())), Err(Usage::BadPath(bad.into())));
    }
}

#[test]
fn what_was_put_in_comes_out_again() {
    let user = default_user(&Login::ec2_user(), &Key::Ephemeral("/k".into()));
    for theirs in [
        "",
        "\n",
        "Host *\n  User x\n",
        "Host *\n  User x",
        "\n\n# a\r\n",
        "# <<< mssh <<<\nHost a\n",
    ] {
        let once = with_ours(theirs.as_bytes(), &user);
        assert_eq!(with_ours(&once, &user), once, "{theirs:?}");
        assert_eq!(without_ours(&once), theirs.as_bytes());
    }
    let cut = format!("{BEGIN}\nInclude {FILE}\nHost a\n");
    assert_eq!(without_ours(cut.as_bytes()), cut.as_bytes());
}

#[test]
fn a_link_that_leads_to_us_is_how_we_are_run() {
    let (running, link) = (Path::new("/cellar/2.0/mssh"), Path::new("/bin/mssh"));
    assert_eq!(path_to(running, Some((link, running))), link);
    assert_eq!(path_to(running, Some((link, Path::new("/other")))), running);
    assert_eq!(path_to(running, None), running);
}
