//! Our lines in the user's own file: they include that of the block.

use super::FILE;

/// The lines around ours in the user's file.
const BEGIN: &str = "# >>> mssh --ssh-config --install; --uninstall removes it >>>";
const END: &str = "# <<< mssh <<<";

/// Lines for the user's file, besides those that include the block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OurLines {
    /// At the beginning, where ssh knows no HostName yet: they are read once.
    pub(crate) first: Vec<u8>,
    /// At the end: the default user.
    pub(crate) last: Vec<u8>,
}

/// The user's file with our lines at both ends, once only.
#[must_use]
pub(crate) fn with_our_lines(config: &[u8], ours: &OurLines) -> Vec<u8> {
    let mut text = format!("{BEGIN}\nInclude {FILE}\n").into_bytes();
    if !ours.first.is_empty() {
        text.extend_from_slice(&ours.first);
        text.extend_from_slice(b"Match all\n");
    }
    text.extend_from_slice(format!("{END}\n").as_bytes());
    let theirs = without_our_lines(config);
    text.extend_from_slice(&theirs);
    // Without a newline at its end, the file gets one, and the mark says so: uninstall removes it.
    if theirs.last().is_some_and(|byte| *byte != b'\n') {
        text.push(b'\n');
        text.extend_from_slice(format!("{BEGIN} the line above had no end\n").as_bytes());
    } else {
        text.extend_from_slice(format!("{BEGIN}\n").as_bytes());
    }
    text.extend_from_slice(format!("Match all\nInclude {FILE}\n").as_bytes());
    text.extend_from_slice(&ours.last);
    text.extend_from_slice(format!("Match all\n{END}\n").as_bytes());
    text
}

/// The user's file without our lines.
#[must_use]
pub(crate) fn without_our_lines(config: &[u8]) -> Vec<u8> {
    let mut theirs = Vec::new();
    // A first mark without an end mark: keep everything.
    let mut ours: Option<Vec<&[u8]>> = None;
    for line in config.split_inclusive(|byte| *byte == b'\n') {
        let mark = line.trim_ascii_end();
        match &mut ours {
            None if mark.starts_with(BEGIN.as_bytes()) => ours = Some(vec![line]),
            None => theirs.extend_from_slice(line),
            Some(lines) if mark == END.as_bytes() => {
                if lines[0].trim_ascii_end() != BEGIN.as_bytes() && theirs.last() == Some(&b'\n') {
                    theirs.pop();
                }
                ours = None;
            }
            Some(lines) => lines.push(line),
        }
    }
    theirs.extend(ours.into_iter().flatten().flatten());
    theirs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uninstalling_restores_the_file() {
        let ours = |first: &str, last: &str| OurLines {
            first: first.into(),
            last: last.into(),
        };
        for theirs in [
            "",
            "\n",
            "Host *\n  User x\n",
            "Host *\n  User x",
            "\n\n# a\r\n",
            "# <<< mssh <<<\nHost a\n",
        ] {
            let ours = [ours("", "Match a\n"), ours("Match b\n", "")];
            let both = ours
                .each_ref()
                .map(|it| with_our_lines(theirs.as_bytes(), it));
            for (once, ours) in both.iter().zip(&ours) {
                assert_eq!(with_our_lines(once, ours), *once, "{theirs:?}");
                assert_eq!(without_our_lines(once), theirs.as_bytes());
            }
            assert_eq!(with_our_lines(&both[0], &ours[1]), both[1]);
        }
        let cut = format!("{BEGIN}\nInclude {FILE}\nHost a\n");
        assert_eq!(without_our_lines(cut.as_bytes()), cut.as_bytes());
    }
}
