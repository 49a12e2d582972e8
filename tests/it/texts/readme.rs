//! The instructions in README and docs work.

use std::fs;

use serde_json::Value;

use super::project;
use crate::lab::instances::{PRIVATE, SSM_ONLY, WEB1};
use crate::sandbox::{SshUser, caller, finish};

/// The code blocks of a page in this language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let page = fs::read_to_string(project(page)).expect("a page");
    let begin = format!("\n```{language}\n");
    let blocks = page.split(&begin).skip(1);
    let blocks = blocks.filter_map(|rest| rest.split_once("\n```").map(|(block, _)| block));
    blocks.map(str::to_owned).collect()
}

#[test]
fn the_policies_allow_the_calls_and_no_other_user() {
    let policies: Vec<Value> = blocks("docs/iam.md", "json")
        .iter()
        .map(|block| serde_json::from_str(block).expect("JSON"))
        .collect();
    let [login, tunnels] = &policies[..] else {
        panic!("two policies: {policies:?}");
    };
    let statements = |policy: &Value| policy["Statement"].as_array().expect("a list").clone();
    let allowed = |policy: &Value| -> Vec<String> {
        let all = statements(policy);
        let actions = all.iter().flat_map(|it| match &it["Action"] {
            Value::Array(several) => several.clone(),
            one => vec![one.clone()],
        });
        let name = |action: Value| {
            action
                .as_str()
                .and_then(|it| Some(it.split_once(':')?.1.to_owned()))
        };
        actions.filter_map(name).collect()
    };
    let users = &statements(login)[0]["Condition"]["StringEquals"]["ec2:osuser"];
    assert_eq!(users, "ec2-user");
    for (words, allowed) in [
        (&[WEB1][..], allowed(login)),
        (
            &["--ssm", WEB1],
            [allowed(login), allowed(tunnels)].concat(),
        ),
        (
            &["--eice", PRIVATE],
            [allowed(login), allowed(tunnels)].concat(),
        ),
        (&[SSM_ONLY], [allowed(login), allowed(tunnels)].concat()),
    ] {
        let caller = caller();
        let mut mssh = crate::sandbox::eice::command(&caller, "mssh");
        finish(mssh.args([words, &["true"]].concat())).prints("");
        for call in caller.calls() {
            assert!(allowed.contains(&call.action), "{words:?}: {}", call.action);
        }
    }
}

#[test]
fn the_readme_installs_completions_and_man_pages_correctly() {
    let user = SshUser::with("");
    let blocks = blocks("README.md", "sh");
    let line = blocks.iter().find(|it| it.contains("--completions bash"));
    let mut shell = user.command("sh");
    let outcome = finish(shell.args(["-euc", line.expect("a block")]));
    outcome.prints("");
    for (installed, file) in [
        (".local/share/man/man1/mscp.1", "man/mscp.1"),
        (
            ".local/share/bash-completion/completions/mssh",
            "completions/mssh.bash",
        ),
        (
            ".config/fish/completions/msftp.fish",
            "completions/msftp.fish",
        ),
        (".zfunc/_mssh", "completions/_mssh"),
    ] {
        let there = fs::read_to_string(user.home.join(installed)).expect(installed);
        let here = fs::read_to_string(project(file)).expect(file);
        assert_eq!(there, here, "{installed}");
    }
}
