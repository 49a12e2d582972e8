//! Clients that only record their arguments.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::lab::Caller;
use crate::sandbox::{self, Outcome, write_script};

/// A caller whose `ssh`, `sftp` and `scp` are recorders, with a working directory that has two
/// files.
pub(crate) struct Recorder {
    pub(crate) caller: Caller<'static>,
    directory: tempfile::TempDir,
}

/// The files in the working directory.
const FILES: [&str; 2] = ["one.txt", "two.txt"];

impl Recorder {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let recorder = Self {
            caller: sandbox::caller(),
            directory,
        };
        for directory in ["bin", "work"] {
            fs::create_dir(recorder.path(directory)).expect("a directory");
        }
        for file in FILES {
            fs::write(recorder.work().join(file), "").expect("a file");
        }
        let real = which::which("ssh").expect("ssh");
        // `ssh -G` is not recorded: the real ssh answers. Like ssh, the others wait for the push.
        let script = format!(
            "#!/bin/sh\ncase \"$*\" in '-G '*' -- '*) exec '{}' \"$@\" ;; esac\n\
             for word; do case \"$word\" in IdentityAgent=*)\n\
             SSH_AUTH_SOCK=\"${{word#*=}}\" ssh-add -L >/dev/null 2>&1 ;; esac; done\n\
             printf '%s\\0' \"${{0##*/}}\" \"$@\" >'{}'\n",
            real.display(),
            recorder.path("argv").display()
        );
        for client in ["ssh", "sftp", "scp"] {
            let path = recorder.path("bin").join(client);
            write_script(&path, &script);
        }
        recorder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The working directory of the programs.
    pub(crate) fn work(&self) -> PathBuf {
        self.path("work")
    }

    /// A file beside the working directory.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("a file");
        path
    }

    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = self.caller.command(program);
        let of_lab = |(name, value): (&OsStr, Option<&OsStr>)| {
            value.filter(|_| name == "PATH").map(OsStr::to_owned)
        };
        let mut path = self.path("bin").into_os_string();
        path.push(":");
        path.push(command.get_envs().find_map(of_lab).expect("a PATH"));
        // Our own programs are in the lab's part of PATH.
        command.env("PATH", path).current_dir(self.work());
        command
    }

    /// Runs one of our programs. Returns how it ended, and the arguments of the client.
    pub(crate) fn run(&self, command: &mut Command) -> (Outcome, Option<Vec<OsString>>) {
        let argv = self.path("argv");
        let _ = fs::remove_file(&argv);
        let outcome = sandbox::finish(command);
        let words = fs::read(argv).ok().map(|bytes| {
            let words = bytes.split(|&byte| byte == 0);
            let mut words: Vec<_> = words.map(|w| OsString::from_vec(w.to_vec())).collect();
            // Nothing follows the last NUL.
            words.pop();
            words
        });
        (outcome, words)
    }

    /// The arguments after our own, which must be: this client's name, our options, and the public
    /// half of a key in the caller's directory.
    #[track_caller]
    pub(crate) fn after_key(&self, client: &str, words: &[OsString], case: &str) -> Vec<OsString> {
        let at = words.iter().position(|word| word == "-i");
        let key = at.and_then(|at| words.get(at + 1)).map(Path::new);
        let (Some(at), Some(key)) = (at, key) else {
            panic!("{case}: {words:?}");
        };
        let inside = key.starts_with(self.caller.run_dir()) && key.ends_with("key.pub");
        assert!(inside, "{case}: the key is {}", key.display());
        let agent = format!("IdentityAgent={}", key.with_file_name("agent").display());
        let mut ours = vec![client, "-o", &agent];
        if words[3..at].contains(&"ForwardAgent=/dev/null".into()) {
            ours.extend(["-o", "ForwardAgent=/dev/null"]);
        }
        ours.extend(["-o", "IdentitiesOnly=yes"]);
        assert_eq!(words[..at], ours, "{case}");
        let mut theirs = words[at + 2..].to_vec();
        if client == "ssh" && ours.contains(&"ForwardAgent=/dev/null") {
            // Ours, before the destination: `-a`.
            let before = theirs.iter().rposition(|word| word == "-a");
            theirs.remove(before.unwrap_or_else(|| panic!("{case}: no -a")));
        }
        theirs
    }

    /// Asserts that no part of the arguments has run locally: no new files.
    #[track_caller]
    pub(crate) fn nothing_ran_here(&self, case: &str) {
        let entries = fs::read_dir(self.work()).expect("a directory");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        names.sort();
        assert_eq!(names, FILES, "{case} left files behind");
    }
}
