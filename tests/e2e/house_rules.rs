//! What the code must look like, so that the documents stay true.
//!
//! Who depends on whom is read from `services/README.md` and held against `cargo metadata`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// The most lines of a file; one that wants more has a split waiting in it.
const LINES: usize = 400;
const OURS: &str = "taskchat-";
/// The proof may look everywhere.
const EXEMPT: [&str; 4] = ["tests", "oracles", "fuzz", "library-example"];

type Names = BTreeSet<String>;

/// A row of the table.
#[derive(Debug, Default)]
struct Rule {
    ours: Names,
    only_here: Names,
    never: Names,
}

#[test]
fn the_dependency_table_is_true() {
    let rules = rules();
    let crates = manifests();
    let listed: Names = rules.keys().cloned().collect();
    let existing: Names = crates.keys().cloned().collect();
    assert_eq!(
        listed, existing,
        "crates in the table, crates in the workspace"
    );

    for (name, rule) in &rules {
        let ours: Names = crates[name]
            .iter()
            .filter_map(|dependency| dependency.strip_prefix(OURS).map(str::to_owned))
            .collect();
        assert_eq!(
            ours, rule.ours,
            "what {name} depends on, and what the table says"
        );
    }
}

#[test]
fn outside_crates_stay_where_they_belong() {
    let rules = rules();
    let crates = manifests();
    let guarded: Names = rules
        .values()
        .flat_map(|rule| rule.only_here.clone())
        .collect();
    for outside in &guarded {
        let allowed: Names = rules
            .iter()
            .filter(|(_, rule)| rule.only_here.contains(outside))
            .map(|(name, _)| name.clone())
            .collect();
        let users: Names = crates
            .iter()
            .filter(|(_, dependencies)| dependencies.contains(outside))
            .map(|(name, _)| name.clone())
            .collect();
        assert_eq!(
            users, allowed,
            "the crates that use {outside}, and those that may"
        );
    }
}

#[test]
fn what_must_never_be_seen_is_not_seen() {
    let crates = manifests();
    for (name, rule) in rules() {
        let reached = reach(&name, &crates);
        for forbidden in &rule.never {
            let ours = format!("{OURS}{forbidden}");
            let is_seen = crates[&name].contains(forbidden) || reached.contains(&ours);
            assert!(!is_seen, "{name} reaches {forbidden}");
        }
    }
}

#[test]
fn only_one_side_of_mcp_in_each_crate() {
    // Both come from one SDK, so the manifests cannot tell.
    for (crate_name, other_side) in [("agent", "RoleServer"), ("tools", "RoleClient")] {
        for file in rust_files(&root().join("services").join(crate_name)) {
            let text = read(&file);
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let is_test = file.components().any(|part| {
                matches!(
                    part.as_os_str().to_str(),
                    Some("testing" | "testing.rs" | "tests" | "tests.rs")
                )
            });
            assert!(
                is_test || !code.contains(other_side),
                "{} names {other_side}",
                file.display()
            );
        }
    }
}

#[test]
fn every_file_says_what_it_is() {
    let silent: Vec<_> = rust_files(&root())
        .into_iter()
        .filter(|file| !read(file).starts_with("//!"))
        .collect();
    assert!(silent.is_empty(), "without a //! header: {silent:?}");
}

#[test]
fn no_file_is_long() {
    let mut files = rust_files(&root());
    files.extend(files_below(
        &root().join("web-client/src"),
        &["ts", "tsx"],
        &["gen"],
    ));
    let long: Vec<_> = files
        .into_iter()
        .map(|file| (read(&file).lines().count(), file))
        .filter(|(lines, _)| *lines > LINES)
        .collect();
    assert!(long.is_empty(), "longer than {LINES} lines: {long:?}");
}

#[test]
fn no_file_is_called_mod() {
    let mods: Vec<_> = rust_files(&root())
        .into_iter()
        .filter(|file| file.ends_with("mod.rs"))
        .collect();
    assert!(mods.is_empty(), "use foo.rs beside foo/: {mods:?}");
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    for name in manifests().keys() {
        let manifest = folder(name).join("Cargo.toml");
        assert!(
            read(&manifest).contains("[lints]\nworkspace = true"),
            "{} has lints of its own",
            manifest.display()
        );
    }
}

#[test]
fn every_top_level_folder_has_a_readme() {
    for folder in [
        "proto",
        "services",
        "edge",
        "migrations",
        "web-client",
        "tests",
        "tests/bench",
    ] {
        let readme = root().join(folder).join("README.md");
        assert!(readme.is_file(), "{} is missing", readme.display());
    }
}

// --- reading ----------------------------------------------------------------------------------

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ is in the workspace")
        .to_owned()
}

fn folder(name: &str) -> PathBuf {
    let inside = root().join("services").join(name);
    if inside.is_dir() {
        inside
    } else {
        root().join(name)
    }
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The rows of the table in `services/README.md`.
fn rules() -> BTreeMap<String, Rule> {
    let text = read(&root().join("services/README.md"));
    let table = text
        .lines()
        .skip_while(|line| !line.starts_with("| Crate |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let rules: BTreeMap<_, _> = table
        .map(|line| {
            let cells: Vec<&str> = line.split('|').collect();
            let rule = Rule {
                ours: quoted(cells[2]),
                only_here: quoted(cells[3]),
                never: quoted(cells[4]),
            };
            let name = quoted(cells[1]).into_iter().next();
            (name.expect("a crate's name"), rule)
        })
        .collect();
    assert!(!rules.is_empty(), "no table in services/README.md");
    rules
}

/// The names between backticks.
fn quoted(cell: &str) -> Names {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// What each of our crates names as a dependency of its product code, without the proof.
fn manifests() -> BTreeMap<String, Names> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(root())
        .output()
        .expect("cargo metadata");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON of cargo metadata");
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let name = package["name"].as_str().expect("a name");
            let dependencies = package["dependencies"].as_array().expect("dependencies");
            let normal = dependencies
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| dependency["name"].as_str().expect("a name").to_owned());
            (
                name.strip_prefix(OURS).unwrap_or(name).to_owned(),
                normal.collect(),
            )
        })
        .filter(|(name, _)| !EXEMPT.contains(&name.as_str()))
        .collect()
}

/// Those of our crates that a crate depends on, directly or through others of ours.
fn reach(name: &str, crates: &BTreeMap<String, Names>) -> Names {
    let mut seen = Names::new();
    let mut open = vec![name.to_owned()];
    while let Some(next) = open.pop() {
        for dependency in &crates[&next] {
            let Some(ours) = dependency.strip_prefix(OURS) else {
                continue;
            };
            if seen.insert(dependency.clone()) {
                open.push(ours.to_owned());
            }
        }
    }
    seen
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    files_below(folder, &["rs"], &[])
}

/// The files below a folder, without what was built or installed.
fn files_below(folder: &Path, endings: &[&str], except: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let Ok(entries) = fs::read_dir(&next) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("a readable folder").path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            let built = matches!(name, "target" | "node_modules" | "dist") || name.starts_with('.');
            if built || except.contains(&name) {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted))
            {
                found.push(path);
            }
        }
    }
    found
}
