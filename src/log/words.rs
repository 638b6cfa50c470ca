//! Words: how a text is cut into what can be searched for, and how a search is matched.
//!
//! Decides which spellings are one word: case, accents, compatibility forms and characters
//! without a shape make no difference. Scripts that are written without spaces are cut
//! into single characters, and what is sought in them is a run of these. Invariants: a word
//! consists of letters and digits alone, so that none means anything to a query
//! language; texts and searches are cut by the same rules. Whoever changes these rules counts
//! `index::VERSION` up.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// Longest word, in characters: longer ones are cut, in texts and in searches alike.
const WORD_CHARS: usize = 32;

/// Shortest unfinished word that stands for all that it begins: a single letter begins
/// too many to be of use.
const PREFIX_CHARS: usize = 2;

/// The combining class of the voicing marks of kana, which make another sound of it.
const VOICING: u8 = 8;

/// Calls `each` with every word of `text`, in order.
pub(super) fn each_word(text: &str, mut each: impl FnMut(&str)) {
    let mut word = Word::default();
    for c in folded(text).chars() {
        if stands_alone(c) {
            word.end(&mut each);
            word.push(c);
            word.end(&mut each);
        } else if c.is_alphanumeric() {
            word.push(c);
        } else if !is_within_words(c) {
            word.end(&mut each);
        }
    }
    word.end(&mut each);
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    each_word(text, |word| words.push(word.to_owned()));
    words
}

/// A word that is being read.
#[derive(Default)]
struct Word {
    letters: String,
    count: usize,
}

impl Word {
    fn push(&mut self, c: char) {
        self.count += 1;
        if self.count <= WORD_CHARS {
            self.letters.push(c);
        }
    }

    fn end(&mut self, each: &mut impl FnMut(&str)) {
        if !self.letters.is_empty() {
            each(&self.letters);
        }
        self.letters.clear();
        self.count = 0;
    }
}

/// What is sought: every one of these runs of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sought(pub(super) Vec<Run>);

/// Words that stand one behind the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) words: Vec<String>,
    /// Whether the last word may be the beginning of a longer one.
    pub(super) is_open: bool,
}

impl Sought {
    /// Reads a search as it was typed: words, and runs of words in quotation marks. What was
    /// typed last may go on.
    pub(super) fn parse(text: &str) -> Self {
        let mut runs = Vec::new();
        for (place, part) in text.split('"').enumerate() {
            let is_quoted = place % 2 == 1;
            if is_quoted {
                runs.push(words(part));
            } else {
                runs.extend(part.split_whitespace().map(words));
            }
        }
        let is_closed =
            text.trim_end().ends_with('"') && text.matches('"').count().is_multiple_of(2);
        runs.retain(|run| !run.is_empty());
        let last = runs.len();
        let run = |(place, words): (usize, Vec<String>)| {
            let can_go_on = words.last().is_some_and(|word| begins_others(word));
            Run {
                words,
                is_open: can_go_on && place + 1 == last && !is_closed,
            }
        };
        Self(runs.into_iter().enumerate().map(run).collect())
    }

    /// Whether `text` holds all that is sought.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let words = words(text);
        self.0.iter().all(|run| run.is_among(&words))
    }
}

impl Run {
    fn is_among(&self, words: &[String]) -> bool {
        words
            .windows(self.words.len())
            .any(|window| self.matches(window))
    }

    fn matches(&self, window: &[String]) -> bool {
        let last = self.words.len() - 1;
        let fits = |(place, (sought, word)): (usize, (&String, &String))| {
            let may_go_on = self.is_open && place == last;
            sought == word || may_go_on && word.starts_with(sought.as_str())
        };
        self.words.iter().zip(window).enumerate().all(fits)
    }
}

fn begins_others(word: &str) -> bool {
    word.chars().nth(PREFIX_CHARS - 1).is_some()
}

