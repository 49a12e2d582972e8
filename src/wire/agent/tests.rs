use super::fields::{put_string, put_uint32};
use super::*;

fn strings(strings: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for string in strings {
        put_string(&mut bytes, string);
    }
    bytes
}

fn login_data(method: &[u8], rest: &[&[u8]]) -> Vec<u8> {
    let mut data = strings(&[b"session"]);
    data.push(50);
    data.extend(strings(&[b"ec2-user", b"ssh-connection", method]));
    data.push(1);
    data.extend(strings(&[b"ssh-ed25519", b"blob"]));
    data.extend(strings(rest));
    data
}

fn sign_request(flags: u32) -> Vec<u8> {
    let mut message = vec![SIGN_REQUEST];
    message.extend(strings(&[b"blob", b"data"]));
    put_uint32(&mut message, flags);
    message
}

fn bind(is_forwarding: u8) -> Vec<u8> {
    let mut payload = strings(&[b"host key", b"session", b"signature"]);
    payload.push(is_forwarding);
    extension("session-bind@openssh.com", &payload)
}

/// Every beginning of the bytes, and the bytes with one more.
fn mangled(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let cut = (0..bytes.len()).map(|end| bytes[..end].to_vec());
    cut.chain([[bytes, &[0]].concat()])
}

#[test]
fn a_length_over_the_limit_is_refused() {
    assert_eq!(length([0, 0, 0, 0]), Some(0));
    assert_eq!(length([0, 4, 0, 0]), Some(LIMIT));
    assert_eq!(length([0, 4, 0, 1]), None);
    assert_eq!(length([255; 4]), None);
    assert_eq!(framed(b"ab").as_deref(), Some(&b"\0\0\0\x02ab"[..]));
    assert_eq!(framed(&vec![0; LIMIT + 1]), None);
}

#[test]
fn requests_are_told_apart() {
    assert_eq!(
        AgentRequest::read(&[REQUEST_IDENTITIES]),
        Some(AgentRequest::List)
    );
    let expected = AgentRequest::Sign {
        blob: b"blob",
        data: b"data",
        flags: 4,
    };
    assert_eq!(AgentRequest::read(&sign_request(4)), Some(expected));
    let expected = AgentRequest::Bind(Bind {
        session: b"session",
        is_forwarding: true,
    });
    assert_eq!(AgentRequest::read(&bind(1)), Some(expected));
    let expected = AgentRequest::Extension {
        name: b"query",
        payload: b"rest",
    };
    let query = extension("query", b"rest");
    assert_eq!(AgentRequest::read(&query), Some(expected));
    for other in [0, 1, 17, 18, 19, 22, 23, 25, 255] {
        assert_eq!(
            AgentRequest::read(&[other, 1, 2]),
            Some(AgentRequest::Other)
        );
    }
}

#[test]
fn truncated_and_overlong_requests_are_malformed() {
    assert_eq!(AgentRequest::read(&[]), None);
    assert_eq!(AgentRequest::read(&[REQUEST_IDENTITIES, 0]), None);
    for message in mangled(&sign_request(0)).chain(mangled(&bind(0))) {
        assert_eq!(AgentRequest::read(&message), None, "{message:?}");
    }
    // A length that the bytes do not keep.
    assert_eq!(
        AgentRequest::read(&[SIGN_REQUEST, 255, 255, 255, 255]),
        None
    );
    assert_eq!(AgentRequest::read(&[EXTENSION, 0, 0, 0, 9, b'x']), None);
}

#[test]
fn a_login_is_read_in_both_methods() {
    let login = SignedLogin {
        session: b"session",
        user: b"ec2-user",
        blob: b"blob",
    };
    let plain = login_data(b"publickey", &[]);
    assert_eq!(SignedLogin::read(&plain), Some(login));
    let bound = login_data(b"publickey-hostbound-v00@openssh.com", &[b"host key"]);
    assert_eq!(SignedLogin::read(&bound), Some(login));
}

