//! The report for a person.

use super::Report;
use crate::plan::columns::{column, columns};
use crate::plan::doctor::finding::{Finding, Verdict};

/// The column at which texts begin.
const INDENT: usize = 24;

/// The widest line.
const WIDTH: usize = 80;

/// A longer command, in characters, has a line of its own at the end, which may be wider than a
/// terminal: in one piece, it can be copied.
const SHORT: usize = 40;

/// How the report looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Whether the terminal shows colors.
    pub color: bool,
}

/// The report in lines of at most 80 columns, but for a long command at the end.
pub(crate) fn screen(report: &Report, style: Style) -> String {
    let mut text = String::new();
    let first = report.first();
    for finding in &report.findings {
        text.push_str(&lines(finding, style));
        // The end says what mends the first.
        let is_first = first.is_some_and(|it| std::ptr::eq(it, finding));
        if let Some(fix) = finding.fix.as_ref().filter(|_| !is_first) {
            text.push_str(&labeled("fix: ", fix));
        }
    }
    text.push('\n');
    text.push_str(&conclusion(report));
    text
}

fn lines(finding: &Finding, style: Style) -> String {
    let (mark, color) = match finding.verdict {
        Verdict::Good => ("ok", "32"),
        Verdict::Warning => ("warn", "33"),
        Verdict::Bad => ("BAD", "31;1"),
        Verdict::Skipped => ("skip", "2"),
    };
    let mark = format!("{mark:<4}");
    let mark = if style.color {
        format!("\x1b[{color}m{mark}\x1b[m")
    } else {
        mark
    };
    let head = format!("{mark}  {:<16}  ", finding.check);
    let mut text = head + &wrapped(&finding.what, INDENT);
    if let Some(why) = &finding.why {
        text.push_str(&labeled("why: ", why));
    }
    text
}

fn labeled(label: &str, text: &str) -> String {
    let indent = INDENT + label.len();
    format!("{:INDENT$}{label}{}", "", wrapped(text, indent))
}

fn conclusion(report: &Report) -> String {
    let skipped = report.findings.iter();
    let skipped = skipped.filter(|it| it.verdict == Verdict::Skipped).count();
    let skipped = match skipped {
        0 => String::new(),
        1 => " One check was skipped.".to_owned(),
        many => format!(" {many} checks were skipped."),
    };
    let Some(first) = report.first() else {
        return wrapped(&format!("A login should work.{skipped}"), 0);
    };
    let todo = first.fix.as_ref().unwrap_or(&first.what);
    // A command alone stands without backticks.
    let quote = if todo.starts_with("aws ") { "`" } else { "" };
    with_commands(&format!(
        "First, about {}: {quote}{todo}{quote}",
        first.check
    ))
}

/// The text in lines, with a line for each long command, which is between backticks.
fn with_commands(text: &str) -> String {
    let mut lines = String::new();
    let mut prose = String::new();
    for (at, part) in text.split('`').enumerate() {
        let is_command = at % 2 == 1;
        if is_command && part.chars().count() > SHORT {
            lines.push_str(&wrapped(prose.trim(), 0));
            lines.extend(["  ", part, "\n"]);
            prose.clear();
        } else if is_command {
            prose.extend(["`", part, "`"]);
        } else {
            let is_after_command = prose.is_empty() && at > 0;
            let start = [' ', ',', ';'];
            prose.push_str(if is_after_command {
                part.trim_start_matches(start)
            } else {
                part
            });
        }
    }
    if !prose.is_empty() {
        lines.push_str(&wrapped(&prose, 0));
    }
    lines
}

/// The text in lines that end before column 80, all but the first indented, each with a newline.
/// Columns are counted by characters; wide ones count twice.
fn wrapped(text: &str, indent: usize) -> String {
    let width = WIDTH - 1 - indent;
    let mut lines: Vec<String> = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let length = columns(word);
        if used > 0 && used + 1 + length > width {
            lines.push(String::new());
            used = 0;
        }
        if used > 0 {
            append(&mut lines, " ");
            used += 1;
        }
        // An ARN or a path that is too long ends after one of its parts.
        for part in word.split_inclusive(['/', ':', ',']) {
            if used > 0 && used + columns(part) > width {
                lines.push(String::new());
                used = 0;
            }
            for c in part.chars() {
                if used + column(c) > width {
                    lines.push(String::new());
                    used = 0;
                }
                append(&mut lines, c.encode_utf8(&mut [0; 4]));
                used += column(c);
            }
        }
    }
    let separator = format!("\n{:indent$}", "");
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join(&separator) + "\n"
}

fn append(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::super::json;
    use super::*;

    fn report(works: bool) -> Report {
        let long = "arn:aws:ec2:us-east-1:123456789012:instance/i-0bad0000000000001 ".repeat(3);
        Report {
            version: "2.0.0",
            target: "i-0abcdef0".into(),
            works,
            findings: vec![
                Finding::good("versions", "mssh 2.0.0"),
                Finding::skipped("status-checks", "not checked: it needs ec2:X").because(long),
                Finding::bad("state", "stopped").mended_by("start it"),
                Finding::bad("session-manager", "x".repeat(200)),
            ],
        }
    }

    #[test]
    fn no_line_is_wider_than_a_terminal() {
        let text = screen(&report(false), Style { color: false });
        for line in text.lines() {
            assert!(columns(line) < 80, "{line}");
            assert_eq!(line, line.trim_end());
        }
        assert!(
            text.starts_with("ok    versions          mssh 2.0.0\n"),
            "{text}"
        );
        assert!(
            text.ends_with("\n\nFirst, about state: start it\n"),
            "{text}"
        );
        let wide = wrapped(&"漢".repeat(100), 24);
        assert!(wide.lines().all(|line| columns(line) < 80), "{wide}");
    }

    #[test]
    fn a_long_command_is_in_one_piece_at_the_end() {
        let command = format!("aws ec2 open-it {}", "x".repeat(90));
        for (fix, end) in [
            (
                format!("`{command}`"),
                format!("First, about state:\n  {command}\n"),
            ),
            (
                format!("start it with `{command}`, or add `-l me`"),
                format!("First, about state: start it with\n  {command}\nor add `-l me`\n"),
            ),
        ] {
            let mut report = report(false);
            report.findings[2].fix = Some(fix);
            let text = screen(&report, Style { color: false });
            assert!(text.ends_with(&end), "{text}");
            assert!(!text.contains("fix: "), "{text}");
        }
    }

    #[test]
    fn colors_change_nothing_else() {
        let plain = screen(&report(true), Style { color: false });
        let colored = screen(&report(true), Style { color: true });
        let mut stripped = colored.clone();
        for code in ["\x1b[32m", "\x1b[33m", "\x1b[31;1m", "\x1b[2m", "\x1b[m"] {
            stripped = stripped.replace(code, "");
        }
        assert_eq!(stripped, plain);
        assert_ne!(colored, plain);
        assert!(
            plain.ends_with("A login should work. One check was skipped.\n"),
            "{plain}"
        );
    }

    #[test]
    fn json_has_the_same_findings() {
        let text = json(&report(false));
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value["works"], false);
        assert_eq!(value["first"]["check"], "state");
        assert_eq!(value["findings"][1]["verdict"], "skipped");
        assert_eq!(value["findings"][0]["why"], serde_json::Value::Null);
    }
}
