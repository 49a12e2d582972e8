//! Paths on an instance: what is typed of one, and how a name is written in it.

use super::bash::quoted;

/// Who reads the path after the local shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// scp by SFTP, for what it copies: a pattern of glob(7).
    Pattern,
    /// The same for where it copies to: a path as it is.
    Literal,
    /// The instance's shell, for scp without SFTP.
    Shell,
    /// sftp: a path as it is for a directory; a file gets into a command of its own, in which it would
    /// need other quotes.
    Sftp,
}

/// What is typed of a path: the directory with its slash, and the beginning of a name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RemotePath<'a> {
    directory: &'a str,
    name: &'a str,
    reader: Reader,
}

impl<'a> RemotePath<'a> {
    pub(crate) fn of(typed: &'a str, reader: Reader) -> Self {
        let (directory, name) = typed.split_at(typed.rfind('/').map_or(0, |at| at + 1));
        Self {
            directory,
            name,
            reader,
        }
    }

    /// The directory to list, in two parts: `~/` or `~user/`, which a shell expands, and the rest.
    pub(crate) fn directory(&self) -> (&'a str, String) {
        let is_user = |it: &str| {
            let mut chars = it.chars();
            chars.all(|c| c.is_ascii_alphanumeric() || "~_-.".contains(c))
        };
        let (tilde, rest) = match self.directory.split_once('/') {
            Some((tilde, _)) if tilde.starts_with('~') && is_user(tilde) => {
                self.directory.split_at(tilde.len() + 1)
            }
            _ => ("", self.directory),
        };
        let rest = self.as_named(rest);
        if tilde.is_empty() && !rest.starts_with('/') {
            // A name may look like an option.
            return (tilde, format!("./{rest}"));
        }
        (tilde, rest)
    }

    /// The paths of the directory's names that fit, from the output of `ls -1ap`.
    pub(crate) fn candidates(&self, listed: &str) -> Vec<String> {
        let begin = self.as_named(self.name);
        let names = listed.lines().filter(|name| {
            let is_hidden = name.starts_with('.') && !begin.starts_with('.');
            // It would be taken for the home directory of a user.
            let is_tilde = self.directory.is_empty() && name.starts_with('~');
            name.starts_with(&begin) && !["./", "../"].contains(name) && !is_hidden && !is_tilde
        });
        let paths = names.map(|name| format!("{}{}", self.directory, self.written(name)));
        paths.filter(|it| self.is_read(it)).collect()
    }

    /// What is typed, as the instance names it.
    fn as_named(&self, typed: &str) -> String {
        if matches!(self.reader, Reader::Literal | Reader::Sftp) {
            return typed.to_owned();
        }
        let mut chars = typed.chars();
        let mut named = String::new();
        while let Some(char) = chars.next() {
            named.extend(if char == '\\' {
                chars.next()
            } else {
                Some(char)
            });
        }
        named
    }

    /// The same the other way round.
    fn written(&self, name: &str) -> String {
        match self.reader {
            Reader::Pattern => {
                let escaped = |c| ["*?[]\\".contains(c).then_some('\\'), Some(c)];
                name.chars().flat_map(escaped).flatten().collect()
            }
            Reader::Shell => quoted(name),
            Reader::Literal | Reader::Sftp => name.to_owned(),
        }
    }

    fn is_read(&self, path: &str) -> bool {
        self.reader != Reader::Sftp || path.ends_with('/') || quoted(path) == path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "./\n../\n.hidden\nmy dir/\nit's $x\nstar*\nplain\n~tilde\n";

    fn offered(typed: &str, reader: Reader) -> Vec<String> {
        RemotePath::of(typed, reader).candidates(LISTED)
    }

    #[test]
    fn names_are_written_for_their_reader() {
        let all = [
            (
                Reader::Pattern,
                &["my dir/", "it's $x", "star\\*", "plain"][..],
            ),
            (Reader::Literal, &["my dir/", "it's $x", "star*", "plain"]),
            (
                Reader::Shell,
                &["my\\ dir/", "it\\'s\\ \\$x", "star\\*", "plain"],
            ),
            (Reader::Sftp, &["my dir/", "plain"]),
        ];
        for (reader, names) in all {
            assert_eq!(offered("", reader), names);
        }
    }

    #[test]
    fn what_is_typed_stays_as_it_is() {
        for (typed, reader, paths) in [
            ("/a b/pl", Reader::Literal, &["/a b/plain"][..]),
            ("a\\*/st", Reader::Pattern, &["a\\*/star\\*"]),
            ("a\\*/star\\*", Reader::Pattern, &["a\\*/star\\*"]),
            ("my\\ d", Reader::Shell, &["my\\ dir/"]),
            ("x/.", Reader::Literal, &["x/.hidden"]),
            ("x/~", Reader::Literal, &["x/~tilde"]),
            ("~", Reader::Literal, &[]),
            ("PL", Reader::Literal, &[]),
            ("a b/pl", Reader::Sftp, &[]),
        ] {
            assert_eq!(offered(typed, reader), paths, "{typed}");
        }
    }

    #[test]
    fn the_directory_is_named_as_on_the_instance() {
        for (typed, reader, tilde, rest) in [
            ("", Reader::Literal, "", "./"),
            ("-x/y", Reader::Literal, "", "./-x/"),
            ("/etc/ho", Reader::Literal, "", "/etc/"),
            ("~/a", Reader::Literal, "~/", ""),
            ("~me/a/b", Reader::Pattern, "~me/", "a/"),
            ("~$x/a", Reader::Literal, "", "./~$x/"),
            ("a\\*b/c", Reader::Pattern, "", "./a*b/"),
            ("a\\*b/c", Reader::Literal, "", "./a\\*b/"),
        ] {
            let directory = RemotePath::of(typed, reader).directory();
            assert_eq!(directory, (tilde, rest.to_owned()), "{typed}");
        }
    }
}
