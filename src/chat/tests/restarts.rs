//! The server dies and starts again: who was here is held as if its connection had been lost.

use std::time::Duration;

use super::heard::{join_refusal, kinds, names, refusal};
use super::world::{Disk, World, settings};
use crate::chat::limits::{BUSY_RETRY, GRACE, ROOMS_PER_SESSION};
use crate::chat::{Counts, Input, LaneRef, Settings};
use crate::ids::{Epoch, LaneId, SessionId, Timestamp};
use crate::record::{StoredMember, StoredSession};
use crate::wire::event::{Event, RefusalCode};
use crate::wire::raw::RawCommand;

/// A new session with this token in the lobby.
fn member(world: &mut World, token: u64, nick: &str) -> LaneRef {
    let conn = world.hello(None, token);
    world.join_on(conn, (nick, "lobby"), None)
}

/// The session of the token is back in the lobby; its next token is a hundred later.
fn back(world: &mut World, token: u64, nick: &str) -> LaneRef {
    let conn = world.hello(Some(token), token + 100);
    world.join_on(conn, (nick, "lobby"), Some(0))
}

// X3, X10
#[test]
fn members_who_return_in_time_were_never_gone() {
    let mut world = World::new();
    for (token, nick) in [(3, "zoe"), (1, "ann"), (2, "mia")] {
        member(&mut world, token, nick);
    }
    world.restart();
    let mia = back(&mut world, 2, "mia");
    let heard = world.take(mia);
    assert_eq!(kinds(&heard), ["roster", "joined"]);
    assert_eq!(
        names(&heard),
        ["zoe", "ann", "mia"],
        "in the order of joining"
    );
    world.advance(GRACE - Duration::from_secs(1));
    for (token, nick) in [(1, "ann"), (3, "Zoe")] {
        let lane = back(&mut world, token, nick);
        assert_eq!(kinds(&world.take(lane)), ["roster", "joined"]);
    }
    world.advance(2 * GRACE);
    assert!(world.take(mia).is_empty(), "nobody came and nobody went");
}

// X3, A32
#[test]
fn whoever_does_not_return_leaves_after_the_grace() {
    let mut world = World::new();
    member(&mut world, 1, "ann");
    member(&mut world, 2, "bob");
    world.restart();
    let bob = back(&mut world, 2, "bob");
    world.take(bob);
    world.advance(GRACE - Duration::from_millis(1));
    assert!(world.take(bob).is_empty());
    world.advance(Duration::from_millis(1));
    assert_eq!(kinds(&world.take(bob)), ["went"]);
    world.restart();
    let bob = back(&mut world, 102, "bob");
    assert_eq!(names(&world.take(bob)), ["bob"], "gone for good");
}

// A10, X10
#[test]
fn a_name_is_held_for_its_owner_over_a_restart_and_free_after_the_grace() {
    let mut world = World::new();
    member(&mut world, 1, "Ann");
    world.restart();
    let other = world.join("ANN", "lobby");
    let refused = join_refusal(&world.take(other));
    assert_eq!(refused.0, RefusalCode::NameInUse);
    world.advance(GRACE);
    let other = world.join("ANN", "lobby");
    assert_eq!(kinds(&world.take(other)), ["notice", "roster", "joined"]);
    assert_eq!(world.counts().members, 1);
}

// A33
#[test]
fn whoever_left_before_the_restart_is_not_held() {
    let mut world = World::new();
    let ann = member(&mut world, 1, "ann");
    let bob = member(&mut world, 2, "bob");
    let eve = member(&mut world, 3, "eve");
    world.raw(ann, RawCommand::Leave);
    world.raw(LaneRef::control(bob.conn), RawCommand::Bye);
    world.input(Input::Closed(eve.conn));
    world.advance(GRACE);
    world.restart();
    assert_eq!(world.counts(), Counts::default());
    for nick in ["ann", "bob", "eve"] {
        let lane = world.join(nick, "lobby");
        assert_eq!(kinds(&world.take(lane)), ["notice", "roster", "joined"]);
    }
}

#[test]
fn a_session_without_a_word_is_forgotten_after_the_grace_and_one_with_marks_is_not() {
    let mut world = World::new();
    let ann = member(&mut world, 1, "ann");
    member(&mut world, 2, "bob");
    world.say(ann, 1, "remember me");
    world.close_all();
    world.advance(2 * GRACE);
    for (token, is_known) in [(1, true), (2, false)] {
        let conn = world.hello(Some(token), token + 100);
        let heard = world.take(LaneRef::control(conn));
        assert!(matches!(&heard[..], [Event::Welcome(it)] if it.resumed == is_known));
    }
}

