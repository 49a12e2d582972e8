//! Which proxy a call uses, and errors of proxies.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;

use super::{over_tls, proxy, secured, with};
use crate::lab::instances::WEB1;
use crate::lab::{Caller, Tinyproxy};
use crate::sandbox::{Outcome, caller, finish, lab};

/// One look-up over TLS, with the lab's authority trusted.
#[track_caller]
fn trusting(caller: &Caller<'_>, variables: &[(&str, &str)]) -> Outcome {
    let mut command = over_tls(caller);
    command.env("AWS_CA_BUNDLE", secured().authority.certificate());
    with(command, variables)
}

/// One look-up over plain HTTP.
#[track_caller]
fn plain(caller: &Caller<'_>, variables: &[(&str, &str)]) -> Outcome {
    let mut command = caller.command("mssh");
    command.args(["--dry-run", WEB1]);
    with(command, variables)
}

#[test]
fn https_uses_a_tunnel_through_the_proxy() {
    let caller = caller();
    let proxy = proxy(&caller, &[]);
    let url = format!("http://{}", proxy.address());
    let connect = format!("CONNECT 127.0.0.1:{} HTTP/1.1", secured().port);
    let ways = [
        ("HTTPS_PROXY", url.as_str()),
        ("https_proxy", &proxy.address()),
        ("ALL_PROXY", &url),
    ];
    for (done, way) in ways.into_iter().enumerate() {
        // The proxy for plain HTTP is not used.
        trusting(&caller, &[way, ("HTTP_PROXY", "http://127.0.0.1:1")]).is_found();
        assert_eq!(proxy.requests(), vec![connect.clone(); done + 1]);
    }
}

#[test]
fn http_is_sent_to_the_proxy() {
    let caller = caller();
    let proxy = proxy(&caller, &["BasicAuth user sesame"]);
    let url = format!("http://user:s%65same@{}", proxy.address());
    plain(
        &caller,
        &[("HTTP_PROXY", &url), ("HTTPS_PROXY", "http://127.0.0.1:1")],
    )
    .is_found();
    assert_eq!(
        proxy.requests(),
        [format!("POST {}/ HTTP/1.1", lab().url())]
    );
    let address = proxy.address();
    plain(&caller, &[("HTTP_PROXY", &address)]).tells(
        &format!("the proxy http://{address} requires a user and a password"),
        "set them in the proxy's URL, percent-encoded: http://USER:PASSWORD@HOST:PORT",
    );
    assert_eq!(caller.calls().len(), 1);
}

#[test]
fn a_session_through_a_proxy_with_a_login() {
    let caller = caller();
    let proxy = proxy(&caller, &["BasicAuth user sesame"]);
    let url = format!("http://user:s%65same@{}", proxy.address());
    finish(
        caller
            .command("mssh")
            .args([WEB1, "echo", "hello"])
            .env("AWS_ENDPOINT_URL", secured().url())
            .env("AWS_CA_BUNDLE", secured().authority.certificate())
            .env("HTTPS_PROXY", &url),
    )
    .prints("hello\n");
    assert_eq!(caller.calls().len(), 2);
    assert!(!proxy.requests().is_empty());
}

#[test]
fn no_proxy_is_respected() {
    let caller = caller();
    let proxy = proxy(&caller, &[]);
    let address = proxy.address();
    let port = format!("127.0.0.1:{}", secured().port);
    for rule in [
        "*",
        "127.0.0.1",
        "10.0.0.0/8, 127.0.0.0/8",
        port.as_str(),
        "a.example,127.0.0.1",
    ] {
        for variable in ["NO_PROXY", "no_proxy"] {
            trusting(&caller, &[("HTTPS_PROXY", &address), (variable, rule)]).is_found();
            assert_eq!(proxy.requests(), [""; 0], "{variable}={rule}");
        }
    }
    for rule in ["0.0.1", "10.0.0.0/8", "127.0.0.1:1", "example.com", ""] {
        let before = proxy.requests().len();
        trusting(&caller, &[("HTTPS_PROXY", &address), ("NO_PROXY", rule)]).is_found();
        assert_eq!(proxy.requests().len(), before + 1, "NO_PROXY={rule}");
    }
}

