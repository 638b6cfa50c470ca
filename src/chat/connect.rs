//! Hello, goodbye, and everything between a connection and its session.
//!
//! Decides who a connection speaks for. A client draws its next token itself, so the pair
//! (token, next) said again means the same session; a token that was used up and comes
//! with another next one was stolen or copied, and the session ends for both.

use super::history::Question;
use super::limits::{self, GRACE, LINGER};
use super::session::{Conn, Session};
use super::timers::Deadline;
use super::{Effect, LaneRef, Turn, refusal};
use crate::ids::{ConnId, RoomId, SessionId, TokenHash};
use crate::record::{Answer, LogError, Query, Record, StoredSession};
use crate::wire::VERSION;
use crate::wire::command::{Command, Greeting};
use crate::wire::event::{Bye, Event, Welcome};

/// What a pair of tokens says about a session.
enum Claim {
    /// It resumes, and the next token becomes the current one.
    Rotate,
    /// The same `Hello` again, because its answer was lost.
    Repeat,
    /// The token was used up by somebody else.
    Reused,
}

fn claim(session: &Session, greeting: &Greeting) -> Claim {
    let (token, next) = (greeting.token, greeting.next);
    if session.current == next {
        let same_pair = token.is_none() || token == session.previous;
        return if same_pair {
            Claim::Repeat
        } else {
            Claim::Reused
        };
    }
    if token == Some(session.current) {
        Claim::Rotate
    } else {
        Claim::Reused
    }
}

