//! What a search must find, run against each log, and how the index keeps up.

use std::path::Path;

use proptest::prelude::*;

use super::suite::{draft, end_of, for_every_log, room};
use super::{Chore, Log, MemoryLog, SqliteLog};
use crate::ids::{Epoch, Nick, Seq, Timestamp};
use crate::record::{Answer, Found, HITS, LogError, Query, Record};
use crate::wire::command::Search;
use crate::wire::event::Content;
use crate::wire::text::SearchText;

const AT: i64 = 1_700_000_000_000;

fn said(name: &str, nick: &str, body: &str) -> Record {
    let mut draft = draft(1, name, 1);
    draft.nick = nick.into();
    draft.content = Content::Text {
        body: body.into(),
        reply: None,
    };
    Record::Entry(draft)
}

fn at(time: i64, body: &str) -> Record {
    let Record::Entry(mut draft) = said("lobby", "Ann", body) else {
        unreachable!("an entry");
    };
    draft.at = Timestamp(time);
    Record::Entry(draft)
}

fn all(text: &str) -> Search {
    Search {
        text: SearchText::parse(text).unwrap(),
        from: None,
        after: None,
        before: None,
        below: Seq(u64::MAX),
        limit: 20,
    }
}

fn ask(log: &mut impl Log, name: &str, search: Search) -> Found {
    let room = room(name);
    match log.answer(Query::Search { room, search }).unwrap() {
        Answer::Found(found) => found,
        other => panic!("nothing found: {other:?}"),
    }
}

fn seqs(found: &Found) -> Vec<u64> {
    found.hits.iter().map(|hit| hit.seq.0).collect()
}

fn search(log: &mut impl Log, name: &str, text: &str) -> Vec<u64> {
    seqs(&ask(log, name, all(text)))
}

fn say_all(log: &mut impl Log, bodies: &[&str]) {
    let group = bodies.iter().map(|body| said("lobby", "Ann", body));
    log.append(group.collect()).unwrap();
}

// F2
fn what_was_said_is_found_newest_first(log: &mut impl Log) {
    say_all(
        log,
        &["Tea at five", "coffee", "more TEA?", "teapot", "steam"],
    );
    assert_eq!(search(log, "lobby", "tea"), [4, 3, 1]);
    assert_eq!(search(log, "LOBBY", "five tea"), [1]);
    assert_eq!(search(log, "lobby", "\"tea\""), [3, 1]);
    assert_eq!(search(log, "lobby", "\"tea at\""), [1]);
    assert_eq!(search(log, "lobby", "\"at tea\""), [0; 0]);
    assert_eq!(search(log, "lobby", "whisky"), [0; 0]);
    let found = ask(log, "lobby", all("coffee"));
    assert_eq!(
        found.hits[0].content,
        Content::Text {
            body: "coffee".into(),
            reply: None
        }
    );
}

fn only_the_room_that_is_asked_for_is_searched(log: &mut impl Log) {
    let group = ["lobby", "den", "lobby", "attic"].map(|name| said(name, "Ann", "secret word"));
    log.append(group.to_vec()).unwrap();
    assert_eq!(search(log, "lobby", "secret"), [2, 1]);
    assert_eq!(search(log, "den", "secret"), [1]);
    assert_eq!(search(log, "cellar", "secret"), [0; 0]);
}

fn who_said_it_narrows_a_search_and_is_enough_for_one(log: &mut impl Log) {
    let group = [
        ("Ann", "tea"),
        ("Bob", "tea"),
        ("ANN", "cake"),
        ("Ann Lee", "tea"),
    ];
    let group = group.map(|(nick, body)| said("lobby", nick, body));
    log.append(group.to_vec()).unwrap();
    for (from, text, found) in [
        ("ann", "tea", &[1][..]),
        ("ann", "", &[3, 1]),
        ("ann  lee", "te", &[4]),
        ("bob", "cake", &[]),
        ("\" OR \"", "tea", &[]),
        ("tea", "", &[]),
    ] {
        let from = Some(Nick::parse(from).unwrap());
        let found_here = seqs(&ask(log, "lobby", Search { from, ..all(text) }));
        assert_eq!(found_here, found, "{text}");
    }
}

