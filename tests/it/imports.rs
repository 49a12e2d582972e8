//! What may import what in `src`: no cycle of files, and folders in one order.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Modules by floor, the lowest first: each imports from the floors below it only. What begins with
/// several of these belongs to the longest.
const FLOORS: &[&[&str]] = &[
    &["hint", "wire"],
    &[
        "plan::columns",
        "plan::nearest",
        "plan::pattern",
        "plan::program",
    ],
    &["plan::way"],
    &["plan::target"],
    &["plan::console"],
    &["plan::aws"],
    &["plan::list"],
    &["plan::cache", "plan::each", "plan::picker"],
    &["plan::cli"],
    &["plan::ssh_g"],
    &["plan::route"],
    &["plan::argv"],
    &["plan::doctor"],
    &["world::process"],
    &["world::tty"],
    &["world::key", "world::net", "world::openssh"],
    &["world::config"],
    &["world::agent"],
    &["world::aws"],
    &["world::private_file"],
    &["world::cache", "world::picks"],
    &["error"],
    &["agent"],
    &["tunnel"],
    &["run", "resolve"],
    &[
        "config",
        "connect",
        "connection",
        "doctor",
        "each",
        "generate",
        "host_key",
        "list",
        "listen",
        "match_exec",
        "pick",
        "proxy_command",
        "setup",
        "shell",
    ],
    &["complete"],
    &["modes"],
];

/// What only the world may name.
const OUTSIDE: &[&str] = &[
    "tokio",
    "aws_",
    "rustix",
    "hyper",
    "std::env",
    "std::fs",
    "std::process",
    "std::thread",
    "Instant",
    "SystemTime",
    "TcpStream",
    "async ",
];

/// A module's path, as the words between `::`.
type Module = Vec<String>;

#[test]
fn no_two_files_import_each_other_by_whatever_detour() {
    let imports = imports();
    let mut left: BTreeMap<&Module, BTreeSet<&Module>> = BTreeMap::new();
    for (from, to) in &imports {
        // A parent and its children are one thing.
        let others = to.iter().filter(|to| !is_family(from, to));
        left.insert(from, others.collect());
    }
    // A module that imports nothing that is left is in no cycle.
    while let Some(free) = left
        .iter()
        .find(|(_, to)| !to.iter().any(|it| left.contains_key(*it)))
        .map(|(from, _)| *from)
    {
        left.remove(free);
    }
    let names: Vec<String> = left.keys().map(|it| it.join("::")).collect();
    assert!(names.is_empty(), "in cycles, or importing one: {names:?}");
}

#[test]
fn folders_import_from_the_floors_below_them_only() {
    let mut seen = vec![false; FLOORS.len()];
    let mut upward = Vec::new();
    for (from, to) in imports() {
        let Some((floor, own)) = floor(&from) else {
            continue;
        };
        seen[floor] = true;
        let to = to.into_iter().filter(|to| match self::floor(to) {
            Some((other, folder)) => other >= floor && folder != own,
            None => false,
        });
        upward.extend(to.map(|to| format!("{} imports {}", from.join("::"), to.join("::"))));
    }
    assert!(upward.is_empty(), "{upward:#?}");
    assert!(!seen.contains(&false), "a floor is gone: {seen:?}");
}

#[test]
fn what_decides_and_what_speaks_touches_nothing() {
    let mut checked = 0;
    for (module, file) in modules() {
        if !["plan", "wire"].contains(&module.first().map_or("", String::as_str)) {
            continue;
        }
        checked += 1;
        for line in code(&file).lines() {
            // What stands between quotes names no crate: `aws_access_key_id` is a key of a file.
            let names: String = line.split('"').step_by(2).collect();
            for outside in OUTSIDE {
                let touches = names.contains(outside);
                assert!(!touches, "{} names {outside}: {line}", file.display());
            }
        }
    }
    assert!(checked > 50, "{checked}");
}

#[test]
fn only_the_modes_that_write_to_standard_output_have_it() {
    let owners = modules().into_iter();
    let owners = owners.filter(|(_, file)| code(file).contains("stdout()"));
    let owners: Vec<String> = owners.map(|(module, _)| module.join("::")).collect();
    // Tunnels and shells get it, and our own texts are written to it.
    let expected = [
        "",
        "connection",
        "doctor",
        "each::line_writer",
        "proxy_command",
        "run",
    ];
    assert_eq!(owners, expected);
}

/// The floor of a module, and its folder's name there.
fn floor(module: &Module) -> Option<(usize, &'static str)> {
    let name = module.join("::");
    let folders = FLOORS.iter().enumerate();
    let mut folders = folders.flat_map(|(at, names)| names.iter().map(move |it| (at, *it)));
    folders.find(|(_, folder)| {
        let rest = name.strip_prefix(folder);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    })
}

fn is_family(a: &Module, b: &Module) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

/// What each module imports or names, tests aside.
fn imports() -> BTreeMap<Module, BTreeSet<Module>> {
    let modules: BTreeMap<Module, PathBuf> = modules().into_iter().collect();
    let mut imports = BTreeMap::new();
    for (module, file) in &modules {
        let paths = paths(&code(file));
        let found = paths.into_iter().filter_map(|path| {
            let mut path = absolute(module, &path)?;
            while !modules.contains_key(&path) {
                path.pop()?;
            }
            Some(path)
        });
        let others = found.filter(|it| it != module && !it.is_empty());
        imports.insert(module.clone(), others.collect());
    }
    imports
}

/// The paths that begin with `crate`, `super` or `self`, the braces of `use` resolved.
fn paths(code: &str) -> Vec<Module> {
    let mut paths = Vec::new();
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    for root in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(root) {
            if code[..at].ends_with(is_word) {
                continue;
            }
            let rest = &code[at..];
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let head: Module = words(&rest[..end]);
            match rest[end..].strip_prefix('{') {
                Some(group) => {
                    let group = group.split(';').next().unwrap_or_default();
                    let parts = group.split(|c| !is_word(c)).filter(|it| !it.is_empty());
                    paths.extend(parts.map(|part| [head.clone(), words(part)].concat()));
                }
                None => paths.push(head),
            }
        }
    }
    paths
}

fn words(path: &str) -> Module {
    let words = path.split("::").filter(|it| !it.is_empty());
    words.map(str::to_owned).collect()
}

fn absolute(module: &Module, path: &[String]) -> Option<Module> {
    let (root, rest) = path.split_first()?;
    let mut base = match root.as_str() {
        "crate" => Vec::new(),
        "self" => module.clone(),
        _ => module[..module.len().checked_sub(1)?].to_vec(),
    };
    for word in rest {
        match word.as_str() {
            "super" => drop(base.pop()?),
            "self" => {}
            other => base.push(other.to_owned()),
        }
    }
    Some(base)
}

/// The modules of the library with their files; those of unit tests are left out.
fn modules() -> Vec<(Module, PathBuf)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut modules = Vec::new();
    for file in sources(&src) {
        let name = file.strip_prefix(&src).expect("below src");
        let name = name.with_extension("").to_string_lossy().into_owned();
        let mut module: Module = name.split('/').map(str::to_owned).collect();
        if module == ["lib"] {
            module.clear();
        }
        let first = module.first().map(String::as_str);
        if first != Some("bin") && !module.iter().any(|it| it == "tests") {
            modules.push((module, file));
        }
    }
    modules.sort();
    modules
}

/// A file up to its tests, without comments.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("a source file");
    let code = text.split("#[cfg(test)]\nmod tests {").next();
    let lines = code.unwrap_or_default().lines();
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn sources(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("a directory");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                sources(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .collect()
}
