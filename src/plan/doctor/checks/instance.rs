//! The instance, as AWS describes it.

use super::aws::refused;
use crate::plan::aws::instance_error;
use crate::plan::doctor::fact::{Denial, Fact};
use crate::plan::doctor::facts::{Facts, Found};
use crate::plan::doctor::finding::Finding;
use crate::plan::target::ids::Region;
use crate::plan::target::instance::{Instance, State};

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
                    .mended_by("check the ID, and the account: `--profile NAME`"),
            ],
        },
        other => {
            let mut findings = vec![missing.mended_by("check the ID, --region and --profile")];
            findings.extend(Finding::unknown("other-regions", other));
            findings
        }
    }
}

/// The instance, if it was found.
fn instance(facts: &Facts) -> Option<&Instance> {
    match &facts.instance.found {
        Fact::Known(Ok(Found::One(instance))) => Some(instance),
        _ => None,
    }
}

fn is_running(facts: &Facts) -> bool {
    instance(facts).is_some_and(|it| it.state == State::Running)
}

pub(in crate::plan::doctor) fn state(facts: &Facts) -> Vec<Finding> {
    let check = "state";
    let Some(instance) = instance(facts) else {
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
    if !is_running(facts) {
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
    if age >= BOOT || !is_running(facts) {
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
        return Finding::unknown(check, &facts.instance.details);
    };
    if details.is_windows {
        return vec![
            Finding::bad(check, "Windows")
                .because("it has no EC2 Instance Connect, and usually no sshd")
                .mended_by("use Remote Desktop: `mssh --listen 3389 INSTANCE:3389 --ssm`"),
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
    let zone = instance(facts).and_then(|it| it.zone.as_deref());
    let Some(zone) = zone.filter(|zone| !is_of_region(zone)) else {
        return Vec::new();
    };
    vec![
        Finding::bad("zone", format!("{zone} is a Local Zone or Wavelength Zone"))
            .because("EC2 Instance Connect on the instance does not work there")
            .mended_by("log in with a key that is in its authorized_keys: `-i KEY`, or `--shell`"),
    ]
}

/// Whether it is a zone of a region itself, as the program on the instance decides:
/// `^([a-z]+-){2,3}[0-9][a-z]$`.
fn is_of_region(zone: &str) -> bool {
    let parts: Vec<&str> = zone.split('-').collect();
    let Some((last, words)) = parts.split_last() else {
        return false;
    };
    let is_word = |it: &&str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_lowercase());
    (2..=3).contains(&words.len())
        && words.iter().all(is_word)
        && matches!(last.as_bytes(), [b'0'..=b'9', b'a'..=b'z'])
}

/// What a console says when the system does not come up, and what that means.
const TROUBLE: &[(&str, &str)] = &[
    ("Kernel panic", "the kernel has panicked"),
    ("You are in emergency mode", "it is in emergency mode"),
    ("Welcome to emergency mode", "it is in emergency mode"),
    ("Entering emergency mode", "it is in emergency mode"),
    (
        "UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY",
        "a file system needs fsck",
    ),
    (
        "Give root password for maintenance",
        "it waits for the root password",
    ),
];

pub(in crate::plan::doctor) fn console(facts: &Facts) -> Vec<Finding> {
    let check = "console";
    let Fact::Known(text) = &facts.instance.console else {
        return Finding::unknown(check, &facts.instance.console);
    };
    // A later boot may have succeeded.
    let last = TROUBLE
        .iter()
        .filter_map(|(words, meaning)| Some((text.rfind(words)?, meaning)))
        .max();
    let after = |at: usize| text[at..].contains(" login:");
    match last.filter(|(at, _)| !after(*at)) {
        Some((_, meaning)) => vec![
            Finding::bad(check, format!("by its console, {meaning}"))
                .because("sshd does not run then")
                .mended_by("repair it at the serial console (`mssh --serial`), or from its volume"),
        ],
        None => vec![Finding::good(check, "shows no panic and no emergency mode")],
    }
}

pub(in crate::plan::doctor) fn agent(facts: &Facts) -> Vec<Finding> {
    let check = "session-manager";
    let Fact::Known(managed) = &facts.instance.agent else {
        return Finding::unknown(check, &facts.instance.agent);
    };
    let needs = "only `--ssm`, `--shell` and private instances need it";
    vec![match managed {
        Some(agent) if agent.is_online => {
            let version = agent.version.as_deref().unwrap_or("of unknown version");
            Finding::good(check, format!("the SSM Agent {version} is online"))
        }
        Some(_) => Finding::warning(check, "the SSM Agent has lost its connection")
            .because(needs)
            .mended_by("restart amazon-ssm-agent, or the instance; it needs HTTPS to ssmmessages"),
        None => Finding::warning(check, "Session Manager does not know the instance")
            .because(needs)
            .mended_by("give its role the policy AmazonSSMManagedInstanceCore"),
    }]
}

#[cfg(test)]
mod tests;
