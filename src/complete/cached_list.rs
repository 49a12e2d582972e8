//! The cached lists of instances that belong to the words of a `--list`.

use std::ffi::OsString;

use crate::config;
use crate::plan::cli::config::apply::CommandWords;
use crate::plan::cli::grammar::Grammar;
use crate::plan::cli::places::{Place, Places};
use crate::plan::cli::{self, Options, Request};
use crate::plan::program::Program;
use crate::world::cache::InstanceCache;
use crate::world::tty::terminal::Terminal;

/// The cached list of one place.
pub(super) struct CachedList {
    /// Those of a `--list` of this place alone.
    pub(super) options: Options,
    pub(super) cache: InstanceCache,
}

impl CachedList {
    /// The lists that `mssh` with these words would write: none with `--no-cache`, and if something is
    /// wrong with the words or the files.
    pub(super) fn all(words: &[OsString], terminal: Terminal) -> Vec<Self> {
        let Some(options) = options(words, terminal) else {
            return Vec::new();
        };
        let caches = InstanceCache::all(&options, terminal).into_iter();
        caches.map(|cache| Self::of(cache, &options)).collect()
    }

    fn of(cache: InstanceCache, options: &Options) -> Self {
        let Place { profile, region } = cache.place.clone();
        let options = Options {
            profile: profile.or_else(|| options.profile.clone()),
            region: Some(region),
            places: Places::default(),
            ..options.clone()
        };
        Self { options, cache }
    }

    /// The words of a `--list` of this place alone.
    pub(super) fn words(&self) -> Vec<OsString> {
        let place = Place {
            profile: self.options.profile.clone(),
            region: self.cache.place.region.clone(),
        };
        let mut words = place.words();
        words.insert(0, "--list".into());
        words
    }
}

/// The options of the command line and of the configuration file.
fn options(words: &[OsString], terminal: Terminal) -> Option<Options> {
    let line = CommandWords {
        program: Program::Ssh,
        grammar: Grammar::of(Program::Ssh),
        words,
    };
    let request = cli::parse(line.program, line.grammar, words).ok()?;
    match config::applied(line, request, terminal).ok()? {
        Request::List(request) => Some(request.options),
        _ => None,
    }
}
