//! What every log must hold of amendments and of pages of all kinds, run against each of them.

use proptest::prelude::*;

use super::suite::{draft, room, say};
use super::{Log, MemoryLog, PAGE_ENTRIES, SqliteLog};
use crate::ids::{Epoch, MemberId, Seq, Timestamp};
use crate::record::{Answer, Draft, PAGE_BYTES, Query, Record, TAIL_ENTRIES, entry_bytes};
use crate::wire::event::{Content, Entry, Page};
use crate::wire::raw::Range;

fn ask(log: &mut impl Log, range: Range, limit: usize) -> Page {
    let room = room("lobby");
    match log.answer(Query::Page { room, range, limit }).unwrap() {
        Answer::Page(page) => page,
        other => panic!("not a page: {other:?}"),
    }
}

fn look(log: &mut impl Log, seqs: &[u64]) -> Page {
    let query = Query::Look {
        room: room("lobby"),
        seqs: seqs.iter().copied().map(Seq).collect(),
    };
    match log.answer(query).unwrap() {
        Answer::Page(page) => page,
        other => panic!("not a page: {other:?}"),
    }
}

fn tail(log: &mut impl Log) -> (Vec<Entry>, String) {
    let query = Query::Room {
        room: room("lobby"),
        session: crate::ids::SessionId(1),
        member: MemberId(1),
    };
    match log.answer(query).unwrap() {
        Answer::Room(room) => (room.tail, room.topic.to_string()),
        other => panic!("not a room: {other:?}"),
    }
}

/// What is said by `author`, `at` seconds later than the first.
fn said(author: u64, at: i64, content: Content) -> Draft {
    Draft {
        author: MemberId(author),
        nick: format!("Ann {author}").into(),
        at: Timestamp(1_000 * at),
        content,
        ..draft(author.into(), "lobby", 1)
    }
}

fn store(log: &mut impl Log, contents: impl IntoIterator<Item = Content>) {
    let drafts = (0..).zip(contents);
    let group = drafts.map(|(at, content)| Record::Entry(said(1, at, content)));
    log.append(group.collect()).unwrap();
}

fn edit(of: u64, body: &str) -> Content {
    Content::Edit {
        of: Seq(of),
        body: body.into(),
    }
}

fn delete(of: u64) -> Content {
    Content::Delete { of: Seq(of) }
}

fn react(of: u64, emoji: &str, on: bool) -> Content {
    Content::React {
        of: Seq(of),
        emoji: emoji.into(),
        on,
    }
}

fn contents(page: &Page) -> Vec<Content> {
    page.entries.iter().map(|it| it.content.clone()).collect()
}

fn seqs(page: &Page) -> Vec<u64> {
    page.entries.iter().map(|entry| entry.seq.0).collect()
}

fn an_edit_stands_in_the_place_of_the_text_before(log: &mut impl Log) {
    let reply = Content::Text {
        body: "one".into(),
        reply: Some(Seq(1)),
    };
    store(
        log,
        [reply, edit(1, "two"), edit(1, "three"), edit(9, "ghost")],
    );
    let page = ask(log, Range::After(Seq(0)), 9);
    let answer = Content::Text {
        body: "three".into(),
        reply: Some(Seq(1)),
    };
    let edits = [edit(1, "three"), edit(1, "three"), Content::Emptied];
    assert_eq!(contents(&page), [&[answer][..], &edits].concat());
    assert_eq!(page.entries[0].edited, Some(Timestamp(2_000)));
}

fn a_deletion_leaves_nothing_of_the_message(log: &mut impl Log) {
    let here = Content::Location {
        latitude: 1.0,
        longitude: 2.0,
    };
    store(
        log,
        [
            Content::text("secret"),
            edit(1, "more secret"),
            react(1, "👍", true),
            here,
            delete(1),
            delete(4),
            edit(1, "too late"),
            react(1, "👍", true),
            delete(1),
        ],
    );
    let page = ask(log, Range::Before(Seq(99)), 9);
    let expected = [
        Content::Deleted,
        Content::Emptied,
        react(1, "👍", true),
        Content::Deleted,
        delete(1),
        delete(4),
        Content::Emptied,
        react(1, "👍", true),
        delete(1),
    ];
    assert_eq!(contents(&page), expected);
    assert_eq!(
        (page.entries[0].edited, &page.entries[0].reactions[..]),
        (None, &[][..])
    );
    assert_eq!(tail(log).0, page.entries);
}

