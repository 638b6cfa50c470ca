//! What a search of a million messages takes, in a log on disk with its index.
//!
//! A hundred rooms of very different sizes, words as often as in a language: the k-th room and
//! the k-th word have a k-th of the first one's share. Each search is for what somebody may
//! well type: the words are drawn as they were for the messages.

use std::time::{Duration, Instant};

use chinwag::ids::{Epoch, MemberId, Nick, Number, RoomName, SeatId, Seq, SessionId, Timestamp};
use chinwag::log::{Log, SqliteLog};
use chinwag::record::{Answer, Draft, Query, Record};
use chinwag::wire::command::Search;
use chinwag::wire::event::Content;
use chinwag::wire::text::SearchText;

const MESSAGES: usize = 1_000_000;
const ROOMS: usize = 100;
const WORDS: usize = 50_000;
const PEOPLE: usize = 200;
/// Records of one commit.
const GROUP: usize = 256;
/// Searches of each kind.
const SEARCHES: usize = 1_000;
/// One message each ten seconds over all rooms: some four months.
const BETWEEN_MS: i64 = 10_000;

fn main() {
    let messages = std::env::var("MESSAGES").ok().and_then(|n| n.parse().ok());
    let mut world = World::new(messages.unwrap_or(MESSAGES));
    let folder = tempfile::tempdir().expect("a temporary folder");
    // A folder that is named is kept, and filled only if it is not there.
    let kept = std::env::var_os("FOLDER").map(std::path::PathBuf::from);
    let path = kept.as_deref().unwrap_or(folder.path());
    let is_full = path.join("chinwag.db").exists();
    let mut log = SqliteLog::open(path, Epoch(1)).expect("a log opens");
    if !is_full {
        world.fill(&mut log);
    }
    let size = std::fs::metadata(path.join("chinwag.db")).map_or(0, |file| file.len());
    println!("{} messages, {} MB on disk", world.messages, size >> 20);
    for (what, kind) in KINDS {
        let mut times = (0..SEARCHES)
            .map(|_| world.search(&mut log, kind))
            .collect::<Vec<_>>();
        print(what, &mut times);
    }
}

type Kind = fn(&mut World) -> Search;

const KINDS: [(&str, Kind); 9] = [
    ("a common word", |world| all(&world.common())),
    ("any word", |world| all(&world.word())),
    ("a rare word", |world| all(&world.rare())),
    ("a beginning of 2 letters", |world| all(&world.word()[..2])),
    ("a beginning of 3 letters", |world| {
        let word = world.rare();
        all(&word[..3])
    }),
    ("two words", |world| {
        let words = [world.word(), world.word()];
        all(&words.join(" "))
    }),
    ("two words side by side", |world| {
        let words = [world.word(), world.word()];
        all(&format!("\"{}\"", words.join(" ")))
    }),
    ("a word from somebody", |world| Search {
        from: Nick::parse(&world.nick()).ok(),
        ..all(&world.word())
    }),
    ("a word within a week", |world| {
        let after = world.time();
        Search {
            after: Some(Timestamp(after)),
            before: Some(Timestamp(after + 7 * 24 * 3_600_000)),
            ..all(&world.word())
        }
    }),
];

fn all(text: &str) -> Search {
    Search {
        text: SearchText::parse(text).expect("short enough"),
        from: None,
        after: None,
        before: None,
        below: Seq(u64::MAX),
        limit: 30,
    }
}

fn print(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_micros();
    let worst = times[times.len() - 1].as_micros();
    let (half, most) = (at(50), at(99));
    println!("{what:<28} p50 {half:>6} us   p99 {most:>6} us   worst {worst:>6} us");
}

struct World {
    messages: usize,
    random: u64,
    words: Vec<String>,
    often: Vec<f64>,
    rooms: Vec<RoomName>,
    busy: Vec<f64>,
}

impl World {
    fn new(messages: usize) -> Self {
        let room = |n| RoomName::parse(&format!("room {n}")).expect("a name");
        Self {
            messages,
            random: 0x2545_f491_4f6c_dd1d,
            words: (0..WORDS).map(spell).collect(),
            often: shares(WORDS),
            rooms: (0..ROOMS).map(room).collect(),
            busy: shares(ROOMS),
        }
    }

