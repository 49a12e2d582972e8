//! What features share is in `sandbox` or `lab`: no feature imports from another feature.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules that every feature may import from.
const SHARED: [&str; 2] = ["lab", "sandbox"];

#[test]
fn no_feature_imports_from_another() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    for file in sources(&root) {
        let name = file.strip_prefix(&root).expect("below tests/it");
        let feature = name.with_extension("");
        let feature = feature.iter().next().expect("a name").to_string_lossy();
        let text = fs::read_to_string(&file).expect("a source file");
        // As many `super` as the file is deep lead to the root of the crate.
        let root = "super::".repeat(name.iter().count());
        for line in text
            .lines()
            .map(str::trim)
            .filter(|it| !it.starts_with("//"))
        {
            for path in line.split("crate::").skip(1) {
                let module = path.split(|c: char| !c.is_alphanumeric() && c != '_');
                let module = module.into_iter().next().unwrap_or_default();
                assert!(
                    module == feature || SHARED.contains(&module),
                    "{} imports from {module:?}: {line}",
                    name.display()
                );
            }
            assert!(!line.contains(&root), "{}: {line}", name.display());
        }
    }
}

/// All files below a directory, without the root of the crate and the checks of layout.
fn sources(directory: &Path) -> Vec<PathBuf> {
    let checks = ["main.rs", "imports.rs", "layout.rs"];
    let entries = fs::read_dir(directory).expect("a directory");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| !checks.iter().any(|check| path.ends_with(check)))
        .flat_map(|path| {
            if path.is_dir() {
                sources(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
