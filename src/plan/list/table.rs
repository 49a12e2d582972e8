//! The list as a table, for people.

use std::borrow::Cow;

use super::age::age;
use super::row::{self, Row};
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
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Name,
    Id,
    State,
    Profile,
    Region,
    Zone,
    Kind,
    Private,
    Public,
    Age,
    Reach,
}

use Column as C;

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

/// Names are cut to this before a column is left out, and to less afterwards.
const NAME: usize = 24;
const SHORT_NAME: usize = 10;

/// The longest IPv4 address.
const ADDRESS: usize = 15;

/// Blanks between two columns.
const GAP: usize = 2;

impl Column {
    fn title(self) -> &'static str {
        match self {
            C::Name => "NAME",
            C::Id => "ID",
            C::State => "STATE",
            C::Profile => "PROFILE",
            C::Region => "REGION",
            C::Zone => "ZONE",
            C::Kind => "TYPE",
            C::Private => "PRIVATE",
            C::Public => "PUBLIC",
            C::Age => "AGE",
            C::Reach => "REACH",
        }
    }

    /// The width for rows that are not known yet.
    fn usual_width(self) -> usize {
        match self {
            C::Name => NAME,
            C::Private | C::Public => ADDRESS,
            _ => 0,
        }
    }

    fn text(self, row: &Row, now: u64) -> Cow<'_, str> {
        let or_dash = |text: Option<String>| text.map_or(Cow::Borrowed("-"), Cow::Owned);
        let plain = |text| Cow::Borrowed(if text == "" { "-" } else { text });
        match self {
            C::Name => plain(&row.name),
            C::Id => Cow::Borrowed(row.id.as_str()),
            C::State => row.state.to_string().into(),
            C::Profile => plain(&row.profile),
            C::Region => Cow::Borrowed(row.region.as_str()),
            C::Zone => plain(&row.zone),
            C::Kind => plain(&row.kind),
            C::Private => or_dash(row.private.map(|it| it.to_string())),
            C::Public => or_dash(row.outer().map(|it| it.to_string())),
            C::Age => or_dash(row.age(now).map(age)),
            C::Reach => Cow::Borrowed(row.reach().word()),
        }
    }
}

/// The columns of a table, with their widths. Pages that are shown one after the other have the same.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<(Column, usize)>,
    style: Style,
}

impl Table {
    /// The columns for these rows. `shown` prepares texts of others for the screen.
    pub(crate) fn of(rows: &[Row], style: Style, shown: impl Fn(&str) -> String) -> Self {
        let several = row::has_several_regions(rows);
        let has_profiles = rows.iter().any(|row| !row.profile.is_empty());
        let is_wanted = |column: &Column| match column {
            C::Profile => has_profiles,
            C::Region => several,
            C::Zone => !several,
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
        rows[0].region = crate::plan::target::ids::Region::parse("eu-west-1").expect("a region");
        let style = Style {
            width: None,
            now: 0,
            has_more: true,
        };
        let head = Table::of(&rows, style, str::to_owned).head();
        assert!(head.contains("REGION") && !head.contains("ZONE"), "{head}");
        assert!(head.contains("PUBLIC           AGE"), "{head}");
    }
}
