//! The cached list of instances: its format, and what is in it.
//!
//! ```text
//! mssh instances 1 1767225600
//! web-1⇥i-0123456789abcdef0⇥running⇥us-east-1a⇥t3.micro⇥10.0.0.1⇥192.0.2.1⇥⇥1767225600⇥role⇥web
//! ```
//!
//! The first line has the version and the time of the answer. Each other line is an instance: name, ID,
//! state, zone, type, private, public and IPv6 address, launch time; then the key and the value of
//! each other tag. What completion needs stands first, so that it reads ten thousand lines in a few
//! milliseconds. Tabs, newlines and backslashes in texts are escaped.
//!
//! It is for showing only: nothing connects by it without asking AWS.

use std::borrow::Cow;
use std::net::IpAddr;
use std::str::Split;

use crate::plan::list::row::Row;
use crate::plan::target::ids::{InstanceId, Region};
use crate::plan::target::instance::State;

/// What a file begins with. Another version is not read.
const HEAD: &str = "mssh instances 1 ";

/// The longest file, in bytes.
pub(crate) const MOST: usize = 16 * 1024 * 1024;

/// The list as it is in a file. Leaves out the tags, if it would be too long with them; `None` if it is
/// too long without.
pub(crate) fn text(rows: &[Row], taken: u64) -> Option<String> {
    let with = |tags: bool| {
        let lines: String = rows.iter().map(|row| line(row, tags)).collect();
        Some(format!("{HEAD}{taken}\n{lines}")).filter(|text| text.len() <= MOST)
    };
    with(true).or_else(|| with(false))
}

fn line(row: &Row, with_tags: bool) -> String {
    let or_empty = |text: Option<String>| text.unwrap_or_default();
    let mut line = escaped(&row.name).into_owned();
    for field in [
        row.id.as_str(),
        &escaped(&row.state.to_string()),
        &escaped(&row.zone),
        &escaped(&row.kind),
        &or_empty(row.private.map(|it| it.to_string())),
        &or_empty(row.public.map(|it| it.to_string())),
        &or_empty(row.ipv6.map(|it| it.to_string())),
        &or_empty(row.launched.map(|it| it.to_string())),
    ] {
        line.push('\t');
        line.push_str(field);
    }
    for (key, value) in row.tags.iter().filter(|_| with_tags) {
        line.extend(["\t", &escaped(key), "\t", &escaped(value)]);
    }
    line.push('\n');
    line
}

/// A list that was read.
#[derive(Debug)]
pub(crate) struct Snapshot {
    text: String,
    /// When AWS sent it, in seconds since 1970.
    taken: u64,
}

impl Snapshot {
    /// Reads a file; `None` if it is of another version or no such file.
    pub(crate) fn parse(text: String) -> Option<Self> {
        let (head, _) = text.split_once('\n')?;
        let taken = head.strip_prefix(HEAD)?.parse().ok()?;
        Some(Self { text, taken })
    }

    /// How many seconds old it is; a list from the future is of no age.
    pub(crate) fn age(&self, now: u64) -> u64 {
        now.saturating_sub(self.taken)
    }

    /// The instances.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let lines = self.text.split('\n').skip(1);
        lines.filter(|line| !line.is_empty()).map(Entry)
    }

    /// Whether an instance has a tag with this key. Looks for the text first, which is quicker if
    /// none has.
    pub(crate) fn has_tag(&self, key: &str) -> bool {
        self.text.contains(&*escaped(key))
            && self.entries().any(|it| it.tags().any(|tag| tag.0 == key))
    }

    /// The instances as rows; none if one is not valid: a part of a list would look like the whole.
    pub(crate) fn rows(&self, region: &Region) -> Vec<Row> {
        let rows: Option<_> = self.entries().map(|entry| entry.row(region)).collect();
        rows.unwrap_or_default()
    }
}

/// An instance in a list: one line, of which little is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a>(&'a str);

impl<'a> Entry<'a> {
    /// Its other tags.
    pub(crate) fn tags(self) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> {
        let mut fields = self.fields();
        // Their number is that of the fields before.
        let _ = fields.nth(8);
        std::iter::from_fn(move || {
            let key = unescaped(fields.next()?);
            Some((key, unescaped(fields.next()?)))
        })
    }

    fn fields(self) -> Split<'a, char> {
        self.0.split('\t')
    }

    fn row(self, region: &Region) -> Option<Row> {
        let mut fields = self.fields();
        let mut text = || fields.next().map(|field| unescaped(field).into_owned());
        Some(Row {
            name: text()?,
            id: InstanceId::parse(&text()?).ok()?,
            state: State::parse(&text()?),
            profile: String::new(),
            region: region.clone(),
            zone: text()?,
            kind: text()?,
            private: text()?.parse().ok(),
            public: text()?.parse().ok(),
            ipv6: text()?.parse().ok(),
            launched: text()?.parse().ok(),
            tags: self
                .tags()
                .map(|(key, value)| (key.into_owned(), value.into_owned()))
                .collect(),
        })
    }
}

impl<'a> Entry<'a> {
    /// The value of its `Name` tag; empty if it has none. It is not escaped for a terminal.
    pub(crate) fn name(self) -> Cow<'a, str> {
        unescaped(self.field(0))
    }

    /// Its ID, which is not checked.
    pub(crate) fn id(self) -> &'a str {
        self.field(1)
    }

    /// Its state, by EC2's name.
    pub(crate) fn state(self) -> &'a str {
        self.field(2)
    }

    /// Its private, public and IPv6 addresses.
    pub(crate) fn addresses(self) -> impl Iterator<Item = IpAddr> {
        let addresses = self.fields().skip(5).take(3);
        addresses.filter_map(|it| it.parse().ok())
    }

    fn field(self, number: usize) -> &'a str {
        self.fields().nth(number).unwrap_or_default()
    }
}

fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['\t', '\n', '\\']) {
        return Cow::Borrowed(text);
    }
    let text = text.replace('\\', "\\\\");
    Cow::Owned(text.replace('\t', "\\t").replace('\n', "\\n"))
}

fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        plain.extend(match c {
            '\\' => match rest.next() {
                Some('t') => Some('\t'),
                Some('n') => Some('\n'),
                other => other,
            },
            c => Some(c),
        });
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests;
