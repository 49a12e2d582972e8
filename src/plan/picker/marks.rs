//! The instances that are marked, to be chosen together.

use crate::plan::list::row::Row;
use crate::plan::target::ids::InstanceId;
use crate::plan::target::instance::State;

/// The marked instances, and what has become of others.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Whether there can be any.
    pub(super) are_allowed: bool,
    marked: Vec<Row>,
    /// Those that a newer list does not have as they were, in words. Until the user has seen it, Enter
    /// chooses nothing: it was meant for all that were marked.
    lost: Vec<String>,
}

impl Marks {
    /// Marks an instance, or takes its mark away.
    pub(super) fn toggle(&mut self, row: &Row) {
        if !self.are_allowed {
            return;
        }
        match self.marked.iter().position(|it| it.id == row.id) {
            Some(at) => drop(self.marked.remove(at)),
            None => self.marked.push(row.clone()),
        }
    }

    pub(super) fn has(&self, id: &InstanceId) -> bool {
        self.marked.iter().any(|it| it.id == *id)
    }

    pub(super) fn count(&self) -> usize {
        self.marked.len()
    }

    /// The marked instances, in the order in which they were marked.
    pub(super) fn rows(&self) -> &[Row] {
        &self.marked
    }

    /// Takes a newer list, of which `find` knows all: an instance that is not there any more, or has
    /// stopped, is no longer marked.
    pub(super) fn update<'a>(&mut self, find: impl Fn(&InstanceId) -> Option<&'a Row>) {
        for old in std::mem::take(&mut self.marked) {
            match find(&old.id) {
                None => self.lose(&old),
                Some(new) if old.state == State::Running && new.state != State::Running => {
                    self.lost.push(format!("{} is {}", name(new), new.state));
                }
                Some(new) => self.marked.push(new.clone()),
            }
        }
    }

    /// An instance that the user was about to choose is not there any more.
    pub(super) fn lose(&mut self, row: &Row) {
        let gone = format!("{} is gone", name(row));
        if !self.lost.contains(&gone) {
            self.lost.push(gone);
        }
    }

    /// What the user must be told before anything is chosen; it is not escaped.
    pub(super) fn notice(&self) -> Option<String> {
        let unmarked = if self.are_allowed {
            ": no longer marked"
        } else {
            ""
        };
        let lost = self.lost.join(", ");
        let notice = format!("{lost}{unmarked}; press Enter to go on");
        Some(notice).filter(|_| !lost.is_empty())
    }

    /// The user has been told. Whether there was something to tell.
    pub(super) fn acknowledge(&mut self) -> bool {
        !std::mem::take(&mut self.lost).is_empty()
    }
}

/// The name of an instance, else its ID.
fn name(row: &Row) -> &str {
    if row.name.is_empty() {
        row.id.as_str()
    } else {
        &row.name
    }
}
