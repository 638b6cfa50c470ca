//! Bytes that must be refused, and as what.
//!
//! `malformed`: no value of the type. `trailing`: a value, and then more bytes.
//! `unsafeInteger`: a value that Rust holds and a JavaScript number does not.

use super::hex;

pub(crate) struct Malformed {
    pub(crate) name: String,
    pub(crate) hex: String,
    pub(crate) error: &'static str,
}

fn malformed(name: impl Into<String>, bytes: &[u8], error: &'static str) -> Malformed {
    Malformed {
        name: name.into(),
        hex: hex(bytes),
        error,
    }
}

/// `parts` one after the other.
fn bytes(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn tag(variant: u32) -> [u8; 4] {
    variant.to_le_bytes()
}

fn long(value: u64) -> [u8; 8] {
    value.to_le_bytes()
}

/// The prefixes of a whole value: none of them is a value.
fn cuts(name: &str, whole: &[u8], ends: &[usize]) -> Vec<Malformed> {
    ends.iter()
        .filter(|&&end| end < whole.len())
        .map(|&end| {
            malformed(
                format!("{name}, cut after {end} bytes"),
                &whole[..end],
                "malformed",
            )
        })
        .collect()
}

/// A text's length that is a lie: one too many, beyond the frame, beyond 2^32, beyond 2^53.
const LYING_LENGTHS: [u64; 5] = [4, 65_537, 1 << 32, 1 << 53, u64::MAX];

pub(crate) fn commands() -> Vec<Malformed> {
    let resuming = hello(1);
    let join = bytes(&[
        &tag(3),
        &tag(0),
        &long(3),
        b"den",
        &long(3),
        b"Ann",
        &[1],
        &long(1),
        &long(2),
        &[7; 32],
    ]);
    let read = bytes(&[&tag(14), &long(3)]);
    let send = bytes(&[&tag(5), &long(1), &tag(0), &long(3), b"abc", &[1], &long(2)]);
    let mut all = cuts(
        "hello",
        &resuming,
        &[0, 1, 3, 4, 5, 6, 7, 8, 38, 39, 40, 70, 71, 72, 78, 79, 81],
    );
    all.extend(cuts(
        "join",
        &join,
        &[4, 8, 15, 16, 18, 19, 27, 30, 31, 32, 39, 40, 46, 47, 48, 78],
    ));
    all.extend(cuts("read", &read, &[4, 11]));
    all.extend(cuts(
        "send",
        &send,
        &[4, 11, 12, 15, 16, 23, 24, 26, 27, 28, 35],
    ));
    all.extend(odd_questions());
    let moved = bytes(&[&tag(8), &tag(1), &tag(2)]);
    all.extend(cuts("moved", &moved, &[4, 7, 8, 11]));
    all.extend(LYING_LENGTHS.map(|length| {
        let lying = bytes(&[&tag(5), &long(1), &tag(0), &long(length), b"abc"]);
        malformed(
            format!("send, a text that claims {length} bytes"),
            &lying,
            "malformed",
        )
    }));
    all.extend(odd_commands());
    all
}

fn odd_commands() -> Vec<Malformed> {
    let invalid_utf8 = bytes(&[&tag(5), &long(1), &tag(0), &long(2), &[0xc3, 0x28]]);
    let surrogate = bytes(&[&tag(5), &long(1), &tag(0), &long(3), &[0xed, 0xa0, 0x80]]);
    let content = bytes(&[&tag(5), &long(1), &tag(8), &long(0)]);
    let big_number = bytes(&[&tag(5), &long(1 << 53), &tag(0), &long(0), &[0]]);
    let moved_from = bytes(&[&tag(8), &tag(2), &tag(0)]);
    let moved_why = bytes(&[&tag(8), &tag(0), &tag(5)]);
    let moved_twice = bytes(&[&tag(8), &tag(1), &tag(2), &tag(0)]);
    vec![
        malformed("a command that does not exist", &tag(15), "malformed"),
        malformed("the largest tag", &tag(u32::MAX), "malformed"),
        malformed("hello, an option that is neither", &hello(2), "malformed"),
        malformed("send, a content that does not exist", &content, "malformed"),
        malformed("send, no UTF-8", &invalid_utf8, "malformed"),
        malformed("send, a surrogate", &surrogate, "malformed"),
        malformed("bye, a stray byte", &bytes(&[&tag(1), &[0]]), "trailing"),
        malformed(
            "moved, a transport that does not exist",
            &moved_from,
            "malformed",
        ),
        malformed(
            "moved, a reason that does not exist",
            &moved_why,
            "malformed",
        ),
        malformed("moved, a stray variant", &moved_twice, "trailing"),
        malformed("two commands", &bytes(&[&tag(1), &tag(7)]), "trailing"),
        malformed(
            "ping, a nonce of 2^53",
            &bytes(&[&tag(2), &long(1 << 53)]),
            "unsafeInteger",
        ),
        malformed("send, a number of 2^53", &big_number, "unsafeInteger"),
    ]
}

fn odd_questions() -> Vec<Malformed> {
    let room = bytes(&[&tag(3), &tag(2), &long(0), &long(0), &[0]]);
    let range = bytes(&[&tag(6), &tag(4), &long(1), &[1, 0]]);
    let key = bytes(&[&tag(12), &long(1), &[7; 31]]);
    let away = bytes(&[&tag(13), &[2]]);
    let on = bytes(&[&tag(5), &long(1), &tag(4), &long(1), &long(0), &[2]]);
    let big_target = bytes(&[&tag(5), &long(1), &tag(3), &long(1 << 53)]);
    let big_read = bytes(&[&tag(14), &long(1 << 53)]);
    let look = bytes(&[&tag(9), &long(1 << 32), &long(1)]);
    vec![
        malformed(
            "join, a kind of room that does not exist",
            &room,
            "malformed",
        ),
        malformed("history, a range that does not exist", &range, "malformed"),
        malformed("invite, a key that is too short", &key, "malformed"),
        malformed("away, a bool that is neither", &away, "malformed"),
        malformed("send, a reaction neither on nor off", &on, "malformed"),
        malformed("send, a deletion of 2^53", &big_target, "unsafeInteger"),
        malformed("look, at more than there are", &look, "malformed"),
        malformed("read, a number of 2^53", &big_read, "unsafeInteger"),
    ]
}

fn hello(option: u8) -> Vec<u8> {
    bytes(&[
        &tag(0),
        &[1, 0],
        &[option],
        &[7; 32],
        &[8; 32],
        &long(3),
        b"cli",
    ])
}

pub(crate) fn events() -> Vec<Malformed> {
    let welcome = welcome(1);
    let entry = entry(1, &[&tag(0), &long(3), b"abc", &[0]]);
    let roster = bytes(&[
        &tag(4),
        &long(3),
        b"den",
        &long(1),
        &long(9),
        &long(3),
        b"Ann",
        &[0],
        &long(1),
        &long(9),
    ]);
    let mut all = cuts(
        "welcome",
        &welcome,
        &[0, 3, 4, 5, 6, 7, 14, 15, 22, 23, 31, 34, 58],
    );
    all.extend(cuts(
        "entry",
        &entry,
        &[
            4, 11, 12, 20, 28, 36, 44, 46, 47, 50, 51, 58, 59, 61, 62, 63, 64, 71, 72, 79,
        ],
    ));
    all.extend(cuts(
        "roster",
        &roster,
        &[14, 15, 22, 23, 30, 31, 39, 42, 43, 50, 51, 58],
    ));
    all.extend(LYING_LENGTHS.map(|length| {
        let lying = bytes(&[&tag(11), &long(length), &[0; 60]]);
        malformed(
            format!("history that claims {length} entries"),
            &lying,
            "malformed",
        )
    }));
    all.extend(odd_events());
    all.extend(unsafe_events());
    all
}

fn odd_events() -> Vec<Malformed> {
    let roster_more = bytes(&[&tag(4), &long(0), &long(0), &[2], &long(0)]);
    let refused_retry = bytes(&[&tag(14), &tag(0), &long(0), &[255], &[0; 4]]);
    let bye_code = bytes(&[&tag(2), &tag(9), &long(0), &tag(0)]);
    let bye_retry = bytes(&[&tag(2), &tag(0), &long(0), &tag(2)]);
    let code = bytes(&[&tag(14), &tag(24), &long(0), &[0], &[0; 4]]);
    let presence = bytes(&[&tag(8), &long(0), &tag(4), &long(1), &long(0)]);
    let content = entry(1, &[&tag(8), &long(0)]);
    let text = entry(1, &[&tag(0), &long(1), &[0xff]]);
    vec![
        malformed("an event that does not exist", &tag(20), "malformed"),
        malformed("the largest tag", &tag(u32::MAX), "malformed"),
        malformed("welcome, a bool that is neither", &welcome(2), "malformed"),
        malformed("roster, a bool that is neither", &roster_more, "malformed"),
        malformed(
            "rejected, a bool that is neither",
            &refused_retry,
            "malformed",
        ),
        malformed("bye, a code that does not exist", &bye_code, "malformed"),
        malformed("bye, a retry that does not exist", &bye_retry, "malformed"),
        malformed("rejected, a code that does not exist", &code, "malformed"),
        malformed(
            "presence, a change that does not exist",
            &presence,
            "malformed",
        ),
        malformed(
            "entry, a content that does not exist",
            &content,
            "malformed",
        ),
        malformed("entry, no UTF-8", &text, "malformed"),
        malformed("left, a stray byte", &bytes(&[&tag(13), &[0]]), "trailing"),
        malformed("two events", &bytes(&[&tag(13), &tag(13)]), "trailing"),
    ]
}

fn unsafe_events() -> Vec<Malformed> {
    let seq = entry(1 << 53, &[&tag(0), &long(0), &[0]]);
    let ack = bytes(&[&tag(9), &long(u64::MAX)]);
    let read = bytes(&[&tag(19), &long(1 << 53)]);
    let future = bytes(&[&tag(1), &long(0), &long(1 << 53)]);
    let past = bytes(&[&tag(1), &long(0), &i64::MIN.to_le_bytes()]);
    vec![
        malformed("entry, a sequence number of 2^53", &seq, "unsafeInteger"),
        malformed("ack, the largest u64", &ack, "unsafeInteger"),
        malformed("read, up to 2^53", &read, "unsafeInteger"),
        malformed("pong, a time of 2^53", &future, "unsafeInteger"),
        malformed("pong, the smallest i64", &past, "unsafeInteger"),
    ]
}

fn welcome(resumed: u8) -> Vec<u8> {
    let limits = [0; 28];
    bytes(&[
        &tag(0),
        &[1, 0],
        &[resumed],
        &long(5),
        &long(6),
        &long(3),
        b"srv",
        &limits,
    ])
}

fn entry(seq: u64, content: &[&[u8]]) -> Vec<u8> {
    bytes(&[
        &tag(7),
        &long(seq),
        &long(2),
        &long(3),
        &long(4),
        &long(3),
        b"Ann",
        &bytes(content),
        &[0],
        &long(0),
        &long(5),
    ])
}
