//! What we say to the user. Standard output belongs to the session: all of it goes to stderr.

use std::error::Error;
use std::io::{self, IsTerminal, Write};

use rustix::termios::{OutputModes, tcgetattr};

use super::waiting;
use crate::hint;
use crate::hint::Hint;
use crate::plan::program::Program;

/// Our voice on standard error.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    program: Program,
    debug: bool,
    verbose: bool,
}

impl Terminal {
    /// A voice which only reports errors.
    #[must_use]
    pub const fn new(program: Program) -> Self {
        Self {
            program,
            debug: false,
            verbose: false,
        }
    }

    /// A voice which tells as much as the user asked for: `--debug`, or ssh's `-v`.
    #[must_use]
    pub const fn with_verbosity(self, debug: bool, verbose: bool) -> Self {
        Self {
            debug,
            verbose,
            ..self
        }
    }

    /// Reports an error: a line of what, with `--debug` a line of each cause, lines of what was
    /// seen, a line of what to try.
    pub fn error(self, error: &(impl Error + Hint)) {
        self.say("error: ", &hint::line(error));
        if self.debug {
            self.causes(error);
        }
        for detail in error.details() {
            self.say("  ", &detail);
        }
        if let Some(hint) = error.hint() {
            self.say("hint: ", &hint);
        }
    }

    /// Reports what has befallen one of several, in one line; what to try only if that was not said
    /// `before`.
    pub fn error_of(self, whom: &str, error: &(impl Error + Hint), before: &mut Option<String>) {
        self.say("error: ", &format!("{whom}: {}", hint::line(error)));
        let hint = error.hint();
        if hint != *before
            && let Some(hint) = &hint
        {
            self.say("hint: ", hint);
        }
        *before = hint.or_else(|| before.take());
    }

    /// The causes that the line of the error does not tell.
    fn causes(self, error: &dyn Error) {
        let line = hint::line(error);
        for cause in hint::causes(error).map(ToString::to_string) {
            if !line.contains(&cause) {
                self.say("caused by: ", &cause);
            }
        }
    }

    /// Says what is waited for.
    pub fn info(self, text: &str) {
        self.say("", text);
    }

    /// Says what the user should know even who asked for nothing.
    pub fn warn(self, text: &str) {
        self.say("warning: ", text);
    }

    /// Says which way was taken, to who asked for it with `-v` or `--debug`.
    pub fn verbose(self, text: &str) {
        if self.debug || self.verbose {
            self.say("", text);
        }
    }

    /// Says something of interest to who watches, unless they have been told more of it.
    pub fn info_if_interactive(self, text: &str) {
        if io::stderr().is_terminal() && !(self.debug || self.verbose) {
            self.say("", text);
        }
    }

    /// Says what was decided, to who asked for it with `--debug`.
    pub fn debug(self, text: impl FnOnce() -> String) {
        if self.debug {
            self.say("debug: ", &text());
        }
    }

    /// Says the lines of something long, to who asked for it with `--debug`.
    pub fn debug_lines(self, text: impl FnOnce() -> String) {
        if self.debug {
            for line in text().lines() {
                self.say("debug: ", line);
            }
        }
    }

    /// Tells a story, beside which a terminal shows what is waited for; nothing where all is to be
    /// `quiet`.
    pub async fn show_wait_during<T>(self, quiet: bool, story: impl Future<Output = T>) -> T {
        if quiet {
            story.await
        } else {
            waiting::show_during(self.program.name(), story).await
        }
    }

    /// Hands on what a client has written to its standard error, as it is.
    pub fn write_verbatim(self, stderr: &[u8]) {
        waiting::clear();
        let _ = io::stderr().write_all(stderr);
    }

    /// Hands on what somebody else has to say to the user.
    pub fn relay(self, text: &str) {
        for line in text.lines() {
            self.write("", line);
        }
    }

    /// Says something in our own words.
    fn say(self, kind: &str, text: &str) {
        self.write(kind, &without_numbers(text));
    }

    /// Writes one line. A terminal that is gone is nothing to fail for.
    fn write(self, kind: &str, text: &str) {
        let (name, text, end) = (self.program.name(), printable(text), line_end());
        let line = format!("{name}: {kind}{text}{end}");
        waiting::clear();
        let _ = io::stderr().write_all(line.as_bytes());
    }
}

/// What ends a line on standard error: on a terminal that a shell of ours has all keys of, nothing
/// but a carriage return leads back to the left.
fn line_end() -> &'static str {
    match tcgetattr(io::stderr()) {
        Ok(modes) if !modes.output_modes.contains(OutputModes::OPOST) => "\r\n",
        _ => "\n",
    }
}

/// `text` without the numbers that Rust puts after the system's words for an error, as in
/// `Connection refused (os error 111)`. They come with the causes of all kinds of errors.
fn without_numbers(text: &str) -> String {
    const BEGIN: &str = " (os error ";
    let mut parts = text.split(BEGIN);
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(')') {
            Some((number, rest)) if number.parse::<u32>().is_ok() => plain.push_str(rest),
            _ => plain.extend([BEGIN, part]),
        }
    }
    plain
}

/// `text` with all escaped that is not to be seen: some of it comes from elsewhere, and shall
/// neither move a cursor nor have the rest read in another order (U+202E).
fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        if is_visible(c) {
            printable.push(c);
        } else {
            printable.extend(c.escape_default());
        }
    }
    printable
}

/// Whether a character is neither a control nor a format character, nor a separator that looks like
/// nothing or like a space, nor one without a meaning: as the standard library has it.
fn is_visible(c: char) -> bool {
    if matches!(c, '\'' | '"' | '\\') {
        return true;
    }
    // At the beginning of a text, an accent without a letter would be escaped, too.
    let mut text = String::from("a");
    text.push(c);
    text.escape_debug().nth(1) == Some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_words_stand_without_its_numbers() {
        for (text, plain) in [
            ("Connection refused (os error 111)", "Connection refused"),
            (
                "a: No such file or directory (os error 2); b: Is a directory (os error 21).",
                "a: No such file or directory; b: Is a directory.",
            ),
            ("(os error x) (os error", "(os error x) (os error"),
            ("x (os error y) z", "x (os error y) z"),
            ("", ""),
        ] {
            assert_eq!(without_numbers(text), plain);
        }
    }

    #[test]
    fn control_characters_are_shown_not_sent() {
        assert_eq!(printable("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
        assert_eq!(printable("grün"), "grün");
    }

    #[test]
    fn what_changes_the_order_or_cannot_be_seen_is_shown_as_what_it_is() {
        let hidden = [
            '\u{202e}',
            '\u{202a}',
            '\u{2066}',
            '\u{2069}',
            '\u{200e}',
            '\u{200f}',
            '\u{61c}',
            '\u{200b}',
            '\u{ad}',
            '\u{feff}',
            '\u{2028}',
            '\u{2029}',
            '\u{e0041}',
            '\u{fff9}',
            '\u{9b}',
            '\u{7f}',
            '\u{e000}',
            '\u{a0}',
        ];
        for c in hidden {
            let shown = printable(&format!("a{c}b"));
            assert_eq!(shown, format!("a\\u{{{:x}}}b", u32::from(c)));
        }
    }

    #[test]
    fn words_of_any_script_are_left_alone() {
        for text in [
            "it's \"web\" \\ 1",
            "e\u{301}te\u{301}",
            "日本語",
            "हिन्दी",
            "שלום",
            "مرحبا",
            "🚀",
        ] {
            assert_eq!(printable(text), text);
        }
    }
}
