//! Which host is used for a service, and how often, as seen by a proxy that refuses all.

use super::{file, with};
use crate::lab::instances::WEB1;
use crate::lab::{Caller, DESCRIBE_INSTANCES, Fault, Tinyproxy, Trouble};
use crate::sandbox::{caller, finish, lab};

/// A look-up only.
const LOOK_UP: &[&str] = &["--dry-run", WEB1];

/// A push only.
const PUSH: &[&str] = &["-t", WEB1, "-z", "us-east-1a", "127.0.0.11"];

/// A caller with a proxy that refuses every host.
pub(super) struct Watched {
    caller: Caller<'static>,
    proxy: Tinyproxy,
}

impl Watched {
    pub(super) fn new() -> Self {
        let caller = caller();
        let directory = lab().path().join("network").join(caller.access_key());
        let proxy = Tinyproxy::refusing(&directory).expect("tinyproxy");
        Self { caller, proxy }
    }

    /// The hosts used for a look-up and a push, with this `config` and these variables.
    pub(super) fn hosts(&self, config: &str, variables: &[(&str, &str)]) -> [String; 2] {
        [LOOK_UP, PUSH].map(|words| {
            let before = self.proxy.requests().len();
            let outcome = finish(
                self.caller
                    .command("mssh")
                    .args(words)
                    .env_remove("AWS_ENDPOINT_URL")
                    .env("AWS_CONFIG_FILE", file(&self.caller, "config", config))
                    .env("HTTPS_PROXY", self.proxy.address())
                    .envs(variables.iter().copied()),
            );
            assert_eq!(outcome.code, Some(255), "{}", outcome.stderr);
            let requests = self.proxy.requests();
            let [request] = &requests[before..] else {
                panic!("not one request: {requests:?} {}", outcome.stderr);
            };
            let host = request.strip_prefix("CONNECT ").expect("CONNECT");
            host.trim_end_matches(":443 HTTP/1.1").to_owned()
        })
    }
}

#[test]
fn fips_and_dual_stack_endpoints_by_variable_and_profile() {
    let watched = Watched::new();
    let (fips, dual) = ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT");
    let with_fips = "[default]\nuse_fips_endpoint = true\n";
    let with_dual = "[default]\nuse_dualstack_endpoint = true\n";
    let cases = [
        ("", &[][..], ".us-east-1.amazonaws.com"),
        ("", &[(fips, "true")], "-fips.us-east-1.amazonaws.com"),
        (with_fips, &[], "-fips.us-east-1.amazonaws.com"),
        (with_fips, &[(fips, "false")], ".us-east-1.amazonaws.com"),
        ("", &[(dual, "true")], ".us-east-1.api.aws"),
        (with_dual, &[], ".us-east-1.api.aws"),
        (with_dual, &[(fips, "true")], "-fips.us-east-1.api.aws"),
        (
            "",
            &[("AWS_REGION", "cn-north-1")],
            ".cn-north-1.amazonaws.com.cn",
        ),
    ];
    for (config, variables, domain) in cases {
        let found = watched.hosts(config, variables);
        let hosts = ["ec2", "ec2-instance-connect"].map(|service| format!("{service}{domain}"));
        assert_eq!(found, hosts, "{config} {variables:?}");
    }
}

