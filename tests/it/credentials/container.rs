//! The container endpoint: how long it may take, and its authorization token.

use std::io::Write;

use crate::sandbox::{AwsUser, finish};

/// It may belong to a tool that first asks the user for an MFA code.
#[test]
fn a_slow_container_endpoint_is_waited_for() {
    let user = AwsUser::with("");
    let key = user.caller.access_key().replacen("AKIA", "ASIA", 1);
    let answer = format!(
        "{{\"AccessKeyId\": \"{key}\", \"SecretAccessKey\": \"s\", \"Token\": \"t\", \
         \"Expiration\": \"2090-01-01T00:00:00Z\"}}"
    );
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let asked = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().expect("a connection");
        std::thread::sleep(std::time::Duration::from_secs(12));
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
            answer.len()
        );
        socket
            .write_all(format!("{head}{answer}").as_bytes())
            .expect("still there");
        // There was no second request.
        listener.set_nonblocking(true).expect("a listener");
        listener.accept().is_err()
    });
    let mut command = user.mssh(&[]);
    finish(command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)).prints("");
    assert_eq!(user.last_key(), "ASIA");
    assert!(asked.join().expect("an endpoint"));
}

#[test]
fn an_unusable_container_token_is_reported() {
    let user = AwsUser::with("");
    let url = format!("{}/container/x", user.caller.lab().url());
    let token = user.aws("token");
    std::fs::write(&token, "Basic lab\n").expect("a file");
    let run = |name: &str, value: &std::ffi::OsStr| {
        let mut command = user.mssh(&[]);
        command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url);
        finish(command.env(name, value)).stderr
    };
    let file = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
    for (name, value, said) in [
        (
            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            "Basic lab\r".as_ref(),
            "AWS_CONTAINER_AUTHORIZATION_TOKEN ends in a carriage return".to_owned(),
        ),
        (
            file,
            token.as_os_str(),
            format!(
                "the container's token in {} ends in a line feed",
                token.display()
            ),
        ),
        (
            file,
            "/nowhere/token".as_ref(),
            "cannot read the container's token /nowhere/token: No such file".to_owned(),
        ),
    ] {
        let stderr = run(name, value);
        assert!(
            stderr.starts_with(&format!("mssh: error: {said}")),
            "{stderr}"
        );
    }
}
