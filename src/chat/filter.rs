//! Which words are refused, and where.
//!
//! Looking for words is the costliest thing that is done for a message, so it is done on
//! the connection's own task ([`WordFilter::judge`]), and the verdict comes with the
//! command; whether it counts in a room is decided here and nowhere else.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use better_profanity::Profanity;
use unicode_security::MixedScript;
use unicode_security::confusable_detection::skeleton;

use crate::ids::{Body, RoomName, fold};
use crate::wire::command::{Command, Tone};

/// The word filter: `better-profanity`'s list, matched as whole words. Clones share it.
#[derive(Clone, Debug)]
pub struct WordFilter {
    list: Option<Arc<Profanity>>,
    exempt: Arc<HashSet<String>>,
}

impl WordFilter {
    /// The filter, on for every room but those whose keys are `exempt`.
    #[must_use]
    pub fn on(exempt: impl IntoIterator<Item = RoomName>) -> Self {
        Self::without(&[], exempt)
    }

    /// The same with these entries taken off its list, however they are spelt.
    #[must_use]
    pub fn without(allowed: &[String], exempt: impl IntoIterator<Item = RoomName>) -> Self {
        let allowed: Vec<String> = allowed.iter().map(|word| fold(word)).collect();
        let mut list = Profanity::new();
        if !allowed.is_empty() {
            list.load_default_censor_words(&allowed);
        }
        let exempt = exempt.into_iter().map(|room| room.key().to_owned());
        Self {
            list: Some(Arc::new(list)),
            exempt: Arc::new(exempt.collect()),
        }
    }

    /// No filter anywhere.
    #[must_use]
    pub fn off() -> Self {
        Self {
            list: None,
            exempt: Arc::default(),
        }
    }

    /// Notes the tone of a text that is said. Takes time in proportion to the text, at most
    /// some milliseconds, so it is for whoever waits for nobody else.
    pub fn judge(&self, command: &mut Command) {
        if let (
            Some(list),
            Command::Send {
                content: Ok(saying),
                tone,
                ..
            },
        ) = (&self.list, command)
        {
            *tone = saying.text().map_or(Tone::Clean, |it| tone_of(list, it));
        }
    }

    /// Whether `body`, judged or not, may not be said in `room`.
    pub(super) fn refuses(&self, room: &RoomName, body: &Body, tone: Tone) -> bool {
        let Some(list) = &self.list else {
            return false;
        };
        let tone = match tone {
            _ if self.exempt.contains(room.key()) => return false,
            Tone::Unknown => tone_of(list, body),
            Tone::Clean | Tone::Profane => tone,
        };
        tone == Tone::Profane
    }
}

/// Compared after NFKC, case folding and removal of what cannot be seen, so that neither
/// full-width letters nor zero-width joiners hide a word.
fn tone_of(list: &Profanity, body: &Body) -> Tone {
    match list.contains_profanity(&fold(&spoken(body))) {
        true => Tone::Profane,
        false => Tone::Clean,
    }
}

/// What is seen of a text and has a letter in it: the list reads digits as letters, and
/// "455" alone is a number.
fn spoken(body: &Body) -> String {
    let visible: String = body.visible().chars().map(spell).collect();
    let words = visible.split(' ');
    let spoken: Vec<Cow<str>> = words
        .filter(|word| word.contains(char::is_alphabetic))
        .map(in_one_script)
        .collect();
    spoken.join(" ")
}

/// A word whose letters are of several scripts is read by its looks (Unicode Technical
/// Standard 39, section 4): nobody writes so but to hide it.
fn in_one_script(word: &str) -> Cow<'_, str> {
    if word.is_ascii() || word.is_single_script() {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(skeleton(word).collect())
    }
}

/// Whole words in one character (Arabic and katakana) hide nothing that is on the list, but
/// NFKC would make up to 18 characters of each.
fn spell(c: char) -> char {
    match c {
        '\u{3300}'..='\u{3357}' | '\u{fdf0}'..='\u{fdfb}' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::event::Content;
    use crate::wire::raw::RawCommand;

    fn refuses(text: &str) -> bool {
        let room = RoomName::parse("lobby").unwrap();
        WordFilter::on([]).refuses(&room, &Body::parse(text).unwrap(), Tone::Unknown)
    }

    // A16, A17
    #[test]
    fn whole_words_are_refused_whatever_their_case() {
        for text in [
            "shit",
            "Oh SHIT!",
            "what the ｆｕｃｋ",
            "f\u{200b}uck you",
            "fu\u{441}k in Cyrillic",
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
        assert!(!WordFilter::on([pub_room.clone()]).refuses(&pub_room, &body, Tone::Unknown));
        assert!(!WordFilter::off().refuses(&pub_room, &body, Tone::Unknown));
    }

    // A17
    #[test]
    fn words_that_are_allowed_pass_and_no_others() {
        let lobby = RoomName::parse("lobby").unwrap();
        let filter = WordFilter::without(&["Kill".into(), "ｇｏｄ".into()], []);
        let refuses = |text| filter.refuses(&lobby, &Body::parse(text).unwrap(), Tone::Unknown);
        for text in ["kill the process", "oh GOD", "k1ll it", "my g0d"] {
            assert!(!refuses(text), "{text:?} was refused");
            assert!(self::refuses(text), "{text:?} passes anyway");
        }
        for text in ["shit", "god-damned", "goddamn", "oh god, shit"] {
            assert!(refuses(text), "{text:?} passed");
        }
    }

    fn judged(filter: &WordFilter, text: &str) -> Tone {
        let content = Content::text(text);
        let mut command = RawCommand::Send { number: 1, content }.into();
        filter.judge(&mut command);
        match command {
            Command::Send { tone, .. } => tone,
            other => panic!("not what was sent: {other:?}"),
        }
    }

    // A16
    #[test]
    fn a_verdict_that_comes_with_the_command_is_taken() {
        let filter = WordFilter::on([RoomName::parse("Pub").unwrap()]);
        assert_eq!(judged(&filter, "oh SHIT"), Tone::Profane);
        assert_eq!(judged(&filter, "oh well"), Tone::Clean);
        assert_eq!(judged(&WordFilter::off(), "oh SHIT"), Tone::Unknown);
        let body = Body::parse("oh well").unwrap();
        let refuses = |room, tone| {
            let room = RoomName::parse(room).unwrap();
            filter.refuses(&room, &body, tone)
        };
        assert!(refuses("lobby", Tone::Profane));
        assert!(!refuses("lobby", Tone::Clean));
        assert!(!refuses("pub", Tone::Profane));
    }

    #[test]
    fn characters_that_are_whole_words_hide_no_other() {
        assert!(refuses("\u{fdfa} shit"));
        assert!(refuses("\u{3300}shit\u{fdfb}"));
        assert!(!refuses(&"\u{fdfa}".repeat(4_000)));
    }
}
