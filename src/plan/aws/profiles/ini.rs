//! The syntax of the AWS files: that of Python's `configparser`, and botocore's nested settings.
//!
//! <https://docs.python.org/3/library/configparser.html#supported-ini-file-structure>

use std::collections::BTreeMap;
use std::fmt;

/// The section whose settings apply to all sections.
const FOR_ALL: &str = "DEFAULT";

/// Settings by their names in lower case.
pub(crate) type Section = BTreeMap<String, Value>;

/// Sections with their headers, in the order of the file.
pub(super) type Sections = Vec<(String, Section)>;

/// A value. It may be secret, so Debug does not show it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Value {
    /// The line where it begins, from 1.
    pub line: usize,
    content: Content,
}

#[derive(Clone, PartialEq, Eq)]
enum Content {
    /// Several lines if the later ones are indented.
    Text(String),
    /// Settings that are indented below it.
    Nested(BTreeMap<String, String>),
}

impl Value {
    /// The value, if it is text.
    #[must_use]
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            Content::Nested(_) => None,
        }
    }

    /// A nested setting.
    #[must_use]
    pub(crate) fn below(&self, key: &str) -> Option<&str> {
        match &self.content {
            Content::Text(_) => None,
            Content::Nested(below) => below.get(key).map(String::as_str),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// A line that cannot be parsed. Values are not shown, since they may be secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IniError {
    /// From 1.
    pub line: usize,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    NoSection,
    NoSetting,
    Again(String),
    NotNested(String),
}

impl fmt::Display for IniError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.what {
            What::NoSection => f.write_str("a setting before the first [section]"),
            What::NoSetting => f.write_str("neither a [section] nor a setting (NAME = VALUE)"),
            What::Again(name) => write!(f, "{name} for the second time"),
            What::NotNested(name) => write!(f, "a line below `{name}` is not NAME = VALUE"),
        }
    }
}

/// A setting whose lines are not all read.
struct Draft {
    key: String,
    line: usize,
    lines: Vec<String>,
}

#[derive(Default)]
struct Reader {
    sections: Vec<(String, Vec<Draft>)>,
    /// How far the last line was indented that was not a continuation.
    indent: usize,
    /// Whether the last setting can continue.
    open: bool,
}

/// Parses a file with the line ends of any system.
pub(super) fn parse(text: &str) -> Result<Sections, IniError> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut reader = Reader::default();
    for (number, line) in text.lines().enumerate() {
        reader.read(number + 1, line).map_err(|what| IniError {
            line: number + 1,
            what,
        })?;
    }
    reader.finish()
}

impl Reader {
    fn read(&mut self, number: usize, line: &str) -> Result<(), What> {
        let value = line.trim();
        if value.starts_with(['#', ';']) {
            return Ok(());
        }
        if value.is_empty() {
            self.continue_setting("");
            return Ok(());
        }
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        if self.open && indent > self.indent {
            self.continue_setting(value);
            return Ok(());
        }
        self.indent = indent;
        if let Some(header) = header(value) {
            return self.begin(header);
        }
        let (name, drafts) = self.sections.last_mut().ok_or(What::NoSection)?;
        let (key, value) = setting(value).ok_or(What::NoSetting)?;
        if drafts.iter().any(|draft| draft.key == key) {
            return Err(What::Again(format!("`{key}` in [{name}]")));
        }
        drafts.push(Draft {
            key,
            line: number,
            lines: vec![value.to_owned()],
        });
        self.open = true;
        Ok(())
    }

    fn begin(&mut self, header: &str) -> Result<(), What> {
        let again = self.sections.iter().any(|(known, _)| known == header);
        if again && header != FOR_ALL {
            return Err(What::Again(format!("[{header}]")));
        }
        self.sections.push((header.to_owned(), Vec::new()));
        self.open = false;
        Ok(())
    }

    /// Adds a line to the last setting, if that can continue.
    fn continue_setting(&mut self, line: &str) {
        let drafts = self.sections.last_mut().map(|(_, drafts)| drafts);
        if let Some(draft) = drafts.and_then(|drafts| drafts.last_mut())
            && self.open
        {
            draft.lines.push(line.to_owned());
        }
    }

    fn finish(self) -> Result<Sections, IniError> {
        let mut for_all = Section::new();
        let mut sections = Sections::new();
        for (header, drafts) in self.sections {
            let section = drafts
                .into_iter()
                .map(value)
                .collect::<Result<Section, _>>()?;
            if header == FOR_ALL {
                for_all.extend(section);
            } else {
                sections.push((header, section));
            }
        }
        for (_, section) in &mut sections {
            for (key, value) in &for_all {
                section.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        Ok(sections)
    }
}

/// The header in `[header]`, up to the last bracket; the rest of the line is ignored.
fn header(line: &str) -> Option<&str> {
    let rest = line.strip_prefix('[')?;
    let header = &rest[..rest.rfind(']')?];
    (!header.is_empty()).then_some(header)
}

/// Name and value, with `=` or `:` between them.
fn setting(line: &str) -> Option<(String, &str)> {
    let (name, value) = line.split_once(['=', ':'])?;
    let name = name.trim().to_lowercase();
    (!name.is_empty()).then_some((name, value.trim()))
}

/// The value of a setting's lines: nested if the first one is empty.
fn value(draft: Draft) -> Result<(String, Value), IniError> {
    let Draft { key, line, lines } = draft;
    let text = lines.join("\n").trim_end().to_owned();
    if !text.starts_with('\n') {
        let content = Content::Text(text);
        return Ok((key, Value { line, content }));
    }
    let mut below = BTreeMap::new();
    for inner in text.lines().map(str::trim).filter(|it| !it.is_empty()) {
        let Some((name, value)) = inner.split_once('=') else {
            let what = What::NotNested(key);
            return Err(IniError { line, what });
        };
        below.insert(name.trim().to_owned(), value.trim().to_owned());
    }
    let content = Content::Nested(below);
    Ok((key, Value { line, content }))
}
