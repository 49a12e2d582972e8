//! The cached lists of instances for a command line. A list that is old is refreshed meanwhile, for the
//! next time.

use super::cached_list::CachedList;
use super::{Line, refresh};
use crate::plan::cli::complete::instances::{self, Offer};
use crate::plan::cli::complete::lists::list_words;

impl Line<'_> {
    /// What the cached lists have for this word.
    pub(super) fn instances(&self, only_ids: bool, typed: &str) -> Vec<Offer> {
        let Some(words) = list_words(self.program, self.grammar, self.words) else {
            return Vec::new();
        };
        let lists = CachedList::all(&words, self.terminal);
        // Of many, only those are refreshed that are there; and one at a time.
        let is_only = lists.len() == 1;
        let mut is_started = false;
        let mut offers = Vec::new();
        for cached in lists {
            let list = cached.cache.read();
            if !is_started && (is_only || list.is_some()) {
                is_started = refresh::start_if_due(&cached, list.as_ref());
            }
            if let Some(list) = list {
                offers.extend(if only_ids {
                    instances::ids(&list, typed)
                } else {
                    instances::targets(&list, self.program, typed)
                });
            }
        }
        offers
    }
}
