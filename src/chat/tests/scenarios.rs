use std::time::Duration;

use super::heard::{join_refusal, kinds, names, refusal};
use super::world::{Disk, World, ack, filtered, settings, texts};
use crate::chat::limits::{GRACE, LINGER, ROOMS_PER_SESSION, TYPING_EVERY, WINDOW};
use crate::chat::{Counts, Input, LaneRef, Rate};
use crate::ids::{ConnId, LaneId, Seq};
use crate::transport::limits::IDLE;
use crate::wire::event::{ByeCode, Content, Event, Presence, RefusalCode, Retry};
use crate::wire::raw::RawCommand;

// A12, A13
#[test]
fn a_joiner_is_welcomed_the_others_are_told_and_then_it_is_acknowledged() {
    let mut world = World::new();
    let bob = world.join("bob", "lobby");
    world.take(bob);
    let ann = world.join("Ann", "Lobby");
    let heard = world.take(ann);
    assert_eq!(kinds(&heard), ["notice", "roster", "joined"]);
    assert!(matches!(&heard[0], Event::Notice { text, .. } if &**text == "Welcome!"));
    let others = world.take(bob);
    assert_eq!(kinds(&others), ["came"]);
    assert!(
        matches!(&others[0], Event::Presence { change: Presence::Joined(member), .. } if &*member.nick == "Ann")
    );
}

// A14
#[test]
fn users_are_listed_in_the_order_of_joining() {
    let mut world = World::new();
    for name in ["zoe", "ann", "mia"] {
        world.join(name, "lobby");
    }
    let last = world.join("bob", "lobby");
    assert_eq!(names(&world.take(last)), ["zoe", "ann", "mia", "bob"]);
}

// A9, X1
#[test]
fn an_empty_name_or_room_is_refused_first_of_all() {
    let mut world = World::new();
    for (nick, room) in [
        ("", "lobby"),
        ("ann", " "),
        ("", ""),
        ("  ", &"x".repeat(500)),
    ] {
        let lane = world.join(nick, room);
        let refused = join_refusal(&world.take(lane));
        assert_eq!(refused.0, RefusalCode::NameOrRoomMissing);
        assert_eq!(refused.1, "Username and room are required!");
    }
    assert_eq!(world.counts().rooms, 0);
}

// A10, A11, A15
#[test]
fn a_name_in_use_is_refused_and_nobody_else_notices() {
    let mut world = World::new();
    let ann = world.join("Ann", "lobby");
    world.take(ann);
    let second = world.join(" ANN ", "LOBBY");
    let heard = world.take(second);
    assert_eq!(
        join_refusal(&heard),
        (RefusalCode::NameInUse, "Username is in use!".into())
    );
    assert!(matches!(&heard[0], Event::JoinRefused { suggestions, .. } if suggestions.len() == 2));
    assert!(world.take(ann).is_empty());
    let elsewhere = world.join("Ann", "den");
    assert_eq!(
        kinds(&world.take(elsewhere)),
        ["notice", "roster", "joined"]
    );
}

// X8
#[test]
fn reserved_names_are_refused() {
    let mut world = World::new();
    let lane = world.join("аdmin", "lobby");
    assert_eq!(join_refusal(&world.take(lane)).0, RefusalCode::NameReserved);
}

// A18, A19, A20
#[test]
fn a_message_reaches_everyone_in_the_room_and_nobody_else_and_then_the_sender_is_told() {
    let mut world = World::new();
    let (ann, bob) = (world.join("ann", "lobby"), world.join("bob", "lobby"));
    let eve = world.join("eve", "den");
    for lane in [ann, bob, eve] {
        world.take(lane);
    }
    world.advance(Duration::from_millis(250));
    world.say(ann, 1, " two\n  lines ");
    let heard = world.take(ann);
    assert_eq!(kinds(&heard), ["entry", "ack"]);
    let Event::Entry(entry) = &heard[0] else {
        panic!("an entry")
    };
    assert_eq!(
        (entry.at.0, &*entry.nick, entry.seq),
        (1_000_250, "ann", Seq(1))
    );
    assert_eq!(entry.content, Content::text(" two\n  lines "));
    assert_eq!(world.take(bob), heard[..1]);
    assert!(world.take(eve).is_empty());
}