#[test]
fn anything_but_a_login_is_not_read_as_one() {
    let plain = login_data(b"publickey", &[]);
    let bound = login_data(b"publickey-hostbound-v00@openssh.com", &[b"host key"]);
    for data in mangled(&plain).chain(mangled(&bound)) {
        assert_eq!(SignedLogin::read(&data), None, "{data:?}");
    }
    assert_eq!(
        SignedLogin::read(&login_data(b"publickey", &[b"more"])),
        None
    );
    assert_eq!(SignedLogin::read(&login_data(b"password", &[])), None);
    assert_eq!(SignedLogin::read(b"SSHSIG\0\0\0\x04file"), None);
    let replace = |from: &[u8], to: &[u8]| {
        let at = plain.windows(from.len()).position(|it| it == from);
        let at = at.expect("part of the data");
        [&plain[..at], to, &plain[at + from.len()..]].concat()
    };
    // Another service, another message, the question whether the key would do, no session.
    for data in [
        replace(b"ssh-connection", b"ssh-connectioN"),
        replace(b"session\x32", b"session\x33"),
        replace(b"publickey\x01", b"publickey\x00"),
        replace(b"\0\0\0\x07session", b"\0\0\0\0"),
    ] {
        assert_eq!(SignedLogin::read(&data), None);
    }
}

#[test]
fn lists_are_written_and_read() {
    let identity = |name: &str| AgentIdentity {
        blob: name.as_bytes().to_vec(),
        comment: b"comment".to_vec(),
    };
    let both = [identity("a"), identity("b")];
    let answer = AgentIdentity::answer(&both);
    assert_eq!(AgentIdentity::read(&answer).as_deref(), Some(&both[..]));
    assert_eq!(
        AgentIdentity::read(&AgentIdentity::answer(&[])),
        Some(vec![])
    );
    for message in mangled(&answer) {
        assert_eq!(AgentIdentity::read(&message), None, "{message:?}");
    }
    assert_eq!(AgentIdentity::read(&failure()), None);
    // More keys than the bytes can hold.
    assert_eq!(AgentIdentity::read(&[12, 255, 255, 255, 255]), None);
}

#[test]
fn a_list_keeps_to_the_limits_of_openssh() {
    let identity = |size| AgentIdentity {
        blob: vec![1; size],
        comment: Vec::new(),
    };
    let count = |identities: &[AgentIdentity]| {
        let answer = AgentIdentity::answer(identities);
        assert!(answer.len() <= LIMIT);
        AgentIdentity::read(&answer).expect("a list").len()
    };
    assert_eq!(count(&vec![identity(1); 3000]), 2048);
    assert_eq!(count(&vec![identity(100_000); 3]), 2);
    assert_eq!(count(&[identity(LIMIT - 13)]), 1);
    assert_eq!(count(&[identity(LIMIT - 12)]), 0);
}

#[test]
fn replies_are_those_of_the_rfc() {
    assert_eq!(success(), [6]);
    assert_eq!(failure(), [5]);
    assert_eq!(extension_failure(), [28]);
    assert_eq!(signature(b"ab"), [14, 0, 0, 0, 2, b'a', b'b']);
    assert_eq!(blob("a", b"b"), [0, 0, 0, 1, b'a', 0, 0, 0, 1, b'b']);
}

#[test]
fn extensions_are_answered() {
    let reply = extension_reply(CREDENTIALS, b"{}");
    assert_eq!(reply[0], 29);
    assert_eq!(read_extension_reply(&reply, CREDENTIALS), Some(&b"{}"[..]));
    assert_eq!(read_extension_reply(&reply, CONNECTION), None);
    assert_eq!(read_extension_reply(&extension_failure(), CONNECTION), None);
    assert_eq!(read_extension_reply(&[], CONNECTION), None);

    let request = connection("10.0.0.1", 22);
    let Some(AgentRequest::Extension { name, payload }) = AgentRequest::read(&request) else {
        panic!("{request:?}");
    };
    assert_eq!(name, CONNECTION.as_bytes());
    assert_eq!(read_connection(payload), Some(("10.0.0.1", 22)));
    for payload in mangled(payload) {
        assert_eq!(read_connection(&payload), None);
    }
    let mut large = strings(&[b"host"]);
    put_uint32(&mut large, 65536);
    assert_eq!(read_connection(&large), None);
}
