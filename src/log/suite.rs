//! What every log must hold, run against each of them.

use super::Log;
use crate::ids::{MemberId, Nick, Number, RoomName, SeatId, Seq, SessionId, Timestamp, TokenHash};
use crate::record::{
    Answer, Committed, Draft, PAGE_BYTES, Query, Record, StoredRoom, StoredSession, TAIL_ENTRIES,
    entry_bytes,
};
use crate::wire::event::{Content, Mark, Page, RefusalCode, RefusedNumber};
use crate::wire::raw::Range;

pub(super) fn room(name: &str) -> RoomName {
    RoomName::parse(name).unwrap()
}

/// Whoever this session is, unless a test says otherwise.
fn person(session: u128) -> MemberId {
    MemberId(u64::try_from(session).unwrap() + 100)
}

pub(super) fn draft(session: u128, name: &str, number: u64) -> Draft {
    Draft {
        session: SessionId(session),
        room: room(name),
        number: Number(number),
        author: person(session),
        seat: SeatId(u64::try_from(session).unwrap() + 200),
        nick: "Ann".into(),
        at: Timestamp(1_700_000_000_000),
        content: Content::text(format!("message {number}")),
    }
}

pub(super) fn say(session: u128, name: &str, number: u64) -> Record {
    Record::Entry(draft(session, name, number))
}

pub(super) fn page(log: &mut impl Log, name: &str, before: u64, limit: usize) -> Page {
    let query = Query::Page {
        room: room(name),
        range: Range::Before(Seq(before)),
        limit,
    };
    match log.answer(query).unwrap() {
        Answer::Page(page) => page,
        other => panic!("not a page: {other:?}"),
    }
}

pub(super) fn long(session: u128, name: &str, number: u64) -> Record {
    let mut draft = draft(session, name, number);
    draft.content = Content::text("é".repeat(4_000));
    Record::Entry(draft)
}

pub(super) fn refuse(session: u128, name: &str, number: u64) -> Record {
    Record::Refused {
        session: SessionId(session),
        room: room(name),
        number: Number(number),
        code: RefusalCode::Profanity,
    }
}

pub(super) fn join(session: u128, name: &str, nick: &str) -> Record {
    Record::Joined {
        session: SessionId(session),
        room: room(name),
        member: person(session),
        nick: Nick::parse(nick).unwrap(),
    }
}

fn leave(session: u128, name: &str) -> Record {
    Record::Left {
        session: SessionId(session),
        room: room(name),
    }
}

/// Who is a member, where and as whom, in the order of joining.
pub(super) fn members(log: &mut impl Log) -> Vec<(u128, String, String)> {
    let members = log.members().unwrap();
    let told = members.into_iter().map(|member| {
        let (room, nick) = (member.room.as_str(), member.nick.as_str());
        (member.session.session.0, room.to_owned(), nick.to_owned())
    });
    told.collect()
}

/// As [`members`] says it.
pub(super) fn member(session: u128, name: &str, nick: &str) -> (u128, String, String) {
    (session, name.to_owned(), nick.to_owned())
}

pub(super) fn hash(n: u8) -> TokenHash {
    TokenHash([n; 32])
}

pub(super) fn session(id: u128, current: u8, previous: Option<u8>) -> StoredSession {
    StoredSession {
        session: SessionId(id),
        current: hash(current),
        previous: previous.map(hash),
        seen: Timestamp(1_000),
    }
}

/// Stores these sessions, each with its id as its token.
pub(super) fn know(log: &mut impl Log, ids: &[u8]) {
    let known = ids.iter().map(|id| session((*id).into(), *id, None));
    log.append(known.map(Record::Session).collect()).unwrap();
}

pub(super) fn end_of(log: &mut impl Log, name: &str, session: u128) -> StoredRoom {
    let query = Query::Room {
        room: room(name),
        session: SessionId(session),
        member: person(session),
    };
    match log.answer(query).unwrap() {
        Answer::Room(room) => room,
        other => panic!("not a room: {other:?}"),
    }
}

