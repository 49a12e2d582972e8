//! Session Manager.

use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::facts::Facts;
use crate::plan::doctor::finding::Finding;
use crate::plan::way::Way;

/// How to get in to repair what keeps keys from working.
pub(super) fn way_to_repair(facts: &Facts) -> &'static str {
    if facts.is_agent_online() {
        "log in with `mssh --shell`"
    } else {
        "log in with the key of its launch (`mssh -i KEY`)"
    }
}

pub(in crate::plan::doctor) fn agent(facts: &Facts) -> Vec<Finding> {
    let check = "session-manager";
    if !facts.is_running() {
        return Vec::new();
    }
    let Fact::Known(managed) = &facts.instance.agent else {
        return Finding::unknown(check, &facts.instance.agent);
    };
    let (what, fix) = match managed {
        Some(agent) if agent.is_online => {
            let version = agent.version.as_deref().unwrap_or("of unknown version");
            return vec![Finding::good(
                check,
                format!("the SSM Agent {version} is online"),
            )];
        }
        Some(_) => (
            "the SSM Agent has lost its connection",
            "restart amazon-ssm-agent, or the instance; it needs HTTPS to ssmmessages",
        ),
        None => (
            "the instance is not registered with Session Manager",
            "give its role the policy AmazonSSMManagedInstanceCore, and see that the SSM Agent runs",
        ),
    };
    vec![match need(facts) {
        Need::Only => Finding::bad(check, what)
            .because("--via ssm connects through it")
            .mended_by(fix),
        Need::Maybe => Finding::warning(check, what)
            .because("it is one way to an instance without a public address")
            .mended_by(fix),
        Need::None => Finding::good(check, what).because("this login does not need it"),
    }]
}

/// Whether a login needs Session Manager.
enum Need {
    Only,
    Maybe,
    None,
}

fn need(facts: &Facts) -> Need {
    let addresses = &facts.network.addresses;
    let is_public = addresses.iter().any(|it| it.way == Way::Public);
    match facts.way {
        _ if facts.login_succeeds() => Need::None,
        Way::Ssm => Need::Only,
        Way::Auto if !is_public => Need::Maybe,
        _ => Need::None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::only;
    use super::*;
    use crate::plan::doctor::facts::{Found, Managed};
    use crate::plan::doctor::finding::Verdict::{Bad, Good, Warning};
    use crate::plan::target::instance::Instance;

    #[test]
    fn an_agent_that_is_not_online_matters_where_a_login_needs_it() {
        let online = |is_online| {
            Some(Managed {
                is_online,
                version: Some("3.3.987.0".into()),
            })
        };
        for (managed, way, verdict) in [
            (online(true), Way::Public, Good),
            (online(true), Way::Ssm, Good),
            (online(false), Way::Public, Good),
            (online(false), Way::Auto, Warning),
            (online(false), Way::Ssm, Bad),
            (None, Way::Eice, Good),
            (None, Way::Auto, Warning),
            (None, Way::Ssm, Bad),
        ] {
            let mut facts = Facts {
                way,
                ..Facts::default()
            };
            facts.instance.agent = Fact::Known(managed.clone());
            assert!(agent(&facts).is_empty());
            facts.instance.found = Fact::Known(Ok(Found::One(Box::new(Instance::example()))));
            assert_eq!(only(&agent(&facts)).0, verdict, "{way:?} {managed:?}");
        }
    }
}