fn the_newest_topic_stands(log: &mut impl Log) {
    let topic = |text: &str| Content::Topic { text: text.into() };
    store(log, [topic("tea"), topic("cake")]);
    assert_eq!(tail(log).1, "cake");
    store(log, [topic("")]);
    assert_eq!(tail(log).1, "");
}

fn a_look_gives_those_that_exist_once_and_in_order(log: &mut impl Log) {
    assert_eq!(look(log, &[1]), Page::default());
    store(log, (0..9).map(|n| Content::text(n.to_string())));
    store(log, [edit(3, "new")]);
    let page = look(log, &[3, 12, 1, 3, 0, u64::MAX, 10]);
    assert_eq!(seqs(&page), [1, 3, 10]);
    assert_eq!(page.entries[1].content.body(), Some("new"));
    assert_eq!((page.more, page.newer, page.as_of), (false, false, Seq(10)));
    assert_eq!(look(log, &[]).entries, []);
}

fn a_look_at_long_messages_says_that_some_did_not_fit(log: &mut impl Log) {
    store(log, (0..9).map(|_| Content::text("é".repeat(4_000))));
    let page = look(log, &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert!(page.newer && !page.more);
    assert_eq!(seqs(&page), [1, 2, 3, 4, 5, 6]);
}

fn pages_lead_forward_to_the_head(log: &mut impl Log) {
    store(log, (0..230).map(|n| Content::text(n.to_string())));
    let mut after = 0;
    loop {
        let page = ask(log, Range::After(Seq(after)), 60);
        let first = after + 1;
        after = page.entries.last().unwrap().seq.0;
        assert_eq!(seqs(&page), (first..=after).collect::<Vec<_>>());
        assert_eq!((page.more, page.newer), (first > 1, after < 230));
        assert_eq!(page.as_of, Seq(230));
        if !page.newer {
            break;
        }
    }
    for beyond in [230, 231, u64::MAX] {
        let page = ask(log, Range::After(Seq(beyond)), 60);
        assert_eq!((seqs(&page), page.more, page.newer), (vec![], true, false));
    }
}

fn a_page_around_an_entry_holds_both_sides(log: &mut impl Log) {
    store(log, (0..230).map(|n| Content::text(n.to_string())));
    for (around, limit, first, last) in [
        (100, 50, 75, 124),
        (1, 50, 1, 50),
        (0, 50, 1, 50),
        (10, 50, 1, 50),
        (230, 50, 181, 230),
        (220, 50, 181, 230),
        (u64::MAX, 3, 228, 230),
        (100, 1, 100, 100),
        (100, 0, 100, 100),
        (100, usize::MAX, 50, 149),
    ] {
        let page = ask(log, Range::Around(Seq(around)), limit);
        let (from, to) = (page.entries[0].seq.0, page.entries.last().unwrap().seq.0);
        assert_eq!((from, to), (first, last), "{around} with {limit}");
        assert_eq!((page.more, page.newer), (first > 1, last < 230));
    }
}

fn a_page_at_a_time_is_around_the_first_entry_since_then(log: &mut impl Log) {
    store(log, (0..230).map(|n| Content::text(n.to_string())));
    for (time, around) in [(i64::MIN, 1), (99_000, 100), (98_001, 100), (i64::MAX, 230)] {
        let page = ask(log, Range::At(Timestamp(time)), 50);
        assert_eq!(page, ask(log, Range::Around(Seq(around)), 50), "{time}");
    }
}

fn a_room_never_written_has_empty_pages(log: &mut impl Log) {
    let ranges = [
        Range::Before(Seq(9)),
        Range::After(Seq(0)),
        Range::Around(Seq(9)),
        Range::At(Timestamp(0)),
    ];
    for range in ranges {
        assert_eq!(ask(log, range, 9), Page::default());
    }
}

fn entries_full_of_reactions_fit_a_page(log: &mut impl Log) {
    store(log, (0..5).map(|_| Content::text("é".repeat(4_000))));
    for author in 0..200 {
        let crowd = (1..=5).map(|of| {
            let mut draft = said(author, 9, react(of, "👩‍🚀", true));
            draft.nick = "x".repeat(100).into();
            Record::Entry(draft)
        });
        log.append(crowd.collect()).unwrap();
    }
    for around in 1..=5 {
        let page = ask(log, Range::Around(Seq(around)), 5);
        let bytes: usize = page.entries.iter().map(entry_bytes).sum();
        assert!(bytes <= PAGE_BYTES, "{bytes}");
        assert!(seqs(&page).contains(&around));
        let frame = crate::wire::encode_event(&crate::wire::Event::History(page));
        assert!(frame.is_ok());
    }
}

/// One module of tests for each log.
macro_rules! on_every_log {
    ($($test:ident)*) => {
        mod memory {
            $(#[test] fn $test() {
                super::$test(&mut super::MemoryLog::new(super::Epoch(1)));
            })*
        }
        mod sqlite {
            $(#[test] fn $test() {
                let folder = tempfile::tempdir().unwrap();
                super::$test(&mut super::SqliteLog::open(folder.path(), super::Epoch(1)).unwrap());
            })*
        }
    };
}

