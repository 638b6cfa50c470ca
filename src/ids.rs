//! The newtypes that the rest of the crate speaks in.
//!
//! Decides what a well-formed name, room, body, position or token *is*; whether a
//! well-formed one is *allowed* (reserved, in use, profane) is decided in `chat`.
//! Invariant: a value of a type in this module has passed its `parse`, so nobody
//! downstream checks again.

// Said in full, because the fuzz targets take this file in by its path.
#[path = "ids/member.rs"]
mod member;
#[path = "ids/room.rs"]
mod room;

use std::fmt;
use std::sync::Arc;

use icu_properties::props::DefaultIgnorableCodePoint;
use icu_properties::{CodePointSetData, CodePointSetDataBorrowed};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeEmoji, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;

pub use member::{MemberId, MemberSecret, Pepper, SeatId};

/// Longest display name, in grapheme clusters: what fits a sidebar line.
pub const NICK_GRAPHEMES: usize = 32;
/// Longest room name, in grapheme clusters.
pub const ROOM_GRAPHEMES: usize = 64;
/// Bytes a grapheme may cost on average: stacked combining marks ("zalgo") end here.
pub const BYTES_PER_GRAPHEME: usize = 8;
/// Longest message, in Unicode scalar values: two printed pages.
pub const BODY_CHARS: usize = 4_000;

/// Integers on the wire that JavaScript must hold exactly stay below this (2^53).
pub const SAFE_INTEGER: u64 = 1 << 53;

/// One transport connection, unique in the life of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnId(pub u64);

/// One lane of a connection: 0 is the control lane, every other carries one room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LaneId(pub u32);

impl LaneId {
    /// The lane that greets, pings and says goodbye.
    pub const CONTROL: Self = Self(0);
}

/// A room's handle in the memory of this process; not the one in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomId(pub u64);

/// A session's identity. Never leaves the server: others know it by its [`SeatId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub u128);

/// Position in a room's log: 1 is the first entry, 0 stands before it. No gaps.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Seq(pub u64);

impl Seq {
    /// The sequence number that follows this one.
    #[must_use]
    pub fn next(self) -> Self {
        // A cursor is whatever the client says.
        Self(self.0.saturating_add(1))
    }
}

/// A session's own number of a changing command in one room: 1, 2, 3, ...
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Number(pub u64);

impl Number {
    /// The only number that may follow this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Random mark of one unbroken history; changes when a backup is restored. Below 2^53.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Epoch(pub u64);

/// Wall clock time: milliseconds since 1970-01-01 UTC, by the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Timestamp(pub i64);

/// SHA-256 of a resume token. The token itself is forgotten as soon as it is parsed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl TokenHash {
    /// Hashes a token's 32 bytes.
    #[must_use]
    pub fn of(token: &[u8; 32]) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, token);
        Self(
            digest
                .as_ref()
                .try_into()
                .expect("a SHA-256 digest has 32 bytes"),
        )
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(..)")
    }
}

/// What opens a private room: 32 random bytes that its members share. Never stored.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomSecret(pub [u8; 32]);

impl fmt::Debug for RoomSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoomSecret(..)")
    }
}

/// What keeps a text from being a name, a room or a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Nothing visible is left after trimming.
    #[error("it is empty")]
    Blank,
    /// Longer than the bound of its kind.
    #[error("it is too long")]
    TooLong,
    /// Holds a control, invisible or direction-changing character.
    #[error("it holds a character that cannot be shown")]
    Unprintable,
}

/// A display name.
pub type Nick = Name<NICK_GRAPHEMES>;

/// A room's name: two rooms with one key are one room.
pub type RoomName = Name<ROOM_GRAPHEMES>;

/// A name of at most `GRAPHEMES` grapheme clusters: what people see (`as_str`) and what it
/// is compared by (`key`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name<const GRAPHEMES: usize> {
    shown: Arc<str>,
    key: Arc<str>,
}

