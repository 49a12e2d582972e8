//! TOML to sections and settings. Every value is read by its option's own parser, also in sections
//! that apply to no host.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Mistake, position};
use super::keys::{self, Key, keys};
use super::{Config, Environment, Section, Setting};
use crate::plan::cli::Options;
use crate::plan::cli::options::Name;
use crate::plan::cli::usage::Usage;
use crate::plan::nearest::nearest;
use crate::plan::way::Way;

const DEFAULTS: &str = "defaults";
const HOST: &str = "host";

/// A mistake, and the byte where it is.
type Found<T> = Result<T, (usize, Mistake)>;

impl Config {
    /// Reads a file of this `path`.
    ///
    /// # Errors
    /// The first mistake in it.
    pub(crate) fn parse(
        path: String,
        content: Vec<u8>,
        environment: Environment,
    ) -> Result<Self, ConfigError> {
        let failed = |text: &str, (at, mistake)| {
            let (line, column) = position(text, at);
            let path = path.clone();
            ConfigError {
                path,
                line,
                column,
                mistake,
            }
        };
        let text = String::from_utf8(content).map_err(|bad| {
            let at = bad.utf8_error().valid_up_to();
            let valid = String::from_utf8_lossy(&bad.as_bytes()[..at]);
            failed(&valid, (at, Mistake::NotUtf8))
        })?;
        let sections = sections(&text).map_err(|found| failed(&text, found))?;
        Ok(Self {
            path,
            text,
            sections,
            environment,
        })
    }
}

/// All sections, in the order of the file, but the defaults last.
fn sections(text: &str) -> Found<Vec<Section>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    let begin = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
    // The parser's own order begins with what it finds in its first pass.
    if let Some(error) = errors.iter().min_by_key(|it| begin(it)) {
        return Err((begin(error), Mistake::Syntax(error.message().to_owned())));
    }
    let mut defaults = Vec::new();
    let mut hosts = Vec::new();
    for (at, name, value) in in_order(document.get_ref()) {
        match name {
            DEFAULTS => {
                let settings = settings(table(at, name, value)?, None)?;
                defaults.push(Section {
                    pattern: None,
                    settings,
                });
            }
            HOST => {
                for (at, pattern, value) in in_order(table(at, name, value)?) {
                    let settings = settings(table(at, pattern, value)?, Some(pattern))?;
                    let pattern = Some(pattern.to_owned());
                    hosts.push(Section { pattern, settings });
                }
            }
            _ if keys::find(name).is_some() => return Err((at, Mistake::NoSection(name.into()))),
            _ => {
                let word = name.to_owned();
                let nearest = nearest(name, [DEFAULTS, HOST].into_iter());
                return Err((at, Mistake::Section { word, nearest }));
            }
        }
    }
    hosts.append(&mut defaults);
    Ok(hosts)
}

/// The entries of a table in the order of the file, each with the byte where its key begins.
fn in_order<'a>(
    table: &'a DeTable<'_>,
) -> impl Iterator<Item = (usize, &'a str, &'a Spanned<DeValue<'a>>)> {
    let entries = table.iter();
    let entries = entries.map(|(key, value)| (key.span().start, &**key.get_ref(), value));
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|(at, ..)| *at);
    entries.into_iter()
}

fn table<'a>(at: usize, key: &str, value: &'a Spanned<DeValue<'a>>) -> Found<&'a DeTable<'a>> {
    match value.get_ref() {
        DeValue::Table(table) => Ok(table),
        other => Err((at, wrong_type(key, other, "section"))),
    }
}

fn wrong_type(key: &str, found: &DeValue<'_>, wanted: &'static str) -> Mistake {
    let found = match found {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    };
    Mistake::Type {
        key: key.to_owned(),
        found,
        wanted,
    }
}

/// The settings of a section.
fn settings(table: &DeTable<'_>, pattern: Option<&str>) -> Found<Vec<Setting>> {
    let mut settings = Vec::new();
    for (at, name, value) in in_order(table) {
        let key = match (keys::find(name), pattern, value.get_ref()) {
            (Some(key), ..) => key,
            (None, Some(pattern), DeValue::Table(_)) => {
                return Err((at, Mistake::Dotted(format!("{pattern}.{name}"))));
            }
            (None, ..) => return Err((at, unknown_key(name))),
        };
        if key.name == Name::InstanceId && pattern.is_none() {
            return Err((at, Mistake::OneHost(key.long)));
        }
        let begin = value.span().start;
        let value = text(key, value.get_ref()).map_err(|mistake| (begin, mistake))?;
        settings.push(Setting { key, value, at });
    }
    let way = way_of_endpoint(&settings);
    settings.extend(way);
    Ok(settings)
}

/// A value as it would be typed, once it is checked; `true` or `false` for a switch.
fn text(key: Key, value: &DeValue<'_>) -> Result<String, Mistake> {
    match value {
        DeValue::Boolean(is_on) if key.value.is_none() => Ok(is_on.to_string()),
        _ if key.value.is_none() => Err(Mistake::Switch(key.long)),
        DeValue::String(value) => check(key, value).map(|()| value.to_string()),
        other => Err(wrong_type(key.long, other, "string")),
    }
}

/// An endpoint without a way asks for a tunnel through it, as on the command line.
fn way_of_endpoint(settings: &[Setting]) -> Option<Setting> {
    let find = |name| settings.iter().find(|it| it.key.name == name);
    let endpoint = find(Name::Endpoint)?;
    find(Name::Via).is_none().then_some(())?;
    Some(Setting {
        key: keys().find(|key| key.name == Name::Via)?,
        value: Way::Eice.name().to_owned(),
        at: endpoint.at,
    })
}

fn unknown_key(name: &str) -> Mistake {
    Mistake::Key {
        word: name.to_owned(),
        nearest: nearest(name, keys().map(|key| key.long)),
    }
}

fn check(key: Key, value: &str) -> Result<(), Mistake> {
    if value.is_empty() {
        return Err(Mistake::Empty(key.long));
    }
    if key.name == Name::Key && !value.starts_with('/') && !value.starts_with("~/") {
        return Err(Mistake::Relative(value.to_owned()));
    }
    match Options::default().set_from_file(key, value) {
        Ok(()) => Ok(()),
        Err(Usage::BadChoice(key, word)) => Err(Mistake::Choice {
            nearest: nearest(&word, key.choices.iter().copied()),
            key: key.long,
            choices: key.choices,
            word,
        }),
        Err(usage) => Err(Mistake::Value(usage)),
    }
}

#[cfg(test)]
mod tests;
