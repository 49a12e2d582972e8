use super::frame::{Frame, Size};
use super::*;
use crate::plan::target::ids::InstanceId;
use crate::plan::target::instance::State;

fn rows() -> Vec<Row> {
    let row = |number: u32, name: &str, tag: &str| Row {
        private: Some([10, 0, 0, u8::try_from(number).expect("small")].into()),
        launched: Some(0),
        tags: vec![("role".to_owned(), tag.to_owned())],
        ..Row::example(&format!("i-{number:08x}"), name)
    };
    vec![
        row(1, "web-1", "frontend"),
        row(2, "web-2", "frontend"),
        row(3, "db-main", "database"),
        row(4, "", "batch"),
        row(5, "büro", "office"),
    ]
}

fn picker() -> Picker {
    let mut picker = Picker::new(Picks::default(), String::new());
    picker.set(rows(), 0);
    picker
}

fn typed(picker: &mut Picker, text: &str) {
    for c in text.chars() {
        assert_eq!(picker.press(Key::Char(c)), Step::Continue);
    }
}

/// The names of the instances that match this.
fn found(query: &str) -> Vec<String> {
    let mut picker = picker();
    typed(&mut picker, query);
    let names = picker.found.iter();
    names
        .map(|at| picker.choices[*at].row.name.clone())
        .collect()
}

fn frame(picker: &mut Picker, columns: usize, rows: usize) -> Frame {
    picker.frame(Size { columns, rows }, 7200, |text| {
        text.replace('\x1b', "\\x1b")
    })
}

/// The names of what Enter chooses.
fn chosen(picker: &mut Picker) -> Vec<String> {
    match picker.press(Key::Enter) {
        Step::Chosen(rows) => rows.into_iter().map(|row| row.name).collect(),
        Step::Continue => Vec::new(),
        Step::Canceled => panic!("canceled"),
    }
}

#[test]
fn every_word_matches_the_name_or_a_part_of_the_rest() {
    for (query, names) in [
        ("", &["büro", "db-main", "web-1", "web-2", ""][..]),
        ("wb", &["web-1", "web-2"]),
        ("w2", &["web-2"]),
        ("dbm", &["db-main"]),
        ("10.0.0.4", &[""]),
        ("00000003", &["db-main"]),
        ("front 2", &["web-2"]),
        ("role=data", &["db-main"]),
        ("buro", &["büro"]),
        ("WEB", &[]),
        ("xyz", &[]),
    ] {
        assert_eq!(found(query), names, "{query}");
    }
}

#[test]
fn keys_move_the_cursor_and_edit_the_query() {
    let mut picker = picker();
    let name = |picker: &Picker| picker.current().map(|row| row.name.clone());
    for (key, expected) in [
        (Key::Down, "db-main"),
        (Key::End, ""),
        (Key::Down, ""),
        (Key::Up, "web-2"),
        (Key::Home, "büro"),
        (Key::Up, "büro"),
        (Key::PageDown, ""),
        (Key::PageUp, "büro"),
    ] {
        assert_eq!(picker.press(key), Step::Continue);
        assert_eq!(name(&picker).as_deref(), Some(expected), "{key:?}");
    }
    typed(&mut picker, "web 2x");
    assert_eq!(name(&picker), None);
    assert_eq!(picker.press(Key::Enter), Step::Continue);
    picker.press(Key::Backspace);
    assert_eq!(name(&picker).as_deref(), Some("web-2"));
    picker.press(Key::DeleteWord);
    assert_eq!(picker.typed, "web ");
    picker.press(Key::DeleteLine);
    assert_eq!(picker.typed, "");
    assert_eq!(chosen(&mut picker), ["büro"]);
    assert_eq!(picker.press(Key::Cancel), Step::Canceled);
    typed(&mut picker, &"x".repeat(2 * QUERY));
    assert_eq!(picker.typed.len(), QUERY);
}

#[test]
fn what_was_picked_comes_first_and_the_cursor_stays_on_its_instance() {
    let mut picks = Picks::default();
    picks.add(&InstanceId::parse("i-00000002").expect("an ID"), 0);
    let mut picker = Picker::new(picks, String::new());
    let mut rows = rows();
    let last = rows.split_off(2);
    picker.set(rows, 0);
    assert_eq!(picker.current().map(|row| row.name.as_str()), Some("web-2"));
    picker.press(Key::Down);
    picker.add(last, 0);
    assert_eq!(picker.current().map(|row| row.name.as_str()), Some("web-1"));
    assert_eq!(picker.found.len(), 5);
    picker.set(Vec::new(), 0);
    assert!(picker.current().is_none() && picker.is_empty());
    let lines = frame(&mut picker, 60, 6).lines;
    assert_eq!(lines[5], "web-1 is gone; press Enter to go on");
}

