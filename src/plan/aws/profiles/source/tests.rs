use super::*;
use crate::plan::aws::profiles::Profiles;

/// The source of the credentials of the profile `a` in these files.
fn outcome(config: &str, credentials: &str) -> Result<String, ProfileError> {
    let profiles = Profiles::parse(config, credentials).expect("good files");
    let profile = profiles.profile("a").expect("a profile");
    let Some(origin) = origin(profile, &WebVariables::default())? else {
        return Ok("nothing".to_owned());
    };
    let source = match origin.source {
        CredentialSource::AccessKey(keys) => format!("{}/{:?}", keys.id, keys.token),
        source => format!("{source:?}"),
    };
    let roles = origin.roles.iter().map(|role| role.role_arn);
    let roles: Vec<&str> = roles.collect();
    Ok(format!(
        "{source} of {} > {}",
        origin.profile,
        roles.join(" < ")
    ))
}

fn config(text: &str) -> Result<String, ProfileError> {
    outcome(text, "")
}

const KEY: &str = "aws_access_key_id=K\naws_secret_access_key=S\n";

#[test]
fn roles_end_at_a_key() {
    let text = format!(
        "[profile a]\nrole_arn=A\nsource_profile=b\n[profile b]\nrole_arn=B\nsource_profile=c\n\
         [profile c]\n{KEY}aws_session_token=T"
    );
    assert_eq!(config(&text), Ok("K/Some(\"T\") of c > A < B".into()));
    let itself = format!("[profile a]\nrole_arn=A\nsource_profile=a\n{KEY}");
    assert_eq!(config(&itself), Ok("K/None of a > A".into()));
    let keys_first = format!(
        "[profile a]\nrole_arn=A\nsource_profile=b\n[profile b]\nrole_arn=B\nsource_profile=a\n{KEY}"
    );
    assert_eq!(config(&keys_first), Ok("K/None of b > A".into()));
    for none in [
        "aws_session_token =",
        "aws_security_token =\naws_session_token =",
    ] {
        let text = format!("[profile a]\n{KEY}{none}\n");
        assert_eq!(config(&text), Ok("K/None of a > ".into()), "{none}");
    }
    let named = "[profile a]\nrole_arn=A\ncredential_source=Ec2InstanceMetadata";
    assert_eq!(
        config(named),
        Ok("Named(Ec2InstanceMetadata) of a > A".into())
    );
}

#[test]
fn a_profile_without_a_valid_source_is_refused() {
    let s = str::to_owned;
    let looped =
        "[profile a]\nrole_arn=A\nsource_profile=b\n[profile b]\nrole_arn=B\nsource_profile=a";
    let cases = [
        ("[profile a]\nrole_arn=A", ProfileError::NoSource(s("a"))),
        (
            "[profile a]\nrole_arn=A\nsource_profile=b\ncredential_source=Environment",
            ProfileError::TwoSources(s("a")),
        ),
        (
            "[profile a]\nrole_arn=A\ncredential_source=environment",
            ProfileError::BadSource(s("a"), s("environment")),
        ),
        (
            "[profile a]\nrole_arn=A\nsource_profile=b",
            ProfileError::NoSuchSource(s("a"), s("b")),
        ),
        (
            "[profile a]\nrole_arn=A\nsource_profile=b\n[profile b]",
            ProfileError::EmptySource(s("b")),
        ),
        (
            "[profile a]\nrole_arn=A\nsource_profile=a",
            ProfileError::Loop(vec![s("a"), s("a")]),
        ),
        (looped, ProfileError::Loop(vec![s("a"), s("b"), s("a")])),
        (
            "[profile a]\nweb_identity_token_file=f",
            ProfileError::NoWebRole(s("a")),
        ),
        (
            "[profile a]\naws_access_key_id=K",
            ProfileError::HalfAKey(s("a")),
        ),
        (
            "[profile a]\nsso_session=s\nsso_account_id=1",
            ProfileError::NoSsoSession(s("a"), s("s")),
        ),
        (
            "[profile a]\nsso_account_id=1\nsso_region=r",
            ProfileError::SsoLacks(s("a"), vec!["sso_start_url", "sso_role_name"]),
        ),
        (
            "[profile a]\nsso_session=s\nsso_account_id=1\nsso_role_name=n\nsso_region=q\n\
             [sso-session s]\nsso_region=r\nsso_start_url=u",
            ProfileError::SsoDiffers(s("a"), s("sso_region")),
        ),
    ];
    for (text, error) in cases {
        assert_eq!(config(text), Err(error), "{text}");
    }
}

#[test]
fn sources_go_before_each_other_as_in_botocore() {
    let process = "credential_process=p\n";
    let both = format!("[profile a]\n{process}{KEY}");
    assert_eq!(config(&both), Ok("Process(\"p\") of a > ".into()));
    let shared = format!("[a]\n{KEY}");
    assert_eq!(outcome(&both, &shared), Ok("K/None of a > ".into()));
    let login = format!("[profile a]\n{process}login_session=l");
    assert_eq!(config(&login), Ok("Login(\"l\") of a > ".into()));
    let sso = "[profile a]\nsso_account_id=1\nsso_role_name=n\nsso_region=r\nsso_start_url=u\n";
    let found = outcome(sso, &shared);
    assert!(found.is_ok_and(|found| found.starts_with("Sso(")));
    let web = "[profile a]\nrole_arn=A\nsource_profile=b\nweb_identity_token_file=f";
    let found = config(web);
    assert!(found.is_ok_and(|found| found.starts_with("WebIdentity(")));
    assert_eq!(config("[profile a]\nregion=r"), Ok("nothing".into()));
}

#[test]
fn variables_of_a_web_identity_go_before_the_profile() {
    let text = "[profile a]\nweb_identity_token_file=f\nrole_arn=A\nrole_session_name=n";
    let profiles = Profiles::parse(text, "").expect("a good file");
    let web = WebVariables {
        token_file: Some("g".into()),
        role_arn: None,
        session_name: Some("m".into()),
    };
    let profile = profiles.profile("a").expect("a profile");
    let origin = origin(profile, &web).expect("sense").expect("an origin");
    let expected = WebIdentity {
        token_file: "g".into(),
        role_arn: "A".into(),
        session_name: Some("m".into()),
    };
    assert_eq!(origin.source, CredentialSource::WebIdentity(expected));
}

#[test]
fn the_keys_of_sso_are_botocores() {
    let mut sso = Sso {
        start_url: "https://x.example/start",
        region: "us-east-1",
        account_id: "123456789012",
        role_name: "role",
        session: None,
    };
    assert_eq!(sso.cache_key(), "b35942ecb994aba514e7ee96d29d3ddd6cc7c932");
    sso.session = Some("my sso");
    assert_eq!(sso.cache_key(), "2fad95911f8d2dbb62636513543b04101b72e63c");
}
