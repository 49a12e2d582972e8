use super::*;

const INSTANCE: &str = "<instanceId>i-0000000a</instanceId>\
    <instanceState><code>16</code><name>running</name></instanceState>\
    <instanceType>t3.micro</instanceType>\
    <launchTime>1970-01-01T00:01:00.000Z</launchTime>\
    <placement><availabilityZone>us-east-1a</availabilityZone><groupName/></placement>\
    <privateIpAddress>10.0.0.1</privateIpAddress>\
    <tagSet><item><key>role</key><value>a&amp;b</value></item>\
    <item><key>Name</key><value>&lt;web&gt; &#x1b;[2J</value></item></tagSet>\
    <networkInterfaceSet><item><privateIpAddress>10.0.0.9</privateIpAddress>\
    <tagSet><item><key>Name</key><value>eth</value></item></tagSet>\
    <ipv6AddressesSet><item><ipv6Address>::1</ipv6Address></item></ipv6AddressesSet>\
    </item></networkInterfaceSet>";

fn answer(instance: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<{ROOT} xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <requestId>x</requestId><reservationSet><item><instancesSet><item>{instance}</item>\
         </instancesSet></item></reservationSet>\
         <nextToken>a&amp;b</nextToken></{ROOT}>"
    )
}

#[test]
fn the_fields_of_a_row_are_read_and_those_of_its_interfaces_are_not() {
    let region = Region::us_east_1();
    let answer = read(answer(INSTANCE).as_bytes(), &region).expect("an answer");
    let row = Row {
        private: Some([10, 0, 0, 1].into()),
        ipv6: Some([0, 0, 0, 0, 0, 0, 0, 1].into()),
        launched: Some(60),
        tags: vec![("role".into(), "a&b".into())],
        ..Row::example("i-0000000a", "<web> \u{1b}[2J")
    };
    assert_eq!(answer.rows, [row]);
    assert_eq!(answer.next.as_deref(), Some("a&b"));
}

/// An instance with this name between two others.
fn between(name: &[u8]) -> Vec<u8> {
    let middle = "<instanceId>i-0000000b</instanceId><tagSet><item><key>Name</key><value>@</value>\
         </item></tagSet>";
    let all = format!("{INSTANCE}</item><item>{middle}</item><item>{INSTANCE}");
    let all = answer(&all);
    let (before, after) = all.split_once('@').expect("a place");
    [before.as_bytes(), name, after.as_bytes()].concat()
}

#[test]
fn a_name_is_read_or_the_answer_is_refused_as_a_whole() {
    let region = Region::us_east_1();
    for (name, text) in [
        ("&#27;[2J", "\u{1b}[2J"),
        ("&#x0;&#1;", "\0\u{1}"),
        ("\t\n\r\u{7f}\u{9b}\u{202e}", "\t\n\r\u{7f}\u{9b}\u{202e}"),
        ("&amp;#27;", "&#27;"),
        ("", ""),
    ] {
        let rows = read(&between(name.as_bytes()), &region).map(|it| it.rows);
        let rows = rows.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((rows.len(), rows[1].name.as_str()), (3, text), "{name}");
    }
    for control in 0..0x20_u8 {
        let rows = read(&between(&[b'a', control]), &region).map(|it| it.rows.len());
        let is_valid = b"\t\n\r".contains(&control);
        assert_eq!(rows.ok(), is_valid.then_some(3), "{control}");
    }
    for name in [
        &b"\xff"[..],
        b"\xc3(",
        b"\xed\xa0\x80",
        b"&",
        b"&web;",
        b"&#xd800;",
        b"&#27",
        b"<",
        b"]]>",
        "\u{ffff}".as_bytes(),
        b"</value>",
    ] {
        let read = read(&between(name), &region);
        assert!(read.is_err(), "{name:?}: {read:?}");
    }
}

#[test]
fn long_texts_are_cut_and_other_answers_refused() {
    let region = Region::us_east_1();
    let long = "x".repeat(TEXT + 1);
    let instance =
        format!("<instanceId>i-0000000a</instanceId><instanceType>{long}</instanceType>");
    let rows = read(answer(&instance).as_bytes(), &region)
        .expect("an answer")
        .rows;
    assert_eq!(rows[0].kind.len(), TEXT);
    for other in ["", "<html>", "{}", "<a><b/></a>", "\u{0}"] {
        assert!(read(other.as_bytes(), &region).is_err(), "{other}");
    }
    let whole = answer(INSTANCE);
    for end in [
        whole.len() - 1,
        whole.len() / 2,
        whole.find("<nextT").expect("there"),
    ] {
        assert!(read(&whole.as_bytes()[..end], &region).is_err(), "{end}");
    }
    for broken in [
        "</b>",
        "<b>",
        "\u{1b}",
        "<b></c>",
        "</item></item>",
        "</item><item/>",
    ] {
        let text = answer(&format!("{INSTANCE}{broken}"));
        let read = read(text.as_bytes(), &region);
        assert!(read.is_err(), "{broken}: {read:?}");
    }
}
