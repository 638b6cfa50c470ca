//! What holds for every Rust source file.

use crate::text::{Language, behind_close, code_only, files_below, is_word, line_of, words};

/// A module's level; imports go strictly downward.
const LEVELS: [(&str, u8); 18] = [
    ("ids", 0),
    ("clock", 0),
    ("config", 0),
    ("tls", 0),
    ("metrics", 0),
    ("origin", 0),
    ("wire", 1),
    ("record", 1),
    ("chat", 2),
    ("log", 2),
    ("fanout", 2),
    ("hub", 3),
    ("transport", 4),
    ("http", 4),
    ("server", 5),
    ("load", 5),
    ("banner", 6),
    ("main", 7),
];
/// Below this level neighbours may know each other in one direction; from it on they may not at all.
const STRANGERS_FROM: u8 = 2;

const LONGEST_FN: usize = 70;
const MEDIAN_FN_BELOW: usize = 10;
const FILE_LINES_BELOW: usize = 400;
const MOST_ARGUMENTS: usize = 4;
const DEEPEST_NESTING: usize = 3;

/// One source file, its tests cut off.
pub(crate) struct Source {
    pub(crate) path: String,
    /// Code without comments, literals and `#[cfg(test)]` items.
    pub(crate) code: String,
    /// Lines before the first `#[cfg(test)] mod`, comments included.
    pub(crate) lines: usize,
}

/// Everything below `src`, without the files that a `#[cfg(test)] mod name;` names.
pub(crate) fn sources() -> Vec<Source> {
    let files = files_below("src");
    let tests: Vec<String> = files
        .iter()
        .flat_map(|(path, text)| test_files(path, text))
        .collect();
    let is_test = |path: &str| tests.iter().any(|test| path.starts_with(test.as_str()));
    let rust = files
        .iter()
        .filter(|(path, _)| path.ends_with(".rs") && !is_test(path));
    rust.map(|(path, text)| source(path, text)).collect()
}

pub(crate) fn source(path: &str, text: &str) -> Source {
    let code = code_only(text, Language::Rust);
    let tests_at = test_items(&code)
        .into_iter()
        .find(|item| item.is_module)
        .map(|item| item.start);
    let lines = tests_at.map_or(code.lines().count(), |at| line_of(&code, at) - 1);
    let code = without_tests(&code);
    Source {
        path: path.to_owned(),
        code,
        lines,
    }
}

struct TestItem {
    start: usize,
    end: usize,
    is_module: bool,
}

/// Where `#[cfg(test)]` items begin and end.
fn test_items(code: &str) -> Vec<TestItem> {
    let starts = code
        .match_indices("#[cfg(test)]")
        .map(|(at, found)| (at, at + found.len()));
    starts
        .map(|(start, item)| {
            let body = code[item..]
                .find(['{', ';'])
                .map_or(code.len(), |n| item + n);
            let is_block = code[body..].starts_with('{');
            let end = if is_block {
                behind_close(code, body)
            } else {
                body
            };
            let is_module = !words(&code[item..body], "mod").is_empty();
            TestItem {
                start,
                end,
                is_module,
            }
        })
        .collect()
}

fn without_tests(code: &str) -> String {
    let mut kept = String::new();
    let mut at = 0;
    for item in test_items(code)
        .into_iter()
        .filter(|item| item.start < item.end)
    {
        if item.start >= at {
            kept.push_str(&code[at..item.start]);
            kept.extend(code[item.start..item.end].chars().filter(|&c| c == '\n'));
            at = item.end;
        }
    }
    kept + &code[at..]
}

/// The paths (of a file or a folder, by prefix) that hold the test modules declared in this file.
fn test_files(path: &str, text: &str) -> Vec<String> {
    let code = code_only(text, Language::Rust);
    let stem = path.trim_end_matches(".rs").trim_end_matches("/mod");
    let folder = match path {
        "src/lib.rs" | "src/main.rs" => "src",
        _ => stem,
    };
    let modules = test_items(&code).into_iter().filter(|item| item.is_module);
    modules
        .filter(|item| !code[item.start..item.end].contains('{'))
        .flat_map(|item| {
            let name = code[item.start..item.end]
                .split_whitespace()
                .last()
                .unwrap_or_default();
            [format!("{folder}/{name}.rs"), format!("{folder}/{name}/")]
        })
        .collect()
}

