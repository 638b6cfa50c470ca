//! What holds for how the client feels: every promise has a test in a real browser that names it.
//!
//! The lines are named by letter and number (`L4`); those about accessibility as `ux A4`, because
//! `A4` alone is a line of the acceptance list.

use crate::text::words;

/// A letter, how many lines it has from 1 on, and which of them are musts.
const LINES: [(char, u32, &[u32]); 11] = [
    ('J', 5, &[1, 2, 3]),
    ('L', 22, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]),
    ('C', 10, &[1, 2, 3, 4, 5, 6]),
    ('P', 5, &[1, 2, 3]),
    ('K', 8, &[1, 2, 3, 4, 5]),
    ('N', 5, &[1, 2, 3]),
    ('F', 5, &[5]),
    ('A', 10, &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ('B', 5, &[1, 2, 3]),
    ('T', 5, &[1, 2, 3]),
    ('R', 5, &[1, 2, 3, 4]),
];

/// Musts that no browser test holds yet: none. Nothing may be added here.
const NOT_YET: [&str; 0] = [];

/// Of the lines that are no musts, so many may be without a test: one in ten.
const OTHERS_LEFT_OUT: usize = 3;

fn names(musts: bool) -> impl Iterator<Item = String> {
    LINES.into_iter().flat_map(move |(letter, last, must)| {
        let wanted = (1..=last).filter(move |n| must.contains(n) == musts);
        wanted.map(move |n| match letter {
            'A' => format!("ux A{n}"),
            _ => format!("{letter}{n}"),
        })
    })
}

fn unnamed(files: &[(String, String)], musts: bool) -> Vec<String> {
    let browser = |path: &str| path.starts_with("web/e2e/") && path.ends_with(".test.ts");
    let tests: Vec<&String> = files
        .iter()
        .filter_map(|(path, text)| browser(path).then_some(text))
        .collect();
    names(musts)
        .filter(|line| tests.iter().all(|text| words(text, line).is_empty()))
        .collect()
}

/// The musts that no browser test names, and the others if they are too many.
pub(crate) fn lines_without_a_browser_test(files: &[(String, String)]) -> Vec<String> {
    let mut missing = unnamed(files, true);
    missing.retain(|line| !NOT_YET.contains(&line.as_str()));
    let others = unnamed(files, false);
    if others.len() > OTHERS_LEFT_OUT {
        missing.extend(others);
    }
    missing
}

/// A line that has a test by now is to be taken out of the list.
pub(crate) fn lines_held_after_all(files: &[(String, String)]) -> Vec<String> {
    let missing = unnamed(files, true);
    let held = NOT_YET.iter().map(|line| (*line).to_owned());
    held.filter(|line| !missing.contains(line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing_with(path: &str, text: &str) -> usize {
        lines_without_a_browser_test(&[(path.to_owned(), text.to_owned())]).len()
    }

    fn all(musts: bool) -> String {
        names(musts).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_line_counts_only_when_a_browser_test_names_it() {
        let whole = format!("{} {}", all(true), all(false));
        assert_eq!(missing_with("web/e2e/join.test.ts", &whole), 0);
        assert_eq!(
            missing_with("web/src/ui/app.test.ts", &whole),
            53 + 32 - NOT_YET.len()
        );
        assert_eq!(
            missing_with("web/e2e/join.test.ts", &whole.replace("L4 ", "L40 ")),
            1
        );
        assert_eq!(
            missing_with("web/e2e/join.test.ts", &whole.replace("ux A4", "A4")),
            1
        );
    }

    #[test]
    fn one_in_ten_of_the_others_may_be_without_one() {
        let few = all(false)
            .replace("L14 ", "")
            .replace("L22 ", "")
            .replace("C8 ", "");
        let fewer = few.replace("J5 ", "");
        assert_eq!(
            missing_with("web/e2e/a.test.ts", &format!("{} {few}", all(true))),
            0
        );
        assert_eq!(
            missing_with("web/e2e/a.test.ts", &format!("{} {fewer}", all(true))),
            4
        );
    }
}