// A16, X7
#[test]
fn a_profane_message_is_refused_to_its_writer_and_nobody_receives_it() {
    let mut world = World::with(filtered);
    let (ann, bob) = (world.join("ann", "lobby"), world.join("bob", "lobby"));
    world.take(ann);
    world.take(bob);
    world.say(ann, 1, "oh shit");
    let heard = world.take(ann);
    assert!(
        matches!(&heard[..], [Event::Refused { refusal, .. }] if &*refusal.text == "Profanity is not allowed!" && !refusal.retry)
    );
    world.say(ann, 2, "oh dear");
    assert_eq!(texts(&world.take(bob)), ["oh dear"]);
}

// A26
#[test]
fn a_position_is_an_entry_and_one_off_the_globe_is_refused() {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    world.take(ann);
    for (number, latitude) in [(1, 91.0), (2, 52.5)] {
        let content = Content::Location {
            latitude,
            longitude: 13.4,
        };
        world.raw(ann, RawCommand::Send { number, content });
    }
    let heard = world.take(ann);
    assert_eq!(kinds(&heard), ["refused", "entry", "ack"]);
    assert_eq!(refusal(&heard[0]), (RefusalCode::NotOnGlobe, false));
}

// X2
#[test]
fn a_message_before_joining_is_refused_and_harms_nothing() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    for lane in [
        LaneRef::control(conn),
        LaneRef {
            conn,
            lane: LaneId(9),
        },
    ] {
        world.take(lane);
        world.say(lane, 1, "hello?");
        assert_eq!(
            refusal(&world.take(lane)[0]),
            (RefusalCode::NotJoined, false)
        );
        world.raw(lane, RawCommand::Leave);
        assert_eq!(refusal(&world.take(lane)[0]).0, RefusalCode::NotJoined);
        world.raw(lane, RawCommand::Typing);
        world.raw(lane, RawCommand::older(9, 9));
        assert_eq!(kinds(&world.take(lane)), ["rejected", "rejected"]);
    }
    let unknown = LaneRef {
        conn: ConnId(999),
        lane: LaneId(1),
    };
    world.say(unknown, 1, "ghost");
    assert!(world.take(unknown).is_empty());
}

// X5
#[test]
fn joining_twice_leaves_one_member_who_hears_everything_once() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    let first = world.join_on(conn, ("ann", "lobby"), None);
    let second = world.join_on(conn, ("Ann", "lobby"), None);
    let bob = world.join("bob", "lobby");
    assert_eq!(names(&world.take(bob)), ["ann", "bob"]);
    assert_eq!(kinds(&world.take(first)).last(), Some(&"left"));
    world.take(second);
    world.say(bob, 1, "one");
    assert!(world.take(first).is_empty());
    assert_eq!(world.take_texts(second), ["one"]);
}

// X5
#[test]
fn joining_again_under_another_name_frees_the_first() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    world.join_on(conn, ("ann", "lobby"), None);
    let renamed = world.join_on(conn, ("anna", "lobby"), None);
    assert_eq!(names(&world.take(renamed)), ["anna"]);
    let other = world.join("ann", "lobby");
    assert_eq!(names(&world.take(other)), ["anna", "ann"]);
}

// A32, A33
#[test]
fn a_deliberate_leave_is_told_to_the_rest_and_frees_the_name_at_once() {
    let mut world = World::new();
    let (ann, bob) = (world.join("ann", "lobby"), world.join("bob", "lobby"));
    world.say(ann, 1, "I was here");
    world.take(bob);
    world.take(ann);
    world.raw(ann, RawCommand::Leave);
    assert_eq!(kinds(&world.take(bob)), ["went"]);
    assert_eq!(kinds(&world.take(ann)), ["left"]);
    let again = world.join("ann", "lobby");
    let heard = world.take(again);
    assert_eq!(names(&heard), ["bob", "ann"]);
    assert_eq!(texts(&heard), ["I was here"]);
}

// A32
#[test]
fn someone_who_never_joined_causes_nothing_by_going() {
    let mut world = World::new();
    let bob = world.join("bob", "lobby");
    world.take(bob);
    let conn = world.hello(None, 1);
    world.input(Input::Closed(conn));
    world.advance(2 * GRACE);
    assert!(world.take(bob).is_empty());
}