/// The module a file belongs to on the level plan; none for the crate's root.
fn module(path: &str) -> Option<&str> {
    let name = path
        .strip_prefix("src/")?
        .split('/')
        .next()?
        .trim_end_matches(".rs");
    (name != "lib" && name != "bin").then_some(name)
}

fn level(module: &str) -> Option<u8> {
    LEVELS
        .iter()
        .find(|(name, _)| *name == module)
        .map(|(_, level)| *level)
}

/// The modules of this crate that a file names by `crate::` (`chinwag::` in main), or by `super::` beyond its own.
fn imports(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for root in ["crate::", "chinwag::"] {
        for (at, _) in source.code.match_indices(root) {
            if !source.code[..at].ends_with(is_word) {
                found.extend(first_names(&source.code[at + root.len()..]));
            }
        }
    }
    let inside = source
        .path
        .trim_start_matches("src/")
        .trim_end_matches("/mod.rs");
    let up = "super::".repeat(inside.matches('/').count() + 1);
    for (at, _) in source.code.match_indices(&up) {
        if !source.code[..at].ends_with("::") {
            found.extend(first_names(&source.code[at + up.len()..]));
        }
    }
    found.retain(|name| name.starts_with(char::is_lowercase));
    found.sort();
    found.dedup();
    found
}

/// `a::b` -> a; `{a::b, c}` -> a, c.
fn first_names(path: &str) -> Vec<String> {
    let name = |text: &str| {
        text.trim()
            .chars()
            .take_while(|&c| is_word(c))
            .collect::<String>()
    };
    if !path.starts_with('{') {
        return vec![name(path)];
    }
    let inside = &path[1..behind_close(path, 0) - 1];
    top_level_parts(inside).into_iter().map(name).collect()
}

/// Splits at commas that stand in no bracket.
fn top_level_parts(list: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start, mut before) = (Vec::new(), 0_i32, 0, ' ');
    for (at, c) in list.char_indices() {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            '>' if before == '-' || before == '=' => {}
            ')' | ']' | '}' | '>' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        before = c;
    }
    parts.push(&list[start..]);
    parts
        .into_iter()
        .filter(|part| !part.trim().is_empty())
        .collect()
}

pub(crate) fn imports_that_do_not_go_down(sources: &[Source]) -> Vec<String> {
    let pairs: Vec<(&Source, &str, String)> = sources
        .iter()
        .filter_map(|source| Some((source, module(&source.path)?)))
        .flat_map(|(source, from)| {
            imports(source)
                .into_iter()
                .map(move |to| (source, from, to))
        })
        .filter(|(_, from, to)| from != to)
        .collect();
    let knows = |from: &str, to: &str| pairs.iter().any(|(_, f, t)| *f == from && t == to);
    let complaint = |(source, from, to): &(&Source, &str, String)| {
        let path = &source.path;
        match (level(from), level(to)) {
            (None, _) => Some(format!("{path}: give `{from}` a level in tests/house")),
            (_, None) => Some(format!("{path}: give `{to}` a level in tests/house")),
            (Some(a), Some(b)) if a > b => None,
            (Some(a), Some(b)) if a == b && a < STRANGERS_FROM && !knows(to, from) => None,
            (Some(a), Some(b)) => Some(format!("{path}: `{from}` (L{a}) names `{to}` (L{b})")),
        }
    };
    pairs.iter().filter_map(complaint).collect()
}

/// One function with a body.
struct Function<'a> {
    name: &'a str,
    line: usize,
    lines: usize,
    arguments: usize,
    body: &'a str,
}

fn functions(code: &str) -> Vec<Function<'_>> {
    words(code, "fn")
        .into_iter()
        .filter_map(|at| function(code, at))
        .collect()
}

