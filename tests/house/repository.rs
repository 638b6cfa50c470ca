//! What holds for the repository as a whole.

use crate::text::{files_below, words};

/// Files in which a machine's path or an unnamed line is nothing to complain about.
const LOCK_FILES: [&str; 2] = ["Cargo.lock", "web/package-lock.json"];

pub(crate) fn files() -> Vec<(String, String)> {
    let mut files = files_below("");
    files.retain(|(path, _)| !LOCK_FILES.contains(&path.as_str()));
    files
}

/// Absolute paths that exist on one machine only.
pub(crate) fn paths_of_a_machine(files: &[(String, String)]) -> Vec<String> {
    // Put together here, so that this file does not hold what it looks for.
    let folders = [
        "work",
        "farm",
        "root",
        "home/[user]",
        "Users/[user]",
        "tmp/wt",
    ];
    let mut found = Vec::new();
    for (path, text) in files {
        for folder in folders {
            let (start, any_user) = match folder.strip_suffix("[user]") {
                Some(start) => (format!("/{start}"), true),
                None => (format!("/{folder}/"), false),
            };
            let holds = text.match_indices(&start).any(|(at, _)| {
                let alone =
                    !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '.' || c == '_');
                let user = text[at + start.len()..].starts_with(|c: char| c.is_ascii_lowercase());
                alone && (user || !any_user)
            });
            found.extend(holds.then(|| format!("{path}: holds a path below {start}")));
        }
    }
    found
}

/// Every line of the acceptance list that can be named by a test.
fn lines() -> impl Iterator<Item = String> {
    let chat = (1..=34).map(|n| format!("A{n}"));
    chat.chain((1..=12).map(|n| format!("X{n}")))
}

/// The text of everything that runs as a test, this one left out.
fn test_text(files: &[(String, String)]) -> String {
    let mut all = String::new();
    for (path, text) in files {
        let whole = path.starts_with("tests/") && !path.starts_with("tests/house/")
            || path.starts_with("web/e2e/")
            || path.contains(".test.")
            || path.starts_with("src/") && path.contains("/tests");
        if whole {
            all.push_str(text);
        } else if let Some(at) = text
            .find("#[cfg(test)]")
            .filter(|_| path.starts_with("src/"))
        {
            all.push_str(&text[at..]);
        }
        all.push('\n');
    }
    all
}

pub(crate) fn lines_without_a_test(files: &[(String, String)]) -> Vec<String> {
    let tests = test_text(files);
    lines()
        .filter(|line| words(&tests, line).is_empty())
        .collect()
}

/// What every clone needs to hold.
pub(crate) fn missing_files(files: &[(String, String)]) -> Vec<String> {
    const NEEDED: [&str; 9] = [
        ".ci/run",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "Cargo.toml",
        "LICENSE",
        "Makefile",
        "README.md",
        "deny.toml",
        "docs/protocol.md",
    ];
    let there = |needed: &str| files.iter().any(|(path, _)| path == needed);
    NEEDED
        .iter()
        .filter(|needed| !there(needed))
        .map(|needed| (*needed).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(path: &str, text: String) -> Vec<(String, String)> {
        vec![(path.to_owned(), text)]
    }

    #[test]
    fn a_path_of_a_machine_is_found() {
        for folder in ["work/main", "home/ann", "root/x", "Users/ann"] {
            assert_eq!(
                paths_of_a_machine(&one("a.md", format!("see /{folder}/y"))).len(),
                1
            );
        }
        let fine = "https://example.org/work/x ../root/ a/work/ /home/USER";
        assert_eq!(
            paths_of_a_machine(&one(
                "a.md",
                fine.replace("example.org/work", "example.org/w")
            ))
            .len(),
            0
        );
    }

    #[test]
    fn a_line_counts_only_when_a_test_names_it() {
        let named =
            |path: &str, text: &str| 46 - lines_without_a_test(&one(path, text.to_owned())).len();
        assert_eq!(named("tests/join.rs", "// A10, X2; not A100 or XA3"), 2);
        assert_eq!(named("web/e2e/join.test.ts", "test('A4 A5')"), 2);
        assert_eq!(
            named("src/hub.rs", "// A1\n#[cfg(test)]\nmod tests { /* A2 */ }"),
            1
        );
        assert_eq!(named("tests/house/main.rs", "A1"), 0);
        assert_eq!(named("docs/protocol.md", "A1"), 0);
    }

    #[test]
    fn a_missing_file_is_found() {
        assert!(missing_files(&one("Makefile", String::new())).contains(&"README.md".to_owned()));
    }
}
