//! Many rooms at once: what a connection that resumes them all is sent.

use super::world::{World, settings};
use crate::chat::limits::ROOMS_PER_SESSION;
use crate::chat::{LaneRef, Rate, Settings};
use crate::fanout::OUTBOX_BYTES;
use crate::ids::{ConnId, Seq};
use crate::record::TAIL_ENTRIES;
use crate::wire::encode_event;
use crate::wire::event::{Event, Joined};
use crate::wire::raw::RawCommand;

/// Texts that fill a page with [`TAIL_ENTRIES`] of them, each with some 80 bytes beside it.
const FULL: usize = 48 * 1024 / TAIL_ENTRIES - 80;

fn room(n: usize) -> String {
    format!("room {n}")
}

fn unhurried() -> World {
    World::with(|| Settings {
        rate: Rate {
            per_second: 1_000_000,
            burst: 1_000_000,
        },
        ..settings()
    })
}

/// Somebody says `count` messages of so many bytes in each room.
fn fill(world: &mut World, (count, bytes): (u64, usize)) {
    let conn = world.hello(None, 500_000);
    for n in 0..ROOMS_PER_SESSION {
        let lane = world.join_on(conn, ("writer", &room(n)), None);
        for number in 1..=count {
            world.say(lane, number, &"x".repeat(bytes));
        }
    }
}

fn join_all(world: &mut World, conn: ConnId, cursor: u64) -> Vec<LaneRef> {
    let join = |n| world.join_on(conn, ("ann", &room(n)), Some(cursor));
    (0..ROOMS_PER_SESSION).map(join).collect()
}

fn joined(events: &[Event]) -> &Joined {
    match events.last() {
        Some(Event::Joined(joined)) => joined,
        other => panic!("not let in: {other:?}"),
    }
}

fn encoded(events: &[Event]) -> usize {
    events
        .iter()
        .map(|event| encode_event(event).unwrap().len())
        .sum()
}

// X12
#[test]
fn a_resume_of_as_many_full_rooms_as_one_may_have_fits_an_outbox() {
    let mut world = unhurried();
    fill(&mut world, (60, FULL));
    let conn = world.hello(None, 1);
    let lanes = join_all(&mut world, conn, 3);
    let heard: Vec<_> = lanes.iter().map(|lane| world.take(*lane)).collect();
    let bytes: usize = heard.iter().map(|events| encoded(events)).sum();
    assert!(bytes < OUTBOX_BYTES / 2, "{bytes} bytes");
    let entries: Vec<usize> = heard
        .iter()
        .map(|it| joined(it).page.entries.len())
        .collect();
    assert!(entries[0] > TAIL_ENTRIES - 5, "the first has a whole page");
    assert!(entries.is_sorted_by(|a, b| a >= b), "{entries:?}");
    for events in &heard {
        let joined = joined(events);
        assert!(!joined.continues && joined.page.more);
        let seqs: Vec<u64> = joined.page.entries.iter().map(|it| it.seq.0).collect();
        let expected = joined.head.0 + 1 - seqs.len() as u64..=joined.head.0;
        assert!(seqs.into_iter().eq(expected), "the newest, without a gap");
    }
}

// X12
#[test]
fn what_no_page_has_room_for_is_asked_for() {
    let mut world = unhurried();
    fill(&mut world, (3, 4_000));
    let conn = world.hello(None, 1);
    let lanes = join_all(&mut world, conn, 0);
    let last = *lanes.last().unwrap();
    let heard = world.take(last);
    let told = joined(&heard);
    assert_eq!((told.head, told.page.entries.len()), (Seq(3), 0));
    assert!(!told.continues && told.page.more);
    world.raw(last, RawCommand::older(told.head.0 + 1, 100));
    assert_eq!(world.take_texts(last).len(), 3);
}

// X12
#[test]
fn whoever_missed_little_everywhere_misses_nothing_and_asks_for_nothing() {
    let mut world = unhurried();
    fill(&mut world, (20, 50));
    let conn = world.hello(None, 1);
    for lane in join_all(&mut world, conn, 15) {
        let heard = world.take(lane);
        let told = joined(&heard);
        assert!(told.continues);
        assert_eq!(told.page.entries.len(), 5);
    }
}

#[test]
fn a_room_that_was_left_counts_no_more() {
    let mut world = unhurried();
    fill(&mut world, (60, FULL));
    let conn = world.hello(None, 1);
    let mut pages = Vec::new();
    for n in 0..3 {
        let lane = world.join_on(conn, ("ann", &room(n)), None);
        pages.push(joined(&world.take(lane)).page.entries.len());
        world.raw(lane, RawCommand::Leave);
    }
    assert!(
        pages.iter().all(|entries| *entries == pages[0]),
        "{pages:?}"
    );
}
