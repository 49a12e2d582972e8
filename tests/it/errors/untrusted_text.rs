//! Text from elsewhere, such as names and messages, is shown without its control characters.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::sandbox::{AwsUser, caller, finish, leaves_nothing};

/// The URL of a server that gives this answer to every request.
fn answering(status: &str, body: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            read_request(&mut stream);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}

/// Reads all of it: otherwise the answer might be lost (RFC 2525, section 2.17).
fn read_request(stream: &mut TcpStream) {
    let (mut request, mut byte) = (Vec::new(), [0]);
    while !request.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
        request.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&request).to_lowercase();
    let length = head.split("content-length:").nth(1);
    let length = length.and_then(|it| it.lines().next()?.trim().parse().ok());
    let _ = stream.read_exact(&mut vec![0; length.unwrap_or(0)]);
}

#[test]
fn a_name_cannot_move_the_cursor_or_turn_the_line_around() {
    let instance = |id: &str, name: &str| {
        format!(
            "<item><reservationId>r-1</reservationId><instancesSet><item><instanceId>{id}</instanceId>\
             <instanceState><code>16</code><name>running</name></instanceState>\
             <privateIpAddress>10.9.9.9</privateIpAddress>\
             <tagSet><item><key>Name</key><value>{name}</value></item></tagSet></item></instancesSet></item>"
        )
    };
    let evil = "safe\u{202e}live\u{2066}x\u{200b}y\u{ad}&#x9b;2K";
    let body = format!(
        "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <requestId>1</requestId><reservationSet>{}{}</reservationSet></DescribeInstancesResponse>",
        instance("i-0abcdef0", evil),
        instance("i-0abcdef1", "שלום é")
    );
    let caller = caller();
    let mut mssh = caller.command("mssh");
    mssh.env("AWS_ENDPOINT_URL", answering("200 OK", &body));
    let outcome = finish(mssh.arg("10.9.9.9"));
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    let shown = "i-0abcdef0 safe\\u{202e}live\\u{2066}x\\u{200b}y\\u{ad}\\u{9b}2K running";
    assert!(outcome.stderr.contains(shown), "{outcome:?}");
    assert!(outcome.stderr.contains("שלום é"), "{outcome:?}");
}

#[test]
fn a_service_message_cannot_either() {
    let body = "<Response><Errors><Error><Code>Odd</Code><Message>no\u{202e}&#xd;\u{2028}x</Message>\
                </Error></Errors><RequestID>1</RequestID></Response>";
    let caller = caller();
    for debug in [&["--debug"][..], &[]] {
        let mut mssh = caller.command("mssh");
        mssh.env("AWS_ENDPOINT_URL", answering("400 Bad Request", body));
        let outcome = finish(mssh.args(debug).arg("10.9.9.9"));
        assert_eq!(outcome.code, Some(255), "{outcome:?}");
        let shown = "no\\u{202e}\\r\\u{2028}x";
        assert!(outcome.stderr.contains(shown), "{outcome:?}");
        let raw = ['\u{202e}', '\r', '\u{2028}'];
        assert!(!outcome.stderr.contains(raw), "{outcome:?}");
    }
}

/// What must not be taken for an address, an ID or a zone, nor be shown as it is.
const EVIL: [&str; 4] = [
    "-oProxyCommand=touch$IFS/evil",
    "x&#xa;mssh: hint: `curl evil`; $(id) evil",
    "\u{202e}&#x1b;]0;evil&#x7;&#x9b;2K",
    "127.0.0.1 -F/evil",
];

/// The answer to a look-up, with this text in one of its fields.
fn instance_with(field: &str, text: &str) -> String {
    let value = |name: &str, usual: &str| {
        let text = if name == field { text } else { usual };
        format!("<{name}>{text}</{name}>")
    };
    format!(
        "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <requestId>1</requestId><reservationSet><item><reservationId>r-1</reservationId>\
         <instancesSet><item>{}<instanceState><code>16</code>{}</instanceState>{}{}{}{}{}{}{}\
         <placement>{}</placement><tagSet><item><key>Name</key>{}</item></tagSet>\
         </item></instancesSet></item></reservationSet></DescribeInstancesResponse>",
        value("instanceId", "i-0abcdef0"),
        value("name", "running"),
        value("privateDnsName", "ip-10-9-9-9.ec2.internal"),
        value("dnsName", "ec2-127-9-9-9.compute-1.amazonaws.com"),
        value("ipAddress", "127.9.9.9"),
        value("privateIpAddress", "10.9.9.9"),
        value("ipv6Address", "2001:db8::9"),
        value("vpcId", "vpc-1"),
        value("subnetId", "subnet-1"),
        value("availabilityZone", "us-east-1a"),
        value("value", "web"),
    )
}

#[test]
fn no_field_of_an_instance_reaches_a_command_line_or_a_terminal() {
    let fields = [
        "instanceId",
        "name",
        "privateDnsName",
        "dnsName",
        "ipAddress",
        "privateIpAddress",
        "ipv6Address",
        "vpcId",
        "subnetId",
        "availabilityZone",
        "value",
    ];
    for (field, evil) in fields.iter().flat_map(|field| EVIL.map(|it| (field, it))) {
        let caller = caller();
        let mut mssh = caller.command("mssh");
        mssh.env(
            "AWS_ENDPOINT_URL",
            answering("200 OK", &instance_with(field, evil)),
        );
        let outcome = finish(mssh.args(["--debug", "--dry-run", "10.9.9.9"]));
        assert!(
            matches!(outcome.code, Some(0 | 255)),
            "{field}: {outcome:?}"
        );
        assert!(!outcome.stdout.contains("evil"), "{field}: {outcome:?}");
        let raw = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!outcome.stderr.contains(raw), "{field}: {outcome:?}");
        let ours =
            |line: &str| line.starts_with("mssh: ") && !line.starts_with("mssh: hint: `curl");
        assert!(outcome.stderr.lines().all(ours), "{field}: {outcome:?}");
    }
}

/// Neither in a request's header nor in a file that other tools read.
#[test]
fn odd_characters_in_credentials_are_an_error() {
    for evil in ["a&#xa;x-evil: 1", "a&#x1b;[2J", "a\u{202e}b"] {
        let body = format!(
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <AssumeRoleResult><Credentials><AccessKeyId>ASIAEVIL</AccessKeyId>\
             <SecretAccessKey>s</SecretAccessKey><SessionToken>{evil}</SessionToken>\
             <Expiration>2090-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>\
             <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleResponse>"
        );
        let user = AwsUser::with_role();
        let mut mssh = user.mssh(&["-u", "role"]);
        mssh.env("AWS_ENDPOINT_URL_STS", answering("200 OK", &body));
        let outcome = finish(&mut mssh);
        assert_eq!(outcome.code, Some(255), "{outcome:?}");
        let errors = outcome.stderr.matches("mssh: error: ").count();
        assert_eq!(errors, 1, "{outcome:?}");
        let raw = |c: char| c.is_control() && !"\r\n".contains(c) || c == '\u{202e}';
        assert!(!outcome.stderr.contains(raw), "{outcome:?}");
        assert!(!outcome.stderr.contains("bug in mssh"), "{outcome:?}");
        leaves_nothing(&user.caller);
    }
}