#[test]
fn endpoints_of_one_service_and_of_all() {
    let watched = Watched::new();
    let aws = [
        "ec2.us-east-1.amazonaws.com",
        "ec2-instance-connect.us-east-1.amazonaws.com",
    ];
    let all = ("AWS_ENDPOINT_URL", "https://all.example");
    let one = ("AWS_ENDPOINT_URL_EC2", "https://one.example");
    let push = (
        "AWS_ENDPOINT_URL_EC2_INSTANCE_CONNECT",
        "https://push.example",
    );
    let profile = "[default]\nendpoint_url = https://profile.example\n";
    let services = "[default]\nendpoint_url = https://profile.example\nservices = mine\n\
                    [services mine]\nec2 =\n  endpoint_url = https://mine.example\n\
                    sts =\n  endpoint_url = https://mysts.example\n";
    let pushes = "[default]\nservices = mine\n\
                  [services mine]\nec2_instance_connect =\n  endpoint_url = https://mine.example\n";
    let ignoring = "[default]\nignore_configured_endpoint_urls = true\n\
                    endpoint_url = https://profile.example\n";
    let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    let cases = [
        ("", &[all][..], ["all.example", "all.example"]),
        ("", &[one], ["one.example", aws[1]]),
        ("", &[one, push, all], ["one.example", "push.example"]),
        (profile, &[], ["profile.example", "profile.example"]),
        (profile, &[one], ["one.example", "profile.example"]),
        (services, &[], ["mine.example", "profile.example"]),
        (services, &[one], ["one.example", "profile.example"]),
        (services, &[ignore, one, all], aws),
        (pushes, &[], [aws[0], "mine.example"]),
        (ignoring, &[all], aws),
    ];
    for (config, variables, hosts) in cases {
        let found = watched.hosts(config, variables);
        assert_eq!(found, hosts, "{config} {variables:?}");
    }
}

#[test]
fn the_user_can_set_the_number_of_attempts() {
    let config = |caller: &Caller<'_>, text: &str| {
        let path = file(caller, "config", text);
        path.to_str().expect("a path").to_owned()
    };
    for (text, variables, tries) in [
        ("", &[("AWS_MAX_ATTEMPTS", "2")][..], 2),
        ("", &[("AWS_MAX_ATTEMPTS", "1")], 1),
        ("[default]\nmax_attempts = 2\n", &[], 2),
        (
            "[default]\nmax_attempts = 4\n",
            &[("AWS_MAX_ATTEMPTS", "2")],
            2,
        ),
        (
            "",
            &[("AWS_RETRY_MODE", "standard"), ("AWS_MAX_ATTEMPTS", "2")],
            2,
        ),
        (
            "",
            &[("AWS_RETRY_MODE", "legacy"), ("AWS_MAX_ATTEMPTS", "2")],
            2,
        ),
        (
            "[default]\nretry_mode = legacy\n",
            &[("AWS_MAX_ATTEMPTS", "2")],
            2,
        ),
    ] {
        let caller = caller();
        caller.fault(Fault::new(Trouble::Throttle).on(DESCRIBE_INSTANCES));
        let outcome = finish(
            caller
                .command("mssh")
                .args(LOOK_UP)
                .env("AWS_CONFIG_FILE", config(&caller, text))
                .envs(variables.iter().copied()),
        );
        outcome.fails(
            255,
            &[
                "mssh: error: AWS is throttling ec2:DescribeInstances",
                "mssh: hint: try again in a moment",
            ],
        );
        assert_eq!(caller.calls().len(), tries, "{text} {variables:?}");
    }
}

#[test]
fn every_retry_mode_of_the_aws_cli_is_accepted() {
    let caller = caller();
    for mode in ["standard", "adaptive", "legacy"] {
        let mut command = caller.command("mssh");
        command.args(LOOK_UP);
        with(command, &[("AWS_RETRY_MODE", mode)]).is_found();
    }
}

#[test]
fn an_invalid_number_of_attempts_or_retry_mode_is_an_error() {
    let caller = caller();
    let number = "set it to how often a call may be tried: 1 or more";
    let mode = "set it to standard, adaptive or legacy";
    for (name, value, hint) in [
        ("AWS_MAX_ATTEMPTS", "0", number),
        ("AWS_MAX_ATTEMPTS", "many", number),
        ("AWS_RETRY_MODE", "never", mode),
    ] {
        let mut command = caller.command("mssh");
        command.args(LOOK_UP);
        with(command, &[(name, value)])
            .tells(&format!("{name} has an invalid value: `{value}`"), hint);
    }
}