#[test]
fn a_frame_fits_into_any_terminal() {
    let mut picker = picker().with_marks();
    typed(&mut picker, "e");
    picker.press(Key::Mark);
    for columns in [1, 2, 10, 20, 40, 80, 200] {
        for rows in [1, 2, 3, 4, 10, 50] {
            let frame = frame(&mut picker, columns, rows);
            assert!(frame.lines.len() <= rows, "{columns}x{rows}: {frame:?}");
            let widths = frame
                .lines
                .iter()
                .map(|line| super::super::columns::columns(line));
            assert!(widths.max() <= Some(columns), "{columns}x{rows}: {frame:?}");
            assert!(frame.selected.is_none_or(|at| at < rows), "{frame:?}");
        }
    }
}

#[test]
fn a_frame_shows_the_query_the_page_and_details() {
    let mut picker = picker();
    picker.is_waiting = false;
    picker.title = Some("web matches 5 instances".to_owned());
    let first = frame(&mut picker, 60, 6);
    assert_eq!(first.lines[5], "web matches 5 instances");
    typed(&mut picker, "web");
    picker.press(Key::Down);
    let frame = frame(&mut picker, 60, 6);
    let expected = [
        "> web                                                    2/5",
        "  NAME                      ID          STATE    PUBLIC  REACH",
        "  web-1",
        "> web-2",
        "",
        "t3.micro, us-east-1a, 10.0.0.2, launched 2h ago, role=front…",
    ];
    assert_eq!(frame.lines[0], expected[0]);
    assert!(frame.lines[1].starts_with("  NAME  "), "{frame:?}");
    for (line, expected) in frame.lines[2..4].iter().zip(&expected[2..4]) {
        assert!(line.starts_with(expected), "{frame:?}");
    }
    assert_eq!(frame.lines[4..], expected[4..]);
    assert_eq!((frame.selected, frame.column), (Some(3), 5));
    picker.note = Some("a\x1b[2J".to_owned());
    let frame = super::tests::frame(&mut picker, 60, 6);
    assert_eq!(frame.lines[5], "a\\x1b[2J");
}

#[test]
fn marked_instances_are_chosen_together_whatever_is_typed_afterwards() {
    let mut picker = picker().with_marks();
    // Marked, and not any more.
    for key in [Key::Mark, Key::Mark, Key::MarkUp, Key::Home, Key::Mark] {
        assert_eq!(picker.press(key), Step::Continue);
    }
    assert_eq!(picker.marks.count(), 2);
    typed(&mut picker, "web-2");
    let shown = frame(&mut picker, 60, 6);
    assert!(shown.lines[0].ends_with("  2 marked, 1/5 …"), "{shown:?}");
    assert_eq!((shown.selected, shown.marked), (Some(2), vec![]));
    picker.press(Key::DeleteLine);
    let shown = frame(&mut picker, 60, 8);
    for (line, begin) in shown.lines[2..]
        .iter()
        .zip(["> büro", " *db-main", " *web-1", "  web-2"])
    {
        assert!(line.starts_with(begin), "{shown:?}");
    }
    assert_eq!(shown.marked, [3, 4]);
    assert_eq!(chosen(&mut picker), ["db-main", "web-1"]);
}

#[test]
fn without_marks_the_one_under_the_cursor_is_chosen() {
    let mut several = picker().with_marks();
    several.press(Key::Down);
    assert_eq!(chosen(&mut several), ["db-main"]);
    let mut one = picker();
    one.press(Key::Mark);
    assert_eq!(chosen(&mut one), ["büro"]);
}

#[test]
fn an_instance_that_is_gone_or_stopped_is_told_before_anything_is_chosen() {
    let mut picker = picker().with_marks();
    for _ in 0..3 {
        picker.press(Key::Mark);
    }
    let mut newer = rows();
    newer.remove(4);
    newer[2].state = State::Stopped;
    picker.set(newer, 0);
    let notice = "büro is gone, db-main is stopped: no longer marked; press Enter to go on";
    let shown = frame(&mut picker, 80, 6);
    assert_eq!(shown.lines[5], notice);
    assert_eq!(shown.dim, [1]);
    assert_eq!(frame(&mut picker, 80, 3).lines[0], notice);
    // What was typed meanwhile does not hide it.
    typed(&mut picker, "w");
    assert_eq!(frame(&mut picker, 80, 6).lines[5], notice);
    assert_eq!(chosen(&mut picker), [""; 0]);
    assert!(frame(&mut picker, 80, 6).lines[5].starts_with("t3.micro, "));
    assert_eq!(chosen(&mut picker), ["web-1"]);
    // A stopped one can be marked all the same.
    picker.press(Key::DeleteLine);
    picker.press(Key::Home);
    picker.press(Key::Mark);
    assert_eq!(chosen(&mut picker), ["web-1", "db-main"]);
    picker.set(Vec::new(), 0);
    assert_eq!(chosen(&mut picker), [""; 0]);
    assert_eq!(chosen(&mut picker), [""; 0]);
}
