//! Names, and several regions and profiles to look in.

use super::{doctor, judged, verdicts};
use crate::lab::instances::{IN_EU_WEST_1, TWIN_IN_EU_WEST_1, TWIN1, WEB1};
use crate::sandbox::{AwsUser, caller, finish, no_key_is_left};

#[test]
fn a_name_or_tag_is_examined_as_its_instance() {
    for target in ["web1", "tag:Name=web1", "we?1"] {
        let caller = caller();
        let (status, report) = judged(&mut doctor(&caller, &[target]));
        assert_eq!(status, Some(0), "{report:#}");
        for check in ["instance", "push", "login"] {
            assert_eq!(verdicts(&report, check), ["good"], "{check}: {report:#}");
        }
        assert!(report.to_string().contains(WEB1), "{report:#}");
        assert!(no_key_is_left(&caller));
    }
}

#[test]
fn a_name_of_none_or_of_several_is_named() {
    let caller = caller();
    for (target, text) in [
        ("no-such-name", "no instance named no-such-name"),
        ("twin", TWIN1),
    ] {
        let (status, report) = judged(&mut doctor(&caller, &[target]));
        assert_eq!(status, Some(255), "{report:#}");
        assert_eq!(report["works"], false, "{report:#}");
        assert_eq!(report["first"]["check"], "instance", "{report:#}");
        assert!(report["first"].to_string().contains(text), "{report:#}");
    }
}

#[test]
fn the_region_in_which_it_is_found_is_examined() {
    for places in [&["--region", "us-east-1,eu-west-1"][..], &["--all-regions"]] {
        for target in [IN_EU_WEST_1, "in-eu-west-1", "tag:Name=in-eu-*"] {
            let caller = caller();
            let (status, report) = judged(&mut doctor(&caller, &[places, &[target]].concat()));
            assert_eq!(status, Some(0), "{target}: {report:#}");
            assert_eq!(verdicts(&report, "login"), ["good"], "{report:#}");
            let calls = caller.calls();
            let push = calls.iter().find(|it| it.action == "SendSSHPublicKey");
            assert_eq!(push.map(|it| it.region.as_str()), Some("eu-west-1"));
        }
    }
}

#[test]
fn the_profile_with_which_it_is_found_is_examined() {
    let user = AwsUser::with(
        "[profile here]\n$KEYregion = us-east-1\n[profile there]\n$KEYregion = eu-west-1\n",
    );
    let doctor = |target: &str| {
        let mut mssh = user.command("mssh");
        mssh.args(["--doctor", "--profile", "here,there", target]);
        mssh.env("MSSH_CHECKIP_URL", "");
        for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            mssh.env_remove(variable);
        }
        mssh
    };
    let (status, report) = judged(&mut doctor("in-eu-west-1"));
    assert_eq!(status, Some(0), "{report:#}");
    assert_eq!(verdicts(&report, "login"), ["good"], "{report:#}");
    let outcome = finish(&mut doctor("twin"));
    assert_eq!(outcome.code, Some(255), "{outcome:?}");
    for id in [TWIN1, TWIN_IN_EU_WEST_1] {
        assert!(outcome.stderr.contains(id), "{outcome:?}");
    }
}
