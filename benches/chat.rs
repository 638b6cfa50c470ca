//! What deciding costs: one author says something in rooms of several sizes, the log
//! obeys at once, and nobody is sent anything; then what the word filter costs, and joining.
//!
//! The chat says "broadcast" once for a message, whoever hears it, so the cost of a message
//! must not depend on the size of the room.

mod common;

use std::hint::black_box;
use std::time::Instant;

use chinwag::chat::{Chat, Effect, Effects, Input, LaneRef, Rate, Settings, Ticket, WordFilter};
use chinwag::clock::Now;
use chinwag::ids::{
    ConnId, Epoch, LaneId, MemberSecret, Pepper, Seq, SessionId, Timestamp, TokenHash,
};
use chinwag::record::{Answer, Committed, Query, Record, StoredRoom};
use chinwag::wire::command::{Command, Greeting};
use chinwag::wire::event::{Content, Event};
use chinwag::wire::raw::RawCommand;

/// Messages that one commit brings.
const BURST: u64 = 16;

/// Messages measured for each size.
const MESSAGES: u64 = 50_000;

/// Characters that the filter reads for each kind of body.
const CHARS: u64 = 1_000_000;

/// Joins measured for each size.
const JOINS: u64 = 500;

/// Usual words, 100 bytes.
const USUAL: &str = "So we'll go no more a roving, so late into the night, though the heart be \
                     still as loving, and the m";

/// What bodies are made of by repetition: usual words, and what costs a filter most.
const PIECES: [(&str, &str); 6] = [
    ("words", USUAL),
    ("single letters", "a "),
    ("a dotted word", "f.u.c."),
    ("separators", "-._ "),
    ("combining marks", "\u{301}\u{323}"),
    ("a ligature of 18", "\u{fdfa}"),
];

fn main() {
    for members in [1, 100, 1_000] {
        measure_messages(members);
    }
    measure_filter();
    for members in [1, 100, 1_000] {
        measure_joins(members);
    }
}

fn measure_messages(members: u64) {
    for (filter, state) in [(WordFilter::off(), "off"), (WordFilter::on([]), "on")] {
        let mut world = World::new(filter, members);
        let command = text(USUAL);
        let measured = common::measure(|| world.talk(&command, MESSAGES));
        let what = format!("a message to {members} members, filter {state}");
        measured.print(&what, MESSAGES);
        measured.print("  for each delivery", MESSAGES * members);
        assert_eq!(world.broadcasts, 2 * MESSAGES);
    }
}

fn measure_joins(members: u64) {
    let mut world = World::new(WordFilter::off(), members);
    let newcomer = world.connect();
    let measured = common::measure(|| {
        for _ in 0..JOINS {
            world.come_and_go(newcomer);
        }
    });
    measured.print(&format!("a join to {members} members, and a leave"), JOINS);
}

/// A chat, a log that obeys at once, and members who hear nothing.
struct World {
    chat: Chat,
    /// The server has it read on the connection's own task, not where the chat decides.
    filter: WordFilter,
    now: Now,
    effects: Effects,
    pending: Vec<Record>,
    answers: Vec<(Ticket, Answer)>,
    head: u64,
    author: LaneRef,
    number: u64,
    last_id: u32,
    broadcasts: u64,
}

impl World {
    fn new(filter: WordFilter, members: u64) -> Self {
        let mut world = Self {
            chat: Chat::new(settings(filter.clone())),
            filter,
            now: Now {
                instant: Instant::now(),
                wall: Timestamp(1_700_000_000_000),
            },
            effects: Effects::new(),
            pending: Vec::new(),
            answers: Vec::new(),
            head: 0,
            author: LaneRef::control(ConnId(1)),
            number: 0,
            last_id: 0,
            broadcasts: 0,
        };
        for _ in 0..members {
            let conn = world.connect();
            world.author = world.join(conn);
        }
        world
    }

