//! The one place that decides: a pure, synchronous state machine.
//!
//! An input and the time go in, effects come out (sans-IO, in the manner of quinn-proto).
//! Decides every rule of the product: who is in which room under which name, what is
//! said and refused, how numbers settle, who is held and who is gone. Knows no
//! sockets, no bytes, no clock and no randomness of its own.
//!
//! Invariant: nothing is broadcast or acknowledged before the log has committed it, and
//! every map is bounded by connections, by sessions or by a constant in `limits`.

mod amend;
mod away;
mod connect;
mod directory;
mod ending;
mod enter;
mod filter;
mod history;
mod invite;
mod join;
mod leave;
pub mod limits;
mod look;
mod names;
mod numbers;
mod owed;
mod people;
mod rate;
mod read;
mod refusal;
mod restore;
mod room;
mod search;
mod send;
mod session;
mod tail;
mod timers;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use crate::clock::Now;
use crate::ids::{ConnId, Epoch, LaneId, Pepper, RoomId, SessionId, TokenHash};
use crate::record::{Answer, Committed, LogError, Query, Record, StoredMember};
use crate::wire::command::{Command, Greeting};
use crate::wire::event::{Bye, Event, Refusal};

pub use filter::WordFilter;
pub use rate::Rate;

use directory::Directory;
use ending::Ending;
use history::Question;
use invite::Invitations;
use owed::Owed;
use room::Room;
use session::{Conn, Session};
use timers::Timers;

/// What is settled before the first input.
#[derive(Debug)]
pub struct Settings {
    /// The epoch of the log.
    pub epoch: Epoch,
    /// Name and version of the server, as clients are told.
    pub server: Arc<str>,
    /// What keeps others from working members' ids out.
    pub pepper: Pepper,
    /// How fast one session may send.
    pub rate: Rate,
    /// Most sessions held at a time, the lost ones within their grace included.
    pub max_sessions: usize,
    /// The words that are refused, and where.
    pub filter: WordFilter,
}

/// One lane of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LaneRef {
    /// The connection.
    pub conn: ConnId,
    /// The lane on it.
    pub lane: LaneId,
}

impl LaneRef {
    /// The control lane of a connection.
    #[must_use]
    pub fn control(conn: ConnId) -> Self {
        Self {
            conn,
            lane: LaneId::CONTROL,
        }
    }
}

/// Names the answer to a question to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// What happens to the chat.
#[derive(Debug)]
pub enum Input {
    /// Who was a member when the server ended, in the order of joining: the first input, if
    /// any. Each is held as if its connection had been lost now.
    Restored(Vec<StoredMember>),
    /// A connection has said `Hello`.
    Connected {
        /// Its id, never used before.
        conn: ConnId,
        /// What it said.
        greeting: Greeting,
        /// The identity for a new session, drawn at random.
        fresh: SessionId,
    },
    /// A command has come in.
    Command {
        /// Where it came in.
        from: LaneRef,
        /// What was said.
        command: Command,
    },
    /// The client has ended a lane without leaving its room.
    LaneClosed(LaneRef),
    /// A connection is gone.
    Closed(ConnId),
    /// These records are on disk, in this order.
    Committed(Vec<Committed>),
    /// None of these records, which are all that were under way, could be stored for now.
    CommitFailed(Vec<Record>),
    /// The log has answered.
    Answered(Ticket, Result<Answer, LogError>),
    /// The time that [`Chat::next_deadline`] named has come.
    DeadlineReached,
    /// The server is going down.
    Drain,
}

/// What the chat wants done, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Say something on one lane.
    Send(LaneRef, Event),
    /// Say something on every lane that is attached to a room.
    Broadcast(RoomId, Event),
    /// From now on the lane hears the room's broadcasts.
    Attach(RoomId, LaneRef),
    /// From now on it does not.
    Detach(RoomId, LaneRef),
    /// Nothing more will be said on this lane.
    EndLane(LaneRef),
    /// Say goodbye on the control lane and close the connection.
    Close(ConnId, Bye),
    /// Make this durable.
    Append(Record),
    /// Ask the log.
    Ask(Ticket, Query),
}

/// What the chat wants done, in order.
pub type Effects = Vec<Effect>;

/// How much the chat holds at the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections that have said `Hello`.
    pub conns: usize,
    /// Sessions, connected or within their grace.
    pub sessions: usize,
    /// Rooms with members.
    pub rooms: usize,
    /// Members over all rooms.
    pub members: usize,
    /// Their sessions there.
    pub seats: usize,
    /// Questions to the log that are not answered yet.
    pub questions: usize,
    /// Deadlines that are set.
    pub timers: usize,
    /// Tokens that resume a session in memory.
    pub tokens: usize,
    /// Sessions and memberships that a full log has not been told of yet.
    pub owed: usize,
    /// Sessions that are over and still in the log.
    pub ending: usize,
    /// Rooms in the directory: the public ones with members.
    pub listed: usize,
    /// Invitations that wait for members whose connections are lost.
    pub invitations: usize,
}

