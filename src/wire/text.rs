//! The short texts that stand in commands, checked at the rim.
//!
//! Decides what a topic, an emoji and a search *are*; whether they are allowed is decided in
//! `chat`. Invariant: a value of a type in this module has passed its `parse`.

use std::sync::Arc;

use crate::ids::{Body, Flaw};

/// Longest topic, in Unicode scalar values: a line above the timeline.
pub const TOPIC_CHARS: usize = 200;
/// Longest text that is sought, in Unicode scalar values: a long sentence.
pub const SEARCH_CHARS: usize = 200;

/// What a room is about: one line, or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic(Option<Body>);

impl Topic {
    /// Trims and checks a topic. What shows nothing is no topic.
    ///
    /// # Errors
    /// [`Flaw`] when it is too long or holds control characters, line breaks among them.
    pub fn parse(raw: &str) -> Result<Self, Flaw> {
        let text = raw.trim();
        if text.chars().count() > TOPIC_CHARS {
            return Err(Flaw::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(Flaw::Unprintable);
        }
        match Body::parse(text) {
            Ok(body) => Ok(Self(Some(body))),
            Err(Flaw::Blank) => Ok(Self(None)),
            Err(flaw @ (Flaw::TooLong | Flaw::Unprintable)) => Err(flaw),
        }
    }

    /// The topic as a text like any other, if there is one.
    #[must_use]
    pub fn body(&self) -> Option<&Body> {
        self.0.as_ref()
    }

    /// The topic as a shared string, for entries.
    #[must_use]
    pub fn shared(&self) -> Arc<str> {
        self.0.as_ref().map_or_else(|| "".into(), Body::shared)
    }
}

/// Exactly one emoji that is recommended for general interchange (Unicode Technical
/// Standard 51), fully qualified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emoji(&'static str);

impl Emoji {
    /// Finds the emoji; with or without its variation selectors it is the same one.
    ///
    /// # Errors
    /// [`Flaw::Unprintable`] when it is anything else.
    pub fn parse(raw: &str) -> Result<Self, Flaw> {
        emojis::get(raw)
            .map(|emoji| Self(emoji.as_str()))
            .ok_or(Flaw::Unprintable)
    }

    /// The emoji, fully qualified.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

/// What is sought, as typed, trimmed; may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchText(String);

impl SearchText {
    /// Checks a search's length.
    ///
    /// # Errors
    /// [`Flaw::TooLong`].
    pub fn parse(raw: &str) -> Result<Self, Flaw> {
        let text = raw.trim();
        if text.chars().count() > SEARCH_CHARS {
            return Err(Flaw::TooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_one_line_of_at_most_200_characters_or_nothing() {
        assert_eq!(
            &*Topic::parse("  Tea & cake ").unwrap().shared(),
            "Tea & cake"
        );
        assert_eq!(Topic::parse(" \u{200b} ").unwrap(), Topic(None));
        assert!(Topic::parse(&"é".repeat(TOPIC_CHARS)).is_ok());
        assert_eq!(
            Topic::parse(&"é".repeat(TOPIC_CHARS + 1)),
            Err(Flaw::TooLong)
        );
        assert_eq!(Topic::parse("a\nb"), Err(Flaw::Unprintable));
    }

    #[test]
    fn a_reaction_is_exactly_one_emoji() {
        for one in ["👍", "👍🏽", "👩\u{200d}🚀", "🇩🇪", "#\u{fe0f}\u{20e3}"] {
            assert_eq!(Emoji::parse(one).unwrap().as_str(), one);
        }
        let heart = Emoji::parse("\u{2764}").unwrap();
        assert_eq!(heart, Emoji::parse("\u{2764}\u{fe0f}").unwrap());
        for other in ["", "a", "👍👍", "👍 ", "thumbsup", ":+1:", "1", "<b>", "🇩"] {
            assert_eq!(Emoji::parse(other), Err(Flaw::Unprintable), "{other:?}");
        }
    }

    #[test]
    fn what_is_sought_has_at_most_200_characters() {
        assert_eq!(SearchText::parse(" tea ").unwrap().as_str(), "tea");
        let long = "é".repeat(SEARCH_CHARS + 1);
        assert_eq!(SearchText::parse(&long), Err(Flaw::TooLong));
    }
}
