//! Each promise of SECURITY.md names tests that exist.

use std::fs;
use std::path::Path;

/// Whether `a::b::c` is a module of these tests, or a test.
fn exists(name: &str) -> bool {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let path = |name: &str| tests.join(name.replace("::", "/")).with_extension("rs");
    if path(name).is_file() {
        return true;
    }
    let (module, test) = name.rsplit_once("::").unwrap_or(("main", name));
    let source = fs::read_to_string(path(module)).unwrap_or_default();
    source.contains(&format!("fn {test}()"))
}

#[test]
fn every_promise_of_security_names_tests_that_exist() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("SECURITY.md");
    let text = fs::read_to_string(file).expect("a file");
    let (_, table) = text
        .split_once("| promise | tests |\n|---|---|\n")
        .expect("a table");
    let rows: Vec<_> = table.lines().take_while(|it| it.starts_with('|')).collect();
    assert!(rows.len() >= 10, "{rows:?}");
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').rsplitn(2, '|').collect();
        let names: Vec<_> = cells[0].split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "no test: {row}");
        for name in names {
            assert!(exists(name), "{name} does not exist");
        }
    }
}
