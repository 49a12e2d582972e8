use super::*;

fn config(text: &str) -> Profiles {
    Profiles::parse(text, "").expect("a good file")
}

fn refused(text: &str) -> String {
    let FileError(_, error) = Profiles::parse(text, "").expect_err("a bad file");
    error.to_string()
}

#[test]
fn sections_are_profiles_by_their_headers() {
    let profiles = config(
        "[default]\nregion=a\n[profile one]\nregion = b\n[profile \"with space\"] # said aside\n\
         region: c\n[profile tab\\ bed]\nregion = d\n[preview]\nx=1\n[plain]\nregion=e\n[profile a b]\n\
         [profile 'open]\n",
    );
    let region = |name| profiles.profile(name)?.get("region");
    assert_eq!(region("default"), Some("a"));
    assert_eq!(region("one"), Some("b"));
    assert_eq!(region("with space"), Some("c"));
    assert_eq!(region("tab bed"), Some("d"));
    assert_eq!(
        profiles.names(),
        ["default", "one", "tab bed", "with space"]
    );
}

#[test]
fn values_are_as_pythons_configparser_has_them() {
    let profiles = config(
        "# first\n; second\n[default]\nUPPER = Value\nempty =\nequals = a=b:c\nhash = x # y\n\
         lines = one\n  two\n\n  # not a word\n  three\n\nlast: 1\n",
    );
    let profile = profiles.profile(DEFAULT).expect("default");
    assert_eq!(profile.get("upper"), Some("Value"));
    assert_eq!(profile.get("empty"), Some(""));
    assert_eq!(profile.get("equals"), Some("a=b:c"));
    assert_eq!(profile.get("hash"), Some("x # y"));
    assert_eq!(profile.get("lines"), Some("one\ntwo\n\nthree"));
    assert_eq!(profile.get("last"), Some("1"));
    assert!(profile.has("empty") && !profile.has("none"));
}

#[test]
fn an_impossible_key_is_reported_with_its_file_and_line() {
    let named = |config: &str, credentials: &str| {
        let profiles = Profiles::parse(config, credentials).expect("good files");
        let profiles = profiles.with_files("CONFIG", "CREDENTIALS");
        let profile = profiles.profile(DEFAULT).expect("default");
        let origin = source::origin(profile, &source::WebVariables::default());
        origin.map(drop).map_err(|error| error.to_string())
    };
    let key = "[default]\n\naws_access_key_id = K\n\taws_secret_access_key = S\n";
    assert_eq!(
        named("", key),
        Err("`aws_access_key_id` in CREDENTIALS, line 3, contains a line feed".into())
    );
    let key = "[default]\naws_access_key_id = K\naws_secret_access_key = S # mine\n";
    assert_eq!(
        named(key, ""),
        Err("`aws_secret_access_key` in CONFIG, line 3, contains a space".into())
    );
    let key =
        "[default]\naws_access_key_id=K\naws_secret_access_key=S\naws_session_token=\u{201c}T";
    assert_eq!(
        named(key, ""),
        Err("`aws_session_token` in CONFIG, line 4, begins with the character U+201C".into())
    );
    for clean in ["K\r\r\n", "K\r\n", "K \t\n"] {
        let key = format!("[default]\r\naws_access_key_id={clean}aws_secret_access_key=S\r");
        assert_eq!(named(&key, ""), Ok(()), "{clean:?}");
    }
}

#[test]
fn windows_line_ends_and_the_section_for_all() {
    let profiles =
        config("[DEFAULT]\r\nregion = r\r\n[profile a]\r\n[profile b]\r\nregion = s\r\n");
    let region = |name| profiles.profile(name)?.get("region");
    assert_eq!((region("a"), region("b")), (Some("r"), Some("s")));
}

#[test]
fn indented_settings_are_nested() {
    let profiles = config(
        "[profile a]\nservices = mine\ns3 =\n    max = 1\n    style=path\n[services mine]\nec2 =\n  \
         endpoint_url = http://e\nsts =\n  endpoint_url = http://s\n",
    );
    let profile = profiles.profile("a").expect("a");
    assert_eq!(
        profile
            .config
            .and_then(|config| config.get("s3")?.below("max")),
        Some("1")
    );
    assert_eq!(profile.get("s3"), None);
    assert_eq!(profile.services_endpoint("ec2"), Some("http://e"));
    assert_eq!(profile.services_endpoint("ssm"), None);
}

#[test]
fn credentials_go_before_config_and_are_kept_apart() {
    let profiles = Profiles::parse(
        "[profile a]\nregion = r\naws_access_key_id = C\n[profile profile b]\n",
        "[a]\naws_access_key_id = K\n[profile b]\nx = 1\n",
    )
    .expect("good files");
    let profile = profiles.profile("a").expect("a");
    assert_eq!(profile.get("aws_access_key_id"), Some("K"));
    assert_eq!(profile.get("region"), Some("r"));
    let of =
        |section: Option<&Section>| section?.get("aws_access_key_id")?.text().map(str::to_owned);
    assert_eq!(of(profile.config), Some("C".into()));
    assert_eq!(of(profile.credentials), Some("K".into()));
    assert_eq!(profiles.names(), ["a", "profile b"]);
}

#[test]
fn sessions_are_found_by_their_profile() {
    let profiles =
        config("[profile a]\nsso_session = my sso\n[sso-session \"my sso\"]\nsso_region = r\n");
    let session = profiles.profile("a").and_then(Profile::sso_session);
    let region = session.and_then(|session| session.get("sso_region")?.text());
    assert_eq!(region, Some("r"));
}

#[test]
fn what_makes_no_sense_is_refused_without_its_value() {
    for (text, said) in [
        (
            "\nsecret = 1",
            "line 2: a setting before the first [section]",
        ),
        (
            "[default]\nsecret",
            "line 2: neither a [section] nor a setting (NAME = VALUE)",
        ),
        (
            "[default]\na=1\nA=2",
            "line 3: `a` in [default] for the second time",
        ),
        (
            "[default]\n[default]",
            "line 2: [default] for the second time",
        ),
        (
            "[default]\ns3 =\n  secret\n",
            "line 2: a line below `s3` is not NAME = VALUE",
        ),
    ] {
        assert_eq!(refused(text), said);
    }
    let FileError(file, _) = Profiles::parse("", "x").expect_err("a bad file");
    assert_eq!(file, File::Credentials);
}
