//! The instance, as AWS describes it.

use super::aws::refused;
use crate::plan::aws::instance_error;
use crate::plan::doctor::fact::{Denial, Fact};
use crate::plan::doctor::facts::{Facts, Found};
use crate::plan::doctor::finding::Finding;
use crate::plan::os_user::advice;
use crate::plan::target::ids::Region;
use crate::plan::target::instance::State;

/// An instance that was launched less than this many seconds ago may still be booting.
const BOOT: i64 = 3 * 60;

pub(in crate::plan::doctor) fn found(facts: &Facts) -> Vec<Finding> {
    let check = "instance";
    let found = match &facts.instance.found {
        Fact::Known(Ok(found)) => found,
        Fact::Known(Err(failure)) => return vec![refused(check, failure)],
        Fact::Denied(denial) => return vec![look_up_denied(check, denial)],
        other => return Finding::unknown(check, other),
    };
    let typed = &facts.instance.typed;
    match found {
        Found::One(instance) => vec![Finding::good(check, instance.to_string())],
        Found::Several(lines) => vec![
            Finding::bad(
                check,
                format!("{typed} matches several: {}", lines.join("; ")),
            )
            .because("mssh connects to one instance, and does not guess")
            .mended_by("use the ID of one of them as the target"),
        ],
        Found::Nothing => not_here(check, facts),
    }
}

/// A look-up that is denied ends a login, too.
fn look_up_denied(check: &'static str, denial: &Denial) -> Finding {
    Finding::bad(check, denial.message.clone())
        .because("mssh looks up the instance's addresses with it")
        .mended_by(denial.fix.clone())
}

fn not_here(check: &'static str, facts: &Facts) -> Vec<Finding> {
    let typed = &facts.instance.typed;
    let region = match &facts.aws.region {
        Fact::Known(Ok(region)) => region.chosen.as_str(),
        _ => "this region",
    };
    let missing = Finding::bad(check, format!("{typed} is not in {region}"));
    match &facts.instance.elsewhere {
        Fact::Known(regions) => match regions.first() {
            Some(other) => vec![
                missing
                    .because(format!("it is in {}", regions.join(" and in ")))
                    .mended_by(format!("add `--region {other}`")),
            ],
            None => vec![
                missing
                    .because("no other enabled region of this account has it")
                    .mended_by("check what you typed, and the account: `--profile NAME`"),
            ],
        },
        other => {
            let mut findings =
                vec![missing.mended_by("check what you typed, --region and --profile")];
            findings.extend(Finding::unknown("other-regions", other));
            findings
        }
    }
}

pub(in crate::plan::doctor) fn state(facts: &Facts) -> Vec<Finding> {
    let check = "state";
    let Some(instance) = facts.instance() else {
        return Vec::new();
    };
    if instance.state == State::Running {
        return vec![Finding::good(check, "running")];
    }
    let region = match &facts.aws.region {
        Fact::Known(Ok(region)) => Region::parse(&region.name).ok(),
        _ => None,
    };
    let fix = region.and_then(|it| instance_error::start(&instance.id, &instance.state, &it));
    vec![Finding {
        fix,
        ..Finding::bad(check, instance.state.to_string())
            .because("only a running instance can be reached")
    }]
}

pub(in crate::plan::doctor) fn status(facts: &Facts) -> Vec<Finding> {
    let check = "status-checks";
    if !facts.is_running() {
        return Vec::new();
    }
    let Fact::Known(status) = &facts.instance.status else {
        return Finding::unknown(check, &facts.instance.status);
    };
    let what = format!("system {}, instance {}", status.system, status.instance);
    vec![match (status.system.as_str(), status.instance.as_str()) {
        ("impaired", _) => Finding::bad(check, what)
            .because("AWS's hardware or network below the instance is broken")
            .mended_by("stop and start the instance: it moves to other hardware"),
        (_, "impaired") => Finding::bad(check, what)
            .because("the operating system does not answer: it hangs, or has no network")
            .mended_by("look at the console: `mssh --serial`, or get-console-output; then reboot"),
        ("initializing", _) | (_, "initializing") => Finding::warning(check, what)
            .because("the instance has just started")
            .mended_by("wait a minute, and try again"),
        _ => Finding::good(check, what),
    }]
}

pub(in crate::plan::doctor) fn age(facts: &Facts) -> Vec<Finding> {
    let check = "age";
    let launched = facts.instance.details.known().and_then(|it| it.launched);
    let Some(age) = launched.map(|it| facts.aws.now - it) else {
        return Vec::new();
    };
    if age >= BOOT || !facts.is_running() {
        return Vec::new();
    }
    vec![
        Finding::warning(check, format!("launched {} seconds ago", age.max(0)))
            .because("it may still be booting: sshd may not run yet, nor take pushed keys")
            .mended_by("wait a minute, and try again"),
    ]
}

pub(in crate::plan::doctor) fn platform(facts: &Facts) -> Vec<Finding> {
    let check = "platform";
    let Fact::Known(details) = &facts.instance.details else {
        // The look-up is the same call.
        let is_said = matches!(facts.instance.found, Fact::Denied(_));
        let unknown = Finding::unknown(check, &facts.instance.details);
        return if is_said { Vec::new() } else { unknown };
    };
    if details.is_windows {
        let id = facts.instance.id.as_deref().unwrap_or("INSTANCE");
        let way = if facts.is_agent_online() {
            "ssm"
        } else {
            "eice"
        };
        return vec![
            Finding::bad(check, "Windows")
                .because("it has no EC2 Instance Connect, and usually no sshd")
                .mended_by(format!(
                    "use Remote Desktop: `mssh --listen 3389 {id}:3389 --{way}`"
                )),
        ];
    }
    match &details.platform {
        Some(platform) => vec![Finding::good(check, platform.clone())],
        None => Vec::new(),
    }
}

pub(in crate::plan::doctor) fn metadata(facts: &Facts) -> Vec<Finding> {
    let Fact::Known(details) = &facts.instance.details else {
        return Vec::new();
    };
    let check = "metadata";
    if !details.is_metadata_off {
        return vec![Finding::good(check, "the instance metadata service is on")];
    }
    let id = facts.instance.id.as_deref().unwrap_or("ID");
    vec![
        Finding::bad(check, "the instance metadata service is switched off")
            .because("EC2 Instance Connect on the instance reads the pushed keys from it")
            .mended_by(facts.network.commands.aws(&[
                "modify-instance-metadata-options",
                "--instance-id",
                id,
                "--http-endpoint",
                "enabled",
                "--http-tokens",
                "required",
            ])),
    ]
}

pub(in crate::plan::doctor) fn zone(facts: &Facts) -> Vec<Finding> {
    let zone = facts.instance().and_then(|it| it.zone.as_deref());
    let Some(zone) = zone.filter(|zone| !advice::has_service(zone)) else {
        return Vec::new();
    };
    vec![
        Finding::bad("zone", format!("{zone} is a Local Zone or Wavelength Zone"))
            .because("EC2 Instance Connect on the instance does not work there")
            .mended_by("log in with a key that is in its authorized_keys: `-i KEY`, or `--shell`"),
    ]
}

#[cfg(test)]
mod tests;
