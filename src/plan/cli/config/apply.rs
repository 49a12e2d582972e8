//! A request, with what the file says for its destinations.

use std::ffi::OsString;

use super::Config;
use super::keys::{Key, keys};
use super::settle::{Origin, Settled, Typed, settle};
use crate::plan::cli::grammar::Grammar;
use crate::plan::cli::invocation::{LoginChoice, Word};
use crate::plan::cli::listen::Forward;
use crate::plan::cli::options::{Name, Task};
use crate::plan::cli::scan::{self, Flag, Scan};
use crate::plan::cli::usage::Usage;
use crate::plan::cli::{Options, Request, request_of, values};
use crate::plan::program::Program;
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::{Login, Region};
use crate::plan::way::Way;

/// The user's words, with what is needed to read them.
#[derive(Clone, Copy)]
pub(crate) struct CommandWords<'a> {
    pub(crate) program: Program,
    pub(crate) grammar: Grammar,
    pub(crate) words: &'a [OsString],
}

/// The values of all keys that have one, for the first destination of a request that these words are.
///
/// # Errors
/// None for words that were read before.
pub(crate) fn survey(
    line: CommandWords<'_>,
    request: &Request,
    config: &Config,
) -> Result<Vec<Settled>, Usage> {
    let scan = scan::scan(line.program, line.grammar, line.words)?;
    let typed = typed(line.program, &scan)?;
    let first = request.invocation().and_then(|it| it.destinations().next());
    let mut settled = first.map_or(Vec::new(), |it| settle(config, &typed, Some(it)));
    if let Some(forward) = request.forward() {
        drop_way(&mut settled, forward);
    }
    Ok(settled)
}

/// Drops the way that the file sets, as the run does, if it does not lead to a forwarded port.
fn drop_way(settled: &mut Vec<Settled>, forward: &Forward) {
    let of_file = |it: &Settled, name| it.key.name == name && matches!(it.origin, Origin::File(_));
    let way = settled.iter().find(|it| of_file(it, Name::Via));
    let way = way.and_then(|it| Way::parse(&it.value));
    if way.is_some_and(|way| !forward.fits(way)) {
        settled.retain(|it| !of_file(it, Name::Via) && !of_file(it, Name::Endpoint));
    }
}

/// The same request with what the file says; `plain` if that is nothing.
///
/// # Errors
/// Another value for another destination, and what is wrong with the words that they make together.
pub(crate) fn apply(
    line: CommandWords<'_>,
    plain: Request,
    config: &Config,
) -> Result<Request, Usage> {
    let scan = scan::scan(line.program, line.grammar, line.words)?;
    let typed = typed(line.program, &scan)?;
    if let Request::List(_) | Request::Each(_) = plain {
        let from_file = from_file(settle(config, &typed, None));
        return request_with(from_file, line.program, scan, config);
    }
    let Some(invocation) = plain.invocation() else {
        return Ok(plain);
    };
    let (mut destinations, _) = invocation.distinct_destinations();
    if !matches!(plain, Request::Connect(_)) {
        destinations.truncate(1);
    }
    let of_one = |it: &&Destination| from_file(settle(config, &typed, Some(it)));
    let of_each: Vec<Vec<Settled>> = destinations.iter().map(of_one).collect();
    let from_file = common(&destinations, &of_each)?;
    if from_file.is_empty() {
        return Ok(plain);
    }
    let mut request = request_with(from_file, line.program, scan, config)?;
    if let (Request::Connect(invocation), true) = (&mut request, destinations.len() > 1) {
        // Each destination gets its own.
        if invocation.options.in_file(Name::Region).is_some() {
            invocation.options.region = None;
        }
        set_regions(&mut invocation.words, &destinations, &of_each)?;
    }
    Ok(request)
}

/// The request of these words, with these values where they have none.
fn request_with(
    from_file: Vec<Settled>,
    program: Program,
    mut scan: Scan,
    config: &Config,
) -> Result<Request, Usage> {
    let mut options = Options::default();
    for it in &from_file {
        match it.key.name {
            Name::Key => add_key(&mut scan, config.with_home(&it.value)),
            _ => options.set_from_file(it.key, &it.value)?,
        }
    }
    options.from_file = from_file;
    let (options, _) = values::read_onto(options, &scan)?;
    request_of(program, options, scan)
}

