//! `--login auto`, and what mssh says of an instance on which its key will not work.
//!
//! - here: what tells the user, and warnings
//! - `clients`: with everything that ssh is used for
//! - `hints`: the hint after sshd has refused the key

mod clients;
mod hints;

use crate::lab::images::Software;
use crate::lab::instances::{ENDPOINT_OR_SSM, WEB1};
use crate::lab::{Caller, Fault, Trouble};
use crate::sandbox::eice::command;
use crate::sandbox::{Outcome, caller, finish, leaves_nothing, pushes, run};

const IMAGES: &str = "DescribeImages";

const UBUNTU: (&str, &str) = (
    "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64",
    "099720109477",
);

fn with(software: Software) -> Caller<'static> {
    let caller = caller();
    caller.software(software);
    caller
}

/// A caller for whom every instance runs Ubuntu, as its image says.
fn with_ubuntu() -> Caller<'static> {
    with(Software {
        image: Some(UBUNTU),
        ..Software::default()
    })
}

fn auto(caller: &Caller<'_>, words: &[&str]) -> Outcome {
    let mut mssh = command(caller, "mssh");
    finish(mssh.args(["--login", "auto"]).args(words))
}

#[test]
fn the_image_tells_the_user_for_one_call() {
    let caller = with_ubuntu();
    auto(&caller, &[WEB1, "echo in"]).prints("in\n");
    assert_eq!(pushes(&caller), [format!("ubuntu@{WEB1}")]);
    assert_eq!(caller.calls_of(IMAGES).len(), 1);
    let verbose = auto(&caller, &["-v", WEB1, "true"]);
    for said in [
        "name of the image ami-",
        "user ubuntu, of Ubuntu: its image is ubuntu/",
    ] {
        assert!(verbose.stderr.contains(said), "{verbose:?}");
    }
    let dry = auto(&caller, &["--dry-run", WEB1]);
    assert!(dry.stdout.contains("ubuntu@"), "{dry:?}");
    leaves_nothing(&caller);
}

#[test]
fn the_platform_tells_the_user_for_nothing() {
    let caller = with(Software {
        platform: Some("Ubuntu Pro"),
        ..Software::default()
    });
    auto(&caller, &[WEB1, "echo in"]).prints("in\n");
    assert_eq!(pushes(&caller), [format!("ubuntu@{WEB1}")]);
    assert_eq!(caller.calls_of(IMAGES).len(), 0);
}

#[test]
fn session_manager_tells_the_user_where_it_is_asked() {
    let caller = with(Software {
        image: Some(("RHEL-9.4.0_HVM", "309956199498")),
        system: Some(("Ubuntu", "22.04")),
        ..Software::default()
    });
    // Without -v, only the route is announced, and that only on a terminal.
    auto(&caller, &[ENDPOINT_OR_SSM, "echo in"]).prints("in\n");
    let asked = !caller.calls_of("DescribeInstanceInformation").is_empty();
    let user = if asked { "ubuntu" } else { "ec2-user" };
    assert_eq!(pushes(&caller), [format!("{user}@{ENDPOINT_OR_SSM}")]);
    assert_eq!(caller.calls_of(IMAGES).len(), usize::from(!asked));
}

#[test]
fn a_denied_call_leaves_the_default_user() {
    let caller = caller();
    caller.fault(Fault::new(Trouble::Denied).on(IMAGES));
    auto(&caller, &[WEB1, "echo in"]).prints("in\n");
    assert_eq!(pushes(&caller), [format!("ec2-user@{WEB1}")]);
    let verbose = auto(&caller, &["-v", WEB1, "true"]);
    for said in [
        "AWS denies ec2:DescribeImages",
        "user ec2-user, the default",
    ] {
        assert!(verbose.stderr.contains(said), "{verbose:?}");
    }
}

#[test]
fn a_user_that_is_named_stays() {
    let caller = with_ubuntu();
    let at = format!("fedora@{WEB1}");
    let named: [&[&str]; 3] = [&["-lfedora", WEB1], &["-oUser=fedora", WEB1], &[&at]];
    for words in named {
        auto(&caller, &[words, &["echo in"]].concat()).prints("in\n");
    }
    assert_eq!(pushes(&caller), vec![format!("fedora@{WEB1}"); 3]);
    assert_eq!(caller.calls_of(IMAGES).len(), 0);
}

#[test]
fn only_auto_is_a_value_and_only_for_logins() {
    let caller = caller();
    let target = format!("auto@{WEB1}");
    for (value, user) in [
        ("me", "me"),
        (&*target, "USER"),
        ("auto@", "USER"),
        ("-l", "USER"),
    ] {
        run(&caller, "mssh", ["--login", value, WEB1]).fails(
            255,
            &[
                &format!("mssh: error: `{value}` is not a valid value for --login"),
                &format!(
                    "mssh: hint: write `--login auto`; or name the user: `-l USER`, \
                     `{user}@TARGET`, User in ssh_config"
                ),
            ],
        );
    }
    run(&caller, "mssh", ["--login", "auto", "--ssh-config"]).fails(
        255,
        &[
            "mssh: error: --login cannot be used with --ssh-config",
            "mssh: hint: ssh decides the user itself: set User in ssh_config",
        ],
    );
}

#[test]
fn what_the_look_up_tells_is_a_warning_unless_quiet() {
    let caller = with(Software {
        metadata_off: true,
        ..Software::default()
    });
    let outcome = run(&caller, "mssh", [WEB1, "echo in"]);
    let expected = format!(
        "mssh: warning: the metadata service of {WEB1} is switched off: EC2 Instance Connect on it \
         cannot get keys\n"
    );
    assert_eq!(
        (outcome.stdout.as_str(), outcome.stderr),
        ("in\n", expected)
    );
    run(&caller, "mssh", ["-q", WEB1, "echo in"]).prints("in\n");
}