pub(super) fn mark(log: &mut impl Log, name: &str, session: u128) -> Mark {
    end_of(log, name, session).mark
}

pub(super) fn find(log: &mut impl Log, token: Option<u8>, next: u8) -> Option<SessionId> {
    let query = Query::Session {
        token: token.map(hash),
        next: hash(next),
    };
    match log.answer(query).unwrap() {
        Answer::Session(found) => found.map(|session| session.session),
        other => panic!("not a session: {other:?}"),
    }
}

pub(super) fn seqs(committed: &[Committed]) -> Vec<u64> {
    let seq = |one: &Committed| match one {
        Committed::Entry(_, seq) => Some(seq.0),
        Committed::Other(_) => None,
    };
    committed.iter().filter_map(seq).collect()
}

fn seqs_on(page: &Page) -> Vec<u64> {
    page.entries.iter().map(|entry| entry.seq.0).collect()
}

fn rooms_count_without_gaps(log: &mut impl Log) {
    let group = vec![
        say(1, "Lobby", 1),
        say(2, "den", 1),
        refuse(1, "lobby", 2),
        say(1, "LOBBY", 3),
    ];
    let done = log.append(group.clone()).unwrap();
    assert_eq!(done.len(), group.len());
    assert_eq!(seqs(&done), [1, 1, 2]);
    assert_eq!(done[2], Committed::Other(group[2].clone()));
    assert_eq!(
        seqs(&log.append(vec![say(2, "lobby", 1)]).unwrap()),
        [3],
        "a room goes on where it ended"
    );
    assert_eq!(end_of(log, "lobby", 1).head, Seq(3));
    assert_eq!(end_of(log, "lobby", 1).shown.as_deref(), Some("Lobby"));
}

fn an_entry_comes_back_as_it_was_stored(log: &mut impl Log) {
    let text = draft(1, "lobby", 1);
    let place = Draft {
        content: Content::Location {
            latitude: -33.9,
            longitude: 18.4,
        },
        number: Number(2),
        ..text.clone()
    };
    let group = vec![Record::Entry(text.clone()), Record::Entry(place.clone())];
    log.append(group).unwrap();
    let stored = [text.into_entry(Seq(1)), place.into_entry(Seq(2))];
    assert_eq!(end_of(log, "lobby", 1).tail, stored);
    assert_eq!(page(log, "lobby", 3, 9).entries, stored);
}

fn a_room_never_written_is_empty(log: &mut impl Log) {
    know(log, &[1]);
    assert_eq!(end_of(log, "lobby", 1), StoredRoom::default());
    assert_eq!(page(log, "lobby", u64::MAX, 9), Page::default());
    log.append(vec![refuse(1, "lobby", 1)]).unwrap();
    let end = end_of(log, "lobby", 1);
    assert_eq!((end.shown, end.head), (None, Seq(0)));
    assert_eq!(end.mark.number, Number(1));
}

fn a_mark_advances_with_entries_and_refusals(log: &mut impl Log) {
    know(log, &[1, 2]);
    let group = vec![
        say(1, "lobby", 1),
        refuse(1, "lobby", 2),
        say(2, "lobby", 1),
    ];
    log.append(group).unwrap();
    let refused = RefusedNumber {
        number: Number(2),
        code: RefusalCode::Profanity,
    };
    let settled = Mark {
        number: Number(2),
        refused: vec![refused],
    };
    assert_eq!(mark(log, "LOBBY", 1), settled);
    assert_eq!(mark(log, "lobby", 2).number, Number(1));
    assert_eq!(mark(log, "den", 1), Mark::default());
}

