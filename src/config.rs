//! The configuration file of mssh: what it says for a request, `--show-config`, `--init-config`.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::plan::cli::Request;
use crate::plan::cli::config::apply::{CommandWords, apply, survey};
use crate::plan::cli::config::{Config, EXAMPLE, show};
use crate::plan::cli::usage::Usage;
use crate::world::config::{self, VARIABLE};
use crate::world::tty::printable::printable;
use crate::world::tty::terminal::Terminal;

/// The same request with what the file says for its destination. Without a file, the cost is to find
/// that it is missing.
///
/// # Errors
/// What is wrong with the file, or with what it and the words make together.
pub(crate) fn applied(
    line: CommandWords<'_>,
    request: Request,
    terminal: Terminal,
) -> Result<Request, Error> {
    let request = with_file(line, request, terminal)?;
    match request.options() {
        // The file may say that an instance is started.
        Some(it) if it.wait.is_some() && !it.start && !it.show_config => {
            Err(Usage::WaitAlone.into())
        }
        _ => Ok(request),
    }
}

fn with_file(
    line: CommandWords<'_>,
    request: Request,
    terminal: Terminal,
) -> Result<Request, Error> {
    let Some(debug) = request.options().map(|it| it.debug) else {
        return Ok(request);
    };
    if matches!(request, Request::ShowConfig(_)) {
        return Ok(request);
    }
    let path = config::path();
    let Some(content) = config::read(&path)? else {
        return Ok(request);
    };
    let config = parse(&path, content)?;
    let request = apply(line, request, &config)?;
    let terminal = terminal.with_verbosity(debug, false);
    for it in request.options().into_iter().flat_map(|it| &it.from_file) {
        terminal.debug(|| it.to_string());
    }
    terminal.debug(|| format!("read the configuration {}", path.display()));
    Ok(request)
}

/// What `--show-config` prints for this request.
///
/// # Errors
/// What is wrong with the file.
pub(crate) fn shown(line: CommandWords<'_>, request: &Request) -> Result<Vec<u8>, Error> {
    let path = config::path();
    let content = config::read(&path)?;
    let is_there = content.is_some();
    let config = parse(&path, content.unwrap_or_default())?;
    let settled = survey(line, request, &config)?;
    let origin = match (config::is_named(&path), is_there) {
        (true, _) => VARIABLE,
        (false, true) => "default",
        (false, false) => "default: not there",
    };
    let file = [&*path.to_string_lossy(), origin];
    let is_json = request.invocation().is_some_and(|it| it.options.json);
    Ok(if is_json {
        show::json(file, &settled)
    } else {
        show::table(file, &settled, printable)
    }
    .into_bytes())
}

fn parse(path: &Path, content: Vec<u8>) -> Result<Config, Error> {
    let shown = path.to_string_lossy().into_owned();
    Ok(Config::parse(shown, content, config::environment())?)
}

/// Writes the example, where no file is.
///
/// # Errors
/// If there is one, or it cannot be written.
pub(crate) fn init(terminal: Terminal) -> Result<(), Error> {
    let path: PathBuf = config::path();
    config::write_new(&path, EXAMPLE)?;
    terminal.info(&format!("wrote {}", path.display()));
    Ok(())
}
