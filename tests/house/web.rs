//! What holds for every source file of the web client.

use crate::text::{Language, code_only, files_below, line_of, words};

/// The folders of `web/src`; imports go downward.
const LEVELS: [(&str, u8); 5] = [
    ("wire", 0),
    ("transport", 1),
    ("session", 2),
    ("store", 3),
    ("ui", 4),
];
const FILE_LINES_BELOW: usize = 400;

/// Path and text of every script that is not a test.
pub(crate) fn sources() -> Vec<(String, String)> {
    let mut files = files_below("web/src");
    files.retain(|(path, _)| {
        let script = path.ends_with(".ts") || path.ends_with(".tsx");
        script && !path.contains(".test.") && !path.contains("/testing/")
    });
    files
}

/// The folder below `web/src`; none for the files that stand beside the folders (entry points).
fn folder(path: &str) -> Option<&str> {
    let (folder, _) = path.strip_prefix("web/src/")?.split_once('/')?;
    Some(folder)
}

fn level(folder: &str) -> Option<u8> {
    LEVELS
        .iter()
        .find(|(name, _)| *name == folder)
        .map(|(_, level)| *level)
}

/// What stands in quotes behind `from`, `import` or `import(`, if it is a relative path.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for keyword in ["from", "import", "import("] {
        for (at, _) in text.match_indices(keyword) {
            let rest = text[at + keyword.len()..].trim_start();
            let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'));
            let path = quote.and_then(|quote| rest[1..].split(quote).next());
            found.extend(path.filter(|path| path.starts_with('.')).map(str::to_owned));
        }
    }
    found
}

/// Follows a relative import from the file that names it.
fn resolve(from: &str, import: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in import.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

pub(crate) fn imports_that_do_not_go_down(sources: &[(String, String)]) -> Vec<String> {
    let imports = sources.iter().flat_map(|(path, text)| {
        imports(text)
            .into_iter()
            .map(move |import| (path, resolve(path, &import)))
    });
    imports
        .filter_map(|(path, target)| {
            let from = folder(path)?;
            let Some(to) = folder(&target) else {
                return Some(format!("{path}: imports an entry point ({target})"));
            };
            match (level(from), level(to)) {
                (Some(a), Some(b)) if a >= b => None,
                (Some(_), Some(_)) => Some(format!("{path}: `{from}` imports `{to}`")),
                (None, _) | (_, None) => (from != to)
                    .then(|| format!("{path}: give `{from}` and `{to}` a level in tests/house")),
            }
        })
        .collect()
}

pub(crate) fn any_and_ignored_types(sources: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in sources {
        let code = code_only(text, Language::Script);
        for at in words(&code, "any") {
            let before = code[..at].trim_end();
            let is_type =
                before.ends_with([':', '<', '|', '&', ',', '=']) || before.ends_with(" as");
            let is_name = code[at + 3..].trim_start().starts_with([':', '(', '=']);
            if is_type && (!is_name || before.ends_with(':')) {
                found.push(format!("{path}:{}: any", line_of(&code, at)));
            }
        }
        for word in ["@ts-ignore", "@ts-nocheck"] {
            found.extend(text.contains(word).then(|| format!("{path}: {word}")));
        }
    }
    found
}

/// Text is shown as text: nothing turns a string into markup or code.
pub(crate) fn strings_made_markup(sources: &[(String, String)]) -> Vec<String> {
    const FORBIDDEN: [&str; 6] = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "dangerouslySetInnerHTML",
        "document.write",
        "eval",
    ];
    let mut found = Vec::new();
    for (path, text) in sources {
        let code = code_only(text, Language::Script);
        for word in FORBIDDEN {
            let places = words(&code, word);
            found.extend(
                places
                    .iter()
                    .map(|&at| format!("{path}:{}: {word}", line_of(&code, at))),
            );
        }
    }
    found
}

pub(crate) fn long_files(sources: &[(String, String)]) -> Vec<String> {
    let lines = sources
        .iter()
        .map(|(path, text)| (path, text.lines().count()));
    let long = lines.filter(|(_, lines)| *lines >= FILE_LINES_BELOW);
    long.map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rule = fn(&[(String, String)]) -> Vec<String>;

    fn complaints(rule: Rule, path: &str, text: &str) -> usize {
        rule(&[(path.to_owned(), text.to_owned())]).len()
    }

    #[test]
    fn an_import_upward_is_found() {
        let rule = imports_that_do_not_go_down;
        assert_eq!(
            complaints(
                rule,
                "web/src/wire/a.ts",
                "import { b } from '../transport/b.ts';"
            ),
            1
        );
        assert_eq!(
            complaints(
                rule,
                "web/src/session/a.ts",
                "export * from \"../ui/b.ts\";"
            ),
            1
        );
        assert_eq!(
            complaints(rule, "web/src/store/a.ts", "await import('../ui/b.ts');"),
            1
        );
        assert_eq!(
            complaints(rule, "web/src/store/a.ts", "import '../main.ts';"),
            1
        );
        assert_eq!(
            complaints(rule, "web/src/other/a.ts", "import '../wire/a.ts';"),
            1
        );
    }

    #[test]
    fn an_import_downward_passes() {
        let rule = imports_that_do_not_go_down;
        let text = "import { h } from 'preact';\nimport type { A } from './a.ts';\nimport { b } from '../../store/b.ts';";
        assert_eq!(
            complaints(rule, "web/src/ui/part/c.ts", &text.replace("./a", "../a")),
            0
        );
        assert_eq!(
            complaints(rule, "web/src/main.tsx", "import './ui/app.tsx';"),
            0
        );
    }

    #[test]
    fn an_any_is_found_and_promise_any_passes() {
        let rule = any_and_ignored_types;
        let bad = "let a: any; b as any; let c: Map<string, any>; // @ts-ignore";
        assert_eq!(complaints(rule, "web/src/ui/a.ts", bad), 4);
        let fine = "Promise.any(a); const any = 1; '// : any'; // : any\nfirst({ x, any: 1 });";
        assert_eq!(complaints(rule, "web/src/ui/a.ts", fine), 0);
    }

    #[test]
    fn a_string_made_markup_is_found() {
        assert_eq!(
            complaints(strings_made_markup, "web/src/ui/a.ts", "a.innerHTML = b;"),
            1
        );
        assert_eq!(
            complaints(
                strings_made_markup,
                "web/src/ui/a.ts",
                "// innerHTML\na.textContent = b;"
            ),
            0
        );
    }

    #[test]
    fn a_file_of_400_lines_is_found() {
        assert_eq!(
            complaints(long_files, "web/src/ui/a.ts", &"\n".repeat(400)),
            1
        );
        assert_eq!(
            complaints(long_files, "web/src/ui/a.ts", &"\n".repeat(399)),
            0
        );
    }
}
