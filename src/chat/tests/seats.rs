//! One person, several sessions: what it sees of itself, and what the others see.

use super::heard::{join_refusal, kinds, names, refusal};
use super::world::{World, ack};
use crate::chat::limits::{GRACE, SEATS_PER_MEMBER};
use crate::chat::{Counts, Input, LaneRef};
use crate::ids::{RoomSecret, Seq};
use crate::wire::event::{Content, Entry, Event, Joined, RefusalCode};
use crate::wire::raw::RawCommand;

fn joined(events: &[Event]) -> Joined {
    let joined = events.iter().find_map(|event| match event {
        Event::Joined(joined) => Some(joined.clone()),
        _ => None,
    });
    joined.expect("let in")
}

/// Ann with two sessions, and Bob; all have heard everything so far.
fn lobby() -> (World, [LaneRef; 3]) {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    let bob = world.join("bob", "lobby");
    let again = world.join_again(ann, ("Ann", "lobby"));
    for lane in [ann, again, bob] {
        world.take(lane);
    }
    (world, [ann, again, bob])
}

fn entry(events: &[Event]) -> Entry {
    match events {
        [Event::Entry(entry), ..] => entry.clone(),
        other => panic!("no entry first: {:?}", kinds(other)),
    }
}

fn leave_after_the_grace(world: &mut World) {
    world.close_all();
    world.advance(GRACE);
    assert_eq!(world.counts(), Counts::default());
}

// R1
#[test]
fn a_further_session_is_let_in_and_its_person_is_shown_once() {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    let bob = world.join("bob", "lobby");
    let you = joined(&world.take(ann));
    world.take(bob);
    let again = world.join_again(ann, ("ANN", "lobby"));
    let heard = world.take(again);
    assert_eq!(kinds(&heard), ["notice", "roster", "joined"]);
    assert_eq!(names(&heard), ["ann", "bob"]);
    let also_you = joined(&heard);
    assert_eq!(also_you.you, you.you);
    assert_ne!(also_you.seat, you.seat);
    assert!(world.take(bob).is_empty(), "nobody has come");
    assert_eq!((world.counts().members, world.counts().seats), (2, 3));
    let mal = world.join("Ann", "lobby");
    let (code, _) = join_refusal(&world.take(mal));
    assert_eq!(code, RefusalCode::NameInUse);
    leave_after_the_grace(&mut world);
}

// R1
#[test]
fn each_session_has_numbers_of_its_own_and_all_have_what_was_said() {
    let (mut world, [ann, again, bob]) = lobby();
    world.say(ann, 1, "here");
    world.say(again, 1, "there");
    let said = [ann, again].map(|lane| world.take(lane));
    assert_eq!(kinds(&said[0]), ["entry", "ack", "entry"]);
    assert_eq!(kinds(&said[1]), ["entry", "entry", "ack"]);
    let (here, there) = (entry(&said[0]), entry(&said[1][1..]));
    assert_eq!(here.author, there.author);
    assert_eq!(here.number, there.number);
    assert_ne!(here.seat, there.seat);
    let content = Content::Edit {
        of: here.seq,
        body: "edited elsewhere".into(),
    };
    world.raw(again, RawCommand::Send { number: 2, content });
    assert_eq!(world.take(again).last(), Some(&ack(2)), "it is one's own");
    let content = Content::Delete { of: there.seq };
    world.raw(bob, RawCommand::Send { number: 1, content });
    let heard = world.take(bob);
    assert_eq!(refusal(heard.last().unwrap()).0, RefusalCode::NotYours);
}

#[test]
fn one_session_goes_silently_and_the_last_one_says_that_its_person_has_left() {
    let (mut world, [ann, again, bob]) = lobby();
    world.input(Input::Closed(ann.conn));
    world.advance(GRACE);
    assert!(world.take(bob).is_empty() && world.take(again).is_empty());
    assert_eq!((world.counts().members, world.counts().seats), (2, 2));
    let third = world.join_again(again, ("ann", "lobby"));
    world.raw(LaneRef::control(again.conn), RawCommand::Bye);
    assert!(world.take(bob).is_empty(), "there is still one");
    world.input(Input::Closed(third.conn));
    assert!(world.take(bob).is_empty(), "the name is held");
    world.advance(GRACE);
    assert_eq!(kinds(&world.take(bob)), ["went"]);
}