fn a_search_may_be_bounded_in_time(log: &mut impl Log) {
    let group = (0..40).map(|n| at(AT + n / 2 * 1_000, "tick"));
    log.append(group.collect()).unwrap();
    let mut between = |after: Option<i64>, before: Option<i64>| {
        let search = Search {
            after: after.map(|n| Timestamp(AT + n)),
            before: before.map(|n| Timestamp(AT + n)),
            limit: 50,
            ..all("tick")
        };
        let found = seqs(&ask(log, "lobby", search));
        (found.last().copied(), found.first().copied())
    };
    assert_eq!(between(None, None), (Some(1), Some(40)));
    assert_eq!(between(Some(5_000), None), (Some(11), Some(40)));
    assert_eq!(between(Some(5_001), Some(7_000)), (Some(13), Some(14)));
    assert_eq!(between(None, Some(1)), (Some(1), Some(2)));
    assert_eq!(between(None, Some(0)), (None, None));
    assert_eq!(between(Some(20_000), None), (None, None));
    assert_eq!(between(Some(7_000), Some(5_000)), (None, None));
    assert_eq!(between(Some(i64::MIN), Some(i64::MAX - AT)).0, Some(1));
}

fn one_answer_leads_to_the_next(log: &mut impl Log) {
    let group = (1..=130).map(|_| said("lobby", "Ann", "again"));
    log.append(group.collect()).unwrap();
    tidy(log);
    let mut below = Seq(u64::MAX);
    let mut whole = Vec::new();
    loop {
        let search = Search {
            below,
            limit: u16::MAX,
            ..all("again")
        };
        let found = ask(log, "lobby", search);
        assert!(found.hits.len() <= HITS);
        whole.extend(seqs(&found));
        below = Seq(*whole.last().unwrap());
        if !found.more {
            break;
        }
    }
    assert_eq!(whole, (1..=130).rev().collect::<Vec<_>>());
    let none = Search {
        below: Seq(0),
        limit: 0,
        ..all("again")
    };
    assert_eq!(ask(log, "lobby", none), Found::default());
}

fn long_hits_end_where_a_frame_would(log: &mut impl Log) {
    let body = "é".repeat(3_990) + " end";
    let group = (1..=20).map(|_| said("lobby", "Ann", &body));
    log.append(group.collect()).unwrap();
    tidy(log);
    let found = ask(log, "lobby", all("end"));
    assert!(found.more);
    assert_eq!(seqs(&found), [20, 19, 18, 17, 16, 15]);
}

fn nothing_typed_is_query_language(log: &mut impl Log) {
    say_all(log, &["near and or not word", "NOT a trap", "x"]);
    for hostile in [
        "\"",
        "\"\"",
        "\" OR \"",
        "*",
        "^",
        "^near",
        "NEAR(a b)",
        "word:near",
        "- near",
        "(",
        ")",
        "near*)",
        "'; DROP TABLE entries; --",
        "\0",
        "near\0word",
        "{word} : near",
        "+",
        "\u{202e}raen",
        "000001_near",
        "000001@ann",
        "a AND",
        "NOT",
        "OR",
        "AND",
        "\u{feff}",
    ] {
        search(log, "lobby", hostile);
    }
    assert_eq!(search(log, "lobby", "NOT trap"), [2]);
    assert_eq!(search(log, "lobby", "near NOT word"), [1]);
    assert_eq!(search(log, "lobby", "trap OR word"), [0; 0]);
    assert_eq!(search(log, "lobby", &"é".repeat(200)), [0; 0]);
    assert_eq!(search(log, "lobby", &"é ".repeat(100)), [0; 0]);
    assert_eq!(search(log, "lobby", ""), [0; 0]);
}

