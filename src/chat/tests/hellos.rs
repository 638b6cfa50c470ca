//! Greetings that arrive late, twice, or from somebody else.

use std::time::Duration;

use super::heard::{goodbyes, kinds, names};
use super::world::{Disk, World};
use crate::chat::limits::{GRACE, USED_TOKENS};
use crate::chat::{Counts, Input, LaneRef};
use crate::ids::ConnId;
use crate::wire::event::{ByeCode, Event, Retry};

/// What the one is told whose connection its own client may have given up.
const COME_BACK: (ByeCode, Retry) = (ByeCode::Replaced, Retry::After(1_000));

fn welcomed(world: &mut World, conn: ConnId) -> Option<bool> {
    match &world.take(LaneRef::control(conn))[..] {
        [] => None,
        [Event::Welcome(welcome)] => Some(welcome.resumed),
        other => panic!("no welcome but {:?}", kinds(other)),
    }
}

fn last_goodbye(world: &World) -> (ConnId, (ByeCode, Retry)) {
    let (conn, code, retry) = *goodbyes(world).last().expect("somebody was closed");
    (conn, (code, retry))
}

/// A member whose session has had the tokens 1, 2 and 3.
fn twice_resumed(world: &mut World) -> LaneRef {
    let first = world.hello(None, 1);
    world.join_on(first, ("ann", "lobby"), None);
    world.hello(Some(1), 2);
    let third = world.hello(Some(2), 3);
    let lane = world.join_on(third, ("ann", "lobby"), Some(0));
    world.take(lane);
    world.closed.clear();
    lane
}

// X3
#[test]
fn an_abandoned_hello_that_arrives_after_the_live_one_does_not_stop_the_client() {
    let mut world = World::new();
    let bob = world.join("bob", "lobby");
    let live = world.hello(None, 1);
    let ann = world.join_on(live, ("ann", "lobby"), None);
    world.take(bob);
    world.take(ann);
    let late = world.hello(None, 1);
    assert_eq!(last_goodbye(&world), (live, COME_BACK));
    assert_eq!(welcomed(&mut world, late), Some(true));
    world.input(Input::Closed(late)); // Nobody is there.
    let back = world.hello(Some(1), 2);
    assert_eq!(welcomed(&mut world, back), Some(true));
    let ann = world.join_on(back, ("ann", "lobby"), Some(0));
    assert_eq!(kinds(&world.take(ann)), ["roster", "joined"]);
    assert!(world.take(bob).is_empty());
}

#[test]
fn a_session_that_is_resumed_in_another_place_stops_in_the_first() {
    let mut world = World::new();
    let first = world.hello(None, 1);
    world.hello(Some(1), 2);
    let stop = (ByeCode::Replaced, Retry::Stop);
    assert_eq!(last_goodbye(&world), (first, stop));
}

// X3
#[test]
fn a_hello_from_before_the_last_one_is_closed_alone() {
    let mut world = World::new();
    let ann = twice_resumed(&mut world);
    for old in [Some(1), None, Some(77)] {
        world.closed.clear();
        let late = world.hello(old, 2);
        assert_eq!(goodbyes(&world).len(), 1, "{old:?}");
        assert_eq!(last_goodbye(&world), (late, COME_BACK));
        assert_eq!(welcomed(&mut world, late), None);
    }
    world.say(ann, 1, "still here");
    assert_eq!(world.take_texts(ann), ["still here"]);
}

#[test]
fn a_late_hello_does_not_keep_a_lost_session_longer() {
    let mut world = World::new();
    let bob = world.join("bob", "lobby");
    let ann = twice_resumed(&mut world);
    world.input(Input::Closed(ann.conn));
    world.take(bob);
    world.advance(GRACE - Duration::from_secs(1));
    world.hello(Some(1), 2);
    world.advance(Duration::from_secs(1));
    assert_eq!(kinds(&world.take(bob)), ["went"]);
    assert_eq!(world.counts().sessions, 1);
}

#[test]
fn a_late_hello_finds_the_session_in_the_log_and_leaves_nothing_in_memory() {
    let mut world = World::new();
    let ann = twice_resumed(&mut world);
    world.say(ann, 1, "remembered");
    world.close_all();
    world.advance(2 * GRACE);
    assert_eq!(world.counts(), Counts::default());
    world.closed.clear();
    let late = world.hello(Some(1), 2);
    assert_eq!(last_goodbye(&world), (late, COME_BACK));
    world.advance(GRACE);
    assert_eq!(world.counts(), Counts::default());
    let back = world.hello(Some(3), 4);
    assert_eq!(welcomed(&mut world, back), Some(true));
}

