//! Trust in certificates.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use super::{file, over_tls, secured, with};
use crate::lab::instances::WEB1;
use crate::sandbox::{caller, finish, lab, run};

/// The path of the lab's CA certificate.
fn ours() -> String {
    let path = secured().authority.certificate();
    path.to_str().expect("a path").to_owned()
}

#[test]
fn a_session_over_tls() {
    let caller = caller();
    finish(
        caller
            .command("mssh")
            .args([WEB1, "echo", "hello"])
            .env("AWS_ENDPOINT_URL", secured().url())
            .env("AWS_CA_BUNDLE", ours()),
    )
    .prints("hello\n");
    assert_eq!(caller.calls().len(), 2);
}

#[test]
fn every_ca_bundle_setting_of_botocore_works() {
    let caller = caller();
    for variable in ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"] {
        with(over_tls(&caller), &[(variable, &ours())]).is_found();
    }
    let config = file(
        &caller,
        "config",
        format!("[default]\nca_bundle = {}\n", ours()),
    );
    let config = config.to_str().expect("a path");
    with(over_tls(&caller), &[("AWS_CONFIG_FILE", config)]).is_found();
    // AWS_CA_BUNDLE wins over the profile, the profile over other variables, and all over the
    // system's store. An empty variable counts as unset.
    let nowhere = "/nonexistent/ca.pem";
    with(
        over_tls(&caller),
        &[
            ("AWS_CONFIG_FILE", config),
            ("REQUESTS_CA_BUNDLE", nowhere),
            ("AWS_CA_BUNDLE", ""),
        ],
    )
    .is_found();
    with(
        over_tls(&caller),
        &[("REQUESTS_CA_BUNDLE", &ours()), ("SSL_CERT_FILE", nowhere)],
    )
    .is_found();
    let config = file(
        &caller,
        "bad",
        format!("[default]\nca_bundle = {nowhere}\n"),
    );
    let config = config.to_str().expect("a path");
    with(
        over_tls(&caller),
        &[("AWS_CONFIG_FILE", config), ("AWS_CA_BUNDLE", &ours())],
    )
    .is_found();
    with(over_tls(&caller), &[("AWS_CONFIG_FILE", config)]).tells(
        &format!("cannot use the certificates in {nowhere}: No such file or directory"),
        "the profile's `ca_bundle` names that file; it must hold certificates as PEM",
    );
}

#[test]
fn a_bundle_may_hold_several_certificates_with_text_between() {
    let caller = caller();
    let system = fs::read_to_string("/etc/ssl/certs/ca-certificates.crt").unwrap_or_default();
    let own = fs::read_to_string(ours()).expect("a certificate");
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let text = format!("# the system's\n{system}\n{damaged}# ours\n{own}");
    let bundle = file(&caller, "bundle.pem", text);
    with(
        over_tls(&caller),
        &[("AWS_CA_BUNDLE", bundle.to_str().expect("a path"))],
    )
    .is_found();
}

#[test]
fn an_invalid_bundle_is_named_with_the_reason() {
    let caller = caller();
    let key = fs::read(lab().path().join("authority/ca.key")).expect("a key");
    let cases: &[(&str, &[u8], &str)] = &[
        ("empty.pem", b"", "there is no certificate in it"),
        (
            "words.pem",
            b"no certificate\n",
            "there is no certificate in it",
        ),
        ("key.pem", &key, "there is no certificate in it"),
        (
            "cut.pem",
            b"-----BEGIN CERTIFICATE-----\nMIIB\n",
            "it is damaged",
        ),
        (
            "odd.pem",
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "every certificate in it is damaged",
        ),
    ];
    let hint = "AWS_CA_BUNDLE names that file; it must hold certificates as PEM";
    for (name, text, fault) in cases {
        let path = file(&caller, name, text);
        let path = path.to_str().expect("a path");
        with(over_tls(&caller), &[("AWS_CA_BUNDLE", path)]).tells(
            &format!("cannot use the certificates in {path}: {fault}"),
            hint,
        );
    }
    for (path, fault) in [
        ("/nonexistent/ca.pem", "No such file or directory"),
        ("/", "Is a directory"),
    ] {
        with(over_tls(&caller), &[("AWS_CA_BUNDLE", path)]).tells(
            &format!("cannot use the certificates in {path}: {fault}"),
            hint,
        );
    }
    assert_eq!(caller.calls().len(), 0);
    // Without TLS, the bundle is not read.
    let plain = run(
        &caller,
        "env",
        ["AWS_CA_BUNDLE=/nonexistent", "mssh", "--dry-run", WEB1],
    );
    plain.is_found();
}

#[test]
fn a_server_that_cannot_be_trusted_is_named_with_the_reason() {
    let caller = caller();
    let bundle = "if a proxy or an endpoint of your own is in between, set AWS_CA_BUNDLE to the certificate of its authority";
    with(over_tls(&caller), &[]).tells(
        "cannot trust 127.0.0.1: its certificate is signed by an unknown authority",
        bundle,
    );
    let misnamed = format!("https://127.0.0.1:{}", secured().misnamed);
    with(
        over_tls(&caller),
        &[("AWS_ENDPOINT_URL", &misnamed), ("AWS_CA_BUNDLE", &ours())],
    )
    .tells(
        "cannot trust 127.0.0.1: its certificate is for another name",
        "check AWS_ENDPOINT_URL and the proxy",
    );
    // The answer of a plain HTTP server to a TLS client.
    let plain = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}", plain.local_addr().expect("an address"));
    thread::spawn(move || {
        for mut stream in plain.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    with(over_tls(&caller), &[("AWS_ENDPOINT_URL", &url)]).tells(
        "cannot speak TLS with 127.0.0.1: received corrupt message of type InvalidContentType",
        "does it speak HTTPS? check AWS_ENDPOINT_URL and the proxy",
    );
    assert_eq!(caller.calls().len(), 0);
}
