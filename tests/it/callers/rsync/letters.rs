//! Every short option that the installed rsync has, alone and in clusters, both ways: the outcome
//! is that of the same rsync from one directory of this machine to another.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use super::super::{Places, costs, program, write};
use super::{make_old, rsync};
use crate::lab::Caller;
use crate::lab::instances::WEB1;
use crate::sandbox::{caller, finish};

/// Letters that want a value, and one that suits them.
const VALUED: &[(char, &str)] = &[
    ('B', "1024"),
    ('f', "- *.o"),
    ('T', "/tmp"),
    ('M', "--no-super"),
    ('@', "1"),
];

/// Clusters that people type, and those whose server's words begin with letters of the original.
const CLUSTERS: &[&str] = &[
    "-a", "-av", "-az", "-avz", "-avzP", "-avzh", "-aAX", "-aAXH", "-aHS", "-aR", "-au", "-auv",
    "-r", "-rt", "-rtu", "-rlpt", "-rltDvz", "-rzuct", "-tur", "-ztr", "-drt", "-utrz", "-zrd",
    "-rLk", "-rlK", "-rvvn", "-rbi", "-rc", "-rIW", "-rmx", "-rsty", "-aqE", "-aOJ", "-rlC0",
];

/// The letters in `rsync --help`, as in `--times, -t  preserve …` or `-P  same as …`.
fn letters(caller: &Caller<'_>, places: &Places) -> Vec<char> {
    let help = finish(program(caller, places, "rsync").arg("--help")).stdout;
    let letter = |line: &str| {
        let names = line.trim_start().split("  ").next()?;
        let word = names.split(", ").find(|word| !word.starts_with("--"))?;
        let letter = word.strip_prefix('-')?.chars().next()?;
        let only = word.chars().nth(2).is_none_or(|next| next == '=');
        // The shell is ours to say, and the version is all that `-V` is for.
        (only && !['e', 'V'].contains(&letter)).then_some(letter)
    };
    let mut letters: Vec<char> = help.lines().filter_map(letter).collect();
    letters.sort_unstable();
    letters.dedup();
    letters
}

/// A tree with what the letters differ about: times, modes, links, holes, what CVS would leave.
fn plant(base: &Path) {
    let tree = base.join("tree");
    write(&tree.join("a.txt"), "first\n");
    write(&tree.join("deep/b.txt"), "second\n");
    write(&tree.join("deep/b.o"), "left by CVS\n");
    fs::write(tree.join("hole"), [0; 10_000]).expect("a file");
    let run = fs::Permissions::from_mode(0o751);
    fs::set_permissions(tree.join("hole"), run).expect("its mode");
    fs::hard_link(tree.join("a.txt"), tree.join("twin")).expect("a link");
    symlink("a.txt", tree.join("link")).expect("a link");
    symlink("deep", tree.join("way")).expect("a link");
    for name in ["a.txt", "deep/b.txt", "deep/b.o", "hole"] {
        make_old(&tree.join(name));
    }
}

/// All that is below `base`: what each is, its mode, links and content, and its time if it is old.
fn seen(base: &Path) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name().display().to_string());
        let metadata = entry.metadata().expect("a file");
        let old = metadata.mtime() == 1_000_000_000;
        let content = match metadata.file_type() {
            kind if kind.is_dir() => "directory".to_owned(),
            kind if kind.is_symlink() => format!("{:?}", fs::read_link(&path)),
            _ => format!("{} {:?}", metadata.nlink(), fs::read(&path)),
        };
        seen.insert(
            name.clone(),
            format!("{:o} {old} {content}", metadata.mode()),
        );
        if metadata.is_dir() {
            let below = self::seen(&path).into_iter();
            seen.extend(below.map(|(below, what)| (format!("{name}/{below}"), what)));
        }
    }
    seen
}

/// Copies with these options over us, and on this machine, and compares status and outcome.
struct SessionBehavior<'a> {
    caller: &'a Caller<'a>,
    places: &'a Places,
    /// What is copied, below the one place or the other.
    sources: &'a [&'a str],
    runs: usize,
}

impl SessionBehavior<'_> {
    fn both_ways(&mut self, options: &[String]) {
        let name = options.concat().replace(['/', ' ', '*'], "_");
        let (here, there) = (&self.places.here, &self.places.there);
        let (local, to, from) = (format!("l{name}"), format!("t{name}"), format!("f{name}"));
        let mut plain = program(self.caller, self.places, "rsync");
        plain.args(options).args(self.sources);
        let judged = outcome(plain.arg(format!("{local}/")), &here.join(&local));
        let mut over = rsync(self.caller, self.places, "mssh");
        over.args(options).args(self.sources);
        let to_there = self.places.remote(WEB1, &format!("{to}/"));
        let ours = outcome(over.arg(to_there), &there.join(&to));
        assert_eq!(ours, judged, "{options:?} to an instance");
        // With -R the whole path is part of the name; `/./` says where that begins.
        let place = self.places.remote(WEB1, ".");
        let sources = self.sources.iter().enumerate().map(|(number, source)| {
            let place = if number == 0 {
                &place[..]
            } else {
                &place[WEB1.len()..]
            };
            format!("{place}/{source}")
        });
        let mut over = rsync(self.caller, self.places, "mssh");
        over.args(options).args(sources).arg(format!("{from}/"));
        let ours = outcome(&mut over, &here.join(&from));
        assert_eq!(ours, judged, "{options:?} from an instance");
        self.runs += 2;
    }
}

fn outcome(rsync: &mut Command, copy: &Path) -> (Option<i32>, BTreeMap<String, String>) {
    (finish(rsync).code, seen(copy))
}

#[test]
fn every_letter_alone_does_what_it_does_without_us() {
    let caller = caller();
    let places = Places::of(&caller);
    plant(&places.here);
    plant(&places.there);
    let sources = ["tree/a.txt", "tree/hole", "tree/link", "tree/way"];
    let mut trial = SessionBehavior {
        caller: &caller,
        places: &places,
        sources: &sources,
        runs: 0,
    };
    let letters = letters(&caller, &places);
    println!("rsync's letters: {}", letters.iter().collect::<String>());
    assert!(letters.len() > 30, "{letters:?}");
    for letter in letters {
        let value = VALUED.iter().find(|(valued, _)| *valued == letter);
        let value = value.map(|(_, value)| (*value).to_owned());
        let options = [format!("-{letter}")].into_iter().chain(value);
        trial.both_ways(&options.collect::<Vec<_>>());
    }
}

#[test]
fn clusters_of_letters_do_what_they_do_without_us() {
    let caller = caller();
    let places = Places::of(&caller);
    plant(&places.here);
    plant(&places.there);
    let mut trial = SessionBehavior {
        caller: &caller,
        places: &places,
        sources: &["tree"],
        runs: 0,
    };
    for cluster in CLUSTERS {
        trial.both_ways(&[(*cluster).to_owned()]);
    }
    costs(&caller, trial.runs);
}