fn typed(program: Program, scan: &Scan) -> Result<Typed<'_>, Usage> {
    let (options, _) = values::read(scan)?;
    Ok(Typed {
        program,
        task: Task::of(&options, scan),
        scan,
    })
}

fn from_file(settled: Vec<Settled>) -> Vec<Settled> {
    let is_from_file = |it: &Settled| matches!(it.origin, Origin::File(_));
    settled.into_iter().filter(is_from_file).collect()
}

/// What the file says for all destinations. Regions may differ.
///
/// # Errors
/// [`Usage::Differs`].
fn common(destinations: &[&Destination], of_each: &[Vec<Settled>]) -> Result<Vec<Settled>, Usage> {
    let mut all: Vec<Settled> = Vec::new();
    for key in keys() {
        let value = |of: &Vec<Settled>| of.iter().find(|it| it.key == key).cloned();
        let mut values = of_each.iter().map(value).zip(destinations);
        let Some((first, one)) = values.next() else {
            continue;
        };
        all.extend(first.clone());
        for (other, another) in values {
            let same = value_of(first.as_ref()) == value_of(other.as_ref());
            match key.name {
                Name::Region => all.extend(other),
                Name::Login if one.login.is_some() || another.login.is_some() => all.extend(other),
                _ if same => {}
                _ => {
                    let (one, another) = (one.name().to_owned(), another.name().to_owned());
                    return Err(Usage::Differs(key.long, one, another));
                }
            }
        }
    }
    Ok(all)
}

fn value_of(settled: Option<&Settled>) -> Option<&str> {
    settled.map(|it| it.value.as_str())
}

/// Sets the region of each destination that the file has one for.
fn set_regions(
    words: &mut [Word],
    destinations: &[&Destination],
    of_each: &[Vec<Settled>],
) -> Result<(), Usage> {
    for word in words {
        let Word::Destination(destination) = word else {
            continue;
        };
        let is_same = |it: &&Destination| it.name() == destination.name();
        let at = destinations.iter().position(is_same);
        let mut settled = at.iter().flat_map(|&at| &of_each[at]);
        if let Some(region) = settled.find(|it| it.key.name == Name::Region) {
            destination.set_region(Region::parse(&region.value)?);
        }
    }
    Ok(())
}

/// Adds ssh's `-i` with this file before all other words.
fn add_key(scan: &mut Scan, file: String) {
    let moved = scan.flags.iter_mut().map(|flag| &mut flag.at);
    let moved = moved.chain(&mut scan.operands).chain(&mut scan.refused);
    moved.for_each(|at| *at += 1);
    scan.words.insert(0, format!("-i{file}").into());
    scan.flags.push(Flag {
        letter: b'i',
        value: Some(file.into()),
        late: false,
        at: 0,
    });
}

impl Config {
    /// A path in which `~/` stands for the home directory.
    fn with_home(&self, path: &str) -> String {
        match path.strip_prefix("~/") {
            Some(below) => format!("{}/{below}", self.environment.home),
            None => path.to_owned(),
        }
    }
}

impl Options {
    /// Takes a value of the file: that of the option, but any user as `login`, and `true` or `false`
    /// for a switch.
    ///
    /// # Errors
    /// A bad value.
    pub(super) fn set_from_file(&mut self, key: Key, value: &str) -> Result<(), Usage> {
        if key.value.is_none() && value == "false" {
            return Ok(());
        }
        if key.name == Name::Login && value != "auto" {
            let login = Login::parse(value)?;
            self.login = LoginChoice::Named(login.for_push()?.clone());
            return Ok(());
        }
        self.set(key, value)
    }

    /// What the file sets for an option.
    pub(crate) fn in_file(&self, name: Name) -> Option<&Settled> {
        self.from_file.iter().find(|it| it.key.name == name)
    }

    /// The places of the regions that the file sets.
    pub(crate) fn region_places(&self) -> Vec<(Region, String)> {
        let regions = self.from_file.iter();
        let regions = regions.filter(|it| it.key.name == Name::Region);
        let place = |it: &Settled| Some((Region::parse(&it.value).ok()?, it.origin.to_string()));
        regions.filter_map(place).collect()
    }
}
