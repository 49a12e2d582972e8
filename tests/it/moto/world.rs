//! The same instances in the lab and in moto, where IDs and public addresses differ.

use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use super::server::{Moto, element};
use crate::lab::instances::{
    STOPPED, State, TERMINATED, TWIN_STOPPED, TWIN1, TWIN2, WEB1, WEB2, find,
};

/// How test cases name the instances, and which of the lab they are.
const MEMBERS: [(&str, &str); 7] = [
    ("web1", WEB1),
    ("web2", WEB2),
    ("twin1", TWIN1),
    ("twin2", TWIN2),
    ("twin3", TWIN_STOPPED),
    ("stopped", STOPPED),
    ("terminated", TERMINATED),
];

/// What stands for `$web1`, `$web1.public`, `$web1.private` and so on.
pub(super) struct World {
    facts: Vec<(String, String)>,
}

impl World {
    pub(super) fn lab() -> Self {
        let mut facts = Vec::new();
        for (member, id) in MEMBERS {
            let instance = find(id).expect("an instance of the lab");
            facts.push((format!("${member}"), id.to_owned()));
            let addresses = [("public", instance.public), ("private", instance.private)];
            for (kind, address) in addresses {
                let address = address.map(str::to_owned);
                facts.extend(address.map(|it| (format!("${member}.{kind}"), it)));
            }
        }
        Self::sorted(facts)
    }

    /// The same instances, made in the shared server, once.
    pub(super) fn of_moto(moto: &Moto) -> &'static Self {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(|| Self::made_in(moto))
    }

    fn made_in(moto: &Moto) -> Self {
        let mut facts = Vec::new();
        for (member, id) in MEMBERS {
            let answer = run_instance(moto, id);
            let id = element(&answer, "instanceId");
            let elements = [("public", "ipAddress"), ("private", "privateIpAddress")];
            for (kind, name) in elements {
                facts.push((format!("${member}.{kind}"), element(&answer, name)));
            }
            facts.push((format!("${member}"), id));
            if member == "twin1" {
                // Launch times are in seconds.
                thread::sleep(Duration::from_millis(1100));
            }
        }
        Self::sorted(facts)
    }

    /// Longer texts first, since some contain others.
    fn sorted(mut facts: Vec<(String, String)>) -> Self {
        facts.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        Self { facts }
    }

    /// A word with the values of this world.
    pub(super) fn fill(&self, word: &str) -> String {
        let mut facts: Vec<_> = self.facts.iter().collect();
        facts.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let fill = |text: String, (name, value): &(String, String)| text.replace(name, value);
        facts.into_iter().fold(word.to_owned(), fill)
    }

    /// A text without what differs between the worlds.
    pub(super) fn normal(&self, text: &str) -> String {
        let mark = |text: String, (name, value): &(String, String)| text.replace(value, name);
        let text = self.facts.iter().fold(text.to_owned(), mark);
        let mut parts = text.split("\"launch_time\":\"");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, rest| {
            text + "\"launch_time\":\"…" + rest.split_once('"').map_or("", |(_, rest)| rest)
        })
    }
}

/// Makes an instance like one of the lab's. The answer of RunInstances.
pub(super) fn run_instance(moto: &Moto, of_lab: &str) -> String {
    let instance = find(of_lab).expect("an instance of the lab");
    let tags: Vec<(String, &str, &str)> = (1..)
        .zip(instance.tags())
        .map(|(number, (key, value))| (format!("TagSpecification.1.Tag.{number}"), key, value))
        .collect();
    let tags: Vec<(String, &str)> = tags
        .iter()
        .flat_map(|(at, key, value)| [(format!("{at}.Key"), *key), (format!("{at}.Value"), *value)])
        .collect();
    let mut parameters = vec![
        ("Action", "RunInstances"),
        ("ImageId", "ami-760aaa0f"),
        ("InstanceType", "t3.micro"),
        ("MinCount", "1"),
        ("MaxCount", "1"),
        ("Placement.AvailabilityZone", instance.zone),
        ("TagSpecification.1.ResourceType", "instance"),
    ];
    parameters.extend(instance.private.map(|it| ("PrivateIpAddress", it)));
    parameters.extend(tags.iter().map(|(name, value)| (name.as_str(), *value)));
    let answer = moto.call("ec2", &parameters);
    let id = element(&answer, "instanceId");
    let action = match instance.state {
        State::Stopped => "StopInstances",
        State::Terminated => "TerminateInstances",
        _ => return answer,
    };
    moto.call("ec2", &[("Action", action), ("InstanceId.1", &id)]);
    answer
}
