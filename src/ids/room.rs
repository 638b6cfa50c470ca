//! What a room is known by: a public one by its name, a private one by a secret.
//!
//! Decides that the two can never be taken for each other. The secret is drawn by a client
//! and is all that lets anybody in, so it is forgotten as soon as it is parsed, like a
//! session's token: what is kept is its hash, from which nobody gets back to it.
//! Invariant: the key of a private room begins with a character that no name can hold.

use std::fmt::Write;
use std::sync::Arc;

use super::{Flaw, RoomName};

/// Begins the key of every private room. It is a control character, which no name holds.
const PRIVATE: char = '\u{1}';

/// Hashed before the secret, so that a session's token that was drawn by the same bytes
/// would not be known by the same hash.
const DOMAIN: &[u8] = b"chinwag private room\0";

impl RoomName {
    /// The private room with this secret, which is called `raw`.
    ///
    /// # Errors
    /// [`Flaw`] as for a public room of that name.
    pub fn private(secret: &[u8; 32], raw: &str) -> Result<Self, Flaw> {
        let called = Self::parse(raw)?;
        Ok(Self {
            shown: called.shown,
            key: key_of(secret).into(),
        })
    }

    /// The room with this key, called `shown`, as a log remembers it. Of a key that is no
    /// private room's only the name counts: that is what makes the key.
    ///
    /// # Errors
    /// [`Flaw`] when the name is not, or no longer, one that a room may have.
    pub fn stored(key: &Arc<str>, shown: &str) -> Result<Self, Flaw> {
        let named = Self::parse(shown)?;
        match is_private(key) {
            true => Ok(Self {
                shown: named.shown,
                key: key.clone(),
            }),
            false => Ok(named),
        }
    }

    /// Whether nobody gets in who was not given the secret, and nobody else may hear of it.
    #[must_use]
    pub fn is_private(&self) -> bool {
        is_private(&self.key)
    }
}

fn is_private(key: &str) -> bool {
    key.starts_with(PRIVATE)
}

fn key_of(secret: &[u8; 32]) -> String {
    let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
    hash.update(DOMAIN);
    hash.update(secret);
    let mut key = String::from(PRIVATE);
    for byte in hash.finish().as_ref() {
        write!(key, "{byte:02x}").expect("a string takes whatever is written");
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn den(secret: u8) -> RoomName {
        RoomName::private(&[secret; 32], "Den").unwrap()
    }

    #[test]
    fn a_private_room_is_known_by_its_secret_and_not_by_its_name() {
        let other_name = RoomName::private(&[7; 32], "Kitchen").unwrap();
        assert_eq!(den(7).key(), other_name.key());
        assert_eq!(den(7).as_str(), "Den");
        assert_ne!(den(7).key(), den(8).key());
        assert_ne!(den(7).key(), RoomName::parse("Den").unwrap().key());
    }

    #[test]
    fn no_name_reaches_a_private_room() {
        let key = den(7).key().to_owned();
        assert!(RoomName::parse(&key).is_err());
        assert_eq!(RoomName::parse(&key[..40]), Err(Flaw::Unprintable));
        let bare = RoomName::parse(&key[1..]).unwrap();
        assert_ne!(bare.key(), key);
        assert!(den(7).is_private() && !bare.is_private());
        for c in (0..0x3000).filter_map(char::from_u32) {
            let name = RoomName::parse(&c.to_string());
            assert!(!name.is_ok_and(|it| it.is_private()), "{c:?}");
        }
    }

    #[test]
    fn the_secret_is_not_kept_and_its_hash_is_no_tokens_hash() {
        let hex = |bytes: &[u8]| -> String { bytes.iter().map(|it| format!("{it:02x}")).collect() };
        let kept = format!("{:?}", den(7));
        assert!(!kept.contains(&hex(&[7; 32])), "{kept}");
        let token = super::super::TokenHash::of(&[7; 32]);
        assert!(!kept.contains(&hex(&token.0)), "{kept}");
    }

    #[test]
    fn a_private_rooms_name_obeys_the_rules_for_names() {
        for (raw, flaw) in [(" ", Flaw::Blank), ("a\u{202e}b", Flaw::Unprintable)] {
            assert_eq!(RoomName::private(&[7; 32], raw), Err(flaw));
        }
        let long = "x".repeat(super::super::ROOM_GRAPHEMES + 1);
        assert_eq!(RoomName::private(&[7; 32], &long), Err(Flaw::TooLong));
    }

    #[test]
    fn what_is_remembered_is_the_same_room() {
        let lobby = RoomName::parse(" Lobby").unwrap();
        for room in [den(7), lobby] {
            let key: Arc<str> = room.key().into();
            assert_eq!(RoomName::stored(&key, room.as_str()), Ok(room));
        }
        let gone: Arc<str> = den(7).key().into();
        assert_eq!(RoomName::stored(&gone, " "), Err(Flaw::Blank));
    }
}