#[test]
fn a_session_that_spoke_before_the_restart_and_not_after_it_keeps_its_marks() {
    let mut world = World::new();
    let ann = member(&mut world, 1, "ann");
    world.say(ann, 1, "remember me");
    world.restart();
    world.advance(2 * GRACE);
    assert_eq!(world.counts(), Counts::default());
    let ann = back(&mut world, 1, "ann");
    let heard = world.take(ann);
    assert!(matches!(heard.last(), Some(Event::Joined(joined)) if joined.mark.number.0 == 1));
}

// A12, X5
#[test]
fn a_member_who_returns_under_another_name_leaves_under_the_first() {
    let mut world = World::new();
    member(&mut world, 1, "ann");
    member(&mut world, 2, "bob");
    world.restart();
    let bob = back(&mut world, 2, "bob");
    world.take(bob);
    let anna = back(&mut world, 1, "anna");
    assert_eq!(kinds(&world.take(bob)), ["went", "came"]);
    assert_eq!(names(&world.take(anna)), ["bob", "anna"]);
    world.restart();
    let anna = back(&mut world, 101, "anna");
    assert_eq!(names(&world.take(anna)), ["bob", "anna"]);
}

// X12
#[test]
fn a_room_of_absent_members_is_written_and_read_as_ever() {
    let mut world = World::new();
    let ann = member(&mut world, 1, "ann");
    world.say(ann, 1, "before");
    world.restart();
    let eve = world.join("eve", "lobby");
    let heard = world.take(eve);
    assert_eq!(kinds(&heard), ["notice", "roster", "joined"]);
    assert_eq!(names(&heard), ["ann", "eve"]);
    world.say(eve, 1, "meanwhile");
    world.raw(eve, RawCommand::Leave);
    world.input(Input::Closed(eve.conn));
    let conn = world.hello(Some(1), 2);
    let ann = world.join_on(conn, ("ann", "lobby"), Some(1));
    assert_eq!(world.take_texts(ann), ["meanwhile"]);
    world.say(ann, 2, "after");
    assert_eq!(world.take_texts(ann), ["after"]);
}

#[test]
fn a_join_does_not_wait_for_the_disk_and_one_that_was_not_stored_is_not_held() {
    let mut world = World::new();
    world.disk = Disk::Held;
    let conn = world.hello(None, 1);
    world.answer();
    let ann = world.join_on(conn, ("ann", "lobby"), None);
    world.answer();
    assert_eq!(kinds(&world.take(ann)), ["notice", "roster", "joined"]);
    world.restart();
    assert_eq!(world.counts(), Counts::default());
}

#[test]
fn a_full_disk_keeps_nobody_from_joining_and_is_told_afterwards_who_is_here() {
    let mut world = World::new();
    member(&mut world, 1, "ann");
    let bob = member(&mut world, 2, "bob");
    let cy = member(&mut world, 3, "cy");
    world.disk = Disk::Full;
    let eve = member(&mut world, 4, "eve");
    assert_eq!(kinds(&world.take(eve)), ["notice", "roster", "joined"]);
    world.raw(bob, RawCommand::Leave);
    world.raw(LaneRef::control(cy.conn), RawCommand::Bye);
    let resumed = world.hello(Some(1), 11);
    let ann = world.join_on(resumed, ("ann", "lobby"), Some(0));
    assert_eq!(kinds(&world.take(ann)), ["roster", "joined"]);
    assert!(world.counts().owed > 0);
    world.disk = Disk::Quick;
    world.say(ann, 1, "there is room again");
    assert_eq!(world.counts().owed, 0);
    world.restart();
    assert_eq!(world.counts().members, 2);
    let ann = back(&mut world, 11, "ann");
    assert_eq!(names(&world.take(ann)), ["ann", "eve"]);
    let eve = back(&mut world, 4, "eve");
    assert_eq!(kinds(&world.take(eve)), ["roster", "joined"]);
}

// X10
#[test]
fn a_token_that_a_full_disk_did_not_take_is_stored_when_there_is_room_again() {
    let mut world = World::new();
    let ann = member(&mut world, 1, "ann");
    world.say(ann, 1, "hello");
    world.disk = Disk::Full;
    let resumed = world.hello(Some(1), 11);
    world.join_on(resumed, ("ann", "lobby"), Some(0));
    world.disk = Disk::Quick;
    world.advance(BUSY_RETRY);
    assert_eq!(world.counts().owed, 0);
    world.restart();
    let ann = back(&mut world, 11, "ann");
    assert_eq!(kinds(&world.take(ann)), ["roster", "joined"]);
}

// X10
#[test]
fn a_token_that_a_full_disk_did_not_take_is_stored_before_the_end_if_there_is_room() {
    let mut world = World::new();
    let ann = member(&mut world, 1, "ann");
    world.say(ann, 1, "hello");
    world.disk = Disk::Full;
    world.hello(Some(1), 11);
    world.disk = Disk::Quick;
    world.input(Input::Drain);
    world.restart();
    let ann = back(&mut world, 11, "ann");
    assert_eq!(kinds(&world.take(ann)), ["roster", "joined"]);
}