on_every_log! {
    an_edit_stands_in_the_place_of_the_text_before
    a_deletion_leaves_nothing_of_the_message
    the_newest_topic_stands
    a_look_gives_those_that_exist_once_and_in_order
    a_look_at_long_messages_says_that_some_did_not_fit
    pages_lead_forward_to_the_head
    a_page_around_an_entry_holds_both_sides
    a_page_at_a_time_is_around_the_first_entry_since_then
    a_room_never_written_has_empty_pages
    entries_full_of_reactions_fit_a_page
}

#[test]
fn what_is_edited_or_deleted_is_in_no_row_and_stays_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = SqliteLog::open(folder.path(), Epoch(1)).unwrap();
    store(
        &mut log,
        [Content::text("first secret"), edit(1, "second secret")],
    );
    store(
        &mut log,
        [edit(1, "third secret"), react(1, "👍", true), delete(1)],
    );
    let before = tail(&mut log);
    drop(log);
    let database = rusqlite::Connection::open(folder.path().join("chinwag.db")).unwrap();
    let count = |query: &str| -> i64 { database.query_row(query, [], |row| row.get(0)).unwrap() };
    assert_eq!(
        count("SELECT count(*) FROM entries WHERE body LIKE '%secret%'"),
        0
    );
    assert_eq!(count("SELECT count(*) FROM reactions"), 0);
    drop(database);
    let mut log = SqliteLog::open(folder.path(), Epoch(2)).unwrap();
    assert_eq!(tail(&mut log), before);
}

#[test]
fn a_full_disk_amends_nothing() {
    let mut log = MemoryLog::new(Epoch(1));
    let folder = tempfile::tempdir().unwrap();
    let mut disk = SqliteLog::open(folder.path(), Epoch(1)).unwrap();
    for content in [Content::text("one"), edit(1, "two")] {
        store(&mut log, [content.clone()]);
        store(&mut disk, [content]);
    }
    assert_eq!(tail(&mut log), tail(&mut disk));
    disk.limit_pages(30);
    let mut group = vec![Record::Entry(said(1, 9, delete(1)))];
    group.extend((3..=40).map(|number| super::suite::long(1, "lobby", number)));
    assert!(disk.append(group).is_err());
    assert_eq!(tail(&mut log), tail(&mut disk));
}

fn content() -> impl Strategy<Value = Content> {
    let of = 0..30_u64;
    let emoji = prop::sample::select(vec!["👍", "🎉", "❤️"]);
    prop_oneof![
        4 => "[a-z]{1,9}".prop_map(Content::text),
        1 => of.clone().prop_map(|reply| Content::Text {
            body: "yes".into(),
            reply: Some(Seq(reply)),
        }),
        1 => Just(Content::Location { latitude: 1.5, longitude: 2.5 }),
        3 => (of.clone(), "[a-z]{1,9}").prop_map(|(of, body)| edit(of, &body)),
        2 => of.clone().prop_map(delete),
        6 => (of, emoji, prop::bool::weighted(0.7)).prop_map(|(of, emoji, on)| react(of, emoji, on)),
        1 => "[a-z]{0,9}".prop_map(|text| Content::Topic { text: text.into() }),
    ]
}

