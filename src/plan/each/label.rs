//! What stands before the lines of an instance.

use std::collections::HashMap;

use crate::plan::columns::{columns, cut};
use crate::plan::list::row::Row;
use crate::plan::target::ids::InstanceId;

/// The most columns of a name.
const LONGEST: usize = 40;

/// The colors, by their numbers in SGR sequences (ECMA-48). Red is left to errors.
const COLORS: [u8; 10] = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94];

/// The name of an instance among others; its ID if it has no name of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    /// Without control characters.
    pub(crate) text: String,
    /// How many spaces align it with the longest.
    padding: usize,
    color: u8,
}

impl Label {
    /// The beginning of each line.
    pub(crate) fn prefix(&self, in_color: bool) -> String {
        let Self {
            text,
            padding,
            color,
        } = self;
        if in_color {
            format!("\x1b[{color}m{text}\x1b[0m{:padding$} | ", "")
        } else {
            format!("{text}{:padding$} | ", "")
        }
    }
}

/// A label for each row. `printable` escapes what a terminal must not get.
pub(crate) fn labels(rows: &[Row], printable: impl Fn(&str) -> String) -> Vec<Label> {
    let names: Vec<String> = rows
        .iter()
        .map(|row| cut(&printable(&row.name), LONGEST))
        .collect();
    let mut count: HashMap<&str, usize> = HashMap::new();
    for name in &names {
        *count.entry(name).or_default() += 1;
    }
    // The name of one instance may be the ID of another.
    let is_own = |name: &str| {
        !name.is_empty() && count[name] == 1 && InstanceId::parse_if_like_id(name).is_none()
    };
    let texts: Vec<&str> = rows
        .iter()
        .zip(&names)
        .map(|(row, name)| {
            if is_own(name) {
                name.as_str()
            } else {
                row.id.as_str()
            }
        })
        .collect();
    let width = texts.iter().map(|text| columns(text)).max().unwrap_or(0);
    let label = |(text, color): (&str, &u8)| Label {
        text: text.to_owned(),
        padding: width - columns(text),
        color: *color,
    };
    texts
        .into_iter()
        .zip(COLORS.iter().cycle())
        .map(label)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_without_a_name_of_its_own_has_its_id() {
        let rows = [
            Row::example("i-0000000a", "web-1"),
            Row::example("i-0000000b", "db"),
            Row::example("i-0000000c", "db"),
            Row::example("i-0000000d", ""),
            Row::example("i-0000000e", "i-0000000a"),
            Row::example("i-0000000f", "日本"),
        ];
        let labels = labels(&rows, str::to_owned);
        let plain: Vec<String> = labels.iter().map(|it| it.prefix(false)).collect();
        assert_eq!(
            plain,
            [
                "web-1      | ",
                "i-0000000b | ",
                "i-0000000c | ",
                "i-0000000d | ",
                "i-0000000e | ",
                "日本       | "
            ]
        );
        assert_eq!(labels[0].prefix(true), "\x1b[36mweb-1\x1b[0m      | ");
    }
}
