use super::*;

fn rows() -> Vec<Row> {
    let full = Row {
        state: State::Other("new\tstate".to_owned()),
        private: Some([10, 0, 0, 1].into()),
        public: Some([192, 0, 2, 1].into()),
        ipv6: Some([0, 0, 0, 0, 0, 0, 0, 1].into()),
        launched: Some(60),
        tags: vec![
            ("role".into(), "web".into()),
            ("a\\b\tc".into(), "\n".into()),
            ("empty".into(), String::new()),
        ],
        ..Row::example("i-0000000a", "web\\n\t1\n\r\u{1b}[2J\0\u{85}\u{2028}")
    };
    vec![full, Row::example("i-0000000b", "")]
}

#[test]
fn a_list_is_read_as_it_was_written() {
    let text = text(&rows(), 7).expect("short");
    assert_eq!(text.lines().count(), 3);
    let read = Snapshot::parse(text).expect("a list");
    assert_eq!((read.taken, read.age(10), read.age(5)), (7, 3, 0));
    assert_eq!(read.rows(&Region::us_east_1()), rows());
    let first = read.entries().next().expect("an instance");
    assert_eq!(
        (first.name(), first.id()),
        (rows()[0].name.as_str().into(), "i-0000000a")
    );
    assert_eq!(first.state(), "new\\tstate");
    assert_eq!(first.tags().count(), 3);
    assert!(read.has_tag("a\\b\tc") && !read.has_tag("web"));
    let addresses: Vec<_> = first.addresses().map(|it| it.to_string()).collect();
    assert_eq!(addresses, ["10.0.0.1", "192.0.2.1", "::1"]);
}

#[test]
fn what_is_no_list_is_not_read() {
    for text in [
        "",
        "x",
        "mssh instances 2 7\n",
        "mssh instances 1 x\n",
        "mssh instances 1 7",
    ] {
        assert!(Snapshot::parse(text.to_owned()).is_none(), "{text}");
    }
    let broken =
        "mssh instances 1 7\nweb\ti-1\nweb\nweb\ti-0000000a\trunning\n\n\t\t\t\t\t\t\t\t\t\n";
    let read = Snapshot::parse(broken.to_owned()).expect("a list");
    assert_eq!(read.rows(&Region::us_east_1()), []);
    assert_eq!(
        read.entries().map(Entry::id).collect::<Vec<_>>(),
        ["i-1", "", "i-0000000a", ""]
    );
    let whole = super::text(&rows(), 7).expect("short");
    let cut = Snapshot::parse(whole[..whole.len() - 30].to_owned()).expect("a list");
    assert_eq!(cut.rows(&Region::us_east_1()), []);
}

#[test]
fn tags_are_left_out_of_a_list_that_is_too_long() {
    let mut rows = rows();
    rows[0].tags[0].1 = "x".repeat(MOST);
    let text = text(&rows, 7).expect("short without tags");
    let read = Snapshot::parse(text).expect("a list");
    assert_eq!(read.entries().map(|it| it.tags().count()).sum::<usize>(), 0);
    rows[0].name = "x".repeat(MOST);
    assert_eq!(super::text(&rows, 7), None);
}
