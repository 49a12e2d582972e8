//! What bash, zsh and fish offer at a TAB: the real shells on terminals, with the committed
//! completion files.

mod instances;
mod refresh;
mod remote;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sandbox::{PATIENCE, Pty, SshUser, eventually, skipped};

/// A shell with the completions loaded. Ctrl-T writes the current line to a file.
struct Shell {
    pty: Pty,
    name: &'static str,
    line: PathBuf,
    user: SshUser,
}

const CONFIG: &str = "Host box-one *.pattern !not\n  HostName 10.0.0.1\nInclude more/*.conf\n";
const KNOWN: &str = "known-host ssh-ed25519 AAAA\n[port-host]:2222 ssh-ed25519 AAAA\n\
                     i-0face00000000aaaa ssh-ed25519 AAAA\n|1|hash=|ed= ssh-ed25519 AAAA\n";

impl Shell {
    /// Without AWS credentials.
    fn open(name: &'static str) -> Self {
        Self::of(name, SshUser::with(CONFIG), |script| {
            script.env_remove("AWS_ACCESS_KEY_ID");
        })
    }

    fn of(name: &'static str, user: SshUser, prepare: impl FnOnce(&mut Command)) -> Self {
        let home = &user.home;
        fs::create_dir_all(home.join(".ssh/more")).expect("a directory");
        fs::write(home.join(".ssh/more/a.conf"), "Host inc-luded\n").expect("a file");
        fs::write(home.join(".ssh/more/a.old"), "Host inc-orrect\n").expect("a file");
        fs::write(home.join(".ssh/known_hosts"), KNOWN).expect("a file");
        fs::write(home.join("file"), "").expect("a file");
        fs::write(home.join("aws"), "[default]\n[profile staging]\n").expect("a file");
        let line = home.join("line");
        let mut script = user.command("script");
        script
            .env("AWS_CONFIG_FILE", home.join("aws"))
            .env("TERM", "vt100")
            .env("PS1", "> ");
        prepare(&mut script);
        let options = match name {
            "bash" => "--norc --noprofile",
            "zsh" => "-f",
            _ => "--no-config",
        };
        let mut pty = Pty::of(script, &format!("exec {name} {options} -i"));
        pty.types(&format!("{}; echo load''ed\n", setup(name, &line)));
        pty.shows("loaded\r\n");
        Self {
            pty,
            name,
            line,
            user,
        }
    }

    /// The line after a TAB.
    #[track_caller]
    fn completes(&mut self, typed: &str) -> String {
        // Clears the line first.
        self.pty.types(&format!("\x15{typed}\t\x14"));
        let there = eventually(PATIENCE, || self.line.exists());
        assert!(there, "{} {typed:?}: {:?}", self.name, self.pty.screen());
        let line = fs::read_to_string(&self.line).expect("a line");
        fs::remove_file(&self.line).expect("removed");
        line.trim_end_matches('\n').to_owned()
    }
}

/// Loads the completions, and binds Ctrl-T.
fn setup(name: &str, line: &Path) -> String {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
    let (directory, line) = (directory.display(), line.display());
    let write = |what: &str| format!("{what} >{line}.new; mv {line}.new {line}");
    match name {
        "bash" => format!(
            "for it in mssh msftp mscp; do source {directory}/$it.bash; done; \
             bind -x '\"\\C-t\": {}'",
            write("printf %s \"$READLINE_LINE\"")
        ),
        "zsh" => format!(
            "fpath=({directory} $fpath); autoload -Uz compinit; compinit -D -u; \
             show() {{ {} }}; zle -N show; bindkey '^T' show",
            write("print -rn -- \"$BUFFER\"")
        ),
        _ => format!(
            "for it in mssh msftp mscp; source {directory}/$it.fish; end; bind \\ct '{}'",
            write("commandline")
        ),
    }
}