impl<const GRAPHEMES: usize> Name<GRAPHEMES> {
    /// Trims and checks a name.
    ///
    /// # Errors
    /// [`Flaw`] when it is blank, too long, or holds what cannot be seen.
    pub fn parse(raw: &str) -> Result<Self, Flaw> {
        let shown = raw.trim();
        if shown.is_empty() {
            return Err(Flaw::Blank);
        }
        // Bytes first: graphemes are counted only in what is known to be small.
        if shown.len() > GRAPHEMES * BYTES_PER_GRAPHEME || shown.graphemes(true).count() > GRAPHEMES
        {
            return Err(Flaw::TooLong);
        }
        if has_unprintable(shown) {
            return Err(Flaw::Unprintable);
        }
        Ok(Self {
            shown: shown.into(),
            key: key_of(shown).into(),
        })
    }

    /// The name as its owner wrote it, trimmed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// NFKC and case-folded: equal for names that people take for the same.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The name as a shared string, for events.
    #[must_use]
    pub fn shown(&self) -> Arc<str> {
        self.shown.clone()
    }
}

/// Folded, with each run of inner white space as one space: that is how names are shown.
fn key_of(shown: &str) -> String {
    fold(shown).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// NFKC and full case folding, until nothing changes (Unicode 3.13, toNFKC_Casefold),
/// with inner white space as it is and outer removed.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.trim().to_ascii_lowercase();
    }
    let once: String = text.nfkc().collect();
    let folded = caseless::default_case_fold_str(&once);
    if folded == once {
        return once.trim().to_owned();
    }
    folded.nfkc().collect::<String>().trim().to_owned()
}

/// A message's text: not blank, at most [`BODY_CHARS`] characters, kept as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Body(Arc<str>);

impl Body {
    /// Checks a message's text; white space and line breaks stay as written.
    ///
    /// # Errors
    /// [`Flaw`] when it is blank, too long, or holds control characters.
    pub fn parse(raw: &str) -> Result<Self, Flaw> {
        if raw.chars().all(is_invisible) {
            return Err(Flaw::Blank);
        }
        if raw.chars().count() > BODY_CHARS {
            return Err(Flaw::TooLong);
        }
        if raw
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            return Err(Flaw::Unprintable);
        }
        Ok(Self(raw.into()))
    }

    /// The text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text without what cannot be seen, each run of white space as one space.
    #[must_use]
    pub fn visible(&self) -> String {
        let mut visible = String::with_capacity(self.0.len());
        for word in self.0.split_whitespace() {
            let end = visible.len();
            if end > 0 {
                visible.push(' ');
            }
            let begin = visible.len();
            visible.extend(word.chars().filter(|c| !is_invisible(*c)));
            // Nothing of it can be seen, so it is no word either.
            if visible.len() == begin {
                visible.truncate(end);
            }
        }
        visible
    }

    /// The text as a shared string, for entries.
    #[must_use]
    pub fn shared(&self) -> Arc<str> {
        self.0.clone()
    }
}

/// A point on the globe, in degrees (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    latitude: f64,
    longitude: f64,
}

impl Position {
    /// Checks that the point lies on the globe.
    ///
    /// # Errors
    /// [`Flaw::Unprintable`] when a coordinate is no number or outside its range.
    pub fn parse(latitude: f64, longitude: f64) -> Result<Self, Flaw> {
        let on_globe = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        if on_globe {
            Ok(Self {
                latitude,
                longitude,
            })
        } else {
            Err(Flaw::Unprintable)
        }
    }

    /// Degrees north, -90 to 90.
    #[must_use]
    pub fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees east, -180 to 180.
    #[must_use]
    pub fn longitude(self) -> f64 {
        self.longitude
    }
}

const IGNORABLE: CodePointSetDataBorrowed<'static> =
    CodePointSetData::new::<DefaultIgnorableCodePoint>();

/// Of ASCII only white space; the table is not asked for every letter of every message.
fn is_invisible(c: char) -> bool {
    c.is_whitespace() || !c.is_ascii() && (c == '\u{2800}' || IGNORABLE.contains(c))
}

/// Whether a name holds a character that shows nothing or turns the reading direction.
/// A zero-width joiner or a variation selector inside an emoji is part of the picture.
fn has_unprintable(name: &str) -> bool {
    let mut previous = '\0';
    for c in name.chars() {
        let joins = matches!(c, '\u{200d}' | '\u{fe0f}') && is_pictorial(previous);
        if !joins && (c != ' ' && is_invisible(c) || has_no_shape(c)) {
            return true;
        }
        previous = c;
    }
    false
}

