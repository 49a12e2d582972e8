//! Which instances a query matches, and how well.
//!
//! Each word must match somewhere: the letters of the name in their order, with gaps; else a part of the
//! ID, an address and the like; else a part of a tag. With gaps, almost anything would match in a
//! long list of tags.

use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::plan::list::row::Row;

/// What a match in the name counts more than one elsewhere.
const NAME: u32 = 1000;

/// What a query is compared with.
pub(super) struct Haystack {
    name: String,
    /// ID, state, zone, type and addresses.
    facts: String,
    tags: String,
}

impl Haystack {
    pub(super) fn of(row: &Row) -> Self {
        let addresses = [
            row.private.map(|it| it.to_string()),
            row.public.map(|it| it.to_string()),
            row.ipv6.map(|it| it.to_string()),
        ];
        let addresses = addresses.map(Option::unwrap_or_default);
        let (id, state) = (row.id.as_str(), &row.state);
        let (region, zone, kind) = (&row.region, &row.zone, &row.kind);
        let tags = row
            .tags
            .iter()
            .map(|(key, value)| format!("{key}={value} "));
        Self {
            name: row.name.clone(),
            facts: format!(
                "{id} {state} {region} {zone} {kind} {}",
                addresses.join(" ")
            ),
            tags: tags.collect(),
        }
    }
}

/// What the user has typed.
pub(super) struct Query {
    words: Vec<Word>,
    matcher: Matcher,
    /// Reused for texts that are not ASCII.
    buffer: Vec<char>,
}

/// A word of it, to be matched with gaps and without. Only a capital letter makes upper and lower case
/// differ.
struct Word {
    fuzzy: Atom,
    part: Atom,
}

impl Query {
    pub(super) fn of(typed: &str) -> Self {
        let atom =
            |word, kind| Atom::new(word, CaseMatching::Smart, Normalization::Smart, kind, false);
        let words = typed.split_whitespace().map(|word| Word {
            fuzzy: atom(word, AtomKind::Fuzzy),
            part: atom(word, AtomKind::Substring),
        });
        Self {
            words: words.collect(),
            matcher: Matcher::new(Config::DEFAULT),
            buffer: Vec::new(),
        }
    }

    /// Whether it matches everything.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How well it matches; `None` if it does not.
    pub(super) fn score(&mut self, haystack: &Haystack) -> Option<u32> {
        let (matcher, buffer) = (&mut self.matcher, &mut self.buffer);
        let mut score = |atom: &Atom, text: &str| {
            let score = atom.score(Utf32Str::new(text, buffer), matcher);
            score.map(u32::from)
        };
        let mut total = 0;
        for word in &self.words {
            let name = score(&word.fuzzy, &haystack.name).map(|score| score + NAME);
            let best = name.or_else(|| score(&word.part, &haystack.facts));
            total += best.or_else(|| score(&word.part, &haystack.tags))?;
        }
        Some(total)
    }
}