/// None for a function type or one without a body.
fn function(code: &str, at: usize) -> Option<Function<'_>> {
    let name_at = at + 2 + code[at + 2..].find(|c: char| !c.is_whitespace())?;
    let name = &code[name_at..name_at + code[name_at..].find(|c| !is_word(c))?];
    if name.is_empty() {
        return None;
    }
    let open = name_at + name.len() + argument_list(&code[name_at + name.len()..])?;
    let close = behind_close(code, open);
    let body_at = close + code[close..].find(['{', ';'])?;
    if code[body_at..].starts_with(';') {
        return None;
    }
    let end = behind_close(code, body_at);
    Some(Function {
        name,
        line: line_of(code, at),
        lines: code[at..end].matches('\n').count() + 1,
        arguments: top_level_parts(&code[open + 1..close - 1]).len(),
        body: &code[body_at + 1..end - 1],
    })
}

/// Where the argument list opens behind a function's name: after its generics, whose bounds may hold brackets.
fn argument_list(rest: &str) -> Option<usize> {
    let (mut depth, mut before) = (0_i32, ' ');
    for (at, c) in rest.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if before != '-' => depth -= 1,
            '(' if depth == 0 => return Some(at),
            _ => {}
        }
        before = c;
    }
    None
}

/// How many blocks of control flow lie around the innermost one.
fn nesting(body: &str) -> usize {
    const CONTROL: [&str; 6] = ["if", "else", "match", "for", "while", "loop"];
    let (mut open, mut deepest, mut statement) = (Vec::new(), 0, 0);
    for (at, c) in body.char_indices() {
        match c {
            '{' => {
                let head = &body[statement..at];
                open.push(CONTROL.iter().any(|word| !words(head, word).is_empty()));
                deepest = deepest.max(open.iter().filter(|&&control| control).count());
            }
            '}' => drop(open.pop()),
            _ => {}
        }
        let arm = body[..at].ends_with('=') && c == '>';
        if matches!(c, '{' | '}' | ';' | ',') || arm {
            statement = at + c.len_utf8();
        }
    }
    deepest
}

fn each_function(sources: &[Source], rule: impl Fn(&Function) -> Option<String>) -> Vec<String> {
    let functions = sources
        .iter()
        .flat_map(|s| functions(&s.code).into_iter().map(move |f| (s, f)));
    functions
        .filter_map(|(source, f)| {
            Some(format!(
                "{}:{}: `{}` {}",
                source.path,
                f.line,
                f.name,
                rule(&f)?
            ))
        })
        .collect()
}

pub(crate) fn long_functions(sources: &[Source]) -> Vec<String> {
    each_function(sources, |f| {
        (f.lines > LONGEST_FN).then(|| format!("has {} lines", f.lines))
    })
}

pub(crate) fn many_arguments(sources: &[Source]) -> Vec<String> {
    let many = |f: &Function| f.arguments > MOST_ARGUMENTS;
    each_function(sources, |f| {
        many(f).then(|| format!("takes {} arguments", f.arguments))
    })
}

pub(crate) fn deep_nesting(sources: &[Source]) -> Vec<String> {
    each_function(sources, |f| {
        let depth = nesting(f.body);
        (depth > DEEPEST_NESTING).then(|| format!("nests {depth} deep"))
    })
}

pub(crate) fn a_median_too_high(sources: &[Source]) -> Vec<String> {
    let mut lengths: Vec<usize> = sources
        .iter()
        .flat_map(|s| functions(&s.code))
        .map(|f| f.lines)
        .collect();
    lengths.sort_unstable();
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or(0);
    let complaint = format!("half of the functions have {median} lines or more");
    (median >= MEDIAN_FN_BELOW)
        .then_some(complaint)
        .into_iter()
        .collect()
}

pub(crate) fn long_files(sources: &[Source]) -> Vec<String> {
    let long = sources
        .iter()
        .filter(|source| source.lines >= FILE_LINES_BELOW);
    long.map(|s| format!("{}: {} lines before its tests", s.path, s.lines))
        .collect()
}

/// Occurrences of `needle` (a text that begins and ends at a word's edge) outside the files in `allowed`.
fn named(sources: &[Source], needle: &str, allowed: impl Fn(&str) -> bool) -> Vec<String> {
    let places = sources.iter().filter(|source| !allowed(&source.path));
    places
        .flat_map(|source| {
            words(&source.code, needle)
                .into_iter()
                .map(move |at| (source, at))
        })
        .map(|(source, at)| format!("{}:{}: {needle}", source.path, line_of(&source.code, at)))
        .collect()
}

