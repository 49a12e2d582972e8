//! Many instances.

use std::collections::HashSet;

use super::{each, sorted};
use crate::lab::{DESCRIBE_INSTANCES, Fault, Fleet, SEND_SSH_PUBLIC_KEY, Trouble};
use crate::sandbox::{caller, finish, leaves_nothing, pushes};

#[test]
fn each_of_many_is_logged_in_to_once() {
    const MANY: usize = 30;

    let caller = caller();
    caller.fleet(Fleet::with_sshds(MANY));
    let outcome = finish(&mut each(&caller, &["web-*,tag:role=web", "echo hi"]));
    assert_eq!(outcome.stderr, format!("mssh: {MANY} ok\n"), "{outcome:?}");
    assert_eq!(outcome.code, Some(0));
    let names: HashSet<&str> = outcome
        .stdout
        .lines()
        .map(|line| {
            let (name, said) = line.split_once(" | ").expect("a name");
            assert_eq!(said, "hi", "{line}");
            name.trim_end()
        })
        .collect();
    assert_eq!(names.len(), MANY, "{:?}", sorted(&outcome.stdout));
    let pushed: HashSet<String> = pushes(&caller).into_iter().collect();
    assert_eq!((pushed.len(), pushes(&caller).len()), (MANY, MANY));
    // One for each kind of target, and one for each login.
    assert_eq!(caller.calls_of(DESCRIBE_INSTANCES).len(), MANY + 2);
    leaves_nothing(&caller);
}

#[test]
fn pushes_that_the_service_throttles_are_repeated() {
    const MANY: usize = 20;

    let caller = caller();
    caller.fleet(Fleet::with_sshds(MANY));
    let throttle = Fault::new(Trouble::Throttle).on(SEND_SSH_PUBLIC_KEY);
    caller.fault(throttle.beyond(4));
    let outcome = finish(&mut each(&caller, &["web-*", "true"]));
    assert_eq!(outcome.stderr, format!("mssh: {MANY} ok\n"), "{outcome:?}");
    assert!(caller.calls_of(SEND_SSH_PUBLIC_KEY).len() > MANY);
    leaves_nothing(&caller);
}