fn places_are_not_texts(log: &mut impl Log) {
    let Record::Entry(mut place) = said("lobby", "Ann", "") else {
        unreachable!("an entry");
    };
    place.content = Content::Location {
        latitude: 1.0,
        longitude: 2.0,
    };
    log.append(vec![Record::Entry(place)]).unwrap();
    let from = Some(Nick::parse("Ann").unwrap());
    assert_eq!(
        ask(log, "lobby", Search { from, ..all("") }),
        Found::default()
    );
}

fn edited(of: u64, body: &str) -> Record {
    let mut draft = draft(1, "lobby", 1);
    draft.content = Content::Edit {
        of: Seq(of),
        body: body.into(),
    };
    Record::Entry(draft)
}

fn deleted(of: u64) -> Record {
    let mut draft = draft(1, "lobby", 1);
    draft.content = Content::Delete { of: Seq(of) };
    Record::Entry(draft)
}

// F2
fn what_is_edited_or_deleted_is_found_as_it_stands(log: &mut impl Log) {
    for indexed in [true, false] {
        let first = end_of(log, "lobby", 1).head.0 + 1;
        say_all(log, &["green tea", "black tea", "tea cake"]);
        if indexed {
            tidy(log);
        }
        let changes = vec![edited(first, "green coffee"), deleted(first + 1)];
        log.append(changes).unwrap();
        for _ in 0..2 {
            assert_eq!(search(log, "lobby", "tea"), [first + 2], "{indexed}");
            assert_eq!(search(log, "lobby", "black"), [0; 0]);
            assert_eq!(search(log, "lobby", "green coffee"), [first]);
            tidy(log);
        }
        let found = ask(log, "lobby", all("coffee"));
        assert!(found.hits[0].edited.is_some());
        let group = vec![edited(first, "tea"), deleted(first), deleted(first + 2)];
        log.append(group).unwrap();
        assert_eq!(search(log, "lobby", "tea"), [0; 0]);
        assert_eq!(search(log, "lobby", "coffee"), [0; 0]);
    }
}

for_every_log! {
    what_is_edited_or_deleted_is_found_as_it_stands
    what_was_said_is_found_newest_first
    only_the_room_that_is_asked_for_is_searched
    who_said_it_narrows_a_search_and_is_enough_for_one
    a_search_may_be_bounded_in_time
    one_answer_leads_to_the_next
    long_hits_end_where_a_frame_would
    nothing_typed_is_query_language
    places_are_not_texts
}

fn open(dir: &Path) -> SqliteLog {
    SqliteLog::open(dir, Epoch(1)).unwrap()
}

fn tidy(log: &mut impl Log) {
    while log.chore().is_some() {
        log.tidy();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_sought_both_logs_answer_alike(
        bodies in prop::collection::vec("[a-cé\"* ]{1,8}|.{1,20}", 1..12),
        texts in prop::collection::vec("[a-cé\"* ]{0,6}|.{0,20}", 1..12),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (mut disk, mut memory) = (open(folder.path()), MemoryLog::new(Epoch(1)));
        let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
        say_all(&mut disk, &bodies);
        say_all(&mut memory, &bodies);
        for text in &texts {
            let (one, other) = (search(&mut disk, "lobby", text), search(&mut memory, "lobby", text));
            prop_assert_eq!(one, other, "{:?} in {:?}", text, bodies);
        }
    }
}

#[test]
fn entries_are_indexed_behind_their_commit_and_after_a_crash_where_it_ended() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    assert_eq!(log.chore(), None);
    let group = (1..=200).map(|n| said("lobby", "Ann", &format!("tea {n}")));
    log.append(group.collect()).unwrap();
    assert_eq!(log.chore(), Some(Chore::Index));
    log.tidy();
    assert_eq!(log.chore(), Some(Chore::Index));
    drop(log);
    let mut log = open(folder.path());
    assert_eq!(log.chore(), Some(Chore::Index));
    tidy(&mut log);
    let found = ask(
        &mut log,
        "lobby",
        Search {
            limit: 50,
            ..all("tea")
        },
    );
    assert_eq!(seqs(&found), (151..=200).rev().collect::<Vec<_>>());
    for n in [1, 64, 65, 128, 129, 200] {
        assert_eq!(search(&mut log, "lobby", &format!("\"{n}\"")), [n]);
    }
    drop(log);
    assert_eq!(open(folder.path()).chore(), None);
}