pub(crate) fn ways_to_panic_carelessly(sources: &[Source]) -> Vec<String> {
    let found = ["unwrap()", "todo!", "unimplemented!", "dbg!"];
    found
        .iter()
        .flat_map(|needle| named(sources, needle, |_| false))
        .collect()
}

pub(crate) fn bincode_named_outside_the_codec(sources: &[Source]) -> Vec<String> {
    named(sources, "bincode", |path| path == "src/wire/codec.rs")
}

pub(crate) fn time_read_outside_the_clock(sources: &[Source]) -> Vec<String> {
    let found = ["SystemTime::now", "Instant::now", "Utc::now", "Local::now"];
    let clock = |path: &str| path == "src/clock.rs";
    found
        .iter()
        .flat_map(|needle| named(sources, needle, clock))
        .collect()
}

/// `chat` is sans-IO: no runtime, no sockets, no bytes, no codec, no clock, no randomness.
pub(crate) fn what_chat_must_not_know(sources: &[Source]) -> Vec<String> {
    const FORBIDDEN: [&str; 12] = [
        "tokio",
        "bytes::",
        "Bytes",
        "bincode",
        "std::net",
        "std::fs",
        "std::thread",
        "std::env",
        "clock::now",
        "SystemRandom",
        "rusqlite",
        "async",
    ];
    let elsewhere = |path: &str| module(path) != Some("chat");
    FORBIDDEN
        .iter()
        .flat_map(|needle| named(sources, needle, elsewhere))
        .collect()
}

