//! The instances of a cached list, as targets.
//!
//! The texts are foreign. Only what is read again as the same target is offered: no name that would be
//! taken for an address, an ID, or `user@host`. Any name can be had as `tag:Name=NAME`.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;

use crate::plan::cache::{Entry, Snapshot};
use crate::plan::program::Program;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::plan::target::glob::literal;
use crate::plan::target::tag_query::{GROUP, PREFIXES};

/// A word to offer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) word: String,
    /// A description.
    pub(crate) about: String,
    /// Whether it is a target. Else more is to be typed, as after `tag:`.
    pub(crate) is_target: bool,
}

/// The IDs, in no order.
pub(crate) fn ids(list: &Snapshot, typed: &str) -> Vec<Offer> {
    let mut offers = Offers::for_word(Program::Ssh, typed);
    list.entries().for_each(|entry| offers.add_id(entry));
    offers.all()
}

/// The targets that begin with what is typed: names; IDs, if that is wanted; queries by tags. In no
/// order.
pub(crate) fn targets(list: &Snapshot, program: Program, typed: &str) -> Vec<Offer> {
    let mut offers = Offers::for_word(program, typed);
    match typed.split_once(':') {
        Some(("tag", rest)) => match rest.split_once('=') {
            Some((key, _)) => offers.add_values(list, &format!("tag:{key}="), key),
            None => offers.add_keys(list),
        },
        Some(("asg", _)) => offers.add_values(list, "asg:", GROUP),
        Some(_) => {}
        None => offers.add_instances(list),
    }
    offers.all()
}

/// The tag that is the name.
const NAME: &str = "Name";

struct Offers<'a> {
    program: Program,
    typed: &'a str,
    /// Each word with the number of its instances, and the description of the first.
    targets: HashMap<String, (usize, String)>,
    open: Vec<String>,
}

impl<'a> Offers<'a> {
    fn for_word(program: Program, typed: &'a str) -> Self {
        Self {
            program,
            typed,
            targets: HashMap::new(),
            open: Vec::new(),
        }
    }

    fn add_instances(&mut self, list: &Snapshot) {
        let wants_ids = begins("i-", self.typed) || begins(self.typed, "i-");
        let wants_ids = wants_ids && !self.typed.is_empty();
        for entry in list.entries() {
            let name = entry.name();
            if wants_ids || name.is_empty() {
                self.add_id(entry);
            }
            let word = literal(&name);
            if begins(&word, self.typed) {
                self.add(word, is_name, || about(entry.id(), entry));
            }
        }
        let [tag, group] = PREFIXES;
        if list.entries().next().is_some() {
            self.add_open(tag.to_owned());
        }
        if begins(group, self.typed) && list.has_tag(GROUP) {
            self.add_open(group.to_owned());
        }
    }

    fn add_id(&mut self, entry: Entry<'_>) {
        let id = entry.id();
        if begins(id, self.typed) {
            let is_id = |target: &Target| matches!(target, Target::Id(_));
            self.add(id.into(), is_id, || about(&entry.name(), entry));
        }
    }

    /// The keys of tags. AWS's own are many, and are offered once they are asked for.
    fn add_keys(&mut self, list: &Snapshot) {
        let mut keys: HashSet<Cow<'_, str>> = HashSet::new();
        for entry in list.entries() {
            keys.extend(entry.tags().map(|(key, _)| key));
        }
        keys.insert(NAME.into());
        let wants_awss = begins(self.typed, "tag:aws");
        for key in keys {
            let is_key = !key.contains('=') && (wants_awss || !key.starts_with("aws:"));
            if is_key && is_query(&format!("tag:{key}")) {
                self.add_open(format!("tag:{key}="));
            }
        }
    }

    /// The values of a tag, each after this prefix.
    fn add_values(&mut self, list: &Snapshot, prefix: &str, key: &str) {
        for entry in list.entries() {
            let value = match key {
                NAME => Some(entry.name()),
                key => entry.tags().find(|it| it.0 == key).map(|it| it.1),
            };
            let Some(value) = value.filter(|it| !it.is_empty()) else {
                continue;
            };
            let word = format!("{prefix}{}", literal(&value));
            if begins(&word, self.typed) {
                let is_query = |target: &Target| matches!(target, Target::Tags(_));
                self.add(word.into(), is_query, || about(entry.id(), entry));
            }
        }
    }

    fn add(
        &mut self,
        word: Cow<'_, str>,
        is_meant: impl FnOnce(&Target) -> bool,
        about: impl FnOnce() -> String,
    ) {
        if !target(self.program, &word).is_some_and(|it| is_meant(&it)) {
            return;
        }
        let found = self.targets.entry(word.into_owned());
        found.or_insert_with(|| (0, about())).0 += 1;
    }

    fn add_open(&mut self, word: String) {
        if begins(&word, self.typed) {
            self.open.push(word);
        }
    }

    /// In no order.
    fn all(self) -> Vec<Offer> {
        let whole = self
            .targets
            .into_iter()
            .map(|(word, (count, about))| Offer {
                word,
                about: match count {
                    1 => about,
                    _ => format!("{count} instances"),
                },
                is_target: true,
            });
        let open = self.open.into_iter().map(|word| Offer {
            word,
            about: String::new(),
            is_target: false,
        });
        whole.chain(open).collect()
    }
}

/// The name or ID, and the state if the instance does not run.
fn about(what: &str, entry: Entry<'_>) -> String {
    match (what, entry.state()) {
        (_, "running") => what.to_owned(),
        ("", state) => state.to_owned(),
        (_, state) => format!("{what}, {state}"),
    }
}

/// Whether a word begins with this, upper and lower case being the same.
fn begins(word: &str, typed: &str) -> bool {
    let begin = word.get(..typed.len());
    begin.is_some_and(|it| it.eq_ignore_ascii_case(typed))
}

fn is_name(target: &Target) -> bool {
    match target {
        Target::Host(_) => true,
        Target::Tags(query) => !PREFIXES.iter().any(|it| query.to_string().starts_with(it)),
        Target::Id(_) | Target::Node(_) | Target::Address(_) | Target::Aws(_) => false,
    }
}

fn is_query(word: &str) -> bool {
    matches!(Target::parse(word), Ok(Target::Tags(_)))
}

/// The target that this word is read as; `None` if only a part of it is.
fn target(program: Program, word: &str) -> Option<Target> {
    let with_colon = match program {
        Program::Scp => format!("{word}:"),
        Program::Ssh | Program::Sftp => word.to_owned(),
    };
    let read = Destination::parse(program, OsStr::new(&with_colon)).ok()?;
    let is_whole = read.login.is_none() && read.port.is_none() && read.host == word;
    is_whole.then_some(read.target)
}

#[cfg(test)]
mod tests;