    fn fill(&mut self, log: &mut SqliteLog) {
        let start = Instant::now();
        let mut batches = Vec::new();
        for group in 0..self.messages.div_ceil(GROUP) {
            let first = group * GROUP;
            let last = (first + GROUP).min(self.messages);
            let records = (first..last).map(|n| self.message(n)).collect();
            log.append(records).expect("a group is stored");
            while log.chore().is_some() {
                let begun = Instant::now();
                log.tidy();
                batches.push(begun.elapsed());
            }
        }
        println!("stored and indexed in {} s", start.elapsed().as_secs());
        print("a batch of the index", &mut batches);
    }

    fn message(&mut self, n: usize) -> Record {
        let share = self.share();
        let room = draw(&self.busy, share);
        let length = 1 + self.below(18);
        let words: Vec<String> = (0..length).map(|_| self.word()).collect();
        Record::Entry(Draft {
            session: SessionId(1),
            room: self.rooms[room].clone(),
            number: Number(1),
            author: MemberId(1),
            seat: SeatId(1),
            nick: self.nick().into(),
            at: Timestamp(i64::try_from(n).expect("few") * BETWEEN_MS),
            content: Content::text(words.join(" ").as_str()),
        })
    }

    fn search(&mut self, log: &mut SqliteLog, kind: Kind) -> Duration {
        let search = kind(self);
        let share = self.share();
        let room = self.rooms[draw(&self.busy, share)].clone();
        let start = Instant::now();
        let answer = log.answer(Query::Search { room, search });
        let took = start.elapsed();
        assert!(matches!(answer, Ok(Answer::Found(_))), "{answer:?}");
        took
    }

    fn word(&mut self) -> String {
        let share = self.share();
        self.words[draw(&self.often, share)].clone()
    }

    fn common(&mut self) -> String {
        let n = self.below(50);
        self.words[n].clone()
    }

    fn rare(&mut self) -> String {
        let n = WORDS / 2 + self.below(WORDS / 2);
        self.words[n].clone()
    }

    fn nick(&mut self) -> String {
        format!("person {}", self.below(PEOPLE))
    }

    fn time(&mut self) -> i64 {
        let n = self.below(self.messages);
        i64::try_from(n).expect("few") * BETWEEN_MS
    }

    /// Xorshift: the same in every run.
    fn next(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("few");
        usize::try_from(self.next() % bound).expect("few")
    }

    /// Between 0 and 1.
    fn share(&mut self) -> f64 {
        let bits = u32::try_from(self.next() >> 32).expect("32 bits");
        f64::from(bits) / f64::from(u32::MAX)
    }
}

/// The share of each one and of all before it.
fn shares(count: usize) -> Vec<f64> {
    let mut sum = 0.0;
    let one = |k: usize| {
        sum += 1.0 / f64::from(u32::try_from(k).expect("few"));
        sum
    };
    (1..=count).map(one).collect()
}

fn draw(shares: &[f64], share: f64) -> usize {
    let wanted = share * shares[shares.len() - 1];
    shares
        .partition_point(|sum| *sum < wanted)
        .min(shares.len() - 1)
}

/// A word that can be spoken, of four letters or more.
fn spell(n: usize) -> String {
    const SYLLABLES: [&str; 24] = [
        "ta", "re", "mi", "so", "lo", "ka", "in", "the", "er", "an", "st", "on", "pro", "com",
        "un", "ex", "ve", "du", "ga", "fi", "ho", "by", "qua", "ze",
    ];
    let mut rest = n;
    let mut word = String::new();
    for _ in 0..2 {
        word.push_str(SYLLABLES[rest * 7 % SYLLABLES.len()]);
        rest /= SYLLABLES.len();
    }
    while rest > 0 {
        word.push_str(SYLLABLES[rest % SYLLABLES.len()]);
        rest /= SYLLABLES.len();
    }
    word
}
