//! Variables that are not UTF-8: ignoring one would do something else than was asked for.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::lab::instances::WEB1;
use crate::sandbox::{caller, finish};

#[test]
fn a_variable_that_is_not_utf8_is_an_error() {
    let caller = caller();
    for name in [
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_SSM",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_USE_FIPS_ENDPOINT",
        "AWS_USE_DUALSTACK_ENDPOINT",
        "AWS_RETRY_MODE",
        "AWS_MAX_ATTEMPTS",
        "HTTPS_PROXY",
        "no_proxy",
    ] {
        let mut command = caller.command("mssh");
        command
            .arg(WEB1)
            .env(name, OsStr::from_bytes(b"soci\xe9t\xe9"));
        let error = format!("mssh: error: {name} is not UTF-8 text");
        let hint = "mssh: hint: set it again in a terminal and a shell whose encoding is UTF-8, or \
                    unset it";
        finish(&mut command).fails(255, &[&error, hint]);
    }
    assert!(caller.calls().is_empty());
}

#[test]
fn so_are_those_that_select_credentials() {
    let caller = caller();
    for name in [
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_ROLE_ARN",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_METADATA_SERVICE_TIMEOUT",
    ] {
        let mut command = caller.command("mssh");
        command
            .arg(WEB1)
            .env_remove("AWS_ACCESS_KEY_ID")
            .env(name, OsStr::from_bytes(b"\xff"));
        let outcome = finish(&mut command);
        let error = format!("mssh: error: {name} is not UTF-8 text\n");
        assert!(outcome.stderr.starts_with(&error), "{outcome:?}");
    }
}

/// Paths may be of any bytes.
#[test]
fn a_path_need_not_be_utf8() {
    let caller = caller();
    let directory = tempfile::TempDir::new().expect("a directory");
    let path = directory.path().join(OsStr::from_bytes(b"soci\xe9t\xe9"));
    std::fs::write(&path, "[profile x]\nregion = us-east-1\n").expect("a file");
    let mut command = caller.command("mssh");
    command
        .args(["--dry-run", WEB1])
        .env("AWS_PROFILE", "x")
        .env("AWS_CONFIG_FILE", &path);
    assert_eq!(finish(&mut command).code, Some(0));
}