impl Turn<'_> {
    pub(super) fn connected(&mut self, conn: ConnId, greeting: Greeting, fresh: SessionId) {
        self.chat
            .conns
            .insert(conn, Conn::new(greeting.clone(), fresh));
        if self.chat.draining {
            return self.close(conn, refusal::draining());
        }
        let known = self
            .find(greeting.token)
            .or_else(|| self.find(Some(greeting.next)));
        match known {
            Some(session) => self.claimed(conn, session, &greeting),
            None => self.ask(
                Question::Session(conn),
                Query::Session {
                    token: greeting.token,
                    next: greeting.next,
                },
            ),
        }
    }

    fn find(&self, token: Option<TokenHash>) -> Option<SessionId> {
        self.chat.tokens.get(&token?).copied()
    }

    /// The log has said whether it knows the connection's session.
    pub(super) fn session_found(&mut self, conn: ConnId, answer: Result<Answer, LogError>) {
        let Some((greeting, fresh)) = self.chat.conns.get(&conn).and_then(Conn::greeting) else {
            return; // It was closed meanwhile.
        };
        match answer {
            Ok(Answer::Session(Some(stored))) => self.restored(conn, stored, &greeting),
            Ok(Answer::Session(None)) => self.start_session(conn, &greeting, fresh),
            Ok(Answer::Room(_) | Answer::Page(_)) | Err(_) => {
                self.close(conn, refusal::unavailable());
            }
        }
    }

    fn restored(&mut self, conn: ConnId, stored: StoredSession, greeting: &Greeting) {
        let now = self.now;
        if self.is_full() {
            return self.close(conn, refusal::full());
        }
        // Two connections may have asked for the same session; the first answer restored it.
        let id = stored.session;
        let sessions = &mut self.chat.sessions;
        sessions
            .entry(id)
            .or_insert_with(|| Session::restore(stored, now));
        self.index_tokens(id);
        self.claimed(conn, id, greeting);
    }

    fn start_session(&mut self, conn: ConnId, greeting: &Greeting, fresh: SessionId) {
        // The same `Hello` may have come twice while the log was asked.
        if let Some(session) = self.find(Some(greeting.next)) {
            return self.claimed(conn, session, greeting);
        }
        if self.is_full() {
            return self.close(conn, refusal::full());
        }
        let session = Session::fresh(fresh, greeting.next, self.now);
        self.chat.sessions.insert(fresh, session);
        self.index_tokens(fresh);
        self.take_over(conn, fresh);
        self.welcome(conn, fresh, false);
    }

    fn is_full(&self) -> bool {
        self.chat.sessions.len() >= self.chat.settings.max_sessions
    }

    fn claimed(&mut self, conn: ConnId, id: SessionId, greeting: &Greeting) {
        let session = self.session_mut(id);
        match claim(session, greeting) {
            Claim::Repeat => self.resume(conn, id),
            Claim::Rotate => self.rotate(conn, id, greeting.next),
            Claim::Reused => self.reused(conn, id),
        }
    }

    fn resume(&mut self, conn: ConnId, id: SessionId) {
        self.take_over(conn, id);
        self.welcome(conn, id, true);
    }

    /// The new token is good only once it is on disk: otherwise a crash would leave the
    /// client with a token that nobody knows, and its retries could be stored twice.
    fn rotate(&mut self, conn: ConnId, id: SessionId, next: TokenHash) {
        let now = self.now;
        let session = self.session_mut(id);
        let forgotten = session.previous.replace(session.current);
        session.current = next;
        let record = session.stored.map(|_| session.as_stored(now));
        if let Some(token) = forgotten {
            self.chat.tokens.remove(&token);
        }
        self.index_tokens(id);
        self.take_over(conn, id);
        match record {
            Some(stored) => self.append(Record::Session(stored)),
            None => self.welcome(conn, id, true),
        }
    }

    fn reused(&mut self, conn: ConnId, id: SessionId) {
        if let Some(owner) = self.session_mut(id).conn {
            self.close(owner, refusal::token_reused());
        }
        self.forget_session(id);
        self.close(conn, refusal::token_reused());
    }

    /// The session's token is stored, or could not be: either way its connection may go on.
    /// Until the disk has room again a crash would make this a new session, no more.
    pub(super) fn session_stored(&mut self, id: SessionId) {
        let Some(conn) = self.chat.sessions.get(&id).and_then(|session| session.conn) else {
            return;
        };
        let is_waiting = self
            .chat
            .conns
            .get(&conn)
            .is_some_and(|it| it.session().is_none());
        if is_waiting {
            self.welcome(conn, id, true);
        }
    }

    /// Makes `conn` the one connection of the session; another one is told so and closed.
    fn take_over(&mut self, conn: ConnId, id: SessionId) {
        self.chat.timers.clear(Deadline::Session(id));
        let before = self.session_mut(id).conn.replace(conn);
        if let Some(before) = before.filter(|before| *before != conn) {
            self.hold_seats(before, id);
            self.close(before, refusal::replaced());
        }
    }

    fn welcome(&mut self, conn: ConnId, id: SessionId, resumed: bool) {
        let event = Event::Welcome(Welcome {
            version: VERSION,
            resumed,
            epoch: self.chat.settings.epoch,
            now: self.now.wall,
            server: self.chat.settings.server.clone(),
            limits: limits::told(),
        });
        self.send(LaneRef::control(conn), event);
        let Some(state) = self.chat.conns.get_mut(&conn) else {
            return;
        };
        for (from, command) in state.go_live(id) {
            self.command(from, command);
        }
    }

    pub(super) fn keep_early(&mut self, from: LaneRef, command: Command) {
        let kept = self
            .chat
            .conns
            .get_mut(&from.conn)
            .is_some_and(|conn| conn.keep(from, command));
        if !kept {
            self.close(from.conn, refusal::too_eager());
        }
    }

    /// The client is gone for good: its names are free at once.
    pub(super) fn goodbye(&mut self, conn: ConnId, id: SessionId) {
        self.forget_session(id);
        self.close(conn, refusal::goodbye());
    }

    fn forget_session(&mut self, id: SessionId) {
        if self.session_mut(id).stored.is_some() {
            self.append(Record::Forget(id));
        }
        self.end_session(id);
    }

    /// The connection is gone: its session is held for a while.
    pub(super) fn closed(&mut self, conn: ConnId) {
        let session = self.session_of(conn);
        if let Some(id) = session {
            self.hold_seats(conn, id);
            self.session_mut(id).conn = None;
            let until = self.now.instant + GRACE;
            self.chat.timers.set(Deadline::Session(id), until);
        }
        self.chat.conns.remove(&conn);
    }

    /// The session whose one connection this is, welcomed or not.
    fn session_of(&self, conn: ConnId) -> Option<SessionId> {
        let state = self.chat.conns.get(&conn)?;
        let id = match state.greeting() {
            Some((greeting, _)) => self.find(Some(greeting.next))?,
            None => state.session()?,
        };
        let owner = self.chat.sessions.get(&id)?.conn;
        (owner == Some(conn)).then_some(id)
    }

    pub(super) fn deadline_reached(&mut self) {
        while let Some(deadline) = self.chat.timers.take_due(self.now.instant) {
            match deadline {
                Deadline::Hold(session, room) => self.hold_over(session, room),
                Deadline::Session(session) => self.session_over(session),
            }
        }
    }

    fn session_over(&mut self, id: SessionId) {
        let Some(session) = self.chat.sessions.get(&id) else {
            return;
        };
        if session.has_records_under_way() {
            let later = self.now.instant + LINGER;
            return self.chat.timers.set(Deadline::Session(id), later);
        }
        self.end_session(id);
    }

    /// Takes a session out of every room and out of memory.
    fn end_session(&mut self, id: SessionId) {
        let rooms: Vec<RoomId> = match self.chat.sessions.get(&id) {
            Some(session) => session.rooms.iter().copied().collect(),
            None => return,
        };
        for room in rooms {
            self.depart(id, room);
        }
        self.chat.timers.clear(Deadline::Session(id));
        if let Some(session) = self.chat.sessions.remove(&id) {
            self.chat.tokens.remove(&session.current);
            if let Some(previous) = session.previous {
                self.chat.tokens.remove(&previous);
            }
        }
    }

    fn index_tokens(&mut self, id: SessionId) {
        let session = &self.chat.sessions[&id];
        self.chat.tokens.insert(session.current, id);
        if let Some(previous) = session.previous {
            self.chat.tokens.insert(previous, id);
        }
    }

    pub(super) fn session_mut(&mut self, id: SessionId) -> &mut Session {
        self.chat
            .sessions
            .get_mut(&id)
            .expect("a session outlives its connection and its seats")
    }

    pub(super) fn close(&mut self, conn: ConnId, bye: Bye) {
        self.closed(conn);
        self.out.push(Effect::Close(conn, bye));
    }

    pub(super) fn drain(&mut self) {
        self.chat.draining = true;
        let conns: Vec<ConnId> = self.chat.conns.keys().copied().collect();
        for conn in conns {
            self.close(conn, refusal::draining());
        }
    }
}
