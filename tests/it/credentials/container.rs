//! A container's endpoint: how long it may take, and what is to be shown to it.

use std::io::Write;

use crate::sandbox::{AwsUser, finish};

/// It may belong to a tool that asks somebody for an MFA code first.
#[test]
fn a_container_that_takes_its_time_is_waited_for() {
    let user = AwsUser::with("");
    let key = user.caller.access_key().replacen("AKIA", "ASIA", 1);
    let answer = format!(
        "{{\"AccessKeyId\": \"{key}\", \"SecretAccessKey\": \"s\", \"Token\": \"t\", \
         \"Expiration\": \"2090-01-01T00:00:00Z\"}}"
    );
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let asked = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().expect("a caller");
        std::thread::sleep(std::time::Duration::from_secs(12));
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
            answer.len()
        );
        socket
            .write_all(format!("{head}{answer}").as_bytes())
            .expect("still there");
        // Nobody else has asked meanwhile.
        listener.set_nonblocking(true).expect("a listener");
        listener.accept().is_err()
    });
    let mut command = user.mssh(&[]);
    finish(command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)).prints("");
    assert_eq!(user.last_key(), "ASIA");
    assert!(asked.join().expect("an endpoint"));
}

#[test]
fn a_containers_token_that_cannot_be_sent_or_read_is_named() {
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