pub(crate) fn library_that_allows_unsafe(sources: &[Source]) -> Vec<String> {
    let allows =
        |s: &&Source| s.path == "src/lib.rs" && !s.code.contains("#![forbid(unsafe_code)]");
    let found = sources.iter().filter(allows);
    found
        .map(|s| format!("{}: no #![forbid(unsafe_code)]", s.path))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(rule: fn(&[Source]) -> Vec<String>, path: &str, text: &str) -> usize {
        rule(&[source(path, text)]).len()
    }

    #[test]
    fn an_import_upward_or_sideways_is_found() {
        let rule = imports_that_do_not_go_down;
        assert_eq!(
            complaints(rule, "src/chat/room.rs", "use crate::hub::Handle;"),
            1
        );
        assert_eq!(
            complaints(
                rule,
                "src/chat/room.rs",
                "use crate::{ids::Nick, log::{Log, Query}};"
            ),
            1
        );
        assert_eq!(
            complaints(rule, "src/log/mod.rs", "fn a() { crate::fanout::push() }"),
            1
        );
        assert_eq!(
            complaints(rule, "src/chat/room.rs", "use super::super::hub;"),
            1
        );
        assert_eq!(
            complaints(rule, "src/transport/mod.rs", "use super::http;"),
            1
        );
        assert_eq!(complaints(rule, "src/new.rs", "use crate::ids::Nick;"), 1);
        let both = [
            source("src/wire/mod.rs", "use crate::record;"),
            source("src/record.rs", "use crate::wire;"),
        ];
        assert_eq!(rule(&both).len(), 2);
    }

    #[test]
    fn an_import_downward_passes() {
        let rule = imports_that_do_not_go_down;
        assert_eq!(
            complaints(
                rule,
                "src/hub.rs",
                "use crate::{chat::Chat, fanout, log::Log};"
            ),
            0
        );
        assert_eq!(
            complaints(
                rule,
                "src/chat/room.rs",
                "use super::names; use crate::chat::rate;"
            ),
            0
        );
        assert_eq!(
            complaints(
                rule,
                "src/record.rs",
                "use crate::wire::event::Entry; // crate::hub"
            ),
            0
        );
        assert_eq!(
            complaints(
                rule,
                "src/ids.rs",
                "#[cfg(test)]\nmod tests { use crate::hub; }"
            ),
            0
        );
    }

    #[test]
    fn a_function_of_71_lines_is_found_and_one_of_70_passes() {
        let long = |lines: usize| format!("fn a() {{{}}}", "\n".repeat(lines - 1));
        assert_eq!(complaints(long_functions, "src/hub.rs", &long(71)), 1);
        assert_eq!(complaints(long_functions, "src/hub.rs", &long(70)), 0);
    }

    #[test]
    fn a_high_median_is_found() {
        let ten = format!("fn a() {{{}}}\n", "\n".repeat(9));
        assert_eq!(complaints(a_median_too_high, "src/hub.rs", &ten), 1);
        assert_eq!(
            complaints(
                a_median_too_high,
                "src/hub.rs",
                &format!("{ten} fn b() {{}} fn c() {{}}")
            ),
            0
        );
    }

    #[test]
    fn a_file_of_400_lines_before_its_tests_is_found() {
        let file = |lines: usize| "// x\n".repeat(lines) + "#[cfg(test)]\nmod tests {\n\n\n}\n";
        assert_eq!(complaints(long_files, "src/hub.rs", &file(400)), 1);
        assert_eq!(complaints(long_files, "src/hub.rs", &file(399)), 0);
    }

    #[test]
    fn a_fifth_argument_is_found_and_types_do_not_count() {
        let five = "impl A { fn a<F: Fn(u8, u8) -> u8>(&self, b: u8, c: F, d: u8, e: u8) {} }";
        assert_eq!(complaints(many_arguments, "src/hub.rs", five), 1);
        let four = "fn a(b: HashMap<u8, u8>, c: (u8, u8), d: impl Fn(u8) -> u8, e: [u8; 2],) {}";
        assert_eq!(complaints(many_arguments, "src/hub.rs", four), 0);
    }

    #[test]
    fn a_fourth_level_of_control_flow_is_found() {
        let four = "fn a() { for x in y { if x { match x { B => { while c {} } } } } }";
        assert_eq!(complaints(deep_nesting, "src/hub.rs", four), 1);
        let three = "fn a() { for x in y { if x { match x { B => { let c = D { e }; } } } } }";
        assert_eq!(complaints(deep_nesting, "src/hub.rs", three), 0);
    }

    #[test]
    fn careless_panics_are_found_off_the_test_path_only() {
        let rule = ways_to_panic_carelessly;
        assert_eq!(
            complaints(
                rule,
                "src/hub.rs",
                "fn a() { b.unwrap(); todo!(); dbg!(c) }"
            ),
            3
        );
        let fine = "fn a() { b.unwrap_or(\".unwrap()\") }\n#[cfg(test)]\nmod tests { fn c() { d.unwrap() } }";
        assert_eq!(complaints(rule, "src/hub.rs", fine), 0);
    }

    #[test]
    fn a_test_module_in_a_file_of_its_own_is_left_out() {
        let found = test_files("src/chat/mod.rs", "#[cfg(test)]\nmod tests;\nmod room;");
        assert_eq!(found, ["src/chat/tests.rs", "src/chat/tests/"]);
    }

    #[test]
    fn bincode_and_the_time_have_one_place() {
        assert_eq!(
            complaints(
                bincode_named_outside_the_codec,
                "src/hub.rs",
                "use bincode::config;"
            ),
            1
        );
        assert_eq!(
            complaints(
                bincode_named_outside_the_codec,
                "src/wire/codec.rs",
                "use bincode::config;"
            ),
            0
        );
        assert_eq!(
            complaints(
                time_read_outside_the_clock,
                "src/hub.rs",
                "let a = Instant::now();"
            ),
            1
        );
        assert_eq!(
            complaints(
                time_read_outside_the_clock,
                "src/clock.rs",
                "let a = Instant::now();"
            ),
            0
        );
    }

    #[test]
    fn chat_stays_sans_io() {
        let rule = what_chat_must_not_know;
        assert_eq!(
            complaints(
                rule,
                "src/chat/room.rs",
                "use tokio::time; fn a(b: Bytes) {}"
            ),
            2
        );
        assert_eq!(
            complaints(
                rule,
                "src/chat/room.rs",
                "fn a(b: &str) { b.bytes(); b.as_bytes(); }"
            ),
            0
        );
        assert_eq!(complaints(rule, "src/hub.rs", "use tokio::time;"), 0);
    }

    #[test]
    fn a_library_that_allows_unsafe_is_found() {
        assert_eq!(
            complaints(library_that_allows_unsafe, "src/lib.rs", "pub mod ids;"),
            1
        );
        assert_eq!(
            complaints(
                library_that_allows_unsafe,
                "src/lib.rs",
                "#![forbid(unsafe_code)]"
            ),
            0
        );
    }
}
