//! Tests of the checks of an instance.

use super::super::only;
use super::*;
use crate::plan::doctor::fact::Failure;
use crate::plan::doctor::facts::{Details, RegionFacts, StatusChecks};
use crate::plan::doctor::finding::Verdict::{Bad, Good, Skipped, Warning};
use crate::plan::target::instance::Instance;

fn with(instance: Instance) -> Facts {
    let mut facts = Facts::default();
    facts.aws.region = Fact::Known(Ok(RegionFacts {
        name: "us-east-1".into(),
        chosen: "us-east-1 (set by AWS_REGION)".into(),
    }));
    facts.instance.typed = "i-0abcdef0".into();
    facts.instance.found = Fact::Known(Ok(Found::One(Box::new(instance))));
    facts
}

#[test]
fn a_missing_instance_is_named_with_the_region_that_has_it() {
    let mut facts = with(Instance::example());
    facts.instance.found = Fact::Known(Ok(Found::Nothing));
    for (elsewhere, why, fix) in [
        (
            vec!["eu-west-1".to_owned()],
            "it is in eu-west-1",
            "add `--region eu-west-1`",
        ),
        (
            Vec::new(),
            "no other enabled region of this account has it",
            "check what you typed, and the account: `--profile NAME`",
        ),
    ] {
        facts.instance.elsewhere = Fact::Known(elsewhere);
        let found = found(&facts);
        let missing = "i-0abcdef0 is not in us-east-1 (set by AWS_REGION)";
        assert_eq!(only(&found), (Bad, missing));
        assert_eq!(found[0].why.as_deref(), Some(why));
        assert_eq!(found[0].fix.as_deref(), Some(fix));
    }
    facts.instance.elsewhere = Fact::Failed(Failure::new("no answer"));
    let found = found(&facts);
    assert_eq!((found[0].verdict, found[1].verdict), (Bad, Skipped));
}

#[test]
fn only_a_running_instance_is_good() {
    for (name, verdict) in [
        ("running", Good),
        ("pending", Bad),
        ("stopped", Bad),
        ("terminated", Bad),
        ("asleep", Bad),
    ] {
        let facts = with(Instance {
            state: State::parse(name),
            ..Instance::example()
        });
        assert_eq!(only(&state(&facts)), (verdict, name));
    }
}

#[test]
fn status_checks_tell_hardware_from_system() {
    for (system, instance, verdict) in [
        ("ok", "ok", Good),
        ("impaired", "ok", Bad),
        ("ok", "impaired", Bad),
        ("initializing", "initializing", Warning),
        ("insufficient-data", "ok", Good),
    ] {
        let mut facts = with(Instance::example());
        facts.instance.status = Fact::Known(StatusChecks {
            system: system.into(),
            instance: instance.into(),
        });
        assert_eq!(only(&status(&facts)).0, verdict, "{system} {instance}");
    }
}

#[test]
fn windows_metadata_and_age_are_judged_by_the_details() {
    let mut facts = with(Instance::example());
    facts.aws.now = 1000;
    let details = |is_windows, is_metadata_off, launched| {
        Fact::Known(Details {
            is_windows,
            is_metadata_off,
            platform: Some("Linux/UNIX".into()),
            launched: Some(launched),
            ..Details::default()
        })
    };
    facts.instance.details = details(false, false, 0);
    assert_eq!(only(&platform(&facts)), (Good, "Linux/UNIX"));
    assert_eq!(only(&metadata(&facts)).0, Good);
    assert!(age(&facts).is_empty());
    facts.instance.details = details(true, true, 990);
    assert_eq!(only(&platform(&facts)), (Bad, "Windows"));
    assert_eq!(only(&metadata(&facts)).0, Bad);
    assert_eq!(only(&age(&facts)), (Warning, "launched 10 seconds ago"));
}

#[test]
fn zones_outside_of_a_region_are_bad() {
    for (name, is_good) in [
        ("us-east-1a", true),
        ("us-gov-west-1b", true),
        ("us-west-2-lax-1a", false),
        ("us-east-1-wl1-bos-wlz-1", false),
        ("", false),
    ] {
        let facts = with(Instance {
            zone: Some(name.into()),
            ..Instance::example()
        });
        assert_eq!(zone(&facts).is_empty(), is_good, "{name}");
    }
}