/// Without accents and points, without compatibility forms, case-folded.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let bare: String = text.nfkd().filter(|c| !is_accent(*c)).collect();
    let folded = caseless::default_case_fold_str(&bare);
    folded.nfkc().collect()
}

/// Vowel signs and the like, which have no combining class, are letters.
fn is_accent(c: char) -> bool {
    let class = canonical_combining_class(c);
    class != 0 && class != VOICING
}

/// Characters of scripts that do not set words apart: Thai and Lao, Burmese, Khmer, kana
/// and ideographs.
fn stands_alone(c: char) -> bool {
    let is_one = matches!(u32::from(c),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff);
    is_one && c.is_alphanumeric()
}

/// Apostrophes, and what has no shape of its own: joiners, directions, variations.
fn is_within_words(c: char) -> bool {
    matches!(c,
        '\'' | '\u{2019}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn finds(text: &str, sought: &str) -> bool {
        let sought = Sought::parse(sought);
        !sought.0.is_empty() && sought.is_in(text)
    }

    #[test]
    fn words_are_letters_and_digits_in_one_spelling() {
        for (text, cut) in [
            ("Hello, World! 3.14", "hello world 3 14"),
            ("don't DON\u{2019}T", "dont dont"),
            ("Crème BRÛLÉE e\u{301}", "creme brulee e"),
            ("STRASSE straße", "strasse strasse"),
            ("ﬁne ①② Ⅳ ｆｕｌｌ", "fine 12 iv full"),
            ("foo_bar/baz.rs", "foo bar baz rs"),
            ("東京タワー", "東 京 タ ワ ー"),
            ("がか", "が か"),
            ("שָׁלוֹם", "שלום"),
            ("हिन्दी", "हिनदी"),
            ("pass\u{200b}word\u{202e}s", "passwords"),
            ("👍 \0 -- \"", ""),
        ] {
            assert_eq!(words(text).join(" "), cut, "{text:?}");
        }
    }

    #[test]
    fn endless_words_are_cut_in_texts_and_searches_alike() {
        let endless = "x".repeat(4_000);
        assert_eq!(words(&endless), [&endless[..WORD_CHARS]]);
        assert!(finds(&endless, &endless));
    }

    #[test]
    fn all_words_must_be_there_and_the_last_may_be_unfinished() {
        let text = "The quick brown fox";
        for found in [
            "fox",
            "qui",
            "the fox",
            "FOX quick",
            "brown qu",
            "\"quick brown\"",
            "\"quick bro",
        ] {
            assert!(finds(text, found), "{found}");
        }
        for not in [
            "qui fox",
            "wolf",
            "fox wolf",
            "\"brown quick\"",
            "\"quick bro\"",
            "f",
            "",
            "\"",
        ] {
            assert!(!finds(text, not), "{not}");
        }
    }

    #[test]
    fn what_is_written_without_spaces_is_found_within() {
        assert!(finds("私は東京タワーに行った", "東京タワー"));
        assert!(!finds("京東", "東京"));
        assert!(finds("ฉันรักภาษาไทย", "ภาษา"));
    }

    #[test]
    fn joined_words_are_sought_as_they_stand() {
        assert!(finds("see node.js for that", "node.js"));
        assert!(!finds("js and node", "node.js"));
    }

    proptest! {
        #[test]
        fn a_word_holds_nothing_but_letters_and_digits(text in ".*") {
            for word in words(&text) {
                prop_assert!(!word.is_empty());
                prop_assert!(word.chars().all(char::is_alphanumeric), "{word:?}");
                prop_assert!(!word.chars().any(|c| c.is_ascii_uppercase()), "{word:?}");
            }
        }

        #[test]
        fn whatever_has_words_is_found_by_its_own_text(text in ".*") {
            let sought = Sought(vec![Run { words: words(&text), is_open: false }]);
            prop_assume!(!words(&text).is_empty());
            prop_assert!(sought.is_in(&text));
        }
    }
}
