//! The configuration file: each key has its effect in a run.
//!
//! - here: effects, and what comes before the file
//! - `refused`: mistakes with their places, permissions, and what a missing file costs
//! - `show`: `--show-config`, `--init-config`, `--debug`, `--doctor`

mod refused;
mod show;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::lab::console_output::ConsoleOutput;
use crate::lab::eice::ZONE_C;
use crate::lab::instances::{IN_EU_WEST_1, WEB1, WEB2};
use crate::lab::power::Power;
use crate::lab::{DESCRIBE_INSTANCES, SEND_SSH_PUBLIC_KEY};
use crate::sandbox::eice::service;
use crate::sandbox::{AwsUser, Outcome, SshUser, finish, pushes};

impl SshUser {
    /// A user with this configuration file.
    fn configured(text: &str) -> Self {
        let user = Self::with("");
        user.configures(text);
        user
    }

    fn configures(&self, text: &str) {
        let path = self.configuration();
        fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        fs::write(path, text).expect("a file");
    }

    fn configuration(&self) -> PathBuf {
        self.home.join(".config/mssh/config.toml")
    }

    /// One of our programs, which trusts the endpoints, with no region in the environment.
    fn of_config(&self, program: &str) -> Command {
        let mut command = self.command(program);
        command.env("AWS_CA_BUNDLE", service().certificate());
        command.env_remove("AWS_REGION");
        command
    }

    fn of_config_runs(&self, words: &[&str]) -> Outcome {
        finish(self.of_config("mssh").args(words))
    }
}

const US: &str = "[defaults]\nregion = \"us-east-1\"\n";

#[test]
fn a_region_applies_to_the_host_with_it() {
    let text = format!("{US}[host.\"{IN_EU_WEST_1}\"]\nregion = \"eu-west-1\"\n");
    let user = SshUser::configured(&text);
    for id in [WEB1, IN_EU_WEST_1] {
        user.of_config_runs(&[id, "echo in"]).prints("in\n");
    }
    let regions = user.caller.calls_of(SEND_SSH_PUBLIC_KEY);
    let regions: Vec<_> = regions.iter().map(|it| it.region.as_str()).collect();
    assert_eq!(regions, ["us-east-1", "eu-west-1"]);
    // An option, and then a variable, come before it.
    let error = |command: &mut Command| finish(command.arg(IN_EU_WEST_1)).stderr;
    let mut option = user.of_config("mssh");
    assert!(error(option.args(["-r", "us-east-1"])).contains("us-east-1 (set by --region)"));
    let mut variable = user.of_config("mssh");
    assert!(error(variable.env("AWS_REGION", "us-east-1")).contains("(set by AWS_REGION)"));
    let place = format!("in us-east-1 (set by {}:2)", user.configuration().display());
    let nowhere = user.of_config_runs(&["i-0123456789abcdef0"]).stderr;
    assert!(nowhere.contains(&place), "{nowhere}");
}

#[test]
fn one_mscp_copies_between_regions() {
    let text = format!("{US}[host.\"{IN_EU_WEST_1}\"]\nregion = \"eu-west-1\"\n");
    let user = SshUser::configured(&text);
    let mut mscp = user.of_config("mscp");
    mscp.args(["-q", &format!("{WEB1}:/etc/hostname")]);
    let outcome = finish(mscp.arg(format!("{IN_EU_WEST_1}:/dev/null")));
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let pushes = user.caller.calls_of(SEND_SSH_PUBLIC_KEY);
    let mut regions: Vec<_> = pushes.iter().map(|it| it.region.as_str()).collect();
    regions.sort_unstable();
    assert_eq!(regions, ["eu-west-1", "us-east-1"]);
}

#[test]
fn a_profile_applies_unless_the_environment_has_one_or_a_key() {
    let user = AwsUser::with("[default]\n$KEY[profile dev]\n$KEY[profile two]\n$KEY");
    let file = user.writes("mssh.toml", "[defaults]\nprofile = \"two\"\n");
    let file = file.aws("mssh.toml");
    let debug = |variables: &[(&str, &str)], words: &[&str]| {
        let mut mssh = user.mssh(&[&["-d"], words].concat());
        mssh.env("MSSH_CONFIG", &file);
        finish(mssh.envs(variables.iter().copied())).stderr
    };
    let key = user.caller.access_key().to_owned();
    let keys: &[_] = &[
        ("AWS_ACCESS_KEY_ID", &*key),
        ("AWS_SECRET_ACCESS_KEY", crate::lab::SECRET),
    ];
    for (variables, words, profile) in [
        (&[][..], &[][..], "two"),
        (&[("AWS_PROFILE", "dev")], &[], "dev"),
        (&[("AWS_PROFILE", "dev")], &["-u", "two"], "two"),
        (keys, &[], "default"),
    ] {
        let shown = debug(variables, words);
        let expected = format!("AWS configuration of profile {profile} and");
        assert!(
            shown.contains(&expected),
            "{variables:?} {words:?}: {shown}"
        );
    }
}

#[test]
fn a_login_is_the_user_where_nobody_names_one() {
    let user = SshUser::configured("[host.\"i-0face*\"]\nlogin = \"ubuntu\"\n");
    for words in [&[WEB1][..], &["-l", "fedora", WEB1]] {
        user.run("mssh", &[words, &["true"]].concat()).prints("");
    }
    fs::write(user.config(), format!("Host {WEB1}\nUser ec2-user\n")).expect("a file");
    user.run("mssh", &[WEB1, "true"]).prints("");
    user.run("mssh", &[WEB2, "true"]).prints("");
    let users = ["ubuntu", "fedora", "ec2-user"].map(|it| format!("{it}@{WEB1}"));
    let of_one = [&users[..], &[format!("ubuntu@{WEB2}")]].concat();
    assert_eq!(pushes(&user.caller), of_one);
    let place = format!("user ubuntu, named in {}:2", user.configuration().display());
    let verbose = user.run("mssh", &["-v", WEB2, "true"]);
    assert!(verbose.stderr.contains(&place), "{verbose:?}");
}

