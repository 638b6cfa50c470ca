//! Which words are refused, and where.

use std::collections::HashSet;

use better_profanity::Profanity;

use crate::ids::{Body, RoomName, fold};

/// The word filter: `better-profanity`'s list, matched as whole words.
#[derive(Debug)]
pub struct WordFilter {
    list: Option<Profanity>,
    exempt: HashSet<String>,
}

impl WordFilter {
    /// The filter, on for every room but those whose keys are `exempt`.
    #[must_use]
    pub fn on(exempt: impl IntoIterator<Item = RoomName>) -> Self {
        Self {
            list: Some(Profanity::new()),
            exempt: exempt
                .into_iter()
                .map(|room| room.key().to_owned())
                .collect(),
        }
    }

    /// No filter anywhere.
    #[must_use]
    pub fn off() -> Self {
        Self {
            list: None,
            exempt: HashSet::new(),
        }
    }

    /// Whether `body` may not be said in `room`.
    ///
    /// Compared after NFKC, case folding and removal of what cannot be seen, so that neither
    /// full-width letters nor zero-width joiners hide a word.
    pub(super) fn refuses(&self, room: &RoomName, body: &Body) -> bool {
        let Some(list) = &self.list else {
            return false;
        };
        !self.exempt.contains(room.key()) && list.contains_profanity(&fold(&spoken(body)))
    }
}

/// What is seen of a text and has a letter in it: the list reads digits as letters, and
/// "455" alone is a number.
fn spoken(body: &Body) -> String {
    let visible = body.visible();
    let words = visible.split(' ');
    let spoken: Vec<&str> = words
        .filter(|word| word.contains(char::is_alphabetic))
        .collect();
    spoken.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refuses(text: &str) -> bool {
        let room = RoomName::parse("lobby").unwrap();
        WordFilter::on([]).refuses(&room, &Body::parse(text).unwrap())
    }

    // A16, A17
    #[test]
    fn whole_words_are_refused_whatever_their_case() {
        for text in [
            "shit",
            "Oh SHIT!",
            "what the ｆｕｃｋ",
            "f\u{200b}uck you",
            "(bitch)",
        ] {
            assert!(refuses(text), "{text:?} passed");
        }
    }

    // A17
    #[test]
    fn words_that_only_contain_a_listed_one_pass() {
        let innocent = [
            "Scunthorpe",
            "classic",
            "The Essex assassin assumes",
            "Penistone",
            "cockpit",
            "Dickens",
            "shitake is spelled shiitake",
            "pass the bass",
            "Arsenal",
            "grape",
            "Hello there",
            "see you at 5:55",
            "https://example.org/classic?a=1",
            "455",
            "that is $455, or 4.55 each",
        ];
        for text in innocent {
            assert!(!refuses(text), "{text:?} was refused");
        }
    }

    #[test]
    fn rooms_can_be_exempt_and_the_filter_can_be_off() {
        let pub_room = RoomName::parse("Pub").unwrap();
        let body = Body::parse("shit").unwrap();
        assert!(!WordFilter::on([pub_room.clone()]).refuses(&pub_room, &body));
        assert!(!WordFilter::off().refuses(&pub_room, &body));
    }
}