fn database(dir: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(dir.join("chinwag.db")).unwrap()
}

#[test]
fn an_index_that_was_made_by_other_rules_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    say_all(&mut log, &["tea"]);
    tidy(&mut log);
    drop(log);
    database(folder.path())
        .execute_batch("UPDATE indexed SET version = 77")
        .unwrap();
    let mut log = open(folder.path());
    assert_eq!(log.chore(), Some(Chore::Index));
    assert_eq!(search(&mut log, "lobby", "tea"), [1]);
}

#[test]
fn a_broken_index_breaks_nothing_else_and_is_made_anew_by_the_next_start() {
    for damage in [
        "DELETE FROM words_data",
        "UPDATE words_data SET block = x'0123456789abcdef0123456789abcdef'",
        "DROP TABLE words_config",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut log = open(folder.path());
        say_all(&mut log, &["tea"]);
        tidy(&mut log);
        drop(log);
        database(folder.path()).execute_batch(damage).unwrap();
        let mut log = open(folder.path());
        say_all(&mut log, &["more tea"]);
        tidy(&mut log);
        let query = Query::Search {
            room: room("lobby"),
            search: all("tea"),
        };
        let refused = log.answer(query.clone());
        assert!(
            matches!(refused, Err(LogError::Unusable(_))),
            "{damage}: {refused:?}"
        );
        say_all(&mut log, &["still tea"]);
        assert!(log.answer(query).is_err());
        drop(log);
        let mut log = open(folder.path());
        tidy(&mut log);
        assert_eq!(search(&mut log, "lobby", "tea"), [3, 2, 1], "{damage}");
    }
}

/// Which of these words the files of a data folder still hold, whole or from the sixth letter
/// on: an index may keep the beginning elsewhere.
fn left_in_files(dir: &Path, words: &[String]) -> Vec<String> {
    let read = |name| std::fs::read(dir.join(name)).unwrap_or_default();
    let files = ["chinwag.db", "chinwag.db-wal"].map(read);
    let holds = |word: &str| {
        let end = &word.as_bytes()[5..];
        let in_file = |file: &Vec<u8>| file.windows(end.len()).any(|found| found == end);
        files.iter().any(in_file)
    };
    words.iter().filter(|word| holds(word)).cloned().collect()
}

/// A word that nothing else looks like.
fn secret(n: u64) -> String {
    let mut rest = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 << 63;
    let mut word = String::new();
    while rest > 0 {
        word.push(char::from(b'a' + u8::try_from(rest % 26).unwrap()));
        rest /= 26;
    }
    word
}

#[test]
fn a_text_that_was_taken_away_is_gone_from_the_files_when_there_was_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let texts: Vec<String> = (1..=150)
        .map(|n| format!("said {} once", secret(n)))
        .collect();
    for group in texts.chunks(30) {
        let bodies: Vec<&str> = group.iter().map(String::as_str).collect();
        say_all(&mut log, &bodies);
        tidy(&mut log);
    }
    let there: Vec<String> = (1..=150).map(secret).collect();
    assert_eq!(left_in_files(folder.path(), &there), there);
    for n in (1..=150).step_by(3) {
        let other = "other words ".repeat(usize::try_from(n).unwrap() % 60);
        log.append(vec![edited(n, &format!("{other} instead"))])
            .unwrap();
        log.append(vec![deleted(n + 1)]).unwrap();
    }
    assert!(log.chore().is_some());
    tidy(&mut log);
    let gone: Vec<String> = (1..=150).filter(|n| n % 3 != 0).map(secret).collect();
    assert_eq!(left_in_files(folder.path(), &gone), [""; 0]);
    let kept: Vec<String> = (1..=150).filter(|n| n % 3 == 0).map(secret).collect();
    assert_eq!(left_in_files(folder.path(), &kept), kept);
    assert_eq!(search(&mut log, "lobby", &secret(3)), [3]);
    assert_eq!(search(&mut log, "lobby", &secret(2)), [0; 0]);
}
