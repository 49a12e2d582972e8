//! Commands of the AWS CLI that mend what was found.

use std::ffi::OsStr;

use ipnet::IpNet;

use super::facts::CommandOptions;
use super::source::Source;
use crate::plan::argv::quote;

/// Prints the address that the internet sees, for a command to paste where we do not know it.
const ASK: &str = "\"$(curl -s https://checkip.amazonaws.com)/32\"";

impl CommandOptions {
    /// `aws ec2 …`, quoted for a shell.
    pub(crate) fn aws(&self, words: &[&str]) -> String {
        let mut all = vec!["aws", "ec2"];
        all.extend(words);
        all.extend(["--region", &self.region]);
        if let Some(profile) = &self.profile {
            all.extend(["--profile", profile]);
        }
        let line = quote::join(all.into_iter().map(OsStr::new));
        line.to_string_lossy().into_owned()
    }

    /// Lets a source into a port of a group.
    pub(super) fn open_to(&self, group: &str, port: u16, source: &Source) -> String {
        let (port_word, is_ipv6) = (port.to_string(), source.is_ipv6);
        let ingress = ["authorize-security-group-ingress", "--group-id", group];
        match source.block() {
            Some(block @ IpNet::V6(_)) => {
                let ranges = format!(
                    "IpProtocol=tcp,FromPort={port},ToPort={port},Ipv6Ranges=[{{CidrIpv6={block}}}]"
                );
                self.aws(&[&ingress[..], &["--ip-permissions", &ranges]].concat())
            }
            Some(block) => {
                let block = block.to_string();
                let rule = ["--protocol", "tcp", "--port", &port_word, "--cidr", &block];
                self.aws(&[&ingress[..], &rule].concat())
            }
            None if is_ipv6 => self.open_to_all_ipv6(group, port),
            None => {
                let rule = ["--protocol", "tcp", "--port", &port_word];
                let line = self.aws(&[&ingress[..], &rule].concat());
                format!("{line} --cidr {ASK}")
            }
        }
    }

    fn open_to_all_ipv6(&self, group: &str, port: u16) -> String {
        let ranges =
            format!("IpProtocol=tcp,FromPort={port},ToPort={port},Ipv6Ranges=[{{CidrIpv6=::/0}}]");
        let ingress = ["authorize-security-group-ingress", "--group-id", group];
        self.aws(&[&ingress[..], &["--ip-permissions", &ranges]].concat())
    }

    /// Lets the members of another group into a port of a group.
    pub(super) fn open_to_group(&self, group: &str, port: u16, other: &str) -> String {
        let port = port.to_string();
        self.aws(&[
            "authorize-security-group-ingress",
            "--group-id",
            group,
            "--protocol",
            "tcp",
            "--port",
            &port,
            "--source-group",
            other,
        ])
    }

    /// Lets the members of a group out to a port of another group's members.
    pub(super) fn let_out_to_group(&self, group: &str, port: u16, other: &str) -> String {
        let pairs = format!(
            "IpProtocol=tcp,FromPort={port},ToPort={port},UserIdGroupPairs=[{{GroupId={other}}}]"
        );
        self.aws(&[
            "authorize-security-group-egress",
            "--group-id",
            group,
            "--ip-permissions",
            &pairs,
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(profile: Option<&str>) -> CommandOptions {
        CommandOptions {
            region: "eu-west-1".to_owned(),
            profile: profile.map(str::to_owned),
        }
    }

    fn open(address: Option<&str>, is_ipv6: bool) -> String {
        let address = address.map(|it| it.parse().unwrap());
        options(None).open_to("sg-1", 22, &Source::internet(address, is_ipv6))
    }

    #[test]
    fn a_command_opens_the_port_to_one_address() {
        assert_eq!(
            open(Some("203.0.113.7"), false),
            "aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp --port 22 \
             --cidr 203.0.113.7/32 --region eu-west-1"
        );
        assert_eq!(
            open(Some("2001:db8::7"), true),
            "aws ec2 authorize-security-group-ingress --group-id sg-1 --ip-permissions \
             'IpProtocol=tcp,FromPort=22,ToPort=22,Ipv6Ranges=[{CidrIpv6=2001:db8::7/128}]' \
             --region eu-west-1"
        );
        assert_eq!(
            open(None, false),
            "aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp --port 22 \
             --region eu-west-1 --cidr \"$(curl -s https://checkip.amazonaws.com)/32\""
        );
    }

    #[test]
    fn what_a_shell_would_read_is_quoted() {
        let command = options(Some("it's $HOME")).aws(&["describe-vpcs", "--vpc-ids", "vpc-1;x"]);
        let expected = "aws ec2 describe-vpcs --vpc-ids 'vpc-1;x' --region eu-west-1 --profile \
                        'it'\\''s $HOME'";
        assert_eq!(command, expected);
    }
}