// X3, X10
#[test]
fn a_lost_connection_is_not_a_leave_within_the_grace_and_is_one_after_it() {
    let mut world = World::new();
    let bob = world.join("bob", "lobby");
    let conn = world.hello(None, 1);
    world.join_on(conn, ("ann", "lobby"), None);
    world.take(bob);
    world.input(Input::Closed(conn));
    world.advance(GRACE - Duration::from_secs(1));
    let thief = world.join("ann", "lobby");
    assert_eq!(join_refusal(&world.take(thief)).0, RefusalCode::NameInUse);
    let back = world.hello(Some(1), 2);
    let lane = world.join_on(back, ("ann", "lobby"), Some(0));
    assert_eq!(kinds(&world.take(lane)), ["roster", "joined"]);
    assert!(world.take(bob).is_empty());
    world.input(Input::Closed(back));
    world.advance(GRACE);
    assert_eq!(kinds(&world.take(bob)), ["went"]);
}

/// Where somebody's connection may die: a name for the moment, and the way there.
type Death = (&'static str, fn(&mut World) -> ConnId);

const DEATHS: [Death; 6] = [
    ("greeting", |world| {
        world.disk = Disk::Held;
        world.hello(None, 1)
    }),
    ("joining", |world| {
        let conn = world.hello(None, 1);
        world.disk = Disk::Held;
        world.join_on(conn, ("ann", "lobby"), None);
        conn
    }),
    ("joined", |world| {
        let conn = world.hello(None, 1);
        world.join_on(conn, ("ann", "lobby"), None);
        conn
    }),
    ("sending", |world| {
        let conn = world.hello(None, 1);
        let lane = world.join_on(conn, ("ann", "lobby"), None);
        world.disk = Disk::Held;
        world.say(lane, 1, "last words");
        conn
    }),
    ("resuming", |world| {
        let first = world.hello(None, 1);
        world.join_on(first, ("ann", "lobby"), None);
        world.disk = Disk::Held;
        world.hello(Some(1), 2)
    }),
    ("back", |world| {
        let first = world.hello(None, 1);
        world.join_on(first, ("ann", "lobby"), None);
        let second = world.hello(Some(1), 2);
        world.join_on(second, ("ann", "lobby"), Some(0));
        second
    }),
];

// A32, X5
#[test]
fn a_dead_peer_is_gone_within_ten_seconds_after_the_grace_wherever_it_died() {
    assert!(IDLE <= Duration::from_secs(10), "what a carrier waits for");
    for (moment, die) in DEATHS {
        let mut world = World::new();
        let bob = world.join("bob", "lobby");
        let dead = die(&mut world);
        world.advance(IDLE);
        world.input(Input::Closed(dead));
        world.disk = Disk::Quick;
        world.commit();
        world.advance(GRACE);
        assert_eq!(world.counts().members, 1, "a ghost after {moment}");
        world.take(bob);
        let ann = world.join("ann", "lobby");
        assert_eq!(names(&world.take(ann)), ["bob", "ann"], "{moment}");
        assert_eq!(kinds(&world.take(bob)), ["came"], "{moment}");
        world.advance(LINGER);
        assert_eq!(world.counts().sessions, 2, "{moment}");
        world.restart();
        assert_eq!(world.counts().members, 2, "{moment}");
    }
}

// X3, X12
#[test]
fn a_resumed_member_sees_no_gap_and_no_repeat() {
    let mut world = World::new();
    let bob = world.join("bob", "lobby");
    let conn = world.hello(None, 1);
    let ann = world.join_on(conn, ("ann", "lobby"), None);
    world.say(bob, 1, "one");
    assert_eq!(world.take_texts(ann), ["one"]);
    world.input(Input::Closed(conn));
    world.say(bob, 2, "two");
    world.say(bob, 3, "three");
    let back = world.hello(Some(1), 2);
    let ann = world.join_on(back, ("ann", "lobby"), Some(1));
    world.say(bob, 4, "four");
    let heard = world.take(ann);
    assert!(
        heard
            .iter()
            .any(|event| matches!(event, Event::Joined(joined) if joined.continues))
    );
    assert_eq!(texts(&heard), ["two", "three", "four"]);
}

// X12
#[test]
fn whoever_missed_much_gets_the_newest_page_first_and_pages_back_to_the_rest() {
    let mut world = World::new();
    let bob = world.join("bob", "lobby");
    for n in 1..=200 {
        world.say(bob, n, &format!("message {n}"));
    }
    let conn = world.hello(None, 1);
    let ann = world.join_on(conn, ("ann", "lobby"), Some(3));
    let heard = world.take(ann);
    let Some(Event::Joined(joined)) = heard.last() else {
        panic!("joined")
    };
    assert!(!joined.continues && joined.page.more);
    assert_eq!(joined.head, Seq(200));
    let mut oldest = joined.page.entries[0].seq;
    assert!(oldest > Seq(4));
    while oldest > Seq(1) {
        world.raw(ann, RawCommand::older(oldest.0, 70));
        let page = world.take(ann);
        let [Event::History(page)] = &page[..] else {
            panic!("a page")
        };
        assert_eq!(page.entries.last().unwrap().seq.next(), oldest);
        oldest = page.entries[0].seq;
        assert_eq!(page.more, oldest > Seq(1));
    }
}

#[test]
fn a_cursor_of_another_epoch_starts_anew() {
    let mut world = World::new();
    let bob = world.join("bob", "lobby");
    world.say(bob, 1, "one");
    let conn = world.hello(None, 1);
    let lane = LaneRef {
        conn,
        lane: LaneId(5),
    };
    let cursor = crate::wire::event::Cursor {
        epoch: crate::ids::Epoch(6),
        seq: Seq(1),
    };
    let join = RawCommand::Join {
        room: "lobby".into(),
        nick: "ann".into(),
        cursor: Some(cursor),
        member: crate::ids::MemberSecret([7; 32]),
    };
    world.raw(lane, join);
    let heard = world.take(lane);
    assert!(matches!(heard.last(), Some(Event::Joined(joined)) if !joined.continues));
    assert_eq!(texts(&heard), ["one"]);
}

#[test]
fn a_retry_is_stored_once_and_answered_alike_even_after_a_restart() {
    let mut world = World::with(filtered);
    let conn = world.hello(None, 1);
    let ann = world.join_on(conn, ("ann", "lobby"), None);
    world.say(ann, 1, "once");
    world.say(ann, 2, "shit");
    let first = world.take(ann);
    world.say(ann, 1, "once");
    world.say(ann, 2, "shit");
    let again = world.take(ann);
    assert_eq!(again[0], ack(1));
    assert_eq!(again.last(), first.last());
    world.restart();
    let conn = world.hello(Some(1), 2);
    let ann = world.join_on(conn, ("ann", "lobby"), Some(0));
    assert_eq!(texts(&world.take(ann)), ["once"]);
    world.say(ann, 1, "once");
    world.say(ann, 2, "shit");
    assert_eq!(world.take(ann), again);
}

#[test]
fn a_number_that_skips_is_put_off_and_uses_nothing_up() {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    world.take(ann);
    world.say(ann, 2, "second");
    assert_eq!(
        refusal(&world.take(ann)[0]),
        (RefusalCode::NumberSkipped, true)
    );
    world.say(ann, 1, "first");
    world.say(ann, 2, "second");
    assert_eq!(world.take_texts(ann), ["first", "second"]);
}

#[test]
fn nothing_is_shown_or_acknowledged_before_it_is_committed() {
    let mut world = World::new();
    let (ann, bob) = (world.join("ann", "lobby"), world.join("bob", "lobby"));
    world.take(ann);
    world.take(bob);
    world.disk = Disk::Held;
    world.say(ann, 1, "hello");
    world.say(ann, 1, "hello");
    assert!(world.take(ann).is_empty() && world.take(bob).is_empty());
    world.disk = Disk::Quick;
    world.commit();
    assert_eq!(kinds(&world.take(ann)), ["entry", "ack"]);
    assert_eq!(kinds(&world.take(bob)), ["entry"]);
}

#[test]
fn what_was_not_committed_at_a_restart_is_sent_again_and_stored_once() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    let ann = world.join_on(conn, ("ann", "lobby"), None);
    world.say(ann, 1, "kept");
    world.disk = Disk::Held;
    world.say(ann, 2, "lost");
    world.disk = Disk::Quick;
    world.restart();
    let conn = world.hello(Some(1), 2);
    let ann = world.join_on(conn, ("ann", "lobby"), None);
    let heard = world.take(ann);
    assert!(matches!(heard.last(), Some(Event::Joined(joined)) if joined.mark.number.0 == 1));
    world.say(ann, 2, "lost");
    let back = world.join("bob", "lobby");
    assert_eq!(world.take_texts(back), ["kept", "lost"]);
}

