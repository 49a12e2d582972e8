//! Help, completions, man pages, README and docs are current and correct.
//!
//! `MSSH_UPDATE=1 cargo test texts` updates the generated files.

mod commands;
mod links;
mod manual;
mod policies;
mod readme;
mod section7;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sandbox::{caller, finish, finish_with, run};

const PROGRAMS: [&str; 3] = ["mssh", "msftp", "mscp"];

/// A file of the project.
fn project(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// All pages of the project.
fn pages() -> Vec<PathBuf> {
    let files = |directory: &str| {
        let entries = fs::read_dir(project(directory)).expect("a directory");
        entries.map(|entry| entry.expect("an entry").path())
    };
    let mut pages: Vec<PathBuf> = files(".").chain(files("docs")).collect();
    pages.retain(|path| path.extension().is_some_and(|it| it == "md"));
    pages
}

/// The code blocks of a page in this language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let page = fs::read_to_string(project(page)).expect("a page");
    let begin = format!("\n```{language}\n");
    let blocks = page.split(&begin).skip(1);
    let blocks = blocks.filter_map(|rest| rest.split_once("\n```").map(|(block, _)| block));
    blocks.map(str::to_owned).collect()
}

/// The output of a program.
fn printed(program: &str, words: &[&str]) -> String {
    let outcome = run(&caller(), program, words);
    assert_eq!(
        (outcome.stderr.as_str(), outcome.code),
        ("", Some(0)),
        "{words:?}"
    );
    outcome.stdout
}

/// Writes a generated file if that is wanted; one that differs is stale.
fn update(name: String, text: &str, stale: &mut Vec<String>) {
    let file = project(&name);
    if std::env::var_os("MSSH_UPDATE").is_some() {
        fs::write(&file, text).expect("written");
    }
    if fs::read_to_string(&file).unwrap_or_default() != text {
        stale.push(name);
    }
}

/// A man page as a terminal of 80 columns shows it; man(1) has no warning about it.
fn rendered(page: &str) -> String {
    let mut command = Command::new("man");
    command
        .args(["--warnings", "--local-file"])
        .arg(project(page));
    let outcome = finish(command.env("LC_ALL", "C.UTF-8").env("MANWIDTH", "80"));
    assert_eq!(
        (outcome.stderr.as_str(), outcome.code),
        ("", Some(0)),
        "{page}; is man-db there?"
    );
    outcome.stdout
}

#[test]
fn committed_completions_and_man_pages_are_current() {
    let mut stale = Vec::new();
    for program in PROGRAMS {
        for (words, name) in [
            (
                &["--completions", "bash"][..],
                format!("completions/{program}.bash"),
            ),
            (&["--completions", "zsh"], format!("completions/_{program}")),
            (
                &["--completions", "fish"],
                format!("completions/{program}.fish"),
            ),
            (&["--man"], format!("man/{program}.1")),
        ] {
            update(name, &printed(program, words), &mut stale);
        }
    }
    assert!(
        stale.is_empty(),
        "run `MSSH_UPDATE=1 cargo test texts`: {stale:?}"
    );
}

#[test]
fn the_man_pages_render_without_a_warning() {
    for program in PROGRAMS {
        let text = rendered(&format!("man/{program}.1"));
        for part in [
            "SYNOPSIS",
            "--region",
            "WAYS",
            "ENVIRONMENT",
            "FILES",
            "EXIT STATUS",
            "EXAMPLES",
            "SEE ALSO",
        ] {
            assert!(text.contains(part), "{program}: {part}");
        }
    }
}

#[test]
fn help_fits_a_screen_and_needs_nothing_else() {
    for program in PROGRAMS {
        let help = printed(program, &["--help"]);
        assert!(help.lines().count() <= 30, "{help}");
        assert!(
            help.lines().all(|line| line.chars().count() <= 80),
            "{help}"
        );
        // Ansible takes `Usage` with a capital letter for a sign of an old ssh.
        assert!(help.contains("usage: ") && !help.contains("Usage:"));
        assert_eq!(printed(program, &["-h", "i-0abc"]), help);
        let version = format!("{program} {}\nOpenSSH_", env!("CARGO_PKG_VERSION"));
        let said = printed(program, &["--version"]);
        assert!(
            said.starts_with(&version) && said.lines().count() == 2,
            "{said}"
        );
    }
    let help = printed("mssh", &["--help"]);
    let page = fs::read_to_string(project("docs/options.md")).expect("a page");
    assert!(
        page.contains(&help),
        "docs/options.md does not show the current --help"
    );
}

#[test]
fn every_option_is_in_the_man_page_and_the_completions() {
    let help = printed("mssh", &["--help"]);
    let options: Vec<&str> = help
        .split_whitespace()
        .map(|word| word.trim_end_matches(':'))
        .filter(|word| word.starts_with("--") && word.len() > 2)
        .collect();
    assert!(options.len() >= 12, "{options:?}");
    for option in options {
        let man = fs::read_to_string(project("man/mssh.1")).expect("a man page");
        assert!(man.contains(&option.replace('-', "\\-")), "{option}");
        let offered = printed("mssh", &["--complete", option]);
        assert!(offered.contains(&format!("\n{option}\t")), "{offered}");
    }
}

#[test]
fn options_of_ssh_only_are_not_in_the_help_of_the_others() {
    for program in ["msftp", "mscp"] {
        let help = printed(program, &["--help"]);
        let page = printed(program, &["--man"]);
        for word in ["-l,", "--serial", "--listen", "--shell"] {
            assert!(!help.contains(word), "{program} {word}: {help}");
        }
        assert!(!page.contains("\\-\\-serial"), "{page}");
        assert!(program != "mscp" || !page.contains("With \\-t"), "{page}");
    }
    for program in PROGRAMS {
        let help = printed(program, &["--help"]);
        for rare in ["--eice-endpoint", "--max-tunnel-duration"] {
            assert!(help.contains(rare), "{program}: {help}");
        }
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let caller = caller();
    let mut command = caller.command("bash");
    let outcome = finish_with(
        command.args([
            "-c",
            "mssh --man | head -c1 >/dev/null; echo ${PIPESTATUS[0]}",
        ]),
        b"",
    );
    assert!(
        ["0\n", "141\n"].contains(&outcome.stdout.as_str()),
        "{outcome:?}"
    );
    assert_eq!(outcome.stderr, "");
}