#[test]
fn whoever_leaves_has_left_with_all_sessions() {
    let (mut world, [ann, again, bob]) = lobby();
    let lost = world.join_again(ann, ("ann", "lobby"));
    world.input(Input::Closed(lost.conn));
    world.raw(again, RawCommand::Leave);
    for lane in [ann, again] {
        assert_eq!(kinds(&world.take(lane)), ["left"]);
        assert!(world.ended.contains(&lane));
    }
    assert_eq!(kinds(&world.take(bob)), ["went"]);
    assert_eq!((world.counts().members, world.counts().seats), (1, 1));
    let mal = world.join("ann", "lobby");
    assert_eq!(names(&world.take(mal)), ["bob", "ann"]);
    leave_after_the_grace(&mut world);
}

#[test]
fn another_name_holds_for_all_sessions_and_they_keep_their_lanes() {
    let (mut world, [ann, again, bob]) = lobby();
    let anew = world.join_on(again.conn, ("Anna", "lobby"), None);
    assert_eq!(kinds(&world.take(again)), ["left"]);
    assert_eq!(names(&world.take(anew)), ["bob", "Anna"]);
    for lane in [ann, bob] {
        assert_eq!(kinds(&world.take(lane)), ["went", "came"]);
    }
    world.say(ann, 1, "as whom?");
    assert_eq!(&*entry(&world.take(bob)).nick, "Anna");
    let third = world.join_again(ann, ("Annie", "lobby"));
    assert_eq!(names(&world.take(third)), ["bob", "Annie"]);
    assert_eq!(kinds(&world.take(bob)), ["went", "came"]);
    let bobby = world.join_again(ann, ("bob", "lobby"));
    let (code, _) = join_refusal(&world.take(bobby));
    assert_eq!(code, RefusalCode::NameInUse);
    assert!(world.take(bob).is_empty(), "nothing has changed");
    let free = world.join("ann", "lobby");
    assert_eq!(names(&world.take(free)), ["bob", "Annie", "ann"]);
    leave_after_the_grace(&mut world);
}

#[test]
fn a_session_that_says_to_be_somebody_else_is_nobody_else_any_more() {
    let (mut world, [ann, again, bob]) = lobby();
    let before = joined(&{
        let lane = world.join_on(ann.conn, ("ann", "lobby"), None);
        world.take(lane)
    });
    let stranger = world.hello(None, 77);
    world.be(ann.conn, stranger);
    let refused = world.join_on(ann.conn, ("ann", "lobby"), None);
    let (code, _) = join_refusal(&world.take(refused));
    assert_eq!(code, RefusalCode::NameInUse, "it is the other session's");
    world.input(Input::Closed(again.conn));
    world.advance(GRACE);
    world.take(bob);
    let anew = world.join_on(ann.conn, ("ann", "lobby"), None);
    let after = joined(&world.take(anew));
    assert_ne!(after.you, before.you);
    assert_eq!(after.seat, before.seat);
    assert_eq!(kinds(&world.take(bob)), ["went", "came"]);
    assert_eq!((world.counts().members, world.counts().seats), (2, 2));
    leave_after_the_grace(&mut world);
}

#[test]
fn over_a_restart_all_sessions_are_held_and_one_is_enough() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    let ann = world.join_on(conn, ("ann", "lobby"), None);
    let other = world.hello(None, 2);
    world.be(other, conn);
    world.join_on(other, ("ann", "lobby"), None);
    let you = joined(&world.take(ann));
    world.restart();
    assert_eq!((world.counts().members, world.counts().seats), (1, 2));
    let mal = world.join("ann", "lobby");
    let (code, _) = join_refusal(&world.take(mal));
    assert_eq!(code, RefusalCode::NameInUse, "the name is held");
    let conn = world.hello(Some(2), 3);
    let back = world.join_on(conn, ("ann", "lobby"), Some(0));
    let heard = world.take(back);
    assert_eq!(names(&heard), ["ann"]);
    assert_eq!(joined(&heard).you, you.you);
    let bob = world.join("bob", "lobby");
    world.take(bob);
    world.advance(GRACE);
    assert!(world.take(bob).is_empty(), "one has returned");
    assert_eq!((world.counts().members, world.counts().seats), (2, 2));
    leave_after_the_grace(&mut world);
}

#[test]
fn somebody_is_away_when_all_sessions_are() {
    let (mut world, [ann, again, bob]) = lobby();
    let away = |world: &mut World, lane: LaneRef, away| {
        world.raw(LaneRef::control(lane.conn), RawCommand::Away { away });
    };
    away(&mut world, ann, true);
    assert!(world.take(bob).is_empty());
    away(&mut world, again, true);
    assert_eq!(kinds(&world.take(bob)), ["is away"]);
    let third = world.join_again(ann, ("ann", "lobby"));
    assert_eq!(kinds(&world.take(bob)), ["is back"]);
    world.raw(LaneRef::control(third.conn), RawCommand::Bye);
    assert_eq!(kinds(&world.take(bob)), ["is away"]);
    away(&mut world, ann, false);
    assert_eq!(kinds(&world.take(bob)), ["is back"]);
    away(&mut world, again, false);
    assert!(world.take(bob).is_empty());
    world.raw(ann, RawCommand::Leave);
    assert_eq!(kinds(&world.take(bob)), ["went"]);
}