#[test]
fn a_full_disk_puts_messages_off_and_ends_without_a_restart() {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    world.take(ann);
    world.disk = Disk::Full;
    world.say(ann, 1, "later");
    assert_eq!(
        refusal(&world.take(ann)[0]),
        (RefusalCode::LogUnavailable, true)
    );
    world.disk = Disk::Quick;
    world.say(ann, 1, "later");
    assert_eq!(kinds(&world.take(ann)), ["entry", "ack"]);
}

// X9
#[test]
fn floods_are_slowed_without_using_numbers_up() {
    let mut world = World::with(|| crate::chat::Settings {
        rate: Rate {
            per_second: 10,
            burst: 2,
        },
        ..settings()
    });
    let ann = world.join("ann", "lobby");
    world.take(ann);
    for n in 1..=4 {
        world.say(ann, n, &n.to_string());
    }
    let heard = world.take(ann);
    assert_eq!(
        kinds(&heard),
        ["entry", "ack", "entry", "ack", "refused", "refused"]
    );
    assert_eq!(refusal(&heard[4]), (RefusalCode::TooFast, true));
    assert_eq!(refusal(&heard[5]), (RefusalCode::NumberSkipped, true));
    world.advance(Duration::from_millis(100));
    world.say(ann, 3, "3");
    assert_eq!(kinds(&world.take(ann)), ["entry", "ack"]);
}

