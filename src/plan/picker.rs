//! The picker: a list that is filtered by what is typed, and what is chosen of it. Keys in, rows and
//! a frame out; `world::tty::picker` has the terminal.

pub(crate) mod frame;
pub(crate) mod frecency;
pub(crate) mod keys;
mod marks;
mod matching;

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::HashMap;

use self::frecency::Picks;
use self::keys::Key;
use self::marks::Marks;
use self::matching::{Haystack, Query};
use super::list::row::{self, Row};
use super::target::ids::InstanceId;

/// The longest query, in characters.
const QUERY: usize = 200;

/// The state of the picker.
pub(crate) struct Picker {
    choices: Vec<Choice>,
    picks: Picks,
    query: Query,
    typed: String,
    /// The choices that match, the best first.
    found: Vec<usize>,
    /// Which of them is under the cursor.
    cursor: usize,
    /// Whether a key was pressed: until then, the cursor stays on the first one, whichever that is.
    is_touched: bool,
    marks: Marks,
    /// The rows of a page, as drawn last.
    page: usize,
    /// Whether AWS is still asked.
    pub(crate) is_waiting: bool,
    /// What to tell the user until a key is pressed.
    pub(crate) title: Option<String>,
    /// What to tell the user from now on.
    pub(crate) note: Option<String>,
}

/// An instance to choose.
struct Choice {
    row: Row,
    /// Made for the first query: the first frame of a long list does without.
    haystack: OnceCell<Haystack>,
    /// How often and how recently it was picked.
    score: f64,
}

/// What a key has led to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Draw again, and wait for the next key.
    Continue,
    /// These instances are chosen: at least one, and only one without
    /// [`with_marks`](Picker::with_marks).
    Chosen(Vec<Row>),
    Canceled,
}

impl Picker {
    /// A picker without instances, and with this query.
    pub(crate) fn new(picks: Picks, typed: String) -> Self {
        Self {
            choices: Vec::new(),
            picks,
            query: Query::of(&typed),
            typed,
            found: Vec::new(),
            cursor: 0,
            is_touched: false,
            marks: Marks::default(),
            page: 10,
            is_waiting: true,
            title: None,
            note: None,
        }
    }

    /// The same one, in which several instances can be marked and chosen.
    pub(crate) fn with_marks(mut self) -> Self {
        self.marks.are_allowed = true;
        self
    }

    /// Whether there are no instances.
    pub(crate) fn is_empty(&self) -> bool {
        self.choices.is_empty()
    }

    /// Replaces all instances. The cursor and the marks stay on the same ones.
    pub(crate) fn set(&mut self, mut rows: Vec<Row>, now: u64) {
        let current = self.current().filter(|_| self.is_touched).cloned();
        row::sort(&mut rows);
        let choice = |row: Row| Choice {
            haystack: OnceCell::new(),
            score: self.picks.score(&row.id, now),
            row,
        };
        self.choices = rows.into_iter().map(choice).collect();
        // Stable: those that were never picked stay sorted by name.
        self.choices.sort_by(|a, b| b.score.total_cmp(&a.score));
        self.filter();
        self.cursor = 0;
        if let Some(current) = current {
            self.put_cursor_on(&current);
        }
        if self.marks.count() > 0 {
            let rows = self.choices.iter().map(|it| (&it.row.id, &it.row));
            let rows: HashMap<&InstanceId, &Row> = rows.collect();
            self.marks.update(|id| rows.get(id).copied());
        }
    }

    /// Puts the cursor on the same instance in another list.
    fn put_cursor_on(&mut self, row: &Row) {
        let is_same = |at: &usize| self.choices[*at].row.id == row.id;
        match self.found.iter().position(is_same) {
            Some(at) => self.cursor = at,
            // Enter may be about to be pressed for it.
            None if self.marks.count() == 0 => self.marks.lose(row),
            None => {}
        }
    }

    /// Adds instances to those that are there.
    pub(crate) fn add(&mut self, rows: Vec<Row>, now: u64) {
        let all = self.choices.iter().map(|it| it.row.clone());
        self.set(all.chain(rows).collect(), now);
    }

    /// The instance under the cursor.
    pub(crate) fn current(&self) -> Option<&Row> {
        let at = self.found.get(self.cursor)?;
        Some(&self.choices.get(*at)?.row)
    }

    /// Takes a key.
    pub(crate) fn press(&mut self, key: Key) -> Step {
        self.is_touched = true;
        match key {
            Key::Enter => return self.enter(),
            Key::Mark => self.mark(Key::Down),
            Key::MarkUp => self.mark(Key::Up),
            Key::Cancel => return Step::Canceled,
            Key::Up => self.cursor = self.cursor.saturating_sub(1),
            Key::Down => self.down(1),
            Key::PageUp => self.cursor = self.cursor.saturating_sub(self.page),
            Key::PageDown => self.down(self.page),
            Key::Home => self.cursor = 0,
            Key::End => self.down(self.found.len()),
            Key::Char(c) if self.typed.chars().count() < QUERY => {
                self.typed.push(c);
                self.search();
            }
            Key::Char(_) => {}
            Key::Backspace => {
                self.typed.pop();
                self.search();
            }
            Key::DeleteLine => {
                self.typed.clear();
                self.search();
            }
            Key::DeleteWord => {
                let kept = self.typed.trim_end();
                let end = kept.rfind(char::is_whitespace).map_or(0, |at| at + 1);
                self.typed.truncate(end);
                self.search();
            }
        }
        Step::Continue
    }

    /// Chooses what is marked, else what is under the cursor.
    fn enter(&mut self) -> Step {
        if self.marks.acknowledge() {
            return Step::Continue;
        }
        let chosen = match self.marks.rows() {
            [] => self.current().into_iter().cloned().collect(),
            marked => marked.to_vec(),
        };
        if chosen.is_empty() {
            return Step::Continue;
        }
        Step::Chosen(chosen)
    }

    /// Marks the instance under the cursor, or takes its mark away; then moves on.
    fn mark(&mut self, next: Key) {
        let at = self.found.get(self.cursor).copied();
        if let Some(choice) = at.and_then(|at| self.choices.get(at)) {
            self.marks.toggle(&choice.row);
        }
        if self.marks.are_allowed {
            self.press(next);
        }
    }

    fn down(&mut self, rows: usize) {
        let last = self.found.len().saturating_sub(1);
        self.cursor = last.min(self.cursor.saturating_add(rows));
    }

    /// Filters by a changed query; the best match is under the cursor.
    fn search(&mut self) {
        self.query = Query::of(&self.typed);
        self.filter();
        self.cursor = 0;
    }

    fn filter(&mut self) {
        let query = &mut self.query;
        if query.is_empty() {
            self.found = (0..self.choices.len()).collect();
            return;
        }
        let score = |choice: &Choice| {
            let haystack = choice.haystack.get_or_init(|| Haystack::of(&choice.row));
            query.score(haystack)
        };
        let all = self.choices.iter().map(score).enumerate();
        let scored = all.filter_map(|(at, score)| Some((score?, at)));
        let mut scored: Vec<(u32, usize)> = scored.collect();
        // The choices are sorted already: of the same score, the first.
        scored.sort_by_key(|(score, at)| (Reverse(*score), *at));
        self.found = scored.into_iter().map(|(_, at)| at).collect();
    }
}

#[cfg(test)]
mod tests;
