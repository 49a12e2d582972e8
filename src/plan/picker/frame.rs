//! What the picker shows: the query, the instances that match, a line about the one under the cursor.

use super::Picker;
use crate::plan::columns::{columns, cut};
use crate::plan::list::age::age;
use crate::plan::list::row::{Row, has_several_regions};
use crate::plan::list::table::{Style, Table};

/// The size of a terminal, in columns and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
}

/// The lines of a terminal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// None is wider than the terminal.
    pub(crate) lines: Vec<String>,
    /// The line of the instance under the cursor.
    pub(crate) selected: Option<usize>,
    /// The lines of marked instances.
    pub(crate) marked: Vec<usize>,
    /// The lines that are less important.
    pub(crate) dim: Vec<usize>,
    /// The column after the query, where the terminal's cursor belongs.
    pub(crate) column: usize,
}

/// Before the query, before the instance under the cursor, and, behind that, before a marked one.
const PROMPT: &str = "> ";
const CURSOR: char = '>';
const MARK: char = '*';

/// The lines that are no instances: the query, the titles, the line of details.
const OTHERS: usize = 3;

impl Picker {
    /// The frame for a terminal of this size. `shown` escapes texts of others.
    pub(crate) fn frame(&mut self, size: Size, now: u64, shown: impl Fn(&str) -> String) -> Frame {
        let has_all = size.rows > OTHERS;
        let others = if has_all { OTHERS } else { 1 };
        self.page = size.rows.saturating_sub(others).max(1);
        let (query, column) = self.query_line(size.columns, &shown);
        let mut lines = vec![query];
        let first = self.cursor / self.page * self.page;
        let page = self.found.iter().skip(first).take(self.page);
        let rows: Vec<Row> = page.map(|at| self.choices[*at].row.clone()).collect();
        let table = Table::of(&rows, style_of(&rows, size, now), &shown);
        if has_all {
            lines.push(format!("  {}", table.head().trim_end()));
        }
        let selected = lines.len() + self.cursor - first;
        let mut marked = vec![];
        for (row, line) in rows.iter().zip(table.lines(&rows, &shown).lines()) {
            let (mut cursor, mut mark) = (' ', ' ');
            if lines.len() == selected {
                cursor = CURSOR;
            }
            if self.marks.has(&row.id) {
                mark = MARK;
                marked.push(lines.len());
            }
            lines.push(format!("{cursor}{mark}{line}"));
        }
        let mut dim = vec![];
        if has_all {
            lines.resize(size.rows - 1, String::new());
            lines.push(self.last_line(now, &shown));
            dim.push(1);
            if self.marks.notice().is_none() {
                dim.push(size.rows - 1);
            }
        } else if let Some(notice) = self.marks.notice() {
            lines[0] = shown(&notice);
        }
        lines.truncate(size.rows);
        Frame {
            lines: lines.iter().map(|line| cut(line, size.columns)).collect(),
            selected: (!rows.is_empty() && selected < size.rows).then_some(selected),
            marked,
            dim,
            column: column.min(size.columns.saturating_sub(1)),
        }
    }

    /// The query, and how many instances match it. The end of a long query is shown.
    fn query_line(&self, width: usize, shown: impl Fn(&str) -> String) -> (String, usize) {
        let wait = if self.is_waiting { " …" } else { "" };
        let marked = match self.marks.count() {
            0 => String::new(),
            count => format!("{count} marked, "),
        };
        let count = format!("{marked}{}/{}{wait}", self.found.len(), self.choices.len());
        let room = width.saturating_sub(PROMPT.len() + 1);
        let mut typed = shown(&self.typed);
        while columns(&typed) > room && !typed.is_empty() {
            typed.remove(0);
        }
        let line = format!("{PROMPT}{typed}");
        let column = columns(&line);
        let gap = width.saturating_sub(column + columns(&count));
        if gap < 2 {
            return (line, column);
        }
        (format!("{line}{:gap$}{count}", ""), column)
    }

    /// What the user must know, else details of the instance under the cursor.
    fn last_line(&self, now: u64, shown: impl Fn(&str) -> String) -> String {
        let title = self.title.clone().filter(|_| !self.is_touched);
        if let Some(text) = self.marks.notice().or(self.note.clone()).or(title) {
            return shown(&text);
        }
        match self.current() {
            Some(row) => details(row, now, shown),
            None if self.is_waiting => "waiting for AWS".to_owned(),
            None if self.choices.is_empty() => "there are no instances".to_owned(),
            None => "none matches; Ctrl-U deletes what you have typed".to_owned(),
        }
    }
}

/// What the table has no room for.
/// The columns of the instances that are shown, behind the places of the cursor and the mark.
fn style_of(rows: &[Row], size: Size, now: u64) -> Style {
    Style {
        width: Some(size.columns.saturating_sub(PROMPT.len())),
        now,
        has_more: true,
        regions: has_several_regions(rows),
        profiles: rows.iter().any(|row| !row.profile.is_empty()),
    }
}

fn details(row: &Row, now: u64, shown: impl Fn(&str) -> String) -> String {
    let addresses = [
        row.private.map(|it| it.to_string()),
        row.public.map(|it| it.to_string()),
        row.ipv6.map(|it| it.to_string()),
    ];
    let addresses: Vec<String> = addresses.into_iter().flatten().collect();
    let age = row.age(now).map(|it| format!("launched {} ago", age(it)));
    let tags = row.tags.iter();
    let tags: Vec<String> = tags
        .map(|(key, value)| shown(&format!("{key}={value}")))
        .collect();
    let parts = [
        shown(&row.kind),
        shown(if row.zone.is_empty() {
            row.region.as_str()
        } else {
            &row.zone
        }),
        addresses.join(" "),
        age.unwrap_or_default(),
        tags.join(" "),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|it| !it.is_empty()).collect();
    parts.join(", ")
}
