//! Reading source text without a parser: blanks out what is not code, and finds blocks and words.

use std::fs;
use std::path::{Path, PathBuf};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Folders that hold what was built, fetched or written by a run.
const GENERATED: [&str; 9] = [
    "target",
    "node_modules",
    "dist",
    "test-results",
    "data",
    "corpus",
    "artifacts",
    "coverage",
    ".git",
];

/// Every text file below `folder` as (path from the root with `/`, text), sorted by path.
pub(crate) fn files_below(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
            if name.is_some_and(|name| GENERATED.contains(&name.as_str())) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                found.push((from_root(&path), text));
            }
        }
    }
    found.sort();
    found
}

fn from_root(path: &Path) -> String {
    let path = path.strip_prefix(root()).expect("was found below the root");
    path.to_string_lossy().replace('\\', "/")
}

/// The same text with comments and the insides of literals blanked out; line breaks stay.
/// `Rust` knows raw strings, nested comments and lifetimes; `Script` ends quotes at the line's end,
/// because JSX text may hold a lone apostrophe.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Rust,
    Script,
}

pub(crate) fn code_only(text: &str, language: Language) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_end(&chars, at, language).max(at + 1);
        let is_code = end == at + 1;
        for &c in &chars[at..end] {
            out.push(if is_code || c == '\n' { c } else { ' ' });
        }
        at = end;
    }
    out
}

/// Where the comment or literal that starts at `at` ends; `at` if none starts there.
fn literal_end(chars: &[char], at: usize, language: Language) -> usize {
    let next = chars.get(at + 1).copied().unwrap_or('\0');
    let starts_word = at == 0 || !is_word(chars[at - 1]);
    match (chars[at], next) {
        ('/', '/') => line_end(chars, at),
        ('/', '*') => comment_end(chars, at, language),
        ('"', _) => quote_end(chars, at, language),
        ('r' | 'b', _) if language == Language::Rust && starts_word => raw_end(chars, at),
        ('\'', _) if language == Language::Rust => char_end(chars, at),
        ('\'' | '`', _) if language == Language::Script => quote_end(chars, at, language),
        _ => at,
    }
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..]
        .iter()
        .position(|&c| c == '\n')
        .map_or(chars.len(), |n| at + n)
}

fn comment_end(chars: &[char], at: usize, language: Language) -> usize {
    let (mut depth, mut i) = (1, at + 2);
    while i + 1 < chars.len() {
        match (chars[i], chars[i + 1]) {
            ('*', '/') if depth == 1 => return i + 2,
            ('*', '/') => (depth, i) = (depth - 1, i + 1),
            ('/', '*') if language == Language::Rust => (depth, i) = (depth + 1, i + 1),
            _ => {}
        }
        i += 1;
    }
    chars.len()
}

fn quote_end(chars: &[char], at: usize, language: Language) -> usize {
    let quote = chars[at];
    let mut i = at + 1;
    while i < chars.len() {
        match chars[i] {
            '\\' => i += 1,
            '\n' if language == Language::Script && quote != '`' => return i,
            c if c == quote => return i + 1,
            _ => {}
        }
        i += 1;
    }
    chars.len()
}

/// `r"…"`, `r#"…"#`, `br"…"`, `b"…"`; `at` for a word that merely starts so.
fn raw_end(chars: &[char], at: usize) -> usize {
    let mut i = at + usize::from(chars[at] == 'b');
    let raw = chars.get(i) == Some(&'r');
    i += usize::from(raw);
    let hashes = chars[i..].iter().take_while(|&&c| raw && c == '#').count();
    i += hashes;
    if chars.get(i) != Some(&'"') {
        return at;
    }
    if !raw {
        return quote_end(chars, i, Language::Rust);
    }
    let closing: Vec<char> = std::iter::once('"')
        .chain(std::iter::repeat_n('#', hashes))
        .collect();
    let rest = &chars[i + 1..];
    let end = rest.windows(closing.len()).position(|w| w == closing);
    end.map_or(chars.len(), |n| i + 1 + n + closing.len())
}

/// A character literal; `at` for a lifetime.
fn char_end(chars: &[char], at: usize) -> usize {
    match (chars.get(at + 1), chars.get(at + 2)) {
        (Some('\\'), Some(_)) => {
            let rest = &chars[at + 3..];
            rest.iter()
                .position(|&c| c == '\'')
                .map_or(at, |n| at + 4 + n)
        }
        (Some(_), Some('\'')) => at + 3,
        _ => at,
    }
}

pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Byte positions where `word` stands alone in `code`.
pub(crate) fn words(code: &str, word: &str) -> Vec<usize> {
    code.match_indices(word)
        .map(|(at, _)| at)
        .filter(|&at| {
            !code[..at].ends_with(is_word) && !code[at + word.len()..].starts_with(is_word)
        })
        .collect()
}

/// The line of a byte position, from 1.
pub(crate) fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

/// The position just behind the bracket that closes the one at `open`.
pub(crate) fn behind_close(code: &str, open: usize) -> usize {
    let mut depth = 0_i32;
    for (at, c) in code[open..].char_indices() {
        depth += match c {
            '(' | '[' | '{' => 1,
            ')' | ']' | '}' => -1,
            _ => 0,
        };
        if depth == 0 {
            return open + at + 1;
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_comments_are_blanked_and_code_stays() {
        let text =
            "a(\"{ // no\", 'x', '\\'', r#\"\"{\"#, b\"}\", b'{') /* { /* { */ */ + 'a: // }\nb";
        let code = code_only(text, Language::Rust);
        let kept: String = code.split_whitespace().collect();
        assert_eq!(kept, "a(,,,,,b)+'a:b");
    }

    #[test]
    fn an_apostrophe_in_jsx_text_hides_only_its_own_line() {
        let code = code_only("<p>don't</p>\nlet a: any = `x`;", Language::Script);
        assert!(code.contains("let a: any =    ;"));
    }

    #[test]
    fn a_word_is_not_found_inside_another() {
        assert_eq!(words("many any any_ any", "any").len(), 2);
    }
}
