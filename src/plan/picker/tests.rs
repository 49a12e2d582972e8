use super::frame::{Frame, Size};
use super::*;
use crate::plan::target::ids::InstanceId;

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
    let Step::Chosen(row) = picker.press(Key::Enter) else {
        panic!("one is chosen");
    };
    assert_eq!(row.name, "büro");
    assert_eq!(picker.press(Key::Cancel), Step::Cancelled);
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
}

#[test]
fn a_frame_fits_into_any_terminal() {
    let mut picker = picker();
    typed(&mut picker, "e");
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
    typed(&mut picker, "web");
    picker.press(Key::Down);
    let frame = frame(&mut picker, 60, 6);
    let expected = [
        "> web                                                    2/5",
        "  NAME                      ID          STATE    PUBLIC  REACH",
        "  web-1",
        "> web-2",
        "",
        "i-00000002, t3.micro, us-east-1a, 10.0.0.2, launched 2h ago…",
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