#[test]
fn no_more_than_a_window_is_unanswered() {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    world.take(ann);
    world.disk = Disk::Held;
    for n in 1..=WINDOW + 1 {
        world.say(ann, n, "x");
    }
    assert_eq!(kinds(&world.take(ann)), ["refused"]);
    assert_eq!(world.lanes_attached(), 1);
}

// X9
#[test]
fn blank_and_too_long_messages_are_refused_with_a_reason() {
    let mut world = World::new();
    let ann = world.join("ann", "lobby");
    world.take(ann);
    world.say(ann, 1, " \n ");
    world.say(ann, 2, &"x".repeat(4_001));
    world.say(ann, 3, "nul\0");
    let codes: Vec<_> = world
        .take(ann)
        .iter()
        .map(|event| refusal(event).0)
        .collect();
    assert_eq!(
        codes,
        [
            RefusalCode::Blank,
            RefusalCode::TooLong,
            RefusalCode::Unprintable
        ]
    );
}

// X10
#[test]
fn the_same_hello_again_is_the_same_session_and_the_older_connection_is_replaced() {
    let mut world = World::new();
    let first = world.hello(None, 1);
    let lane = world.join_on(first, ("ann", "lobby"), None);
    world.take(lane);
    let again = world.hello(None, 1);
    assert!(
        matches!(&world.closed[..], [(conn, Event::Bye(bye))] if *conn == first && bye.code == ByeCode::Replaced && bye.retry == Retry::After(1_000))
    );
    let heard = world.take(LaneRef::control(again));
    assert!(matches!(&heard[..], [Event::Welcome(welcome)] if welcome.resumed));
    let lane = world.join_on(again, ("ann", "lobby"), Some(0));
    assert_eq!(kinds(&world.take(lane)), ["roster", "joined"]);
    assert_eq!(world.counts().sessions, 1);
}

#[test]
fn a_token_that_was_used_up_ends_the_session_that_holds_the_name() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    world.join_on(conn, ("ann", "lobby"), None);
    let second = world.hello(Some(1), 2);
    let lane = world.join_on(second, ("ann", "lobby"), None);
    world.say(lane, 1, "mine");
    let thief = world.hello(Some(1), 66);
    let codes: Vec<_> = world
        .closed
        .iter()
        .skip(1)
        .map(|(conn, event)| match event {
            Event::Bye(bye) => (*conn, bye.code),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        codes,
        [
            (second, ByeCode::TokenReused),
            (thief, ByeCode::TokenReused)
        ]
    );
    let free = world.join("ann", "lobby");
    assert_eq!(names(&world.take(free)), ["ann"]);
}