/// What is typed, and the line after a TAB.
const LINES: &[(&str, &str)] = &[
    ("mssh --reg", "mssh --region "),
    ("mssh web --liste", "mssh web --listen "),
    ("mssh -r us-gov-e", "mssh -r us-gov-east-1 "),
    ("mssh --region=us-gov-e", "mssh --region=us-gov-east-1 "),
    ("mssh -u stag", "mssh -u staging "),
    ("mssh -u default,stag", "mssh -u default,staging "),
    (
        "mssh --each inc-luded,box",
        "mssh --each inc-luded,box-one ",
    ),
    ("mssh --each a,b u", "mssh --each a,b u"),
    ("mscp --each file a,box", "mscp --each file a,box-one:"),
    ("mssh --via se", "mssh --via serial "),
    (
        "mssh --instance-id ",
        "mssh --instance-id i-0face00000000aaaa ",
    ),
    ("mssh box", "mssh box-one "),
    (
        "mssh --instance-id=",
        "mssh --instance-id=i-0face00000000aaaa ",
    ),
    ("mssh ubuntu@box", "mssh ubuntu@box-one "),
    ("mssh inc", "mssh inc-luded "),
    ("mssh kno", "mssh known-host "),
    ("mssh port", "mssh port-host "),
    ("mssh -J box", "mssh -J box-one "),
    ("mssh -J a,u@box", "mssh -J a,u@box-one "),
    ("mssh -o StrictH", "mssh -o StrictHostKeyChecking="),
    ("mssh -i ~/.s", "mssh -i ~/.ssh/"),
    ("mscp box", "mscp box-one:"),
    ("mscp fil", "mscp file "),
    ("mscp -i ~/.s", "mscp -i ~/.ssh/"),
    ("msftp box", "msftp box-one "),
    ("msftp -b fil", "msftp -b file "),
    // No completion where none makes sense.
    ("mssh not", "mssh not"),
    ("mssh ba", "mssh ba"),
    ("mssh fil", "mssh fil"),
    ("mssh box-one fil", "mssh box-one fil"),
    ("mssh box-one ba", "mssh box-one ba"),
    ("mssh -l fil", "mssh -l fil"),
    ("mssh -J fil", "mssh -J fil"),
    ("mssh -u fil", "mssh -u fil"),
    ("mssh -r fil", "mssh -r fil"),
    ("mssh -L fil", "mssh -L fil"),
    ("mscp box-one:fil", "mscp box-one:fil"),
    ("msftp box-one:fil", "msftp box-one:fil"),
    ("msftp --she", "msftp --she"),
];

/// Whether a shell is installed. Says so if it is not.
fn is_here(name: &str) -> bool {
    let found = which::which(name).is_ok();
    if !found {
        skipped(&format!("{name} is not installed"));
    }
    found
}

/// Checks the line after a TAB for each that is typed.
#[track_caller]
fn completes_lines(shell: &mut Shell, lines: &[(&str, &str)]) {
    let wrong: Vec<_> = lines
        .iter()
        .map(|(typed, expected)| (shell.completes(typed), *expected))
        .filter(|(line, expected)| line != expected)
        .collect();
    assert!(wrong.is_empty(), "{}: {wrong:#?}", shell.name);
}

#[track_caller]
fn completes_all(name: &'static str) {
    if !is_here(name) {
        return;
    }
    let mut shell = Shell::open(name);
    completes_lines(&mut shell, LINES);
    // Only hosts can come first: no options, and no programs.
    let line = shell.completes("mssh ");
    assert_eq!(line, "mssh ", "{name}");
    let line = shell.completes("mssh -");
    assert!(["mssh -", "mssh --"].contains(&&*line), "{name}: {line}");
    assert!(shell.user.caller.calls().is_empty());
}

#[test]
fn bash_completes() {
    completes_all("bash");
}

#[test]
fn zsh_completes() {
    completes_all("zsh");
}

#[test]
fn fish_completes() {
    completes_all("fish");
}

#[test]
fn every_option_is_offered_with_a_description() {
    let user = SshUser::with("");
    for (program, there, absent) in [
        (
            "mssh",
            &["--shell", "--agent-dir", "--install"][..],
            &[][..],
        ),
        ("mscp", &["--ssm"], &["--shell", "--listen"]),
        ("msftp", &["--ssm"], &["--shell", "--listen"]),
    ] {
        let answer = user.run(program, &["--complete", "--"]).stdout;
        let (kind, offered) = answer.split_once('\n').expect("lines");
        assert_eq!(kind, "none");
        let has = |option: &str| {
            let mut lines = offered.lines().filter_map(|line| line.split_once('\t'));
            lines.any(|(name, about)| name == option && !about.is_empty())
        };
        assert!(there.iter().all(|it| has(it)), "{answer}");
        assert!(!absent.iter().any(|it| has(it)), "{answer}");
    }
}

/// A hosts file may be huge, a pipe, or contain terminal escapes.
#[test]
fn odd_config_files_are_harmless() {
    let user = SshUser::with("Host a\\\u{1b}[2Jb good\nInclude config pipe loop\n");
    let dot_ssh = user.home.join(".ssh");
    let made = user.run("mkfifo", &[dot_ssh.join("pipe").to_str().expect("a name")]);
    assert_eq!(made.code, Some(0));
    std::os::unix::fs::symlink("loop", dot_ssh.join("loop")).expect("a link");
    fs::write(
        dot_ssh.join("known_hosts"),
        b"\xff\xfe ssh-rsa A\nlast ssh-rsa A\n",
    )
    .expect("a file");
    user.run("mssh", &["--complete", ""])
        .prints("none\ngood\nlast\n");
    user.run("mssh", &["--complete-line", "mssh 'a"])
        .prints("none\n");
}
