//! Text in roff(7), and how wide it is.

/// Words up to this length, and code, stay in one line.
pub(super) const SHORT: usize = 20;

/// A place where a word may be broken, if it is too long for a line.
const BREAK: char = '\u{ad}';

/// A space where no line ends.
const FIRM_SPACE: char = '\u{a0}';

/// A piece of text: with escapes, and as a reader sees it. Both have the same spaces and places
/// to break words.
#[derive(Default)]
pub(super) struct Text {
    roff: String,
    plain: String,
    bold: usize,
}

impl Text {
    pub(super) fn push(&mut self, words: &str) {
        let words = words.replace('…', "...");
        self.plain.push_str(&words);
        // No line ends after the hyphen of a key.
        let roff = escaped(&words).replace("Ctrl-", "Ctrl\\-");
        self.roff.push_str(&roff);
    }

    /// Code is bold. A hyphen in it is a minus: one can search for it, and paste it.
    pub(super) fn code(&mut self, words: &str) {
        let mut words = breakable(&words.replace('…', "..."));
        if width(&words) <= SHORT {
            words = words.replace(' ', &FIRM_SPACE.to_string());
        }
        self.bold(true);
        self.plain.push_str(&words);
        self.roff.push_str(&code(&words));
        self.bold(false);
    }

    /// Begins or ends bold text, which may have bold text in it.
    pub(super) fn bold(&mut self, begins: bool) {
        let before = self.bold;
        self.bold = if begins { before + 1 } else { before - 1 };
        match (before, self.bold) {
            (0, 1) => self.roff.push_str("\\fB"),
            (1, 0) => self.roff.push_str("\\fR"),
            _ => {}
        }
    }

    /// A man page, as `name(section)`.
    pub(super) fn page(&mut self, name: &str, section: u8) {
        self.code(name);
        self.push(&format!("({section})"));
    }

    /// An address in the web.
    pub(super) fn address(&mut self, address: &str) {
        let address = format!("<{}>", breakable(address));
        self.plain.push_str(&address);
        self.roff.push_str(&code(&address));
    }

    /// The text that a reader sees from this position on, which is a length of earlier.
    pub(super) fn since(&self, position: usize) -> String {
        self.plain[position..].replace(BREAK, "")
    }

    pub(super) fn position(&self) -> usize {
        self.plain.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.plain.is_empty()
    }

    pub(super) fn width(&self) -> usize {
        width(&self.plain)
    }

    /// The width that a column needs: short words stay whole, long ones may be broken.
    pub(super) fn least_width(&self) -> usize {
        let words = self.plain.split(' ');
        let least = words.map(|word| match width(word) {
            whole if whole <= SHORT => whole,
            _ => word.split(BREAK).map(width).max().unwrap_or(0),
        });
        least.max().unwrap_or(0)
    }

    /// The text as a line of input, for lines of this width.
    pub(super) fn line(&self, columns: usize) -> String {
        let words = self.roff.split(' ').zip(self.plain.split(' '));
        let words = words.map(|(roff, plain)| {
            let mark = if width(plain) > columns { "\\:" } else { "" };
            roff.replace(BREAK, mark).replace(FIRM_SPACE, "\\ ")
        });
        guarded(&words.collect::<Vec<String>>().join(" "))
    }
}

/// The columns of a text.
fn width(plain: &str) -> usize {
    plain.chars().filter(|it| *it != BREAK).count()
}

/// Lets code be broken behind punctuation marks.
fn breakable(code: &str) -> String {
    let mut broken = String::new();
    let mut letters = code.chars().peekable();
    while let Some(it) = letters.next() {
        broken.push(it);
        let inside = letters.peek().is_some_and(|next| next.is_alphanumeric());
        if inside && matches!(it, '/' | ':' | ',' | '_' | '=') {
            broken.push(BREAK);
        }
    }
    broken
}

/// Code, with hyphens that are minuses.
pub(super) fn code(text: &str) -> String {
    escaped(text).replace('-', "\\-")
}

/// The text without special meaning, but at the beginning of a line.
pub(super) fn escaped(text: &str) -> String {
    let mut roff = String::new();
    for it in text.chars() {
        match it {
            '\\' => roff.push_str("\\e"),
            '\'' => roff.push_str("\\(aq"),
            '"' => roff.push_str("\\(dq"),
            '`' => roff.push_str("\\(ga"),
            '^' => roff.push_str("\\(ha"),
            '~' => roff.push_str("\\(ti"),
            ' '..='~' | BREAK | FIRM_SPACE => roff.push(it),
            it => {
                let number = format!("\\[u{:04X}]", u32::from(it));
                roff.push_str(&number);
            }
        }
    }
    roff
}

/// The line, which is no request.
pub(super) fn guarded(roff: &str) -> String {
    let guard = if roff.starts_with('.') { "\\&" } else { "" };
    format!("{guard}{roff}\n")
}
