//! The instructions in README and docs work.

use std::fs;

use super::{blocks, project};
use crate::sandbox::{SshUser, finish};

#[test]
fn the_documentation_installs_completions_and_man_pages_correctly() {
    let user = SshUser::with("");
    let blocks = blocks("docs/install.md", "sh");
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