#[test]
fn no_more_are_taken_up_than_there_is_room_for() {
    let mut world = World::with(|| Settings {
        max_sessions: 3,
        ..settings()
    });
    let session = |id: u8| StoredSession {
        session: SessionId(id.into()),
        current: crate::ids::TokenHash([id; 32]),
        previous: None,
        seen: Timestamp(0),
    };
    let stored = |id, room: String, nick: &str| StoredMember {
        session: session(id),
        room: crate::ids::RoomName::parse(&room).unwrap(),
        member: crate::ids::MemberId(100 + u64::from(id)),
        nick: crate::ids::Nick::parse(nick).unwrap(),
    };
    let mut members = vec![
        stored(1, "lobby".into(), "ann"),
        stored(2, "lobby".into(), "Ann"),
        stored(1, "Lobby".into(), "other"),
    ];
    members.extend((0..100).map(|n| stored(1, format!("room {n}"), "ann")));
    members.extend((2..9).map(|id| stored(id, "den".into(), &format!("user {id}"))));
    world.input(Input::Restored(members));
    let counts = world.counts();
    assert_eq!(counts.sessions, 3);
    assert_eq!(counts.members, ROOMS_PER_SESSION + 2);
    assert_eq!(counts.rooms, ROOMS_PER_SESSION + 1);
    world.input(Input::Restored(vec![stored(9, "late".into(), "late")]));
    assert_eq!(
        world.counts(),
        counts,
        "once somebody is here it is too late"
    );
    world.advance(GRACE);
    assert_eq!(world.counts(), Counts::default());
}

#[test]
fn a_lane_that_closes_while_its_member_is_held_harms_nothing() {
    let mut world = World::new();
    member(&mut world, 1, "ann");
    world.restart();
    let conn = world.hello(Some(1), 2);
    world.disk = Disk::Held;
    let lane = world.join_on(conn, ("ann", "lobby"), Some(0));
    world.input(Input::LaneClosed(lane));
    world.input(Input::LaneClosed(LaneRef {
        conn,
        lane: LaneId(999),
    }));
    world.disk = Disk::Quick;
    world.commit();
    assert_eq!(world.counts().members, 1, "held until the grace is over");
    world.advance(GRACE);
    assert_eq!(world.counts().members, 0);
    world.input(Input::Closed(conn));
    world.advance(GRACE);
    assert_eq!(world.counts(), Counts::default());
}

// Law 9: what a client must do whose numbers are ahead of a restored backup
#[test]
fn numbers_of_another_epoch_are_put_off_until_they_start_after_its_mark() {
    let mut world = World::new();
    let ann = member(&mut world, 1, "ann");
    world.say(ann, 1, "in the backup");
    world.settings = || Settings {
        epoch: Epoch(8),
        ..settings()
    };
    world.restart();
    let conn = world.hello(Some(1), 2);
    let ann = world.join_on(conn, ("ann", "lobby"), Some(6));
    let heard = world.take(ann);
    let Some(Event::Joined(joined)) = heard.last() else {
        panic!("not let in: {:?}", kinds(&heard));
    };
    assert_eq!((joined.epoch, joined.continues), (Epoch(8), false));
    assert_eq!(joined.mark.number.0, 1);
    for _ in 0..2 {
        world.say(ann, 6, "drawn in the other epoch");
        let put_off = refusal(&world.take(ann)[0]);
        assert_eq!(put_off, (RefusalCode::NumberSkipped, true));
    }
    world.say(ann, 2, "drawn in the other epoch");
    assert_eq!(world.take_texts(ann), ["drawn in the other epoch"]);
}

#[test]
fn the_rooms_that_are_held_count_against_the_number_of_rooms() {
    let mut world = World::new();
    let first = world.hello(None, 1);
    for n in 0..ROOMS_PER_SESSION {
        world.join_on(first, ("ann", &format!("room {n}")), None);
    }
    world.restart();
    let back = world.hello(Some(1), 2);
    let other = world.join_on(back, ("ann", "one more"), None);
    let refused = join_refusal(&world.take(other));
    assert_eq!(refused.0, RefusalCode::TooManyRooms);
    let held = world.join_on(back, ("ann", "room 63"), None);
    assert_eq!(kinds(&world.take(held)), ["notice", "roster", "joined"]);
    world.raw(held, RawCommand::Leave);
    let other = world.join_on(back, ("ann", "one more"), None);
    assert_eq!(kinds(&world.take(other)), ["notice", "roster", "joined"]);
    world.advance(GRACE);
    assert_eq!(world.counts().members, 1);
}