/// The state machine.
#[derive(Debug)]
pub struct Chat {
    settings: Settings,
    conns: HashMap<ConnId, Conn>,
    sessions: HashMap<SessionId, Session>,
    tokens: HashMap<TokenHash, SessionId>,
    rooms: HashMap<RoomId, Room>,
    room_ids: HashMap<Arc<str>, RoomId>,
    questions: HashMap<Ticket, Question>,
    timers: Timers,
    owed: Owed,
    ending: Ending,
    directory: Directory,
    invitations: Invitations,
    last_room: RoomId,
    last_ticket: Ticket,
    draining: bool,
}

impl Chat {
    /// An empty chat.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            conns: HashMap::new(),
            sessions: HashMap::new(),
            tokens: HashMap::new(),
            rooms: HashMap::new(),
            room_ids: HashMap::new(),
            questions: HashMap::new(),
            timers: Timers::default(),
            owed: Owed::default(),
            ending: Ending::new(),
            directory: Directory::default(),
            invitations: Invitations::default(),
            last_room: RoomId(0),
            last_ticket: Ticket(0),
            draining: false,
        }
    }

    /// Takes one input at the time `now` and appends what is to be done to `out`.
    /// Total: every input is good in every state.
    pub fn handle(&mut self, input: Input, now: Now, out: &mut Effects) {
        let mut turn = Turn {
            chat: self,
            now,
            out,
        };
        match input {
            Input::Restored(members) => turn.take_up(members),
            Input::Connected {
                conn,
                greeting,
                fresh,
            } => turn.connected(conn, greeting, fresh),
            Input::Command { from, command } => turn.command(from, command),
            Input::LaneClosed(lane) => turn.lane_closed(lane),
            Input::Closed(conn) => turn.closed(conn),
            Input::Committed(records) => turn.committed(records),
            Input::CommitFailed(records) => turn.commit_failed(records),
            Input::Answered(ticket, answer) => turn.answered(ticket, answer),
            Input::DeadlineReached => turn.deadline_reached(),
            Input::Drain => turn.drain(),
        }
    }

    /// When [`Input::DeadlineReached`] is due, if ever.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// How much is held.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            conns: self.conns.len(),
            sessions: self.sessions.len(),
            rooms: self.rooms.len(),
            members: self.rooms.values().map(Room::len).sum(),
            seats: self.rooms.values().map(|room| room.people.seats()).sum(),
            questions: self.questions.len(),
            timers: self.timers.len(),
            tokens: self.tokens.len(),
            owed: self.owed.len(),
            ending: self.ending.len(),
            listed: self.directory.len(),
            invitations: self.invitations.len(),
        }
    }
}

/// One call of [`Chat::handle`]: the chat, the time, and where effects go.
struct Turn<'a> {
    chat: &'a mut Chat,
    now: Now,
    out: &'a mut Effects,
}

impl Turn<'_> {
    fn command(&mut self, from: LaneRef, command: Command) {
        let Some(conn) = self.chat.conns.get_mut(&from.conn) else {
            return; // It was closed while the command was on its way.
        };
        let Some(session) = conn.session() else {
            return self.keep_early(from, command);
        };
        match command {
            Command::Hello(_) => self.close(from.conn, refusal::second_hello()),
            Command::Bye => self.goodbye(from.conn, session),
            Command::Ping { nonce } => self.pong(from, nonce),
            Command::Join(join) => self.join(from, session, join),
            Command::Leave => self.leave(from, session),
            Command::Send {
                number,
                content,
                tone,
            } => self.receive(from, number, (content, tone)),
            Command::History { range, limit } => self.history(from, range, limit),
            Command::Typing => self.typing(from),
            Command::Moved { .. } => {} // Counted where the connection is; no rule hangs on it.
            Command::Look { seqs } => self.look(from, seqs),
            Command::Search(sought) => self.search(from, sought),
            Command::Rooms { like, limit } => self.rooms(from, like, limit),
            Command::Invite { to, key, name } => self.invite(from, to, (key, name)),
            Command::Away { away } => self.away(from, away),
            Command::Read { seq } => self.read(from, seq),
        }
    }

    fn pong(&mut self, to: LaneRef, nonce: u64) {
        let now = self.now.wall;
        self.send(to, Event::Pong { nonce, now });
    }

    fn send(&mut self, to: LaneRef, event: Event) {
        self.out.push(Effect::Send(to, event));
    }

    fn broadcast(&mut self, room: RoomId, event: Event) {
        self.out.push(Effect::Broadcast(room, event));
    }

    fn append(&mut self, record: Record) {
        self.out.push(Effect::Append(record));
    }

    fn reject(&mut self, to: LaneRef, refusal: Refusal) {
        self.send(to, Event::Rejected { refusal });
    }

    /// Where a lane stands: its session and its room, if it has one.
    fn seat(&self, lane: LaneRef) -> Option<(SessionId, RoomId)> {
        let conn = self.chat.conns.get(&lane.conn)?;
        Some((conn.session()?, conn.room(lane.lane)?))
    }
}
