//! High-water marks: how they advance and how they are kept in few bytes.
//!
//! Invariant: a mark remembers the refused ones among its last [`REMEMBERED`] numbers and
//! nothing older, so it has a bound. The numbers that stand for refusal codes in the store
//! are written down here and never follow the order of the enum.

use crate::ids::Number;
use crate::wire::event::{Mark, RefusalCode, RefusedNumber};

/// How many of the last settled numbers a mark can tell a refusal of. A client may have
/// no more than that unanswered in one room.
pub(super) const REMEMBERED: u64 = 64;

/// Bytes of one refused number in the store: how far below the mark it is, and its code.
const REFUSED_BYTES: usize = 2;

/// Settles `number`, as stored (`None`) or as refused.
pub(super) fn settle(mark: &mut Mark, number: Number, refused: Option<RefusalCode>) {
    mark.number = number;
    mark.refused
        .extend(refused.map(|code| RefusedNumber { number, code }));
    let oldest = number.0.saturating_sub(REMEMBERED - 1);
    mark.refused.retain(|past| past.number.0 >= oldest);
}

/// The refused numbers of a mark as they are stored; empty if there are none.
pub(super) fn encode(mark: &Mark) -> Vec<u8> {
    let pair = |refused: &RefusedNumber| {
        let below = u8::try_from(mark.number.0 - refused.number.0)
            .expect("a mark remembers only its last numbers");
        [below, code_to_store(refused.code)]
    };
    mark.refused.iter().flat_map(pair).collect()
}

/// The mark at `number` with the refused numbers in `stored`; `None` if they make no sense.
pub(super) fn decode(number: Number, stored: &[u8]) -> Option<Mark> {
    let refused = |pair: &[u8]| {
        let &[below, code] = pair else { return None };
        Some(RefusedNumber {
            number: Number(number.0.checked_sub(u64::from(below))?),
            code: code_from_store(code)?,
        })
    };
    let refused = stored.chunks(REFUSED_BYTES).map(refused);
    Some(Mark {
        number,
        refused: refused.collect::<Option<_>>()?,
    })
}

fn code_to_store(code: RefusalCode) -> u8 {
    match code {
        RefusalCode::NameOrRoomMissing => 1,
        RefusalCode::NameInvalid => 2,
        RefusalCode::RoomInvalid => 3,
        RefusalCode::NameInUse => 4,
        RefusalCode::NameReserved => 5,
        RefusalCode::RoomFull => 6,
        RefusalCode::TooManyRooms => 7,
        RefusalCode::ServerFull => 8,
        RefusalCode::NotJoined => 9,
        RefusalCode::AlreadyJoined => 10,
        RefusalCode::Profanity => 11,
        RefusalCode::Blank => 12,
        RefusalCode::TooLong => 13,
        RefusalCode::Unprintable => 14,
        RefusalCode::NotOnGlobe => 15,
        RefusalCode::NumberSkipped => 16,
        RefusalCode::TooFast => 17,
        RefusalCode::LogUnavailable => 18,
        RefusalCode::Busy => 19,
        RefusalCode::NotYours => 20,
        RefusalCode::NotThere => 21,
        RefusalCode::TooManyReactions => 22,
        RefusalCode::NotAnEmoji => 23,
        RefusalCode::NotHere => 24,
    }
}

fn code_from_store(code: u8) -> Option<RefusalCode> {
    let code = match code {
        1 => RefusalCode::NameOrRoomMissing,
        2 => RefusalCode::NameInvalid,
        3 => RefusalCode::RoomInvalid,
        4 => RefusalCode::NameInUse,
        5 => RefusalCode::NameReserved,
        6 => RefusalCode::RoomFull,
        7 => RefusalCode::TooManyRooms,
        8 => RefusalCode::ServerFull,
        9 => RefusalCode::NotJoined,
        10 => RefusalCode::AlreadyJoined,
        11 => RefusalCode::Profanity,
        12 => RefusalCode::Blank,
        13 => RefusalCode::TooLong,
        14 => RefusalCode::Unprintable,
        15 => RefusalCode::NotOnGlobe,
        16 => RefusalCode::NumberSkipped,
        17 => RefusalCode::TooFast,
        18 => RefusalCode::LogUnavailable,
        19 => RefusalCode::Busy,
        20 => RefusalCode::NotYours,
        21 => RefusalCode::NotThere,
        22 => RefusalCode::TooManyReactions,
        23 => RefusalCode::NotAnEmoji,
        24 => RefusalCode::NotHere,
        _ => return None,
    };
    Some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stored numbers by the names of the codes: what existing databases hold.
    const STORED: [(&str, u8); 24] = [
        ("NameOrRoomMissing", 1),
        ("NameInvalid", 2),
        ("RoomInvalid", 3),
        ("NameInUse", 4),
        ("NameReserved", 5),
        ("RoomFull", 6),
        ("TooManyRooms", 7),
        ("ServerFull", 8),
        ("NotJoined", 9),
        ("AlreadyJoined", 10),
        ("Profanity", 11),
        ("Blank", 12),
        ("TooLong", 13),
        ("Unprintable", 14),
        ("NotOnGlobe", 15),
        ("NumberSkipped", 16),
        ("TooFast", 17),
        ("LogUnavailable", 18),
        ("Busy", 19),
        ("NotYours", 20),
        ("NotThere", 21),
        ("TooManyReactions", 22),
        ("NotAnEmoji", 23),
        ("NotHere", 24),
    ];

    /// All names of codes there are: serde lists them when it is asked for one there is not.
    fn names_of_all_codes() -> Vec<String> {
        let complaint = serde_json::from_str::<RefusalCode>("\"NoSuchCode\"")
            .unwrap_err()
            .to_string();
        complaint
            .split('`')
            .skip(3)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn every_refusal_code_keeps_the_number_it_is_stored_as() {
        for (name, number) in STORED {
            let code: RefusalCode = serde_json::from_str(&format!("\"{name}\"")).unwrap();
            assert_eq!(code_to_store(code), number, "{name}");
            assert_eq!(code_from_store(number), Some(code), "{name}");
        }
        let known = (0..=u8::MAX).filter_map(code_from_store).count();
        assert_eq!(known, STORED.len());
    }

    #[test]
    fn no_refusal_code_is_missing_from_the_store() {
        let mut stored = STORED.map(|(name, _)| name.to_owned()).to_vec();
        let mut all = names_of_all_codes();
        stored.sort();
        all.sort();
        assert_eq!(stored, all);
    }

    #[test]
    fn a_mark_remembers_exactly_the_refusals_among_its_last_64_numbers() {
        let mut mark = Mark::default();
        settle(&mut mark, Number(1), Some(RefusalCode::Profanity));
        for number in 2..=REMEMBERED {
            settle(&mut mark, Number(number), None);
        }
        assert_eq!(mark.refused.len(), 1);
        assert_eq!(decode(mark.number, &encode(&mark)), Some(mark.clone()));
        settle(&mut mark, Number(REMEMBERED + 1), None);
        assert_eq!(mark.refused, []);
        assert!(encode(&mark).is_empty());
    }

    #[test]
    fn stored_marks_that_make_no_sense_are_refused() {
        for stored in [&[1][..], &[9, 1], &[0, 0], &[0, 200]] {
            assert_eq!(decode(Number(5), stored), None, "{stored:?}");
        }
    }
}