// Law 4: two tabs
#[test]
fn a_used_up_token_with_a_next_one_of_its_own_ends_the_session_for_both() {
    let mut world = World::new();
    let ann = twice_resumed(&mut world);
    let thief = world.hello(Some(2), 66);
    let over = (ByeCode::TokenReused, Retry::Stop);
    let told = goodbyes(&world)
        .into_iter()
        .map(|(conn, code, retry)| (conn, (code, retry)));
    assert_eq!(told.collect::<Vec<_>>(), [(ann.conn, over), (thief, over)]);
    let free = world.join("ann", "lobby");
    assert_eq!(names(&world.take(free)), ["ann"]);
}

// Law 4: two tabs
#[test]
fn a_token_that_was_used_up_long_ago_ends_the_session_as_the_last_one_does() {
    let mut world = World::new();
    let ann = twice_resumed(&mut world);
    let thief = world.hello(Some(1), 66);
    let over = (ByeCode::TokenReused, Retry::Stop);
    let ended = goodbyes(&world);
    assert_eq!(ended.len(), 2);
    assert_eq!(ended[0].0, ann.conn);
    assert_eq!(last_goodbye(&world), (thief, over));
    for token in [1, 2, 3] {
        let late = world.hello(Some(token), 70 + token);
        assert_eq!(welcomed(&mut world, late), Some(false), "of {token}");
    }
}

#[test]
fn the_tokens_that_a_session_remembers_are_bounded() {
    let mut world = World::new();
    world.hello(None, 1);
    for token in 1..=100 {
        world.hello(Some(token), token + 1);
    }
    assert_eq!(world.counts().tokens, USED_TOKENS + 2);
    let oldest = 100 - USED_TOKENS as u64;
    let forgotten = world.hello(Some(oldest - 1), 200);
    assert_eq!(welcomed(&mut world, forgotten), Some(false));
    let thief = world.hello(Some(oldest), 201);
    assert_eq!(
        last_goodbye(&world),
        (thief, (ByeCode::TokenReused, Retry::Stop))
    );
}

// Law 8
#[test]
fn a_hello_said_twice_is_welcomed_only_when_its_token_is_on_disk() {
    let mut world = World::new();
    let first = world.hello(None, 1);
    world.join_on(first, ("ann", "lobby"), None);
    world.disk = Disk::Held;
    let second = world.hello(Some(1), 2);
    let again = world.hello(Some(1), 2);
    assert_eq!(last_goodbye(&world), (second, COME_BACK));
    assert_eq!(welcomed(&mut world, again), None);
    world.disk = Disk::Quick;
    world.commit();
    assert_eq!(welcomed(&mut world, again), Some(true));
}

// Law 8
#[test]
fn an_older_token_that_reaches_the_disk_welcomes_nobody() {
    let mut world = World::new();
    world.disk = Disk::Held;
    let first = world.hello(None, 1);
    world.commit();
    world.join_on(first, ("ann", "lobby"), None);
    world.answer();
    let resumed = world.hello(Some(1), 2);
    world.commit_first(1);
    assert_eq!(welcomed(&mut world, resumed), None);
    world.restart();
    world.disk = Disk::Quick;
    let back = world.hello(Some(1), 2);
    assert_eq!(welcomed(&mut world, back), Some(true));
}

// X3
#[test]
fn whoever_greets_while_the_log_still_lets_its_session_go_begins_anew() {
    let mut world = World::new();
    let ann = twice_resumed(&mut world);
    world.say(ann, 1, "hello");
    world.disk = Disk::Held;
    world.hello(Some(2), 66);
    assert_eq!(last_goodbye(&world).1.0, ByeCode::TokenReused);
    let back = world.hello(Some(3), 4);
    world.answer();
    assert_eq!(welcomed(&mut world, back), None);
    world.disk = Disk::Quick;
    world.commit();
    assert_eq!(welcomed(&mut world, back), Some(false));
    assert_eq!(world.counts().ending, 0);
}
