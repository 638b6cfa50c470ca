//! Which well-formed names may be taken: not a reserved one, not one in use, and none that
//! people would take for either.
//!
//! Look-alikes are compared by their skeleton (Unicode Technical Standard 39, section 4).
//! Between two names of ASCII letters alone the skeleton does not count, because people
//! tell "m1" from "ml" and would not understand the refusal.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use unicode_security::confusable_detection::skeleton;

use super::limits::{SUGGESTIONS, SUGGESTIONS_TRIED};
use crate::ids::{Nick, fold};

/// Names that speak for the service itself.
const RESERVED: [&str; 13] = [
    "admin",
    "administrator",
    "chinwag",
    "everyone",
    "here",
    "mod",
    "moderator",
    "official",
    "operator",
    "root",
    "server",
    "support",
    "system",
];

/// Their spoken shapes: a join compares with them, and they never change.
static RESERVED_SHAPES: LazyLock<[String; RESERVED.len()]> =
    LazyLock::new(|| RESERVED.map(spoken_shape));

/// Whether a name is, or looks like, one of the service's own.
pub(super) fn is_reserved(nick: &Nick) -> bool {
    let shape = spoken_shape(nick.key());
    RESERVED_SHAPES.contains(&shape)
}

/// The names taken in one room.
#[derive(Debug, Default)]
pub(super) struct NameTable {
    keys: HashSet<Arc<str>>,
    shapes: HashMap<String, Shapes>,
}

/// How many members share a skeleton.
#[derive(Debug, Default)]
struct Shapes {
    ascii: usize,
    other: usize,
}

impl NameTable {
    pub(super) fn is_taken(&self, nick: &Nick) -> bool {
        self.keys.contains(nick.key()) || self.looks_taken(nick.key())
    }

    fn looks_taken(&self, key: &str) -> bool {
        let Some(shapes) = self.shapes.get(&shape(key)) else {
            return false;
        };
        shapes.other > 0 || (shapes.ascii > 0 && !key.is_ascii())
    }

    pub(super) fn insert(&mut self, nick: &Nick) {
        self.keys.insert(nick.key().into());
        let shapes = self.shapes.entry(shape(nick.key())).or_default();
        *shapes.count(nick) += 1;
    }

    pub(super) fn remove(&mut self, nick: &Nick) {
        self.keys.remove(nick.key());
        let shape = shape(nick.key());
        let Some(shapes) = self.shapes.get_mut(&shape) else {
            return;
        };
        *shapes.count(nick) -= 1;
        if shapes.ascii + shapes.other == 0 {
            self.shapes.remove(&shape);
        }
    }

    /// Free names close to one that is taken.
    pub(super) fn suggest(&self, nick: &Nick) -> Vec<String> {
        (2..)
            .take(SUGGESTIONS_TRIED)
            .filter_map(|n| Nick::parse(&format!("{}{n}", nick.as_str())).ok())
            .filter(|free| !self.is_taken(free))
            .take(SUGGESTIONS)
            .map(|free| free.as_str().to_owned())
            .collect()
    }
}

impl Shapes {
    fn count(&mut self, nick: &Nick) -> &mut usize {
        if nick.key().is_ascii() {
            &mut self.ascii
        } else {
            &mut self.other
        }
    }
}

fn shape(key: &str) -> String {
    skeleton(&fold(&skeleton(key).collect::<String>())).collect()
}

/// The skeleton without what is not spoken, and with digits read as the letters they stand
/// for: "_4dm1n." says "admin".
fn spoken_shape(key: &str) -> String {
    let letters: String = key
        .chars()
        .filter_map(|c| match c {
            '0' => Some('o'),
            '1' | '|' | '!' => Some('i'),
            '3' => Some('e'),
            '4' | '@' => Some('a'),
            '5' | '$' => Some('s'),
            _ => c.is_alphanumeric().then_some(c),
        })
        .collect();
    shape(&letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nick(raw: &str) -> Nick {
        Nick::parse(raw).unwrap()
    }

    // X8
    #[test]
    fn the_services_own_names_cannot_be_taken_in_any_disguise() {
        for disguise in [
            "admin",
            "Admin",
            "аdmin",
            "ADMIN",
            "ａｄｍｉｎ",
            "adm1n",
            "_Admin_",
            "a d m i n",
            "ѕystem",
        ] {
            assert!(is_reserved(&nick(disguise)), "{disguise} passed");
        }
        for fine in ["Adam", "Minnie", "badminton", "Rudi", "admiral"] {
            assert!(!is_reserved(&nick(fine)), "{fine} was refused");
        }
    }

    // X8, A10, A11
    #[test]
    fn a_name_in_use_cannot_be_taken_by_a_look_alike() {
        let mut table = NameTable::default();
        table.insert(&nick("Ann"));
        for same in ["ann", "ANN", "аnn", "ａnn"] {
            assert!(table.is_taken(&nick(same)), "{same} passed");
        }
        assert!(!table.is_taken(&nick("Anna")));
        table.remove(&nick("Ann"));
        assert!(!table.is_taken(&nick("аnn")));
    }

    #[test]
    fn plain_names_that_differ_in_a_digit_are_two_names() {
        let mut table = NameTable::default();
        table.insert(&nick("user1"));
        assert!(!table.is_taken(&nick("userl")));
        assert!(!table.is_taken(&nick("user11")));
    }

    #[test]
    fn suggestions_are_free() {
        let mut table = NameTable::default();
        table.insert(&nick("ann"));
        table.insert(&nick("ann2"));
        assert_eq!(table.suggest(&nick("ann")), ["ann3", "ann4"]);
    }
}
