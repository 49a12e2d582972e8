//! ssh's settings for the destination.

use super::aws::refused;
use super::{image, login};
use crate::plan::doctor::fact::Fact;
use crate::plan::doctor::facts::Facts;
use crate::plan::doctor::finding::Finding;

pub(in crate::plan::doctor) fn settings(facts: &Facts) -> Vec<Finding> {
    let check = "ssh-config";
    let settings = match &facts.ssh.settings {
        Fact::Known(Ok(settings)) => settings,
        Fact::Known(Err(failure)) => return vec![refused(check, failure)],
        other => return Finding::unknown(check, other),
    };
    let mut findings = vec![Finding::good(check, settings.line.clone())];
    if let Some(proxy) = &settings.proxy {
        findings.push(
            Finding::good("proxy", proxy.clone())
                .because("ssh connects through it, and mssh only pushes the key"),
        );
    }
    if let Some(socket) = &settings.master {
        findings.push(
            Finding::good("master", format!("a master connection runs at {socket}"))
                .because("ssh uses it, so that no key is pushed: `ssh -O exit` ends it"),
        );
    }
    findings
}

pub(in crate::plan::doctor) fn user(facts: &Facts) -> Vec<Finding> {
    let Fact::Known(Ok(settings)) = &facts.ssh.settings else {
        return Vec::new();
    };
    let mut findings = Finding::unknown("image", &facts.instance.image);
    let reason = settings.login_reason.clone();
    let Some(guess) = image::guess(facts) else {
        findings.push(Finding::good("user", reason));
        return findings;
    };
    let family = guess.family.name;
    findings.push(match guess.family.user {
        Some(usual) if usual != settings.login && !facts.login_succeeds() => {
            Finding::warning("user", reason)
                .because(format!(
                    "{}: on {family} it is usually {usual}",
                    guess.reason
                ))
                .mended_by(format!("log in as {usual}: `-l {usual}`"))
        }
        _ => Finding::good("user", reason).because(guess.reason.clone()),
    });
    let lacks_package = guess.has_instance_connect == Some(false) && guess.family.user.is_some();
    if lacks_package && !facts.login_succeeds() {
        findings.push(
            Finding::warning(
                "package",
                format!("{family} comes without EC2 Instance Connect"),
            )
            .because("without the package ec2-instance-connect, sshd knows no pushed key")
            .mended_by(login::install(facts)),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::only;
    use super::*;
    use crate::plan::doctor::facts::SshSettings;
    use crate::plan::doctor::finding::Verdict::{Good, Warning};
    use crate::plan::os_user::Image;

    #[test]
    fn proxy_and_master_are_findings_of_their_own() {
        let mut facts = Facts::default();
        facts.ssh.settings = Fact::Known(Ok(SshSettings {
            line: "HostName web".into(),
            login: "me".into(),
            login_reason: "user me, named in ssh_config".into(),
            proxy: Some("proxyjump bastion".into()),
            master: Some("/run/web".into()),
        }));
        let checks: Vec<_> = settings(&facts).iter().map(|it| it.check).collect();
        assert_eq!(checks, ["ssh-config", "proxy", "master"]);
        assert_eq!(only(&user(&facts)), (Good, "user me, named in ssh_config"));
    }

    #[test]
    fn the_user_is_compared_with_the_images() {
        for (name, login, verdicts) in [
            ("al2023-ami-2023.5", "ec2-user", &[("user", Good)][..]),
            (
                "ubuntu/images/hvm-ssd/ubuntu-noble-24.04",
                "me",
                &[("user", Warning)],
            ),
            (
                "Rocky-9-EC2-Base",
                "rocky",
                &[("user", Good), ("package", Warning)],
            ),
            ("mine", "me", &[("user", Good)]),
        ] {
            let mut facts = Facts::default();
            facts.ssh.settings = Fact::Known(Ok(SshSettings {
                login: login.into(),
                ..SshSettings::default()
            }));
            facts.instance.image = Fact::Known(Some(Image {
                name: name.into(),
                ..Image::default()
            }));
            let found = user(&facts);
            let found: Vec<_> = found.iter().map(|it| (it.check, it.verdict)).collect();
            assert_eq!(found, verdicts, "{name}");
        }
    }
}