fn a_mark_remembers_the_last_64_refusals(log: &mut impl Log) {
    know(log, &[1]);
    let group = (1..=100).map(|number| refuse(1, "lobby", number));
    log.append(group.collect()).unwrap();
    let numbers = |mark: Mark| -> Vec<u64> {
        let refused = mark.refused.iter();
        refused.map(|refused| refused.number.0).collect()
    };
    assert_eq!(
        numbers(mark(log, "lobby", 1)),
        (37..=100).collect::<Vec<_>>()
    );
    let group = (101..=163).map(|number| say(1, "lobby", number));
    log.append(group.collect()).unwrap();
    assert_eq!(numbers(mark(log, "lobby", 1)), [100]);
    log.append(vec![say(1, "lobby", 164)]).unwrap();
    assert_eq!(numbers(mark(log, "lobby", 1)), [0; 0]);
}

fn a_session_is_found_by_its_tokens(log: &mut impl Log) {
    let group = vec![
        Record::Session(session(1, 11, Some(10))),
        Record::Session(session(2, 20, None)),
    ];
    log.append(group).unwrap();
    for (token, next, found) in [
        (Some(11), 99, Some(1)),
        (Some(10), 99, Some(1)),
        (Some(10), 20, Some(1)),
        (Some(98), 20, Some(2)),
        (None, 20, Some(2)),
        (None, 10, Some(1)),
        (Some(98), 10, Some(1)),
        (None, 98, None),
        (Some(98), 99, None),
    ] {
        let expected = found.map(SessionId);
        assert_eq!(find(log, token, next), expected, "{token:?} {next}");
    }
}

fn a_session_that_changed_its_token_is_found_by_the_new_one(log: &mut impl Log) {
    for changed in [session(1, 11, None), session(1, 12, Some(11))] {
        log.append(vec![Record::Session(changed)]).unwrap();
    }
    let query = Query::Session {
        token: Some(hash(12)),
        next: hash(99),
    };
    let found = Answer::Session(Some(session(1, 12, Some(11))));
    assert_eq!(log.answer(query).unwrap(), found);
    log.append(vec![Record::Session(session(1, 13, Some(12)))])
        .unwrap();
    assert_eq!(find(log, Some(11), 99), None);
}

fn forgetting_takes_the_session_and_its_marks_but_not_its_entries(log: &mut impl Log) {
    know(log, &[2]);
    let group = vec![
        Record::Session(session(1, 11, Some(10))),
        say(1, "lobby", 1),
        say(2, "lobby", 1),
        Record::Forget(SessionId(1)),
    ];
    log.append(group).unwrap();
    assert_eq!(find(log, Some(11), 10), None);
    assert_eq!(mark(log, "lobby", 1), Mark::default());
    assert_eq!(mark(log, "lobby", 2).number, Number(1));
    assert_eq!(end_of(log, "lobby", 1).head, Seq(2));
}

fn what_comes_after_a_session_was_forgotten_leaves_no_mark(log: &mut impl Log) {
    know(log, &[1]);
    let group = vec![
        Record::Forget(SessionId(1)),
        say(1, "lobby", 1),
        refuse(1, "den", 1),
    ];
    assert_eq!(seqs(&log.append(group).unwrap()), [1]);
    know(log, &[1]);
    assert_eq!(mark(log, "lobby", 1), Mark::default());
    assert_eq!(mark(log, "den", 1), Mark::default());
}

fn expiry_takes_only_sessions_not_seen_since(log: &mut impl Log) {
    let mut recent = session(2, 20, None);
    recent.seen = Timestamp(2_000);
    let group = vec![
        Record::Session(session(1, 11, Some(10))),
        Record::Session(recent),
        say(1, "lobby", 1),
        say(2, "lobby", 1),
    ];
    log.append(group).unwrap();
    log.expire(Timestamp(2_000)).unwrap();
    assert_eq!(find(log, Some(11), 10), None);
    assert_eq!(mark(log, "lobby", 1), Mark::default());
    assert_eq!(find(log, Some(20), 99), Some(SessionId(2)));
    assert_eq!(mark(log, "lobby", 2).number, Number(1));
    assert_eq!(end_of(log, "lobby", 1).head, Seq(2));
}

