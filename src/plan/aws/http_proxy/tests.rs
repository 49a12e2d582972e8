use super::{Auth, BadProxy, Proxies, Proxy, ProxyFault};

/// The proxies of these variables.
fn proxies(variables: &[(&str, &str)]) -> Proxies {
    Proxies::of(|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

/// The proxy for HTTPS where this is its URL.
fn proxy(url: &str) -> Result<Proxy, BadProxy> {
    let found = proxies(&[("HTTPS_PROXY", url)]).for_url("https", "example.com", 443);
    found.map(|proxy| proxy.expect("a proxy"))
}

/// How a request to this URL's host is sent.
fn way(variables: &[(&str, &str)], scheme: &str, host: &str, port: u16) -> Option<String> {
    let proxy = proxies(variables).for_url(scheme, host, port);
    proxy.expect("a good URL").map(|proxy| proxy.to_string())
}

#[test]
fn the_variable_of_the_scheme_counts_in_lower_case_first() {
    let both = [
        ("https_proxy", "http://lower:1"),
        ("HTTPS_PROXY", "http://upper:2"),
    ];
    let lower = Some("http://lower:1".to_owned());
    assert_eq!(way(&both, "https", "a.b", 443), lower);
    assert_eq!(way(&both, "wss", "a.b", 443), lower);
    assert_eq!(way(&both, "http", "a.b", 80), None);
    let emptied = [("https_proxy", ""), ("HTTPS_PROXY", "http://upper:2")];
    assert_eq!(way(&emptied, "https", "a.b", 443), None);
    let emptied = [("https_proxy", ""), ("ALL_PROXY", "http://all:3")];
    assert_eq!(way(&emptied, "https", "a.b", 443), None);
    let socks = [("ALL_PROXY", "SOCKS5h://localhost:1080")];
    assert_eq!(way(&socks, "https", "a.b", 443), None);
    let all = [("ALL_PROXY", "all:3"), ("http_proxy", "http:4")];
    assert_eq!(
        way(&all, "https", "a.b", 443),
        Some("http://all:3".to_owned())
    );
    assert_eq!(
        way(&all, "http", "a.b", 80),
        Some("http://http:4".to_owned())
    );
    assert_eq!(way(&[], "https", "a.b", 443), None);
    let cgi = [("HTTP_PROXY", "evil:1"), ("REQUEST_METHOD", "GET")];
    assert_eq!(way(&cgi, "http", "a.b", 80), None);
}

#[test]
fn a_url_is_read_as_people_write_it() {
    let cases = [
        ("proxy", "http://proxy:80"),
        ("proxy:3128", "http://proxy:3128"),
        ("//proxy:3128", "http://proxy:3128"),
        ("http://proxy:3128/", "http://proxy:3128"),
        (
            " HTTP://Proxy.Example.com:3128/x?y ",
            "http://Proxy.Example.com:3128",
        ),
        ("https://proxy", "https://proxy:443"),
        ("http://[2001:db8::1]:3128", "http://[2001:db8::1]:3128"),
        ("http://10.0.0.1:", "http://10.0.0.1:80"),
    ];
    for (url, expected) in cases {
        assert_eq!(
            proxy(url).map(|it| it.to_string()),
            Ok(expected.to_owned()),
            "{url}"
        );
    }
}

#[test]
fn user_and_password_are_decoded_and_end_at_the_last_at_sign() {
    let cases = [
        ("http://user:pass@proxy:3128", "user:pass"),
        ("user:pass@proxy:3128", "user:pass"),
        ("http://us%40er:p%2Fa%3ass@proxy:3128", "us@er:p/a:ss"),
        ("http://user:p/a?s#s@proxy:3128", "user:p/a?s#s"),
        ("http://user:p@ss@proxy:3128", "user:p@ss"),
        ("user:p://ss@proxy:3128", "user:p://ss"),
        ("http://user:100%@proxy:3128", "user:100%"),
        ("http://user:%zz%c3%bc@proxy:3128", "user:%zzü"),
        ("http://user@proxy:3128", "user:"),
        ("http://user:a:b@proxy:3128", "user:a:b"),
    ];
    for (url, pair) in cases {
        let proxy = proxy(url).expect("a good URL");
        assert_eq!(
            proxy.auth.as_ref().map(Auth::pair).as_deref(),
            Some(pair),
            "{url}"
        );
        assert_eq!(proxy.to_string(), "http://proxy:3128", "{url}");
    }
    let auth = proxy("http://us%40er:p%2F%C3%BC@proxy")
        .expect("a good URL")
        .auth;
    let encoded = auth.map(|it| it.encoded());
    assert_eq!(
        encoded,
        Some(("us%40er".to_owned(), "p%2F%C3%BC".to_owned()))
    );
}

#[test]
fn a_password_is_in_no_debugging_output() {
    let proxies = proxies(&[("HTTPS_PROXY", "http://user:sesame@proxy:3128")]);
    let proxy = proxies.for_url("https", "a.b", 443).expect("a good URL");
    assert!(!format!("{proxies:?} {proxy:?}").contains("sesame"));
}

#[test]
fn a_bad_url_is_an_error_that_does_not_show_it() {
    let cases = [
        ("socks5://user:sesame@proxy:1080", ProxyFault::Scheme),
        ("ftp://proxy", ProxyFault::Scheme),
        ("http://", ProxyFault::Host),
        ("http://user:sesame@:3128", ProxyFault::Host),
        ("http://pro xy:3128", ProxyFault::Host),
        ("http://proxy:70000", ProxyFault::Port),
        ("http://proxy:0", ProxyFault::Port),
        ("http://user:sesame@proxy:port", ProxyFault::Port),
        ("http://[::1", ProxyFault::Host),
    ];
    for (url, fault) in cases {
        let bad = proxy(url).expect_err(url);
        assert_eq!((bad.variable, bad.fault), ("HTTPS_PROXY", fault), "{url}");
        assert!(!bad.to_string().contains("sesame"));
    }
    // One that is not used causes no error.
    let exempt = [("HTTPS_PROXY", "socks5://proxy"), ("NO_PROXY", "a.b")];
    assert_eq!(way(&exempt, "https", "a.b", 443), None);
}

#[test]
fn exemptions_are_names_suffixes_addresses_networks_and_ports() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("*", &["a.b:443", "10.0.0.1:443"], &[]),
        ("a.b, *", &["c.d:443"], &[]),
        (
            "a.b",
            &["a.b:443", "x.a.b:443", "A.B:443", "a.b.:443"],
            &["xa.b:443", "b:443"],
        ),
        (".a.b", &["a.b:443", "x.a.b:443"], &["xa.b:443"]),
        ("*.a.b", &["x.a.b:443"], &["xa.b:443"]),
        ("a.b:8443", &["a.b:8443", "x.a.b:8443"], &["a.b:443"]),
        ("c.d a.b", &["a.b:443", "c.d:443"], &["e.f:443"]),
        (
            "10.0.0.0/8",
            &["10.1.2.3:443"],
            &["11.0.0.1:443", "10.example.com:443"],
        ),
        ("10.0.0.0/31", &["10.0.0.1:443"], &["10.0.0.2:443"]),
        ("0.0.0.0/0", &["192.0.2.1:443"], &["a.b:443", "[::1]:443"]),
        (
            "10.0.0.1",
            &["10.0.0.1:443", "[::ffff:10.0.0.1]:443"],
            &["10.0.0.11:443"],
        ),
        ("10.0.0.1:8443", &["10.0.0.1:8443"], &["10.0.0.1:443"]),
        ("::1", &["[::1]:443"], &["[::2]:443"]),
        ("[::1]:8443", &["[::1]:8443"], &["[::1]:443"]),
        (
            "2001:db8::/32",
            &["[2001:db8:1::1]:443"],
            &["[2001:db9::1]:443"],
        ),
        ("0.0.0.1", &[], &["10.0.0.1:443"]),
        ("", &[], &["a.b:443"]),
        (
            ",., 10.0.0.0/33, a.b:port,",
            &[],
            &["a.b:443", "10.0.0.1:443"],
        ),
    ];
    for (rules, exempt, others) in cases {
        let variables = [("HTTPS_PROXY", "proxy"), ("no_proxy", *rules)];
        let proxied = |place: &&str| {
            let (host, port) = place.rsplit_once(':').expect("a port");
            way(&variables, "https", host, port.parse().expect("a port")).is_some()
        };
        let wrong: Vec<_> = exempt.iter().filter(|it| proxied(it)).collect();
        assert!(wrong.is_empty(), "{rules} does not cover {wrong:?}");
        let wrong: Vec<_> = others.iter().filter(|it| !proxied(it)).collect();
        assert!(wrong.is_empty(), "{rules} covers {wrong:?}");
    }
}

#[test]
fn services_of_the_machine_itself_are_asked_without_a_proxy() {
    let variables = [
        ("HTTP_PROXY", "proxy"),
        (
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "http://localhost:4711/role?x",
        ),
    ];
    for host in ["169.254.169.254", "169.254.170.2", "[fd00:ec2::254]"] {
        assert_eq!(way(&variables, "http", host, 80), None, "{host}");
    }
    assert_eq!(way(&variables, "http", "localhost", 4711), None);
    assert!(way(&variables, "http", "localhost", 4712).is_some());
}
