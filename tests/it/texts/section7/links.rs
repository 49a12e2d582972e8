//! Links: to other man pages where they stand, and to everything else at the end.

use std::collections::BTreeSet;

use super::roff::Text;
use super::table::WIDTH;

#[derive(Default)]
pub(super) struct Links {
    /// Other man pages that this one names: section and name.
    pages: BTreeSet<(u8, String)>,
    /// Lines for the end of the page.
    addresses: Vec<Text>,
}

impl Links {
    /// Adds to a text that ends with a link what a reader needs to follow it.
    pub(super) fn add(&mut self, label: &str, to: &str, text: &mut Text) {
        if to.contains("://") {
            let mut address = Text::default();
            address.push(&format!("{label}: "));
            address.address(to);
            self.addresses.push(address);
            return;
        }
        let file = to.split_once('#').map_or(to, |(file, _)| file);
        if file.is_empty() {
            return;
        }
        if let Some((section, name)) = man_page_of(file) {
            text.push(" (");
            text.page(&name, section);
            text.push(")");
            self.pages.insert((section, name));
            return;
        }
        // As the packages have it in their directory of documents.
        let beside = || format!("docs/{file}");
        let file = file.strip_prefix("../").map_or_else(beside, str::to_owned);
        if file != label {
            text.push(&format!(" ({file})"));
        }
    }

    /// The last section.
    pub(super) fn see_also(&self) -> String {
        let mut text = Text::default();
        text.page("mssh", 1);
        for (section, name) in &self.pages {
            if name != "mssh" {
                text.push(", ");
                text.page(name, *section);
            }
        }
        let mut roff = format!(".SH \"SEE ALSO\"\n{}", text.line(WIDTH));
        for it in &self.addresses {
            roff.push_str(".PP\n");
            roff.push_str(&it.line(WIDTH));
        }
        roff
    }
}

/// Section and name of the man page with the text of this file in docs/.
fn man_page_of(file: &str) -> Option<(u8, String)> {
    let name = file.strip_suffix(".md")?;
    if name == "options" {
        return Some((1, "mssh".to_owned()));
    }
    let ours = super::docs().iter().any(|it| it == name);
    ours.then(|| (7, super::name_of(name)))
}
