//! The cached list of instances that belongs to the words of a `--list`.

use std::ffi::OsString;

use crate::config;
use crate::plan::cli::config::apply::CommandWords;
use crate::plan::cli::grammar::Grammar;
use crate::plan::cli::list::ListRequest;
use crate::plan::cli::places::Place;
use crate::plan::cli::{self, Request};
use crate::plan::program::Program;
use crate::world::aws::configured_region;
use crate::world::cache::InstanceCache;
use crate::world::tty::terminal::Terminal;

/// The cached list that `mssh --list` with these words would write.
pub(super) struct CachedList {
    pub(super) request: ListRequest,
    pub(super) words: Vec<OsString>,
    pub(super) cache: InstanceCache,
}

impl CachedList {
    /// `None` with `--no-cache`, without a configured region, and if something is wrong with the words
    /// or the files.
    pub(super) fn of(words: Vec<OsString>, terminal: Terminal) -> Option<Self> {
        let line = CommandWords {
            program: Program::Ssh,
            grammar: Grammar::of(Program::Ssh),
            words: &words,
        };
        let request = cli::parse(line.program, line.grammar, &words).ok()?;
        let Request::List(request) = config::applied(line, request, terminal).ok()? else {
            return None;
        };
        let options = &request.options;
        // Those of the configuration file.
        if options.places.are_several() {
            return None;
        }
        let region = match &options.region {
            Some(region) => region.clone(),
            None => configured_region(options.profile.as_deref()).ok()??,
        };
        let place = Place {
            profile: None,
            region,
        };
        let cache = InstanceCache::of(options, &place, terminal)?;
        Some(Self {
            request: *request,
            words,
            cache,
        })
    }
}