#[test]
fn proxy_errors_name_the_proxy_without_its_password() {
    let caller = caller();
    let quiet =
        |outcome: &Outcome| assert!(!outcome.stderr.contains("sesame"), "{}", outcome.stderr);
    let guarded = proxy(&caller, &["BasicAuth user right"]);
    let address = guarded.address();
    let login = "set them in the proxy's URL, percent-encoded: http://USER:PASSWORD@HOST:PORT";
    trusting(&caller, &[("HTTPS_PROXY", &address)]).tells(
        &format!("the proxy http://{address} requires a user and a password"),
        login,
    );
    for password in ["sesame", "se/sesame", "se@sesame", "s%65sesame", "?sesame#"] {
        let url = format!("http://user:{password}@{address}");
        trusting(&caller, &[("HTTPS_PROXY", &url)]).tells(
            &format!("the proxy http://{address} refuses to connect to 127.0.0.1"),
            "check the user and password, or have the proxy's administrator allow the host",
        );
        let mut debugged = over_tls(&caller);
        debugged.arg("--debug").env("HTTPS_PROXY", &url);
        quiet(&finish(&mut debugged));
    }
    for (url, fault) in [
        (
            "socks5://user:sesame@127.0.0.1:1",
            "has a scheme other than http and https",
        ),
        ("http://user:sesame@", "has no valid host"),
        ("http://user:sesame@host:port", "has no valid port"),
    ] {
        trusting(&caller, &[("HTTPS_PROXY", url)]).tells(
            &format!("the proxy in HTTPS_PROXY {fault}"),
            "set it to a URL like http://USER:PASSWORD@HOST:PORT",
        );
    }
    assert_eq!(caller.calls().len(), 0);
}

#[test]
fn a_closed_or_refusing_proxy_is_named() {
    let caller = caller();
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").to_string()
    };
    let url = format!("http://user:sesame@{address}");
    let check = "check HTTPS_PROXY (HTTP_PROXY, ALL_PROXY), or add the host to NO_PROXY";
    let refused = format!("cannot reach the proxy http://{address}: Connection refused");
    trusting(&caller, &[("HTTPS_PROXY", &url)]).tells(&refused, check);
    plain(&caller, &[("HTTP_PROXY", &url)]).tells(&refused, check);
    let directory = lab().path().join("network").join(caller.access_key());
    let proxy = Tinyproxy::refusing(&directory).expect("tinyproxy");
    let address = proxy.address();
    trusting(&caller, &[("HTTPS_PROXY", &address)]).tells(
        &format!("the proxy http://{address} refuses to connect to 127.0.0.1"),
        "have the proxy's administrator allow it, or add the host to NO_PROXY",
    );
    assert_eq!(proxy.requests().len(), 1, "a refusal is not tried again");
}

/// tinyproxy allows only letters and digits, so other passwords are checked on the wire.
#[test]
fn passwords_with_special_characters_are_sent_decoded() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (send, received) = mpsc::channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
            let head: Vec<String> = lines
                .map_while(Result::ok)
                .take_while(|it| !it.is_empty())
                .collect();
            let _ = stream.write_all(b"HTTP/1.1 407 No\r\n\r\n");
            let _ = send.send(head);
        }
    });
    let caller = caller();
    for (userinfo, pair) in [
        ("us%40er:p%2Fa%3Ass", "us@er:p/a:ss"),
        ("user:p/a?s#s", "user:p/a?s#s"),
        ("user:p@s%s", "user:p@s%s"),
        ("jürgen:schlüssel", "jürgen:schlüssel"),
    ] {
        let url = format!("http://{userinfo}@{address}");
        trusting(&caller, &[("HTTPS_PROXY", &url)]).tells(
            &format!("the proxy http://{address} does not accept the user and password"),
            "set them in the proxy's URL, percent-encoded: http://USER:PASSWORD@HOST:PORT",
        );
        let head = received.recv().expect("a request");
        let expected = format!("Basic {}", aws_smithy_types::base64::encode(pair));
        let auth = head
            .iter()
            .find_map(|line| line.strip_prefix("Proxy-Authorization: "));
        assert_eq!(auth, Some(expected.as_str()), "{userinfo}");
    }
}

#[test]
fn a_proxy_may_speak_tls() {
    let caller = caller();
    let names = "DNS:proxy.example,IP:127.0.0.1";
    let port = lab().open_tls_proxy(&secured().authority, names);
    let url = format!("https://127.0.0.1:{}", port.expect("a proxy"));
    // Nothing listens at the endpoint itself.
    trusting(
        &caller,
        &[
            ("AWS_ENDPOINT_URL", "https://127.0.0.1:1"),
            ("HTTPS_PROXY", &url),
        ],
    )
    .is_found();
    with(over_tls(&caller), &[("HTTPS_PROXY", &url)]).tells(
        &format!("cannot trust the proxy {url}: its certificate is signed by an unknown authority"),
        "if a proxy or an endpoint of your own is in between, set AWS_CA_BUNDLE to the certificate of its authority",
    );
    assert_eq!(caller.calls().len(), 1);
}
