//! Links between README, docs and the other pages lead somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{pages, project};

/// The text without the lines of code blocks.
fn prose(text: &str) -> Vec<&str> {
    let mut code = false;
    let outside = |line: &&str| {
        let fence = line.starts_with("```");
        code ^= fence;
        !code && !fence
    };
    text.lines().filter(outside).collect()
}

/// The anchors that GitHub makes of a page's headings.
fn anchors(page: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(page).expect("a page");
    let headings = prose(&text)
        .into_iter()
        .filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.replace(' ', "-");
        kept.replace(
            |it: char| !it.is_alphanumeric() && it != '-' && it != '_',
            "",
        )
    };
    headings.map(anchor).collect()
}

#[test]
fn every_link_leads_to_a_page_and_a_heading() {
    let pages = pages();
    assert!(pages.len() > 15, "{pages:?}");
    let mut links = 0;
    for page in &pages {
        let text = fs::read_to_string(page).expect("a page");
        let prose = prose(&text).join("\n");
        for link in prose.split("](").skip(1) {
            let link = link.split_once(')').expect("the end of a link").0;
            if link.contains("://") {
                continue;
            }
            links += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let directory = page.parent().expect("a directory");
            let target = if file.is_empty() {
                page.clone()
            } else {
                directory.join(file)
            };
            assert!(target.exists(), "{}: {link}", page.display());
            let known = anchor.is_empty() || anchors(&target).contains(anchor);
            assert!(known, "{}: {link}", page.display());
        }
    }
    assert!(links > 40, "{links}");
}

#[test]
fn readme_links_every_page_of_the_documentation() {
    let readme = fs::read_to_string(project("README.md")).expect("a README");
    for page in pages() {
        let name = page.strip_prefix(project("docs")).ok();
        let Some(name) = name.and_then(Path::to_str) else {
            continue;
        };
        assert!(readme.contains(&format!("](docs/{name})")), "{name}");
    }
}