fn is_pictorial(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{fe0f}') || (!c.is_ascii() && c.is_emoji_char())
}

fn has_no_shape(c: char) -> bool {
    matches!(
        c.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::Surrogate
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    // A8, A11
    #[test]
    fn names_that_differ_in_case_or_outer_space_have_one_key() {
        let plain = Nick::parse("Ann Lee").unwrap();
        let shouted = Nick::parse("  ANN LEE ").unwrap();
        assert_eq!(plain.key(), shouted.key());
        assert_eq!(plain.as_str(), "Ann Lee");
        assert_ne!(plain.key(), Nick::parse("AnnLee").unwrap().key());
        let spaced = Nick::parse("Ann  Lee").unwrap();
        assert_eq!((spaced.as_str(), spaced.key()), ("Ann  Lee", plain.key()));
    }

    // A8
    #[test]
    fn folding_goes_beyond_ascii() {
        assert_eq!(
            Nick::parse("STRASSE").unwrap().key(),
            Nick::parse("straße").unwrap().key()
        );
        assert_eq!(
            Nick::parse("ÉLAN").unwrap().key(),
            Nick::parse("e\u{301}lan").unwrap().key()
        );
        assert_eq!(
            Nick::parse("ａｎｎ").unwrap().key(),
            Nick::parse("Ann").unwrap().key()
        );
    }

    #[test]
    fn plain_text_folds_alike_alone_and_among_other_letters() {
        let plain: String = (0..128_u8).map(char::from).collect();
        let mixed = fold(&format!("{plain}ß"));
        assert_eq!(fold(&plain), mixed.trim_end_matches("ss"));
        assert_eq!(fold("ﷺ"), fold(&fold("ﷺ")));
    }

    // X8
    #[test]
    fn invisible_and_direction_changing_characters_are_refused_in_names() {
        for trick in [
            "an\u{200b}n",
            "a\u{202e}nn",
            "ann\u{3164}",
            "a\u{ad}nn",
            "a\nb",
        ] {
            assert_eq!(Nick::parse(trick), Err(Flaw::Unprintable), "{trick:?}");
        }
        assert!(Nick::parse("👩\u{200d}🚀 Zoë").is_ok());
    }

    // A9
    #[test]
    fn a_name_of_white_space_is_blank() {
        assert_eq!(Nick::parse(" \t\u{3000}\n"), Err(Flaw::Blank));
    }

    #[test]
    fn names_are_bounded_in_graphemes_and_in_bytes() {
        assert!(Nick::parse(&"é".repeat(NICK_GRAPHEMES)).is_ok());
        assert_eq!(
            Nick::parse(&"e".repeat(NICK_GRAPHEMES + 1)),
            Err(Flaw::TooLong)
        );
        let zalgo = format!("a{}", "\u{301}".repeat(400));
        assert_eq!(Nick::parse(&zalgo), Err(Flaw::TooLong));
    }

    #[test]
    fn of_a_body_only_what_can_be_seen_is_read_with_one_space_between_words() {
        let visible = |text| Body::parse(text).unwrap().visible();
        assert_eq!(
            visible(" a\u{200b}b \t\u{200b} \u{2800}c\u{a0}d\u{2009}"),
            "ab c d"
        );
        assert_eq!(visible("\u{ad}\u{200d} é"), "é");
        assert_eq!(visible("one two"), "one two");
    }

    // A20, X9
    #[test]
    fn bodies_stay_as_written_and_blank_ones_are_refused() {
        assert_eq!(Body::parse("  a\n\tb  ").unwrap().as_str(), "  a\n\tb  ");
        assert_eq!(Body::parse(" \n\u{200b}\u{2800}"), Err(Flaw::Blank));
        assert_eq!(Body::parse(&"x".repeat(BODY_CHARS + 1)), Err(Flaw::TooLong));
        assert_eq!(Body::parse("a\0b"), Err(Flaw::Unprintable));
    }

    // X9
    #[test]
    fn positions_outside_the_globe_are_refused() {
        assert!(Position::parse(90.0, -180.0).is_ok());
        for (latitude, longitude) in [
            (90.1, 0.0),
            (0.0, 180.5),
            (f64::NAN, 0.0),
            (0.0, f64::INFINITY),
        ] {
            assert!(Position::parse(latitude, longitude).is_err());
        }
    }
}
