//! What AWS says about the caller and the instance.

use std::time::SystemTime;

use futures_util::future::join_all;

use super::limits::{self, Limits};
use super::settings::{DestinationSettings, not_begun};
use crate::error::Error;
use crate::plan::aws::clock::Seconds;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::cli::invocation::Invocation;
use crate::plan::doctor::fact::{Fact, Failure};
use crate::plan::doctor::facts::{Answer, Details, Found, InstanceFacts};
use crate::plan::key_type::KeyType;
use crate::plan::os_user::Image;
use crate::plan::target::candidate::Pick;
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::{InstanceId, Login, Region};
use crate::plan::target::lookup::Lookup;
use crate::plan::way::Way;
use crate::resolve::find;
use crate::world::aws::error::AwsError;
use crate::world::aws::{PushRequest, PushTarget, Regional};
use crate::world::key;
use crate::world::key::ephemeral::EphemeralKey;

type Identified = (Answer<String>, Fact<i64>, InstanceFacts);

/// Asks for all of it at once; where only the look-up gives the ID, for the rest after it.
pub(super) async fn gather(
    invocation: &Invocation,
    (destination, settings): (&Destination, &DestinationSettings),
    place: Option<&Regional<'_>>,
    limits: &Limits,
) -> Identified {
    let mut facts = InstanceFacts {
        typed: destination.name().to_owned(),
        ..InstanceFacts::default()
    };
    let Some(place) = place else {
        return (Fact::NotAsked, Fact::NotAsked, facts);
    };
    let lookup = match &settings.lookup {
        Fact::Known(Ok(lookup)) => lookup,
        other => {
            facts.found = not_begun(other);
            let (identity, ahead) = identity(place, limits).await;
            return (identity, ahead, facts);
        }
    };
    let login = settings.login.as_ref();
    let ((identity, ahead), facts) = tokio::join!(
        identity(place, limits),
        about(facts, lookup, (invocation, login), place, limits)
    );
    (identity, ahead, facts)
}

async fn identity(place: &Regional<'_>, limits: &Limits) -> (Answer<String>, Fact<i64>) {
    let mut there = None;
    let call = async {
        let (arn, date) = place.identity().await;
        there = date;
        arn
    };
    let answer = limits.answer(call).await;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.map_or(0, |it| Seconds::try_from(it.as_secs()).unwrap_or_default());
    let ahead = match there {
        Some(there) => Fact::Known(now - there),
        None => Fact::Failed(Failure::new("AWS has not told its time")),
    };
    (answer, ahead)
}

async fn about(
    mut facts: InstanceFacts,
    lookup: &Lookup,
    (invocation, login): (&Invocation, Option<&Login>),
    place: &Regional<'_>,
    limits: &Limits,
) -> InstanceFacts {
    let typed = facts.typed.clone();
    let pick = invocation.options.pick;
    let finding = found((lookup, pick), &typed, place, limits);
    if let Lookup::Id(id) = lookup {
        let rest = by_id(id, (invocation, login), place, limits);
        let (found, rest) = tokio::join!(finding, rest);
        facts = InstanceFacts { found, ..rest };
    } else {
        let answer = finding.await;
        if let Fact::Known(Ok(Found::One(instance))) = &answer {
            facts = by_id(&instance.id, (invocation, login), place, limits).await;
        }
        facts.found = answer;
    }
    if facts.found == Fact::Known(Ok(Found::Nothing)) {
        // Whatever else was asked about it has failed for that reason.
        facts = InstanceFacts {
            id: facts.id,
            found: facts.found,
            elsewhere: elsewhere(lookup, place, limits).await,
            ..InstanceFacts::default()
        };
    }
    facts.typed = typed;
    facts
}

async fn found(
    (lookup, pick): (&Lookup, Option<Pick>),
    typed: &str,
    place: &Regional<'_>,
    limits: &Limits,
) -> Answer<Found> {
    let finding = async {
        match find::instance(lookup, typed, pick, place).await {
            Ok(instance) => Ok(Found::One(Box::new(instance))),
            Err(error) if limits::is_not_found(&error) => Ok(Found::Nothing),
            Err(Error::Instance(InstanceError::Several { found, .. })) => Ok(Found::Several(
                found.iter().map(ToString::to_string).collect(),
            )),
            Err(error) => Err(error),
        }
    };
    limits.answer(finding).await
}

