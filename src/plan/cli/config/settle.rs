//! Which value a key has for a destination, and where that is from.

use std::ffi::OsStr;
use std::fmt;

use super::keys::{Key, keys};
use super::{CREDENTIALS, Config};
use crate::plan::cli::options::{Name, Task};
use crate::plan::cli::scan::Scan;
use crate::plan::program::Program;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::plan::way::Way;

/// A value, and where it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) key: Key,
    /// Empty for credentials in the environment, which are not shown.
    pub(crate) value: String,
    pub(crate) origin: Origin,
}

/// Where a value is from. The first of these decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// What was typed: `--region`, `-i`, `user@`.
    Option(String),
    /// The target, which contains its region.
    Target,
    Variable(&'static str),
    /// The file: `PATH:LINE`.
    File(String),
}

impl fmt::Display for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, value, origin } = self;
        write!(f, "{} is {value} by {origin}", key.long)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(from) | Self::File(from) => f.write_str(from),
            Self::Variable(name) => f.write_str(name),
            Self::Target => f.write_str("the target's name"),
        }
    }
}

/// A command line as it was typed.
pub(super) struct Typed<'a> {
    pub(super) program: Program,
    pub(super) scan: &'a Scan,
    pub(super) task: Task,
}

/// The values of all keys that have one. A list has no destination: the defaults apply.
pub(super) fn settle(
    config: &Config,
    typed: &Typed<'_>,
    destination: Option<&Destination>,
) -> Vec<Settled> {
    let one = |key| of_key(key, config, typed, destination);
    let mut settled: Vec<Settled> = keys().filter_map(one).collect();
    let value_of = |name| settled.iter().find(|it| it.key.name == name).cloned();
    let (way, own_key) = (value_of(Name::Via), value_of(Name::Key));
    let way = way.and_then(|it| Way::parse(&it.value)).unwrap_or_default();
    let starts = value_of(Name::Start).is_some_and(|it| it.value == "true");
    let is_typed = |it: &Settled| matches!(it.origin, Origin::Option(_));
    let types_key_type = value_of(Name::KeyType).as_ref().is_some_and(is_typed);
    let task = match (way, typed.task) {
        (Way::Serial, Task::Connect) => Task::Serial,
        (_, task) => task,
    };
    // What the file says gives way to what it does not go with.
    settled.retain(|it| {
        let fits = match it.key.name {
            Name::Endpoint => way == Way::Eice,
            Name::KeyType => own_key.is_none(),
            Name::Key => !types_key_type,
            Name::Wait => starts,
            Name::InstanceId => !destination.is_some_and(has_id),
            _ => true,
        };
        !matches!(it.origin, Origin::File(_)) || fits && it.key.tasks.contains(&task)
    });
    settled
}

fn has_id(destination: &Destination) -> bool {
    matches!(destination.target, Target::Id(_) | Target::Node(_))
}

fn of_key(
    key: Key,
    config: &Config,
    typed: &Typed<'_>,
    destination: Option<&Destination>,
) -> Option<Settled> {
    let settled = |value: String, origin| Settled { key, value, origin };
    if let Some((value, origin)) = by_option(key, typed, destination) {
        return Some(settled(value, Origin::Option(origin)));
    }
    if let (Name::Region, Some(region)) = (key.name, destination.and_then(Destination::region)) {
        return Some(settled(region.to_string(), Origin::Target));
    }
    if let Some((name, value)) = by_variable(key, config) {
        return Some(settled(value.to_owned(), Origin::Variable(name)));
    }
    let setting = config.find(key, destination.map(Destination::name))?;
    if key.name == Name::Via
        && !Way::parse(&setting.value).is_some_and(|it| typed.task.accepts_way(it))
    {
        return None;
    }
    Some(settled(
        setting.value.clone(),
        Origin::File(config.place(setting)),
    ))
}

/// The value on the command line, and what was typed for it.
fn by_option(
    key: Key,
    typed: &Typed<'_>,
    destination: Option<&Destination>,
) -> Option<(String, String)> {
    let letter = |letter, name: &str| {
        let value = typed.scan.value(letter)?;
        Some((text(value), name.to_owned()))
    };
    match key.name {
        Name::Key => return letter(b'i', "-i"),
        Name::Login if typed.program == Program::Ssh && typed.scan.value(b'l').is_some() => {
            return letter(b'l', "-l");
        }
        Name::Login if let Some(login) = destination.and_then(|it| it.login.as_ref()) => {
            return Some((login.to_string(), "user@".to_owned()));
        }
        _ => {}
    }
    let means = |it: Name| {
        it == key.name
            || key.name == Name::Via && matches!(it, Name::Way(_))
            || key.name == Name::Region && it == Name::AllRegions
            || key.name == Name::Start && it == Name::NoStart
    };
    let mut ours = typed.scan.ours.iter().rev();
    if let Some((opt, value)) = ours.clone().find(|(opt, _)| means(opt.name)) {
        let value = match (opt.name, value) {
            (Name::Way(way), _) => way.name().to_owned(),
            (Name::AllRegions, _) => "every enabled one".to_owned(),
            (Name::NoStart, _) => "false".to_owned(),
            (_, None) => "true".to_owned(),
            (_, value) => text(value.as_deref().unwrap_or_default()),
        };
        return Some((value, format!("--{}", opt.long)));
    }
    // An endpoint without a way asks for a tunnel through it.
    let is_endpoint = |name| key.name == Name::Via && name == Name::Endpoint;
    let (endpoint, _) = ours.find(|(opt, _)| is_endpoint(opt.name))?;
    Some((Way::Eice.name().to_owned(), format!("--{}", endpoint.long)))
}

fn text(value: &OsStr) -> String {
    value.to_string_lossy().into_owned()
}

fn by_variable(key: Key, config: &Config) -> Option<(&'static str, &str)> {
    let names: &[&str] = match key.name {
        Name::Profile => &[
            "AWS_PROFILE",
            "AWS_DEFAULT_PROFILE",
            CREDENTIALS[0],
            CREDENTIALS[1],
        ],
        Name::Region => &["AWS_REGION", "AWS_DEFAULT_REGION"],
        _ => &[],
    };
    let variables = &config.environment.variables;
    names.iter().find_map(|name| {
        let (name, value) = variables.iter().find(|(set, _)| set == name)?;
        Some((*name, value.as_str()))
    })
}
