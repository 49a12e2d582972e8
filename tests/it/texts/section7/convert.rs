//! From Markdown to roff(7), with the macros of man(7).

use std::iter::Peekable;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::links::Links;
use super::roff::{self, Text};
use super::table::{WIDTH, table};

/// Indentation of a man page, and of a block of code in it.
const INDENT: (usize, usize) = (7, 4);

/// The columns of text in a list.
const TEXT: usize = WIDTH - 3;

type Events<'a> = Peekable<Parser<'a>>;

/// The man page of section 7 for a page of docs/.
pub(super) fn man_page(name: &str, markdown: &str) -> String {
    let mut page = Page {
        name,
        roff: String::new(),
        links: Links::default(),
    };
    // The first line asks man(1) for tbl(1).
    page.push("'\\\" t\n.\\\" Made of docs/ by `MSSH_UPDATE=1 cargo test texts`.\n");
    page.push(&format!(
        ".TH {name} 7 \"\" \"mssh {}\" mssh\n.nh\n.ad l\n",
        env!("CARGO_PKG_VERSION")
    ));
    let mut events = Parser::new_ext(markdown, Options::ENABLE_TABLES).peekable();
    while let Some(event) = events.next() {
        page.block(event, &mut events);
    }
    page.roff + &page.links.see_also()
}

struct Page<'a> {
    name: &'a str,
    roff: String,
    links: Links,
}

impl Page<'_> {
    fn push(&mut self, roff: &str) {
        self.roff.push_str(roff);
    }

    /// Writes a request. A section begins with a paragraph anyway.
    fn request(&mut self, request: &str) {
        let last = self.roff.lines().last().unwrap_or_default();
        if request != "PP" || !last.starts_with(".SH ") {
            self.push(&format!(".{request}\n"));
        }
    }

    /// Writes what begins with this event.
    fn block(&mut self, event: Event, events: &mut Events) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => self.heading(level, events),
            Event::Start(Tag::Paragraph) => self.paragraph("PP", events),
            Event::Start(Tag::List(first)) => self.list(first, events),
            Event::Start(Tag::CodeBlock(_)) => self.code(events),
            Event::Start(Tag::Table(_)) => self.table(events),
            it => panic!("{}: no roff for {it:?}", self.name),
        }
    }

    fn heading(&mut self, level: HeadingLevel, events: &mut Events) {
        let title = self.text(Text::default(), events);
        match level {
            HeadingLevel::H1 => {
                let name = self.name.replace('-', "\\-");
                self.push(&format!(".SH NAME\n{name} \\- {}", title.line(WIDTH)));
                if !matches!(events.peek(), Some(Event::Start(Tag::Heading { .. }))) {
                    self.push(".SH DESCRIPTION\n");
                }
            }
            HeadingLevel::H2 => {
                let title = roff::escaped(&title.since(0).to_uppercase());
                self.push(&format!(".SH \"{title}\"\n"));
            }
            it => panic!("{}: no roff for {it}", self.name),
        }
    }

    fn paragraph(&mut self, request: &str, events: &mut Events) {
        let text = self.text(Text::default(), events);
        self.request(request);
        self.push(&text.line(TEXT));
    }

    fn list(&mut self, first: Option<u64>, events: &mut Events) {
        let mut number = first;
        while let Some(Event::Start(Tag::Item)) = events.next() {
            let (mark, indent) = number.map_or(("\\(bu".to_owned(), 2), |it| (format!("{it}."), 3));
            number = number.map(|it| it + 1);
            self.item(&mark, indent, events);
        }
    }

    fn item(&mut self, mark: &str, indent: u8, events: &mut Events) {
        let mut paragraph = format!("IP {mark} {indent}");
        loop {
            match events.peek().expect("the end of an item") {
                Event::End(_) => break,
                Event::Start(Tag::Paragraph) => {
                    events.next();
                    self.paragraph(&paragraph, events);
                }
                // In a list without empty lines, the text is no paragraph.
                it if is_inline(it) => {
                    let mut text = Text::default();
                    self.inline(&mut text, events);
                    self.request(&paragraph);
                    self.push(&text.line(TEXT));
                }
                _ => {
                    self.push(&format!(".RS {indent}\n"));
                    let event = events.next().expect("a block");
                    self.block(event, events);
                    self.push(".RE\n");
                }
            }
            paragraph = format!("IP \"\" {indent}");
        }
        events.next();
    }

    fn code(&mut self, events: &mut Events) {
        let mut code = String::new();
        for event in events {
            match event {
                Event::Text(text) => code.push_str(&text),
                _ => break,
            }
        }
        let width = code.lines().map(|it| it.chars().count()).max().unwrap_or(0);
        let room = INDENT.0 + WIDTH;
        // A wide block begins further to the left.
        let indent = (INDENT.0 + INDENT.1).min(room.saturating_sub(width));
        self.request("PP");
        self.push(&format!(".nf\n.in {indent}n\n"));
        for it in code.lines() {
            let line = roff::code(&it.replace('…', "..."));
            self.push(&roff::guarded(&line));
        }
        self.push(".in\n.fi\n");
    }

    fn table(&mut self, events: &mut Events) {
        let mut rows = Vec::new();
        loop {
            match events.next().expect("the end of a table") {
                Event::Start(Tag::TableHead | Tag::TableRow) => rows.push(Vec::new()),
                Event::Start(Tag::TableCell) => {
                    let mut cell = Text::default();
                    let heading = rows.len() == 1;
                    if heading {
                        cell.bold(true);
                    }
                    let mut cell = self.text(cell, events);
                    if heading {
                        cell.bold(false);
                    }
                    rows.last_mut().expect("a row").push(cell);
                }
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        self.request("PP");
        self.push(&table(&rows));
    }

    /// The text of a block, whose end is read, too.
    fn text(&mut self, mut text: Text, events: &mut Events) -> Text {
        self.inline(&mut text, events);
        let end = events.next();
        let ended = matches!(end, Some(Event::End(_)));
        assert!(ended, "{}: no roff for {end:?}", self.name);
        text
    }

    /// Adds text as far as it goes.
    fn inline(&mut self, text: &mut Text, events: &mut Events) {
        let mut links = Vec::new();
        while let Some(event) = events.next_if(is_inline) {
            match event {
                Event::Text(it) => text.push(&it),
                Event::Code(it) => text.code(&it),
                Event::SoftBreak => text.push(" "),
                Event::Start(Tag::Strong) => text.bold(true),
                Event::End(TagEnd::Strong) => text.bold(false),
                Event::Start(Tag::Link { dest_url, .. }) => links.push((text.position(), dest_url)),
                _ => {
                    let (from, to) = links.pop().expect("the beginning of a link");
                    let label = text.since(from);
                    self.links.add(&label, &to, text);
                }
            }
        }
    }
}

fn is_inline(event: &Event) -> bool {
    matches!(
        event,
        Event::Text(_)
            | Event::Code(_)
            | Event::SoftBreak
            | Event::Start(Tag::Strong | Tag::Link { .. })
            | Event::End(TagEnd::Strong | TagEnd::Link)
    )
}
