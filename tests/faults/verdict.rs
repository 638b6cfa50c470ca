//! What clients saw, held against the history.
//!
//! Decides what counts as lost, doubled and reordered. Does not know how the history was read or
//! what was done to the server. Invariant: every number is counted, none is estimated.

use std::collections::{HashMap, HashSet};
use std::ops::AddAssign;
use std::time::Duration;

use chinwag::wire::event::Entry;

/// What one client sent, was told and was shown.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub nick: String,
    /// Numbers 1 to this were sent.
    pub sent: u64,
    /// The numbers that the server said are stored.
    pub acked: Vec<u64>,
    /// Every entry, in the order in which it was shown, over all connections.
    pub entries: Vec<Entry>,
    /// The longest time without an answer to what was sent.
    pub gap: Duration,
    /// Connections that were welcomed.
    pub welcomes: u32,
    /// How often the client was told that the server goes down.
    pub told: u32,
    /// How often it went on over the other carrier.
    pub moves: u32,
    /// How often its connection was cut by the lab.
    pub cuts: u32,
    /// How often a connection was lost between the storing of a message and its acknowledgement.
    pub acks_cut_off: u32,
    /// Messages that were sent again because a connection was lost before they were stored.
    pub sent_again: u32,
}

/// The numbers of one fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    pub sessions: usize,
    /// Messages that their author was told are stored.
    pub acknowledged: usize,
    /// Acknowledged or shown, and not in the history; or in the history and skipped in what a client was shown.
    pub lost: usize,
    /// Twice in the history, or shown twice.
    pub doubled: usize,
    /// Shown at another place than the history has it, or an author's own order broken.
    pub reordered: usize,
    pub gap: Duration,
}

impl Verdict {
    pub fn is_clean(&self) -> bool {
        (self.lost, self.doubled, self.reordered) == (0, 0, 0)
    }
}

impl AddAssign for Verdict {
    fn add_assign(&mut self, other: Self) {
        self.sessions += other.sessions;
        self.acknowledged += other.acknowledged;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.reordered += other.reordered;
        self.gap = self.gap.max(other.gap);
    }
}

/// What a client says under a number: its own, and nobody else's.
pub fn words(nick: &str, number: u64) -> String {
    format!("{nick} {number}")
}

/// Holds what the clients of one room saw against its whole history.
pub fn judge(history: &[Entry], clients: &[Seen]) -> Verdict {
    let mut verdict = the_history(history);
    let said: HashSet<&str> = history.iter().filter_map(text).collect();
    for client in clients {
        verdict += the_client(history, &said, client);
    }
    verdict
}

/// What can be told from the history alone.
fn the_history(history: &[Entry]) -> Verdict {
    let mut verdict = Verdict::default();
    let (mut texts, mut keys, mut last) = (HashSet::new(), HashSet::new(), HashMap::new());
    for (index, entry) in history.iter().enumerate() {
        let new_text = texts.insert(text(entry));
        let new_key = keys.insert((entry.author, entry.number));
        verdict.doubled += usize::from(!new_text || !new_key);
        let before = last.insert(entry.author, entry.number);
        let misplaced = entry.seq.0 != index as u64 + 1
            || before.is_some_and(|before| before > entry.number)
            || text(entry) != Some(&words(&entry.nick, entry.number.0));
        verdict.reordered += usize::from(misplaced);
    }
    verdict
}

fn the_client(history: &[Entry], said: &HashSet<&str>, client: &Seen) -> Verdict {
    let acked: HashSet<u64> = client.acked.iter().copied().collect();
    let gone = |number: &&u64| !said.contains(words(&client.nick, **number).as_str());
    let mut verdict = Verdict {
        sessions: 1,
        acknowledged: acked.len(),
        lost: acked.iter().filter(gone).count(),
        gap: client.gap,
        ..Verdict::default()
    };
    let mut last = client.entries.first().map_or(0, |entry| entry.seq.0 - 1);
    for entry in &client.entries {
        let seq = entry.seq.0;
        let place = usize::try_from(seq - 1).expect("a place in memory");
        match history.get(place) {
            None => verdict.lost += 1,
            Some(kept) => verdict.reordered += usize::from(kept != entry),
        }
        let skipped = seq.saturating_sub(last + 1);
        verdict.lost += usize::try_from(skipped).expect("a count in memory");
        verdict.doubled += usize::from(seq <= last);
        last = last.max(seq);
    }
    verdict
}

fn text(entry: &Entry) -> Option<&str> {
    entry.content.body()
}
