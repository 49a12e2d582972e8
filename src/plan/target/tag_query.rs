//! Instances by what their tags say, for people who know no ID.
//!
//! ```text
//! web-1  web-*           the Name tag
//! tag:KEY=VALUE  tag:KEY the tag KEY
//! asg:NAME               the Auto Scaling group
//! ```

use std::fmt;

use super::bad_name::BadName;
use super::filter::Filter;
use super::glob::Glob;

/// A search by tags.
///
/// [`TagQuery::parse`] reads `tag:…` and `asg:…`, and [`TagQuery::name`] any other word as a Name tag;
/// names and values are [`Glob`]s. [`TagQuery::filters`] are the filters for one DescribeInstances,
/// which finds instances in any state but terminated. [`fmt::Display`] writes it as it was typed, and
/// [`TagQuery::what`] describes it in an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagQuery {
    kind: Kind,
    /// As typed.
    word: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// The Name tag.
    Name(Glob),
    /// A tag with this key and value. EC2 has no patterns for the key here.
    Tag(String, Glob),
    /// A tag with this key, and any value.
    Key(Glob),
    /// The Auto Scaling group.
    Group(Glob),
}

/// The tag that EC2 Auto Scaling gives to the instances of a group.
///
/// Source: "Tag Auto Scaling groups and instances" in the user guide of EC2 Auto Scaling.
pub(crate) const GROUP: &str = "aws:autoscaling:groupName";

/// What a word of this kind begins with.
pub(crate) const PREFIXES: [&str; 2] = ["tag:", "asg:"];

/// The longest key and value of a tag, in characters ("Tag restrictions" in the EC2 user guide). A
/// pattern may be twice as long, with a backslash before each character.
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 2 * 256;

/// The states of instances that exist.
const STATES: [&str; 4] = ["pending", "running", "stopping", "stopped"];

impl TagQuery {
    /// Reads `tag:KEY=VALUE`, `tag:KEY` or `asg:NAME`; `None` for any other word. The key ends at the
    /// first `=`.
    ///
    /// # Errors
    /// [`BadName::Tag`] without a key or a name, for one that no tag can have, and for control
    /// characters.
    pub(crate) fn parse(word: &str) -> Option<Result<Self, BadName>> {
        let kind = if let Some(tag) = word.strip_prefix("tag:") {
            match tag.split_once('=') {
                Some((key, value)) if is_key(key) && is_text(value) => {
                    Some(Kind::Tag(key.to_owned(), Glob::parse(value)))
                }
                None if is_key(tag) => Some(Kind::Key(Glob::parse(tag))),
                _ => None,
            }
        } else {
            let group = word.strip_prefix("asg:")?;
            let is_name = !group.is_empty() && is_text(group);
            is_name.then(|| Kind::Group(Glob::parse(group)))
        };
        let word = word.to_owned();
        Some(match kind {
            Some(kind) => Ok(Self { kind, word }),
            None => Err(BadName::Tag(word)),
        })
    }

    /// Instances with this Name tag.
    pub(crate) fn name(word: &str) -> Self {
        Self {
            kind: Kind::Name(Glob::parse(word)),
            word: word.to_owned(),
        }
    }

    /// The filters of DescribeInstances, all of which must match.
    pub(crate) fn filters(&self) -> Vec<Filter> {
        vec![self.filter(), not_gone()]
    }

    /// The one of these filters that is its own.
    pub(crate) fn filter(&self) -> Filter {
        let (name, value) = match &self.kind {
            Kind::Name(name) => ("tag:Name".to_owned(), name),
            Kind::Tag(key, value) => (format!("tag:{key}"), value),
            Kind::Key(key) => ("tag-key".to_owned(), key),
            Kind::Group(name) => (format!("tag:{GROUP}"), name),
        };
        Filter {
            name: name.into(),
            values: vec![value.to_string()],
        }
    }

    /// Whether it means an instance of this name, with these other tags.
    pub(crate) fn fits(&self, name: &str, tags: &[(String, String)]) -> bool {
        let of_key = |key: &str| match key {
            "Name" => Some(name).filter(|it| !it.is_empty()),
            key => tags
                .iter()
                .find(|(it, _)| it == key)
                .map(|(_, value)| value.as_str()),
        };
        match &self.kind {
            Kind::Name(wanted) => of_key("Name").is_some_and(|it| wanted.fits(it)),
            Kind::Tag(key, wanted) => of_key(key).is_some_and(|it| wanted.fits(it)),
            Kind::Group(wanted) => of_key(GROUP).is_some_and(|it| wanted.fits(it)),
            Kind::Key(wanted) => {
                let mut keys = tags.iter().map(|(key, _)| key.as_str());
                !name.is_empty() && wanted.fits("Name") || keys.any(|key| wanted.fits(key))
            }
        }
    }

