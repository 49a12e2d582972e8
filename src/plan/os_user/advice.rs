//! What to tell the user about an instance on which EC2 Instance Connect does not work, or not for
//! this user.

use super::{OsGuess, Software, by_software};
use crate::plan::target::ids::{InstanceId, Login};
use crate::plan::target::instance::Instance;

/// A login as the default user, which nobody named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DefaultLogin {
    pub(crate) id: InstanceId,
    /// The target as the user typed it, without a user.
    pub(crate) typed: String,
    pub(crate) software: Software,
}

/// Why a key that is pushed will not work on this instance, as far as `DescribeInstances` tells.
pub(crate) fn warnings(instance: &Instance) -> Vec<String> {
    let id = &instance.id;
    let mut warnings = Vec::new();
    if by_software(&instance.software).is_some_and(|it| it.family.user.is_none()) {
        warnings.push(format!(
            "{id} runs Windows, which has no EC2 Instance Connect"
        ));
    } else if instance.metadata_off {
        warnings.push(format!(
            "the metadata service of {id} is switched off: EC2 Instance Connect on it cannot get keys"
        ));
    }
    if let Some(zone) = instance.zone.as_deref().filter(|it| !has_service(it)) {
        warnings.push(format!(
            "{id} is in {zone}, where EC2 Instance Connect does not work"
        ));
    }
    warnings
}

/// Whether the agent on an instance works in this zone, and not one of a Local or Wavelength Zone: it
/// ends unless the zone is like `us-east-1a` (`eic_run_authorized_keys` of
/// aws-ec2-instance-connect-config).
pub(crate) fn has_service(zone: &str) -> bool {
    let parts: Vec<&str> = zone.split('-').collect();
    let is_word = |it: &&str| !it.is_empty() && it.bytes().all(|b| b.is_ascii_lowercase());
    match parts.as_slice() {
        [words @ .., last] => {
            (2..=3).contains(&words.len())
                && words.iter().all(is_word)
                && matches!(last.as_bytes(), [b'0'..=b'9', b'a'..=b'z'])
        }
        [] => false,
    }
}

impl DefaultLogin {
    /// What may be wrong if sshd has refused our key, by what the image suggests.
    pub(crate) fn hint(&self, guess: &OsGuess) -> Option<String> {
        let (id, family) = (&self.id, guess.family);
        let user = family.user?;
        if user != Login::ec2_user().as_str() {
            let typed = &self.typed;
            return Some(format!(
                "the image of {id} is {}: try `mssh {user}@{typed}`",
                family.name
            ));
        }
        (guess.has_instance_connect == Some(false)).then(|| {
            format!(
                "the image of {id} is {}, which comes without EC2 Instance Connect: install the \
                 package ec2-instance-connect there",
                family.name
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Image, by_image};
    use super::*;

    fn login() -> DefaultLogin {
        DefaultLogin {
            id: InstanceId::parse("i-0abcdef0").expect("an ID"),
            typed: "web".to_owned(),
            software: Software::default(),
        }
    }

    fn hint(image: &str) -> Option<String> {
        let image = Image {
            name: image.to_owned(),
            ..Image::default()
        };
        login().hint(&by_image(&image)?)
    }

    #[test]
    fn a_refused_login_gets_the_user_or_the_package() {
        let ubuntu = hint("ubuntu/images/ubuntu-jammy-22.04-amd64");
        let expected = "the image of i-0abcdef0 is Ubuntu: try `mssh ubuntu@web`";
        assert_eq!(ubuntu.as_deref(), Some(expected));
        let rhel = hint("RHEL-9.4.0_HVM-20240605").expect("a hint");
        assert!(rhel.contains("without EC2 Instance Connect"), "{rhel}");
        assert_eq!(hint("al2023-ami-2023.4.20240611.0"), None);
        assert_eq!(hint("Windows_Server-2022"), None);
    }

    #[test]
    fn zones_of_regions_have_the_service() {
        for zone in ["us-east-1a", "us-gov-west-1b"] {
            assert!(has_service(zone), "{zone}");
        }
        for zone in ["us-west-2-lax-1a", "us-east-1-wl1-bos-wlz-1", "", "a"] {
            assert!(!has_service(zone), "{zone}");
        }
    }

    #[test]
    fn an_instance_may_have_several_troubles_but_windows_one() {
        let mut instance = Instance::example();
        instance.zone = Some("us-east-1a".to_owned());
        assert_eq!(warnings(&instance), Vec::<String>::new());
        instance.metadata_off = true;
        instance.zone = Some("us-west-2-lax-1a".to_owned());
        assert_eq!(warnings(&instance).len(), 2);
        instance.zone = None;
        instance.software.is_windows = true;
        let expected = "i-0abcdef0 runs Windows, which has no EC2 Instance Connect";
        assert_eq!(warnings(&instance), [expected]);
    }
}
