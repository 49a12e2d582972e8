//! Every short option of the installed rsync, alone and in clusters, in both directions. The result
//! must be the same as of a local copy with the same options.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::process::Command;

use super::super::{Places, costs, program, write};
use super::{make_old, rsync};
use crate::lab::Caller;
use crate::lab::instances::WEB1;
use crate::sandbox::{caller, finish, set_mode};

/// Options with a value, and a suitable one.
const VALUED: &[(char, &str)] = &[
    ('B', "1024"),
    ('f', "- *.o"),
    ('T', "/tmp"),
    ('M', "--no-super"),
    ('@', "1"),
];

/// Common clusters, and those whose server arguments begin with options of the original.
const CLUSTERS: &[&str] = &[
    "-a", "-av", "-az", "-avz", "-avzP", "-avzh", "-aAX", "-aAXH", "-aHS", "-aR", "-au", "-auv",
    "-r", "-rt", "-rtu", "-rlpt", "-rltDvz", "-rzuct", "-tur", "-ztr", "-drt", "-utrz", "-zrd",
    "-rLk", "-rlK", "-rvvn", "-rbi", "-rc", "-rIW", "-rmx", "-rsty", "-aqE", "-aOJ", "-rlC0",
];

/// The short options in `rsync --help`, as in `--times, -t preserve …` or `-P same as …`.
fn letters(caller: &Caller<'_>, places: &Places) -> Vec<char> {
    let help = finish(program(caller, places, "rsync").arg("--help")).stdout;
    let letter = |line: &str| {
        let names = line.trim_start().split("  ").next()?;
        let word = names.split(", ").find(|word| !word.starts_with("--"))?;
        let letter = word.strip_prefix('-')?.chars().next()?;
        let only = word.chars().nth(2).is_none_or(|next| next == '=');
        // `-e` is ours, and `-V` only prints the version.
        (only && !['e', 'V'].contains(&letter)).then_some(letter)
    };
    let mut letters: Vec<char> = help.lines().filter_map(letter).collect();
    letters.sort_unstable();
    letters.dedup();
    letters
}

/// A tree in which options make a difference: times, modes, links, holes, files that CVS ignores.
fn make_tree(base: &Path) {
    let tree = base.join("tree");
    write(&tree.join("a.txt"), "first\n");
    write(&tree.join("deep/b.txt"), "second\n");
    write(&tree.join("deep/b.o"), "left by CVS\n");
    fs::write(tree.join("hole"), [0; 10_000]).expect("a file");
    set_mode(tree.join("hole"), 0o751);
    fs::hard_link(tree.join("a.txt"), tree.join("twin")).expect("a link");
    symlink("a.txt", tree.join("link")).expect("a link");
    symlink("deep", tree.join("way")).expect("a link");
    for name in ["a.txt", "deep/b.txt", "deep/b.o", "hole"] {
        make_old(&tree.join(name));
    }
}

/// Everything below `base`: type, mode, links and content, and whether its time is old.
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

/// Copies over mssh and locally with the same options, and compares status and result.
struct Comparison<'a> {
    caller: &'a Caller<'a>,
    places: &'a Places,
    sources: &'a [&'a str],
    runs: usize,
}

impl Comparison<'_> {
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
        // With -R the whole path is part of the name; `/./` marks where it begins.
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
fn every_single_option_works_as_without_mssh() {
    let caller = caller();
    let places = Places::of(&caller);
    make_tree(&places.here);
    make_tree(&places.there);
    let sources = ["tree/a.txt", "tree/hole", "tree/link", "tree/way"];
    let mut behavior = Comparison {
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
        behavior.both_ways(&options.collect::<Vec<_>>());
    }
}

#[test]
fn clusters_of_options_work_as_without_mssh() {
    let caller = caller();
    let places = Places::of(&caller);
    make_tree(&places.here);
    make_tree(&places.there);
    let mut behavior = Comparison {
        caller: &caller,
        places: &places,
        sources: &["tree"],
        runs: 0,
    };
    for cluster in CLUSTERS {
        behavior.both_ways(&[(*cluster).to_owned()]);
    }
    costs(&caller, behavior.runs);
}
