//! What the image suggests.

use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::facts::Facts;
use crate::plan::os_user::{self, OsGuess, Software};

/// The family of the image, by its name, or else by what DescribeInstances says.
pub(in crate::plan::doctor) fn guess(facts: &Facts) -> Option<OsGuess> {
    let image = facts.instance.image.known().and_then(Option::as_ref);
    let details = facts.instance.details.known();
    let software = details.map(|it| Software {
        image_id: it.image.clone(),
        platform_details: it.platform.clone(),
        usage_operation: it.usage_operation.clone(),
        is_windows: it.is_windows,
    });
    image
        .and_then(os_user::by_image)
        .or_else(|| software.as_ref().and_then(os_user::by_software))
}

/// The user that the image suggests, if another one logs in.
pub(crate) fn another_user(facts: &Facts) -> Option<&'static str> {
    let Fact::Known(Ok(settings)) = &facts.ssh.settings else {
        return None;
    };
    let usual = guess(facts)?.family.user?;
    (usual != settings.login).then_some(usual)
}