#[test]
fn commands_sent_with_the_hello_wait_for_the_welcome() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    let lane = world.join_on(conn, ("ann", "lobby"), None);
    world.say(lane, 1, "x");
    world.input(Input::Closed(conn));
    world.disk = Disk::Held;
    let back = world.hello(Some(1), 2);
    let lane = world.join_on(back, ("ann", "lobby"), Some(1));
    world.say(lane, 2, "y");
    assert!(world.take(LaneRef::control(back)).is_empty() && world.take(lane).is_empty());
    world.disk = Disk::Quick;
    world.commit();
    assert_eq!(kinds(&world.take(LaneRef::control(back))), ["welcome"]);
    assert_eq!(
        kinds(&world.take(lane)),
        ["roster", "joined", "entry", "ack"]
    );
}

#[test]
fn goodbye_leaves_every_room_and_forgets_the_session() {
    let mut world = World::new();
    let bob = world.join("bob", "lobby");
    let conn = world.hello(None, 1);
    world.join_on(conn, ("ann", "lobby"), None);
    world.take(bob);
    world.raw(LaneRef::control(conn), RawCommand::Bye);
    assert_eq!(kinds(&world.take(bob)), ["went"]);
    assert!(matches!(&world.closed[..], [(_, Event::Bye(bye))] if bye.code == ByeCode::Goodbye));
    let back = world.hello(Some(1), 2);
    let heard = world.take(LaneRef::control(back));
    assert!(matches!(&heard[..], [Event::Welcome(welcome)] if !welcome.resumed));
}

#[test]
fn a_session_is_in_a_bounded_number_of_rooms() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    for n in 0..ROOMS_PER_SESSION {
        world.join_on(conn, ("ann", &format!("room {n}")), None);
    }
    let lane = world.join_on(conn, ("ann", "one more"), None);
    assert_eq!(join_refusal(&world.take(lane)).0, RefusalCode::TooManyRooms);
}

#[test]
fn typing_is_told_now_and_then_and_pings_are_answered() {
    let mut world = World::new();
    let (ann, bob) = (world.join("ann", "lobby"), world.join("bob", "lobby"));
    world.take(bob);
    world.raw(ann, RawCommand::Typing);
    world.raw(ann, RawCommand::Typing);
    assert_eq!(kinds(&world.take(bob)), ["typing"]);
    world.advance(TYPING_EVERY);
    world.raw(ann, RawCommand::Typing);
    assert_eq!(kinds(&world.take(bob)), ["typing"]);
    let control = LaneRef::control(ann.conn);
    world.take(control);
    world.raw(control, RawCommand::Ping { nonce: 5 });
    assert!(matches!(
        world.take(control)[..],
        [Event::Pong { nonce: 5, .. }]
    ));
}

#[test]
fn a_drain_says_goodbye_to_everyone_and_lets_nobody_in() {
    let mut world = World::new();
    world.join("ann", "lobby");
    world.input(Input::Drain);
    world.hello(None, 77);
    assert_eq!(world.closed.len(), 2);
    for (_, event) in &world.closed {
        assert!(
            matches!(event, Event::Bye(bye) if bye.code == ByeCode::Draining && matches!(bye.retry, Retry::After(_)))
        );
    }
}

#[test]
fn a_full_server_says_so() {
    let mut world = World::with(|| crate::chat::Settings {
        max_sessions: 1,
        ..settings()
    });
    world.hello(None, 1);
    world.hello(None, 2);
    assert!(matches!(&world.closed[..], [(_, Event::Bye(bye))] if bye.code == ByeCode::Full));
}

#[test]
fn nothing_stays_in_memory_when_everyone_is_gone() {
    let mut world = World::new();
    let (ann, bob) = (world.join("ann", "lobby"), world.join("bob", "lobby"));
    world.say(ann, 1, "x");
    world.raw(bob, RawCommand::Leave);
    world.input(Input::LaneClosed(ann));
    for conn in [ann.conn, bob.conn] {
        world.input(Input::Closed(conn));
    }
    world.advance(2 * GRACE);
    assert_eq!(world.counts(), Counts::default());
    assert_eq!(world.lanes_attached(), 0);
}

