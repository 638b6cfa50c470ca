//! The judge of the fault lab finds what it is there to find.

#[path = "faults/verdict.rs"]
#[allow(unreachable_pub, dead_code)]
mod verdict;

use std::time::Duration;

use chinwag::ids::{MemberId, Number, SeatId, Seq, Timestamp};
use chinwag::wire::event::{Content, Entry};
use verdict::{Seen, Verdict, judge, words};

fn entry(seq: u64, nick: &str, number: u64) -> Entry {
    Entry {
        seq: Seq(seq),
        at: Timestamp(0),
        author: MemberId(nick.len() as u64),
        number: Number(number),
        nick: nick.into(),
        content: Content::text(words(nick, number)),
        edited: None,
        reactions: Vec::new(),
        seat: SeatId(nick.len() as u64),
    }
}

/// Two authors, three messages.
fn history() -> Vec<Entry> {
    vec![entry(1, "a", 1), entry(2, "bb", 1), entry(3, "a", 2)]
}

/// A client that was shown these entries.
fn client(entries: Vec<Entry>) -> Seen {
    Seen {
        nick: "a".into(),
        sent: 2,
        acked: vec![1, 2],
        entries,
        gap: Duration::from_millis(7),
        ..Seen::default()
    }
}

/// Lost, doubled, reordered.
fn counts(verdict: Verdict) -> [usize; 3] {
    [verdict.lost, verdict.doubled, verdict.reordered]
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    let late = client(history().split_off(1));
    let verdict = judge(&history(), &[client(history()), late]);
    assert!(verdict.is_clean());
    assert_eq!((verdict.sessions, verdict.acknowledged), (2, 4));
    assert_eq!(verdict.gap, Duration::from_millis(7));
}

#[test]
fn an_acknowledged_message_that_the_history_lacks_is_lost() {
    let short = &history()[..2];
    assert_eq!(counts(judge(short, &[client(short.to_vec())])), [1, 0, 0]);
}

#[test]
fn a_message_that_was_shown_and_is_gone_is_lost() {
    let short = &history()[..2];
    let shown = Seen {
        acked: vec![1],
        ..client(history())
    };
    assert_eq!(counts(judge(short, &[shown])), [1, 0, 0]);
}

#[test]
fn a_message_that_a_client_was_not_shown_is_lost() {
    let [first, _, third] = <[Entry; 3]>::try_from(history()).unwrap();
    let found = judge(&history(), &[client(vec![first, third])]);
    assert_eq!(counts(found), [1, 0, 0]);
}

#[test]
fn a_message_that_is_twice_in_the_history_is_doubled() {
    let mut twice = history();
    twice.push(entry(4, "a", 2));
    assert_eq!(counts(judge(&twice, &[client(twice.clone())])), [0, 1, 0]);
}

#[test]
fn a_message_that_was_shown_twice_is_doubled() {
    let mut shown = history();
    shown.insert(1, shown[0].clone());
    assert_eq!(counts(judge(&history(), &[client(shown)])), [0, 1, 0]);
}

#[test]
fn two_clients_that_were_shown_two_orders_are_found() {
    let mut other = vec![entry(1, "bb", 1), entry(2, "a", 1), entry(3, "a", 2)];
    let found = judge(&history(), &[client(history()), client(other.clone())]);
    assert_eq!(counts(found), [0, 0, 2]);
    // The history has one of them at least.
    other.swap(0, 1);
    let found = judge(&history(), &[client(other)]);
    assert!(!found.is_clean());
}

#[test]
fn an_author_whose_own_order_is_broken_is_found() {
    let broken = vec![entry(1, "a", 2), entry(2, "bb", 1), entry(3, "a", 1)];
    assert_eq!(counts(judge(&broken, &[client(broken.clone())])), [0, 0, 1]);
}