fn members_are_told_in_the_order_of_joining_until_they_leave(log: &mut impl Log) {
    know(log, &[1, 2, 3]);
    let group = vec![
        join(3, "Lobby", "Zoe"),
        join(1, "lobby", "Ann"),
        join(1, "den", "Ann"),
        join(2, "lobby", "Mia"),
    ];
    let stored = log.append(group.clone()).unwrap();
    assert_eq!(stored[1], Committed::Other(group[1].clone()));
    assert_eq!(end_of(log, "lobby", 1), StoredRoom::default(), "no entries");
    log.append(vec![leave(1, "LOBBY"), leave(2, "attic")])
        .unwrap();
    log.append(vec![join(1, "lobby", "Ann")]).unwrap();
    let expected = [
        member(3, "Lobby", "Zoe"),
        member(1, "den", "Ann"),
        member(2, "lobby", "Mia"),
        member(1, "lobby", "Ann"),
    ];
    assert_eq!(members(log), expected);
}

fn a_member_carries_its_session_as_it_was_stored_last(log: &mut impl Log) {
    for changed in [session(1, 11, None), session(1, 12, Some(11))] {
        log.append(vec![Record::Session(changed), join(1, "lobby", "Ann")])
            .unwrap();
    }
    let members = log.members().unwrap();
    let sessions: Vec<_> = members.iter().map(|member| member.session).collect();
    assert_eq!(sessions, [session(1, 12, Some(11))]);
}

fn a_session_is_in_a_room_once_and_so_is_a_name(log: &mut impl Log) {
    know(log, &[1, 2]);
    log.append(vec![join(1, "lobby", "Ann"), join(1, "lobby", "Anna")])
        .unwrap();
    assert_eq!(members(log), [member(1, "lobby", "Anna")]);
    log.append(vec![join(2, "lobby", "ANNA"), join(1, "den", "Anna")])
        .unwrap();
    let expected = [member(2, "lobby", "ANNA"), member(1, "den", "Anna")];
    assert_eq!(members(log), expected);
}

/// A further session of whoever the first one is.
fn join_again(session: u128, first: u128, nick: &str) -> Record {
    Record::Joined {
        session: SessionId(session),
        room: room("lobby"),
        member: person(first),
        nick: Nick::parse(nick).unwrap(),
    }
}

fn several_sessions_of_one_person_share_a_name(log: &mut impl Log) {
    know(log, &[1, 2, 3, 4]);
    let group = vec![
        join(1, "lobby", "Ann"),
        join(4, "lobby", "Bob"),
        join_again(2, 1, "ann"),
        join_again(3, 1, "Ann"),
    ];
    log.append(group).unwrap();
    let expected = [
        member(1, "lobby", "Ann"),
        member(4, "lobby", "Bob"),
        member(2, "lobby", "ann"),
        member(3, "lobby", "Ann"),
    ];
    assert_eq!(members(log), expected);
    let who = log.members().unwrap();
    let who: Vec<MemberId> = who.iter().map(|it| it.member).collect();
    assert_eq!(who, [person(1), person(4), person(1), person(1)]);
    log.append(vec![leave(1, "lobby")]).unwrap();
    assert_eq!(members(log), expected[1..]);
    log.append(vec![join(4, "lobby", "ANN")]).unwrap();
    assert_eq!(members(log), [member(4, "lobby", "ANN")]);
}

fn read(who: u128, name: &str, upto: u64, at: i64) -> Record {
    Record::Read {
        room: room(name),
        member: person(who),
        upto: Seq(upto),
        at: Timestamp(at),
    }
}

