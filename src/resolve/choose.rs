//! The one of several instances that the user wants.

use tokio::sync::mpsc::unbounded_channel;

use crate::error::Error;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::list::row::Row;
use crate::plan::picker::Picker;
use crate::plan::target::candidate::{Candidate, Pick};
use crate::plan::target::ids::Region;
use crate::world::picks;
use crate::world::process::clock::seconds;
use crate::world::process::error::IoError;
use crate::world::tty::picker;

/// Chooses one of the instances that `what`, as typed, means: the only one, or that of `--newest`,
/// `--oldest` or `--any`. `None` if there is none.
///
/// This is the only place where several become one. On a terminal, the user is asked.
///
/// # Errors
/// [`InstanceError::Several`], [`InstanceError::NotChosen`].
pub(crate) async fn one(
    what: &str,
    mut found: Vec<Candidate>,
    pick: Option<Pick>,
) -> Result<Option<Candidate>, Error> {
    match (pick, found.len()) {
        (_, 0 | 1) => Ok(found.pop()),
        (Some(pick), _) => Ok(pick.of(found)),
        (None, _) if picker::can_ask() => Box::pin(ask(what, found)).await.map(Some),
        (None, _) => {
            let what = what.to_owned();
            Err(InstanceError::Several { what, found }.into())
        }
    }
}

async fn ask(what: &str, mut found: Vec<Candidate>) -> Result<Candidate, Error> {
    let mut picker = Picker::new(picks::read(), String::new());
    picker.is_waiting = false;
    picker.set(found.iter().map(row).collect(), seconds());
    picker.title = Some(format!("{what} matches {} instances", found.len()));
    let (_, updates) = unbounded_channel();
    let failed = |error| Error::from(IoError::Start(error));
    let chosen = picker::choose(picker, async { Ok(()) }, updates, failed).await?;
    let chosen = chosen.and_then(|rows| rows.into_iter().next());
    let chosen = chosen.ok_or(InstanceError::NotChosen)?;
    picks::add([&chosen.id], seconds());
    let is_chosen = |it: &Candidate| {
        let row = row(it);
        row.id == chosen.id && row.profile == chosen.profile
    };
    let at = found.iter().position(is_chosen).unwrap_or_default();
    Ok(found.swap_remove(at))
}

/// What the picker shows of an instance. Its type and tags are not known here.
fn row(candidate: &Candidate) -> Row {
    let instance = &candidate.instance;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Row {
        id: instance.id.clone(),
        name: text(&instance.name),
        state: instance.state.clone(),
        profile: text(&candidate.profile),
        // If there is only one, nothing shows it.
        region: candidate.region.clone().unwrap_or_else(Region::us_east_1),
        zone: text(&instance.zone),
        kind: String::new(),
        private: instance.private,
        public: instance.public,
        ipv6: instance.ipv6,
        launched: instance.launched.and_then(|it| u64::try_from(it).ok()),
        tags: Vec::new(),
    }
}