    fn fresh_id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }

    fn connect(&mut self) -> ConnId {
        let id = self.fresh_id();
        let mut next = TokenHash([0; 32]);
        next.0[..4].copy_from_slice(&id.to_le_bytes());
        let conn = ConnId(id.into());
        self.handle(Input::Connected {
            conn,
            greeting: Greeting {
                token: None,
                next,
                client: String::new(),
            },
            fresh: SessionId(id.into()),
        });
        conn
    }

    fn join(&mut self, conn: ConnId) -> LaneRef {
        let id = self.fresh_id();
        let lane = LaneId(id);
        let from = LaneRef { conn, lane };
        let join = RawCommand::Join {
            room: "lobby".into(),
            nick: format!("Ann {id}"),
            cursor: None,
            member: MemberSecret(std::array::from_fn(|at| id.to_le_bytes()[at % 4])),
        };
        self.command(from, join.into());
        from
    }

    fn come_and_go(&mut self, conn: ConnId) {
        let lane = self.join(conn);
        self.command(lane, Command::Leave);
    }

    /// The author says the same again and again, and hears of each commit.
    fn talk(&mut self, what: &Content, messages: u64) {
        for said in 1..=messages {
            self.number += 1;
            let mut command = send(self.number, what);
            self.filter.judge(&mut command);
            self.command(self.author, command);
            if said % BURST == 0 || said == messages {
                self.commit();
            }
        }
    }

    fn command(&mut self, from: LaneRef, command: Command) {
        self.handle(Input::Command { from, command });
    }

    fn commit(&mut self) {
        let group = std::mem::take(&mut self.pending);
        let committed = group.into_iter().map(|record| match record {
            Record::Entry(draft) => {
                self.head += 1;
                Committed::Entry(draft, Seq(self.head))
            }
            other => Committed::Other(other),
        });
        let committed = committed.collect();
        self.handle(Input::Committed(committed));
    }

    /// Handles an input, and the log's answers to what the chat asked.
    fn handle(&mut self, input: Input) {
        self.chat.handle(input, self.now, &mut self.effects);
        self.carry_out();
        while let Some((ticket, answer)) = self.answers.pop() {
            let input = Input::Answered(ticket, Ok(answer));
            self.chat.handle(input, self.now, &mut self.effects);
            self.carry_out();
        }
    }

    fn carry_out(&mut self) {
        for effect in self.effects.drain(..) {
            match effect {
                Effect::Append(record) => self.pending.push(record),
                Effect::Ask(ticket, query) => self.answers.push((ticket, answer(&query))),
                Effect::Broadcast(_, Event::Entry(entry)) => {
                    black_box(entry);
                    self.broadcasts += 1;
                }
                told => drop(black_box(told)),
            }
        }
    }
}

/// The log knows nobody and nothing.
fn answer(query: &Query) -> Answer {
    match query {
        Query::Session { .. } => Answer::Session(None),
        Query::Room { .. } => Answer::Room(StoredRoom::default()),
        Query::Search { .. } => Answer::Found(Default::default()),
        Query::Page { .. } | Query::Look { .. } => Answer::Page(Default::default()),
    }
}

fn settings(filter: WordFilter) -> Settings {
    Settings {
        epoch: Epoch(1),
        pepper: Pepper([9; 32]),
        server: "bench".into(),
        rate: Rate {
            per_second: u32::MAX,
            burst: u32::MAX,
        },
        max_sessions: 10_000,
        filter,
    }
}

fn text(body: &str) -> Content {
    Content::text(body)
}

/// What the filter takes to read usual bodies and hostile ones.
fn measure_filter() {
    let filter = WordFilter::on([]);
    for (what, piece) in PIECES {
        for chars in [100, 1_000, 4_000] {
            let body: String = piece.chars().cycle().take(chars).collect();
            let mut command = send(1, &text(&body));
            let rounds = CHARS / chars as u64;
            let measured = common::measure(|| {
                for _ in 0..rounds {
                    filter.judge(black_box(&mut command));
                }
            });
            measured.print(&format!("{chars} chars of {what} judged"), rounds);
        }
    }
}

fn send(number: u64, what: &Content) -> Command {
    let content = what.clone();
    RawCommand::Send { number, content }.into()
}
