//! What the wire costs: a command decoded, an event encoded once and shared by many.

mod common;

use std::hint::black_box;

use chinwag::ids::{MemberId, Number, SeatId, Seq, Timestamp};
use chinwag::wire::event::{Content, Entry};
use chinwag::wire::raw::RawCommand;
use chinwag::wire::{Event, decode_command, encode_command, encode_event, frame};

/// Runs of each measured step.
const ROUNDS: u64 = 200_000;

fn main() {
    let event = Event::Entry(entry());
    common::measure(|| encode(&event)).print("an entry encoded", ROUNDS);
    for members in [1, 100, 1_000] {
        let rounds = (ROUNDS / members).max(1);
        let what = format!("an entry encoded once, shared by {members}: each");
        common::measure(|| share(&event, members, rounds)).print(&what, rounds * members);
    }
    let payload = send_payload();
    common::measure(|| decode(&payload)).print("a send decoded and parsed", ROUNDS);
}

fn encode(event: &Event) {
    for _ in 0..ROUNDS {
        black_box(encode_event(black_box(event)).expect("an entry fits a frame"));
    }
}

fn share(event: &Event, members: u64, rounds: u64) {
    for _ in 0..rounds {
        let frame = encode_event(black_box(event)).expect("an entry fits a frame");
        for _ in 0..members {
            black_box(frame.clone());
        }
    }
}

fn decode(payload: &[u8]) {
    for _ in 0..ROUNDS {
        black_box(decode_command(black_box(payload)).expect("a send decodes"));
    }
}

fn content() -> Content {
    Content::text("So we'll go no more a roving, so late into the night, though the heart...")
}

fn entry() -> Entry {
    Entry {
        seq: Seq(123_456),
        at: Timestamp(1_700_000_000_000),
        author: MemberId(1 << 52),
        number: Number(42),
        nick: "Ann".into(),
        content: content(),
        edited: None,
        reactions: Vec::new(),
        seat: SeatId(1 << 51),
    }
}

fn send_payload() -> Vec<u8> {
    let command = RawCommand::Send {
        number: 42,
        content: content(),
    };
    let whole = encode_command(&command).expect("a send fits a frame");
    whole[frame::HEADER..].to_vec()
}
