//! Which files are read, and how often, by strace(1).

use std::fs;
use std::path::Path;

use super::{file, secured};
use crate::lab::Caller;
use crate::lab::instances::WEB1;
use crate::sandbox::{caller, finish, skipped};

/// The files that `mssh`, its agent and its clients open with these variables.
fn opened(caller: &Caller<'_>, variables: &[(&str, &str)]) -> Vec<String> {
    let log = file(caller, "strace", "");
    let config = file(caller, "config", "[default]\nregion = us-east-1\n");
    let credentials = file(caller, "credentials", "");
    let outcome = finish(
        caller
            .command("strace")
            .args(["-f", "-e", "trace=open,openat", "-o"])
            .arg(&log)
            .args(["mssh", WEB1, "true"])
            .env("AWS_CONFIG_FILE", config)
            .env("AWS_SHARED_CREDENTIALS_FILE", credentials)
            .envs(variables.iter().copied()),
    );
    let log = fs::read_to_string(log).expect("a log");
    assert!(
        log.contains("/etc/"),
        "strace sees nothing: {}",
        outcome.stderr
    );
    let paths = log.lines().filter_map(|line| line.split('"').nth(1));
    paths.map(str::to_owned).collect()
}

/// Those that are certificates.
fn certificates(opened: &[String]) -> Vec<&str> {
    let is_one = |path: &&str| {
        let places = [
            "/etc/ssl/certs",
            "/usr/lib/ssl/certs",
            "/etc/pki",
            "/usr/share/ca-",
        ];
        [".pem", ".crt"].iter().any(|ending| path.ends_with(ending))
            || places.iter().any(|place| path.starts_with(place))
    };
    opened.iter().map(String::as_str).filter(is_one).collect()
}

#[test]
fn without_tls_no_certificate_is_read() {
    let caller = caller();
    let opened = opened(&caller, &[]);
    assert_eq!(certificates(&opened), [""; 0]);
}

#[test]
fn mssh_and_its_agent_read_a_bundle_once_each() {
    let caller = caller();
    let bundle = secured().authority.certificate();
    let bundle = bundle.to_str().expect("a path");
    let url = secured().url();
    let own = opened(
        &caller,
        &[("AWS_ENDPOINT_URL", &url), ("AWS_CA_BUNDLE", bundle)],
    );
    assert_eq!(certificates(&own), [bundle; 2]);
    assert_eq!(caller.calls().len(), 2);
    let system = "/etc/ssl/certs/ca-certificates.crt";
    if Path::new(system).exists() {
        let opened = opened(&caller, &[("AWS_ENDPOINT_URL", &url)]);
        assert_eq!(certificates(&opened), [system; 2]);
    } else {
        skipped(&format!("the system's certificates are not in {system}"));
    }
}
