//! The pages of docs/ are man pages of section 7, too: `mssh-targets(7)` and so on.

mod convert;
mod links;
mod roff;
mod table;

use std::fs;

use self::convert::man_page;
use super::{pages, printed, project, rendered, update};

/// The pages of docs/ that are none of section 7: a reader of man pages has installed mssh, and
/// mssh(1) has the options.
const OTHERS: [&str; 2] = ["install", "options"];

/// The names of the pages in docs/, without the ending.
fn docs() -> Vec<String> {
    let mut pages = pages();
    pages.retain(|page| page.parent() == Some(&project("docs")));
    let names = pages.iter().map(|page| page.file_stem().expect("a name"));
    let names = names.map(|name| name.to_str().expect("a name").to_owned());
    let mut names: Vec<String> = names.filter(|it| !OTHERS.contains(&it.as_str())).collect();
    names.sort();
    names
}

/// The name of the man page.
fn name_of(page: &str) -> String {
    format!("mssh-{page}")
}

#[test]
fn committed_man_pages_of_section_7_are_current() {
    let mut stale = Vec::new();
    let mut files = Vec::new();
    for page in docs() {
        let markdown = fs::read_to_string(project(&format!("docs/{page}.md"))).expect("a page");
        let name = name_of(&page);
        files.push(format!("{name}.7"));
        update(
            format!("man/{name}.7"),
            &man_page(&name, &markdown),
            &mut stale,
        );
    }
    assert!(
        stale.is_empty(),
        "run `MSSH_UPDATE=1 cargo test texts`: {stale:?}"
    );
    let there = fs::read_dir(project("man")).expect("a directory");
    let there = there.map(|entry| entry.expect("an entry").file_name());
    let there = there.filter_map(|name| name.into_string().ok());
    let mut there: Vec<String> = there.filter(|name| name.ends_with(".7")).collect();
    there.sort();
    assert_eq!(there, files, "a page of docs/ for each");
}

#[test]
fn the_pages_of_section_7_fit_a_terminal_and_render_without_a_warning() {
    for page in docs() {
        let text = rendered(&format!("man/{}.7", name_of(&page)));
        let wide = text.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{page}");
        assert!(text.contains("SEE ALSO\n       mssh(1)"), "{page}: {text}");
    }
}

#[test]
fn the_man_page_of_mssh_names_those_of_section_7() {
    let manual = printed("mssh", &["--man"]);
    let (_, others) = manual.split_once("\n.SH \"SEE ALSO\"\n").expect("it");
    for page in docs() {
        let name = format!("{}(7)", name_of(&page).replace('-', "\\-"));
        assert!(others.contains(&name), "{name}: {others}");
    }
}

#[test]
fn odd_text_of_a_page_is_no_request_and_no_escape() {
    let page = man_page("mssh-odd", include_str!("section7/odd.md"));
    let (_, text) = page.split_once(".SH NAME\n").expect("a name");
    assert_eq!(text, include_str!("section7/odd.roff"), "{text}");
}