fn range() -> impl Strategy<Value = Range> {
    prop_oneof![
        (0..90_u64).prop_map(|seq| Range::Before(Seq(seq))),
        (0..90_u64).prop_map(|seq| Range::After(Seq(seq))),
        (0..90_u64).prop_map(|seq| Range::Around(Seq(seq))),
        (0..90_i64).prop_map(|time| Range::At(Timestamp(1_000 * time + 500))),
    ]
}

/// Nobody amends what is not there yet: the chat sees to that.
fn of_earlier(mut content: Content, entries: u64) -> Content {
    if let Content::Edit { of, .. } | Content::Delete { of } | Content::React { of, .. } =
        &mut content
    {
        of.0 %= entries + 1;
    }
    content
}

/// The state that the entries come to, one after the other.
fn naive(drafts: &[Draft]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (draft, seq) in drafts.iter().zip(1..) {
        let entry = draft.clone().into_entry(Seq(seq));
        for earlier in &mut entries {
            earlier.amend(&entry);
        }
        entries.push(entry);
    }
    let texts: Vec<Option<Content>> = entries.iter().map(|it| told(it, &entries)).collect();
    for (entry, text) in entries.iter_mut().zip(texts) {
        entry.content = text.unwrap_or_else(|| entry.content.clone());
    }
    entries
}

/// An edit shows the text that its message has; of what is no message, it shows none.
fn told(entry: &Entry, entries: &[Entry]) -> Option<Content> {
    let Content::Edit { of, .. } = entry.content else {
        return None;
    };
    let target = entries.iter().find(|it| it.seq == of);
    Some(match target.map(|it| &it.content) {
        Some(Content::Text { body, .. }) => edit(of.0, body),
        Some(_) | None => Content::Emptied,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn both_logs_tell_the_state_that_the_entries_come_to(
        contents in prop::collection::vec((1..4_u64, content()), 1..80),
        ranges in prop::collection::vec((range(), 0..120_usize), 1..12),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut disk = SqliteLog::open(folder.path(), Epoch(1)).unwrap();
        let mut memory = MemoryLog::new(Epoch(1));
        let said = (0..).zip(contents).map(|(at, (author, content))| {
            said(author, at, of_earlier(content, at.unsigned_abs()))
        });
        let drafts: Vec<Draft> = said.collect();
        for group in drafts.chunks(7) {
            let group: Vec<Record> = group.iter().cloned().map(Record::Entry).collect();
            disk.append(group.clone()).unwrap();
            memory.append(group).unwrap();
        }
        let truth = naive(&drafts);
        for (range, limit) in ranges {
            let page = ask(&mut disk, range, limit);
            prop_assert_eq!(&page, &ask(&mut memory, range, limit));
            prop_assert!(page.entries.len() <= PAGE_ENTRIES);
            for entry in &page.entries {
                let index = usize::try_from(entry.seq.0).unwrap() - 1;
                prop_assert_eq!(entry, &truth[index]);
            }
        }
        let newest = truth[truth.len().saturating_sub(TAIL_ENTRIES)..].to_vec();
        prop_assert_eq!(&tail(&mut disk).0, &newest);
        prop_assert_eq!(tail(&mut memory), tail(&mut disk));
    }
}

#[test]
fn memory_that_runs_out_takes_the_oldest_and_edits_of_them_are_empty() {
    let mut log = MemoryLog::new(Epoch(1));
    store(&mut log, [Content::text("one"), edit(1, "two")]);
    log.append(vec![say(1, "den", 1)]).unwrap();
    let all = log.bytes();
    log.shrink_to(all - 1);
    let page = ask(&mut log, Range::Around(Seq(1)), 9);
    assert_eq!((seqs(&page), page.more), (vec![2], false));
    assert_eq!(page.entries[0].content, Content::Emptied);
}