#[test]
fn a_person_has_a_bounded_number_of_sessions_and_lost_ones_give_way() {
    let (mut world, [ann, again, bob]) = lobby();
    for _ in 2..SEATS_PER_MEMBER {
        let lane = world.join_again(ann, ("ann", "lobby"));
        joined(&world.take(lane));
    }
    let one_more = world.join_again(ann, ("ann", "lobby"));
    let (code, _) = join_refusal(&world.take(one_more));
    assert_eq!(code, RefusalCode::RoomFull);
    world.input(Input::Closed(again.conn));
    let instead = world.join_again(ann, ("ann", "lobby"));
    joined(&world.take(instead));
    let seats = world.counts().seats;
    assert_eq!(seats, SEATS_PER_MEMBER + 1, "and Bob's");
    assert!(world.take(bob).is_empty());
    leave_after_the_grace(&mut world);
}

#[test]
fn an_invitation_goes_to_all_sessions() {
    let (mut world, [ann, again, bob]) = lobby();
    let third = world.join_again(ann, ("ann", "lobby"));
    let to = joined(&world.take(third)).you;
    world.input(Input::LaneClosed(third));
    let invite = RawCommand::Invite {
        to,
        key: RoomSecret([7; 32]),
        name: "den".into(),
    };
    world.raw(bob, invite);
    for lane in [ann, again] {
        assert_eq!(kinds(&world.take(lane)), ["invited"]);
    }
    let back = world.join_on(third.conn, ("ann", "lobby"), Some(0));
    assert_eq!(kinds(&world.take(back)), ["roster", "joined", "invited"]);
    assert!(world.take(bob).is_empty());
}

fn reads(events: &[Event]) -> Vec<u64> {
    let seq = |event: &Event| match event {
        Event::Read { seq } => Some(seq.0),
        _ => None,
    };
    events.iter().filter_map(seq).collect()
}

// R1
#[test]
fn what_one_session_has_read_the_others_know_and_nobody_else() {
    let (mut world, [ann, again, bob]) = lobby();
    for number in 1..=3 {
        world.say(bob, number, "news");
    }
    for lane in [ann, again, bob] {
        world.take(lane);
    }
    world.raw(ann, RawCommand::Read { seq: 2 });
    assert_eq!(world.take(again), [Event::Read { seq: Seq(2) }]);
    world.raw(again, RawCommand::Read { seq: 1 });
    world.raw(again, RawCommand::Read { seq: 99 });
    assert_eq!(reads(&world.take(ann)), [3], "no further than there is");
    assert!(world.take(again).is_empty() && world.take(bob).is_empty());
    let third = world.join_again(ann, ("ann", "lobby"));
    assert_eq!(joined(&world.take(third)).read, Seq(3));
    let nowhere = LaneRef::control(ann.conn);
    world.raw(nowhere, RawCommand::Read { seq: 1 });
    let heard = world.take(nowhere);
    assert_eq!(refusal(heard.last().unwrap()).0, RefusalCode::NotJoined);
}

// R1
#[test]
fn many_marks_in_a_row_are_told_a_few_times_and_the_last_of_them_soon() {
    let (mut world, [ann, again, bob]) = lobby();
    for number in 1..=100 {
        world.say(bob, number, "news");
    }
    world.take(again);
    for seq in 1..=100 {
        world.raw(ann, RawCommand::Read { seq });
    }
    let told = reads(&world.take(again)).len();
    assert!(told <= 2, "{told}");
    world.advance(std::time::Duration::from_millis(500));
    assert_eq!(reads(&world.take(again)), [100]);
}

#[test]
fn what_was_read_is_known_after_a_restart_and_after_leaving() {
    let (mut world, [ann, _again, bob]) = lobby();
    for number in 1..=3 {
        world.say(bob, number, "news");
    }
    world.raw(ann, RawCommand::Read { seq: 2 });
    world.raw(ann, RawCommand::Leave);
    let back = world.join_on(ann.conn, ("ann", "lobby"), Some(0));
    assert_eq!(joined(&world.take(back)).read, Seq(2));
    world.raw(back, RawCommand::Read { seq: 3 });
    world.input(Input::Drain);
    world.restart();
    let conn = world.hello(None, 500);
    world.be(conn, ann.conn);
    let back = world.join_on(conn, ("ann", "lobby"), None);
    assert_eq!(joined(&world.take(back)).read, Seq(3));
}