    /// What it looks for, after the word "instance".
    pub(crate) fn what(&self) -> String {
        match &self.kind {
            Kind::Name(name) if name.is_literal() => format!("named {}", self.word),
            Kind::Name(_) => format!("whose name matches {}", self.word),
            Kind::Tag(key, value) => format!("with the tag {key}={value}"),
            Kind::Key(key) => format!("with a tag {key}"),
            Kind::Group(name) => format!("in the Auto Scaling group {name}"),
        }
    }
}

/// Matches the instances that exist: not those that are terminated, or about to be.
pub(crate) fn not_gone() -> Filter {
    Filter {
        name: "instance-state-name".into(),
        values: STATES.map(str::to_owned).into(),
    }
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.chars().count() <= LONGEST_KEY && is_text(key)
}

fn is_text(text: &str) -> bool {
    text.chars().count() <= LONGEST_VALUE && !text.contains(char::is_control)
}

/// As typed.
impl fmt::Display for TagQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first filter.
    fn filter(query: &TagQuery) -> (String, String) {
        let filter = &query.filters()[0];
        (filter.name.to_string(), filter.values.concat())
    }

    #[test]
    fn a_word_becomes_a_filter() {
        for (word, name, value) in [
            ("tag:role=web", "tag:role", "web"),
            ("tag:role=web-*", "tag:role", "web-*"),
            ("tag:role=", "tag:role", ""),
            ("tag:a=b=c", "tag:a", "b=c"),
            (r"tag:Name=we\*b 1", "tag:Name", r"we\*b 1"),
            ("tag:Name=-x/y:z,@", "tag:Name", "-x/y:z,@"),
            (
                "tag:aws:autoscaling:groupName=a",
                "tag:aws:autoscaling:groupName",
                "a",
            ),
            ("tag:role", "tag-key", "role"),
            ("tag:kubernetes.io/*", "tag-key", "kubernetes.io/*"),
            ("asg:web", "tag:aws:autoscaling:groupName", "web"),
        ] {
            let query = TagQuery::parse(word).expect("a query").expect("valid");
            assert_eq!(filter(&query), (name.into(), value.into()), "{word}");
            assert_eq!(query.to_string(), word);
        }
        let name = TagQuery::name(r"Bü\ro (1)");
        assert_eq!(filter(&name), ("tag:Name".into(), r"Bü\\ro (1)".into()));
        assert_eq!(name.filters()[1].values, STATES);
    }

    #[test]
    fn a_query_without_a_key_is_an_error() {
        let long = format!("tag:{}=x", "k".repeat(129));
        for bad in [
            "tag:",
            "tag:=web",
            "asg:",
            "tag:a=\x1b[2J",
            "tag:a\nb",
            &long,
        ] {
            let read = TagQuery::parse(bad);
            assert_eq!(read, Some(Err(BadName::Tag(bad.into()))), "{bad}");
        }
        for other in ["web-1", "tags:a=b", "Tag:a=b", "xtag:a"] {
            assert_eq!(TagQuery::parse(other), None);
        }
    }

    #[test]
    fn a_query_means_what_its_filter_matches() {
        let tags = [("role", "web"), (GROUP, "front")];
        let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned()));
        for (word, fits) in [
            ("tag:role=web", true),
            ("tag:role=w*", true),
            ("tag:role=db", false),
            ("tag:team=web", false),
            ("tag:Name=web-?", true),
            ("tag:role", true),
            ("tag:N*", true),
            ("tag:x*", false),
            ("asg:front", true),
            ("web-*", true),
            ("Web-1", false),
        ] {
            let query = match TagQuery::parse(word) {
                Some(query) => query.expect("valid"),
                None => TagQuery::name(word),
            };
            assert_eq!(query.fits("web-1", &tags), fits, "{word}");
        }
    }

    #[test]
    fn an_error_says_what_was_looked_for() {
        let what = |word: &str| match TagQuery::parse(word) {
            Some(query) => query.expect("valid").what(),
            None => TagQuery::name(word).what(),
        };
        assert_eq!(what("web-1"), "named web-1");
        assert_eq!(what("web-*"), "whose name matches web-*");
        assert_eq!(what("tag:role=web"), "with the tag role=web");
        assert_eq!(what("tag:role"), "with a tag role");
        assert_eq!(what("asg:web"), "in the Auto Scaling group web");
    }
}
