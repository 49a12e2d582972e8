//! The list as a table, for people.

use std::borrow::Cow;

use super::column::{Column, Column as C, NAME};
use super::row::Row;
use crate::plan::columns::{columns, cut};

/// How a table looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// The columns of the terminal; `None` for a pipe, in which nothing is cut.
    pub(crate) width: Option<usize>,
    /// The time, in seconds since 1970.
    pub(crate) now: u64,
    /// Whether more rows come later, which may be wider.
    pub(crate) has_more: bool,
    /// Whether to tell regions, in place of zones.
    pub(crate) regions: bool,
    /// Whether to tell profiles.
    pub(crate) profiles: bool,
}

const ALL: [C; 11] = [
    C::Name,
    C::Id,
    C::State,
    C::Profile,
    C::Region,
    C::Zone,
    C::Kind,
    C::Private,
    C::Public,
    C::Age,
    C::Reach,
];

/// Left out on a narrow terminal, in this order, until the rest fits.
const DISPENSABLE: [C; 5] = [C::Kind, C::Zone, C::Age, C::Private, C::Reach];

/// Names are cut to [`NAME`] before a column is left out, and to this afterwards.
const SHORT_NAME: usize = 10;

/// Blanks between two columns.
const GAP: usize = 2;

/// The columns of a table, with their widths. Pages that are shown one after the other have the same.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<(Column, usize)>,
    style: Style,
}

impl Table {
    /// The columns for these rows. `shown` prepares texts of others for the screen.
    pub(crate) fn of(rows: &[Row], style: Style, shown: impl Fn(&str) -> String) -> Self {
        let is_wanted = |column: &Column| match column {
            C::Profile => style.profiles,
            C::Region => style.regions,
            C::Zone => !style.regions,
            _ => true,
        };
        let all = ALL.into_iter().filter(is_wanted);
        let width = |column: Column| {
            let texts = rows
                .iter()
                .map(|row| columns(&shown(&column.text(row, style.now))));
            let widest = texts.max().unwrap_or_default();
            let usual = if style.has_more {
                column.usual_width()
            } else {
                0
            };
            (column, widest.max(column.title().len()).max(usual))
        };
        let mut table = Self {
            columns: all.map(width).collect(),
            style,
        };
        table.fit();
        table
    }

    /// Shortens names and leaves out columns until a line fits into the terminal.
    fn fit(&mut self) {
        let Some(width) = self.style.width else {
            return;
        };
        self.shorten_names(width, NAME);
        for column in DISPENSABLE {
            if self.length() <= width {
                return;
            }
            self.columns.retain(|(it, _)| *it != column);
        }
        self.shorten_names(width, SHORT_NAME);
    }

    fn shorten_names(&mut self, width: usize, least: usize) {
        let excess = self.length().saturating_sub(width);
        if let Some((_, name)) = self.columns.first_mut() {
            *name = name.saturating_sub(excess).max(least.min(*name));
        }
    }

    /// The length of a line.
    fn length(&self) -> usize {
        let widths: usize = self.columns.iter().map(|(_, width)| width).sum();
        widths + GAP * self.columns.len().saturating_sub(1)
    }

    /// The line of titles, with its newline.
    pub(crate) fn head(&self) -> String {
        self.line(|column| Cow::Borrowed(column.title()))
    }

    /// A line for each row.
    pub(crate) fn lines(&self, rows: &[Row], shown: impl Fn(&str) -> String) -> String {
        let line = |row| self.line(|column| shown(&column.text(row, self.style.now)).into());
        rows.iter().map(line).collect()
    }

    fn line<'a>(&self, text: impl Fn(Column) -> Cow<'a, str>) -> String {
        let mut line = String::new();
        for (at, (column, width)) in self.columns.iter().enumerate() {
            let text = text(*column);
            let text = match self.style.width {
                Some(_) => cut(&text, *width),
                None => text.into_owned(),
            };
            let gap = if at + 1 == self.columns.len() {
                0
            } else {
                GAP + width.saturating_sub(columns(&text))
            };
            line.push_str(&text);
            line.extend(std::iter::repeat_n(' ', gap));
        }
        let line = self
            .style
            .width
            .map_or_else(|| line.clone(), |width| cut(&line, width));
        line.trim_end().to_owned() + "\n"
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn rows() -> [Row; 2] {
        let web = Row {
            private: Some(Ipv4Addr::new(10, 0, 0, 1)),
            public: Some(Ipv4Addr::new(192, 0, 2, 100)),
            launched: Some(1000),
            ..Row::example("i-0123456789abcdef0", "web-1.of-a-long-name.example.com")
        };
        [web, Row::example("i-0000000a", "")]
    }

    fn table(width: Option<usize>) -> String {
        let style = Style {
            width,
            now: 4600,
            has_more: false,
            regions: false,
            profiles: false,
        };
        let table = Table::of(&rows(), style, str::to_owned);
        table.head() + &table.lines(&rows(), str::to_owned)
    }

    #[test]
    fn a_pipe_gets_everything() {
        let expected = "\
NAME                              ID                   STATE    ZONE        TYPE      PRIVATE   PUBLIC       AGE  REACH
web-1.of-a-long-name.example.com  i-0123456789abcdef0  running  us-east-1a  t3.micro  10.0.0.1  192.0.2.100  60m  direct
-                                 i-0000000a           running  us-east-1a  t3.micro  -         -            -    -
";
        assert_eq!(table(None), expected);
    }

    #[test]
    fn a_narrow_terminal_gets_what_matters_most() {
        let expected = "\
NAME                      ID                   STATE    PUBLIC       REACH
web-1.of-a-long-name.ex…  i-0123456789abcdef0  running  192.0.2.100  direct
-                         i-0000000a           running  -            -
";
        for width in [20, 40, 60, 80, 100, 120, 200] {
            let text = table(Some(width));
            let longest = text.lines().map(columns).max();
            assert!(longest <= Some(width), "{width}: {text}");
        }
        assert_eq!(table(Some(76)), expected);
        assert_eq!(table(Some(200)), table(None));
    }

    #[test]
    fn several_regions_take_the_place_of_zones() {
        let mut rows = rows();
        "dev".clone_into(&mut rows[1].profile);
        let style = Style {
            width: None,
            now: 0,
            has_more: true,
            regions: true,
            profiles: true,
        };
        let table = Table::of(&rows, style, str::to_owned);
        let head = table.head();
        assert!(
            head.contains("STATE    PROFILE  REGION          TYPE"),
            "{head}"
        );
        assert!(head.contains("PUBLIC           AGE"), "{head}");
        let lines = table.lines(&rows[1..], str::to_owned);
        assert!(
            lines.contains("running  dev      us-east-1       t3"),
            "{lines}"
        );
    }
}