#[test]
fn a_room_that_everyone_left_still_knows_what_is_on_its_way_to_the_log() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    let ann = world.join_on(conn, ("ann", "lobby"), None);
    world.disk = Disk::Held;
    world.say(ann, 1, "once");
    world.raw(ann, RawCommand::Leave);
    let again = world.join_on(conn, ("ann", "lobby"), None);
    world.answer();
    world.say(again, 1, "once");
    world.disk = Disk::Quick;
    world.commit();
    let reader = world.join("bob", "lobby");
    assert_eq!(world.take_texts(reader), ["once"]);
}

#[test]
fn a_session_that_stays_for_long_is_stored_as_seen_now_and_then() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    let ann = world.join_on(conn, ("ann", "lobby"), None);
    for day in 1..=40 {
        world.say(ann, day, "still here");
        world.advance(Duration::from_secs(24 * 60 * 60));
    }
    world.forget_unseen(Duration::from_secs(30 * 24 * 60 * 60));
    world.restart();
    let conn = world.hello(Some(1), 2);
    let heard = world.take(LaneRef::control(conn));
    assert!(matches!(&heard[..], [Event::Welcome(welcome)] if welcome.resumed));
}

#[test]
fn a_lane_that_its_client_ended_is_ended_by_the_server_too() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    let joined = world.join_on(conn, ("ann", "lobby"), None);
    let unused = LaneRef {
        conn,
        lane: LaneId(99),
    };
    for lane in [joined, unused] {
        world.input(Input::LaneClosed(lane));
    }
    assert_eq!(world.ended, [joined, unused]);
}

// A12
#[test]
fn a_joiner_whose_connection_changed_before_it_heard_anything_is_still_welcomed() {
    let mut world = World::new();
    let first = world.hello(None, 1);
    world.join_on(first, ("ann", "lobby"), None);
    let second = world.hello(None, 1);
    let lane = world.join_on(second, ("ann", "lobby"), None);
    assert_eq!(kinds(&world.take(lane)), ["notice", "roster", "joined"]);
    let third = world.hello(Some(1), 2);
    let lane = world.join_on(third, ("ann", "lobby"), Some(0));
    assert_eq!(kinds(&world.take(lane)), ["roster", "joined"]);
}

// A15, X5
#[test]
fn a_member_who_asks_for_a_name_in_use_keeps_its_own_and_nobody_notices() {
    let mut world = World::new();
    let bob = world.join("bob", "lobby");
    let conn = world.hello(None, 1);
    let ann = world.join_on(conn, ("ann", "lobby"), None);
    world.take(bob);
    world.take(ann);
    let refused = world.join_on(conn, ("Bob", "lobby"), None);
    assert_eq!(join_refusal(&world.take(refused)).0, RefusalCode::NameInUse);
    assert!(world.take(bob).is_empty());
    world.say(bob, 1, "still here?");
    assert_eq!(world.take_texts(ann), ["still here?"]);
}

#[test]
fn a_member_who_takes_another_name_is_told_that_the_older_lane_is_over() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    let ann = world.join_on(conn, ("ann", "lobby"), None);
    world.take(ann);
    world.join_on(conn, ("anna", "lobby"), None);
    assert_eq!(kinds(&world.take(ann)), ["left"]);
    assert_eq!(world.ended, [ann]);
}

// A33
#[test]
fn a_leave_that_overtakes_its_join_is_a_leave() {
    let mut world = World::new();
    let conn = world.hello(None, 1);
    world.disk = Disk::Held;
    let ann = world.join_on(conn, ("ann", "lobby"), None);
    world.raw(ann, RawCommand::Leave);
    world.disk = Disk::Quick;
    world.commit();
    assert_eq!(kinds(&world.take(ann)), ["left"]);
    assert_eq!(world.counts().members, 0);
    let other = world.join("ann", "lobby");
    assert_eq!(kinds(&world.take(other)), ["notice", "roster", "joined"]);
}

// X10
#[test]
fn a_repeated_hello_with_a_token_that_nobody_knows_means_the_same_new_session() {
    let mut world = World::new();
    world.hello(Some(1), 2);
    let again = world.hello(Some(1), 2);
    let heard = world.take(LaneRef::control(again));
    let [Event::Welcome(welcome)] = &heard[..] else {
        panic!("{heard:?}");
    };
    assert!(!welcome.resumed, "numbers start anew");
    assert_eq!(world.counts().sessions, 1);
}