/// What needs the ID only.
async fn by_id(
    id: &InstanceId,
    (invocation, login): (&Invocation, Option<&Login>),
    place: &Regional<'_>,
    limits: &Limits,
) -> InstanceFacts {
    let ((details, image), status, agent, console, push) = tokio::join!(
        details_and_image(id, place, limits),
        limits.fact(place.status(id)),
        limits.fact(place.managed(id)),
        limits.fact(place.console_output(id)),
        push(id, (invocation, login), place, limits),
    );
    InstanceFacts {
        id: Some(id.to_string()),
        details,
        image,
        console: console.map(|text| String::from_utf8_lossy(&text).into_owned()),
        status: flat(status),
        agent,
        push,
        ..InstanceFacts::default()
    }
}

/// More about the instance, and its image after that.
async fn details_and_image(
    id: &InstanceId,
    place: &Regional<'_>,
    limits: &Limits,
) -> (Fact<Details>, Fact<Option<Image>>) {
    let details = flat(limits.fact(place.details(id)).await);
    let image = match details.known().and_then(|it| it.image.as_deref()) {
        Some(image) => limits.fact(place.image(image)).await,
        None => Fact::NotAsked,
    };
    (details, image)
}

/// Nothing is a fact about an instance that does not exist.
fn flat<T>(fact: Fact<Option<T>>) -> Fact<T> {
    match fact {
        Fact::Known(Some(value)) => Fact::Known(value),
        Fact::Known(None) | Fact::NotAsked => Fact::NotAsked,
        Fact::Denied(denial) => Fact::Denied(denial),
        Fact::Failed(failure) => Fact::Failed(failure),
    }
}

/// Pushes the user's own key, or one whose private half is gone at once.
async fn push(
    id: &InstanceId,
    (invocation, login): (&Invocation, Option<&Login>),
    place: &Regional<'_>,
    limits: &Limits,
) -> Answer<()> {
    let options = &invocation.options;
    let Some(login) = login.filter(|_| !options.dry_run) else {
        return Fact::NotAsked;
    };
    let push = async {
        let key = match invocation.identity() {
            Some(file) => key::public_half(file)?,
            None => EphemeralKey::generate(KeyType::Ed25519)?.line().to_owned(),
        };
        let target = match options.via {
            Way::Serial => PushTarget::Serial,
            _ => PushTarget::User(login.for_push()?, None),
        };
        let request = PushRequest { id, target };
        Ok::<_, Error>(place.push(request, &key, |_| ()).await?)
    };
    limits.answer(push).await
}

/// The other enabled regions that have the instance.
async fn elsewhere(lookup: &Lookup, place: &Regional<'_>, limits: &Limits) -> Fact<Vec<String>> {
    let regions = match limits.fact(place.enabled_regions()).await {
        Fact::Known(regions) => regions,
        Fact::Denied(denial) => return Fact::Denied(denial),
        Fact::Failed(failure) => return Fact::Failed(failure),
        Fact::NotAsked => return Fact::NotAsked,
    };
    let others = regions.into_iter().filter(|it| *it != place.region);
    let asked = others.map(|region| async move {
        let other = place.elsewhere(region.clone());
        (region, limits.fact(has(lookup, &other)).await)
    });
    let answers: Vec<(Region, Fact<bool>)> = join_all(asked).await;
    let has_it = answers.iter().filter(|(_, it)| *it == Fact::Known(true));
    let has_it: Vec<String> = has_it.map(|(region, _)| region.to_string()).collect();
    let failed = answers.into_iter().find_map(|(region, it)| match it {
        Fact::Failed(failure) => Some((region, failure)),
        _ => None,
    });
    match failed {
        Some((region, failure)) if has_it.is_empty() => Fact::Failed(Failure {
            message: format!("{region}: {}", failure.message),
            ..failure
        }),
        _ => Fact::Known(has_it),
    }
}

async fn has(lookup: &Lookup, place: &Regional<'_>) -> Result<bool, AwsError> {
    match lookup {
        Lookup::Id(id) => Ok(place.instance(id).await?.is_some()),
        Lookup::Filters(filters) => Ok(!place.instances(filters).await?.is_empty()),
        Lookup::Found(_) => Ok(true),
        Lookup::Tags(query) => Ok(!place.tagged(query).await?.is_empty()),
    }
}