fn what_is_read_goes_forward_and_no_further_than_there_is(log: &mut impl Log) {
    let upto = |log: &mut _, name, who| end_of(log, name, who).read.0;
    log.append(vec![read(1, "lobby", 2, 1_000)]).unwrap();
    assert_eq!(upto(log, "lobby", 1), 0, "there is nothing yet");
    log.append((1..=3).map(|number| say(9, "lobby", number)).collect())
        .unwrap();
    assert_eq!(upto(log, "LOBBY", 1), 2);
    log.append(vec![read(1, "lobby", 1, 1_000)]).unwrap();
    assert_eq!(upto(log, "lobby", 1), 2);
    log.append(vec![read(1, "lobby", 9, 2_000), read(1, "den", 1, 2_000)])
        .unwrap();
    assert_eq!(upto(log, "lobby", 1), 3);
    assert_eq!((upto(log, "lobby", 2), upto(log, "den", 1)), (0, 0));
}

fn what_is_read_is_forgotten_when_it_was_not_said_for_long(log: &mut impl Log) {
    let group = vec![
        say(9, "lobby", 1),
        read(1, "lobby", 1, 1_000),
        read(2, "lobby", 1, 1_000),
        read(2, "lobby", 1, 2_000),
    ];
    log.append(group).unwrap();
    log.expire(Timestamp(2_000)).unwrap();
    assert_eq!(end_of(log, "lobby", 1).read, Seq(0));
    assert_eq!(end_of(log, "lobby", 2).read, Seq(1));
}

fn there_are_no_members_of_sessions_that_are_not_known(log: &mut impl Log) {
    know(log, &[1, 2]);
    let group = vec![
        join(9, "lobby", "Eve"),
        join(1, "lobby", "Ann"),
        join(2, "lobby", "Bob"),
        say(2, "lobby", 1),
        Record::Forget(SessionId(1)),
        join(1, "den", "Ann"),
    ];
    log.append(group).unwrap();
    assert_eq!(members(log), [member(2, "lobby", "Bob")]);
    log.expire(Timestamp(1_001)).unwrap();
    assert_eq!(members(log), []);
    know(log, &[1, 2]);
    assert_eq!(members(log), []);
}

fn a_private_room_is_another_one_than_the_public_one_of_its_name(log: &mut impl Log) {
    know(log, &[1]);
    let den = RoomName::private(&[7; 32], "Den").unwrap();
    let (mut said, session, nick) = (
        draft(1, "den", 1),
        SessionId(1),
        Nick::parse("Ann").unwrap(),
    );
    said.room = den.clone();
    let joined = Record::Joined {
        session,
        room: den.clone(),
        member: person(1),
        nick,
    };
    log.append(vec![joined, Record::Entry(said)]).unwrap();
    assert_eq!(end_of(log, "den", 1), StoredRoom::default());
    let (room, member) = (den.clone(), person(1));
    let query = Query::Room {
        room,
        session,
        member,
    };
    let Ok(Answer::Room(end)) = log.answer(query) else {
        panic!("not a room");
    };
    assert_eq!((end.shown.as_deref(), end.head), (Some("Den"), Seq(1)));
    assert_eq!(end.mark.number, Number(1));
    let held = log.members().unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].room, den);
}

fn a_session_that_lapses_is_kept_only_for_its_marks(log: &mut impl Log) {
    know(log, &[1, 2, 3]);
    let group = vec![
        join(1, "lobby", "Ann"),
        join(2, "lobby", "Bob"),
        join(3, "lobby", "Cy"),
        say(1, "lobby", 1),
        refuse(2, "lobby", 1),
    ];
    log.append(group).unwrap();
    log.append((1..=3).map(|id| Record::Lapsed(SessionId(id))).collect())
        .unwrap();
    assert_eq!(members(log), []);
    assert_eq!(find(log, Some(1), 99), Some(SessionId(1)));
    assert_eq!(find(log, Some(2), 99), Some(SessionId(2)));
    assert_eq!(find(log, Some(3), 99), None);
    assert_eq!(mark(log, "lobby", 2).number, Number(1));
}