#[test]
fn a_way_applies_also_for_a_port_and_for_plain_ssh() {
    let user = SshUser::configured(&format!("{US}via = \"ssm\"\n"));
    for words in [&[WEB1][..], &["--via", "public", WEB1]] {
        user.of_config_runs(&[words, &["echo in"]].concat())
            .prints("in\n");
    }
    assert_eq!(user.caller.sessions().len(), 1);
    let dry = user.run("mssh", &["--dry-run", "--listen", "0", WEB1]);
    assert!(dry.stdout.contains("Session Manager"), "{dry:?}");
    let mut proxy = user.command("mssh");
    proxy.args([
        "--dry-run",
        "--agent-dir",
        "/tmp/none",
        "--proxy",
        WEB1,
        "22",
        "me",
    ]);
    let dry = finish(&mut proxy);
    assert!(dry.stdout.contains("Session Manager"), "{dry:?}");
}

#[test]
fn an_endpoint_is_a_way() {
    let text = format!("[host.\"{WEB2}\"]\neice-endpoint = \"{ZONE_C}\"\n");
    let user = SshUser::configured(&format!("{US}{text}"));
    user.of_config_runs(&[WEB2, "echo in"]).prints("in\n");
    user.of_config_runs(&["--via", "auto", WEB2, "echo in"])
        .prints("in\n");
    let endpoints = user.caller.tunnels();
    let endpoints: Vec<_> = endpoints.iter().map(|it| it.endpoint.as_str()).collect();
    assert_eq!(endpoints, [ZONE_C]);
}

#[test]
fn an_id_belongs_to_a_name() {
    let text = format!("[host.\"127.0.0.11\"]\ninstance-id = \"{WEB1}\"\n");
    let user = SshUser::configured(&text);
    user.run("mssh", &["127.0.0.11", "echo in"]).prints("in\n");
    let look_up = user.caller.calls_of(DESCRIBE_INSTANCES).remove(0);
    assert_eq!(look_up.instance_ids, [WEB1]);
}

#[test]
fn a_key_and_a_type_of_keys_apply() {
    let user = SshUser::configured("[defaults]\nkey-type = \"rsa\"\n");
    user.run("mssh", &[WEB1, "true"]).prints("");
    user.run(
        "ssh-keygen",
        &["-q", "-t", "ed25519", "-N", "", "-f", ".ssh/own"],
    )
    .prints("");
    user.configures("[defaults]\nkey-type = \"rsa\"\nkey = \"~/.ssh/own\"\n");
    user.run("mssh", &[WEB1, "true"]).prints("");
    let pushed = user.caller.calls_of(SEND_SSH_PUBLIC_KEY).into_iter();
    let pushed: Vec<String> = pushed.filter_map(|it| it.public_key).collect();
    assert!(pushed[0].starts_with("ssh-rsa "));
    let own = fs::read_to_string(user.dot_ssh("own.pub")).expect("a key");
    let key = |line: &str| line.split(' ').nth(1).map(str::to_owned);
    assert_eq!(key(pushed[1].trim()), key(own.trim()));
    user.is_clean();
}

#[test]
fn the_policy_for_host_keys_applies() {
    let user = SshUser::configured("[defaults]\nhost-key-alias = \"no\"\n");
    let dry = user.run("mssh", &["--dry-run", WEB1]);
    assert!(!dry.stdout.contains("HostKeyAlias"), "{dry:?}");
    let dry = user.run("mssh", &["--dry-run", "--host-key-alias", "yes", WEB1]);
    assert!(dry.stdout.contains("HostKeyAlias"), "{dry:?}");
    user.configures("[defaults]\nverify-host-key = \"require\"\n");
    fs::remove_file(user.dot_ssh("known_hosts")).expect("a file");
    user.caller.console(ConsoleOutput::default());
    let outcome = user.run("mssh", &[WEB1, "true"]);
    assert!(
        outcome.stderr.contains("cannot verify the host key"),
        "{outcome:?}"
    );
}

#[test]
fn an_instance_is_started_if_the_file_says_so() {
    let text = format!("{US}start = true\nwait = \"4m\"\n[host.\"{WEB2}\"]\nstart = false\n");
    let user = SshUser::configured(&text);
    let soon = Duration::from_millis(500);
    user.caller.power(Power::stopped(WEB1, soon));
    user.of_config_runs(&["-O", "check", WEB1]);
    assert!(user.caller.calls_of("StartInstances").is_empty());
    // The limit on the command line is for the start by the file.
    user.of_config_runs(&["--wait", "1m", WEB1, "echo in"])
        .prints("in\n");
    user.caller.power(Power::stopped(WEB2, soon));
    let left = user.of_config_runs(&[WEB2]);
    assert!(left.stderr.contains("is stopped"), "{left:?}");
    assert_eq!(user.caller.calls_of("StartInstances").len(), 1);
    let typed = user.of_config_runs(&["--wait", "1m", WEB2]);
    assert!(typed.stderr.contains("--wait needs --start"), "{typed:?}");
}