fn pages_lead_back_to_the_beginning(log: &mut impl Log) {
    let group = (1..=230).map(|number| say(1, "lobby", number));
    log.append(group.collect()).unwrap();
    let mut before = 231;
    let mut seen = Vec::new();
    loop {
        let page = page(log, "lobby", before, 60);
        let mut numbers = seqs_on(&page);
        before = numbers[0];
        assert_eq!(page.more, before > 1);
        numbers.append(&mut seen);
        seen = numbers;
        if !page.more {
            break;
        }
    }
    assert_eq!(seen, (1..=230).collect::<Vec<_>>());
    assert_eq!(page(log, "lobby", 1, 60).entries, []);
    assert_eq!(page(log, "lobby", 0, 60).entries, []);
}

fn a_page_has_at_least_one_entry_and_at_most_100(log: &mut impl Log) {
    let group = (1..=230).map(|number| say(1, "lobby", number));
    log.append(group.collect()).unwrap();
    assert_eq!(seqs_on(&page(log, "lobby", 5, 0)), [4]);
    let most = page(log, "lobby", u64::MAX, usize::MAX);
    assert_eq!(seqs_on(&most), (131..=230).collect::<Vec<_>>());
    let end = end_of(log, "lobby", 1);
    assert_eq!(end.tail.len(), TAIL_ENTRIES);
    assert_eq!(end.tail.last().unwrap().seq, end.head);
}

fn pages_end_where_a_frame_would(log: &mut impl Log) {
    let group = (1..=20).map(|number| long(1, "lobby", number));
    log.append(group.collect()).unwrap();
    let newest = page(log, "lobby", 21, 100);
    let one = entry_bytes(&newest.entries[0]);
    let fits = PAGE_BYTES / one;
    assert!(newest.more);
    assert_eq!(newest.entries.len(), fits);
    assert_eq!(newest.entries.last().unwrap().seq, Seq(20));
    assert_eq!(end_of(log, "lobby", 1).tail, newest.entries);
    let rest = page(log, "lobby", 3, 100);
    assert_eq!((seqs_on(&rest), rest.more), (vec![1, 2], false));
}

/// One module of tests for each log.
macro_rules! for_every_log {
    ($($test:ident)*) => {
        mod memory {
            $(#[test] fn $test() {
                super::$test(&mut $crate::log::MemoryLog::new($crate::ids::Epoch(1)));
            })*
        }
        mod sqlite {
            $(#[test] fn $test() {
                let folder = tempfile::tempdir().unwrap();
                let epoch = $crate::ids::Epoch(1);
                super::$test(&mut $crate::log::SqliteLog::open(folder.path(), epoch).unwrap());
            })*
        }
    };
}
pub(super) use for_every_log;

for_every_log! {
    rooms_count_without_gaps
    an_entry_comes_back_as_it_was_stored
    a_room_never_written_is_empty
    a_mark_advances_with_entries_and_refusals
    a_mark_remembers_the_last_64_refusals
    a_session_is_found_by_its_tokens
    a_session_that_changed_its_token_is_found_by_the_new_one
    forgetting_takes_the_session_and_its_marks_but_not_its_entries
    what_comes_after_a_session_was_forgotten_leaves_no_mark
    expiry_takes_only_sessions_not_seen_since
    members_are_told_in_the_order_of_joining_until_they_leave
    a_member_carries_its_session_as_it_was_stored_last
    a_session_is_in_a_room_once_and_so_is_a_name
    several_sessions_of_one_person_share_a_name
    what_is_read_goes_forward_and_no_further_than_there_is
    what_is_read_is_forgotten_when_it_was_not_said_for_long
    there_are_no_members_of_sessions_that_are_not_known
    a_private_room_is_another_one_than_the_public_one_of_its_name
    a_session_that_lapses_is_kept_only_for_its_marks
    pages_lead_back_to_the_beginning
    a_page_has_at_least_one_entry_and_at_most_100
    pages_end_where_a_frame_would
}
