//! Hello, goodbye, and everything between a connection and its session.
//!
//! Decides who a connection speaks for. A client draws its next token itself, so the pair
//! (token, next) said again means the same session, however late: a client gives an attempt
//! up when it hears nothing, and what it said may arrive after the attempt that went well. A
//! token that was used up and comes with another next one was stolen or copied, and the
//! session ends for both.

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
    /// The same `Hello` again: its answer was lost, or it was given up and arrives only now.
    Repeat,
    /// A `Hello` from before the last one, given up long ago.
    Late,
    /// The token was used up by somebody else.
    Reused,
}

fn claim(session: &Session, greeting: &Greeting) -> Claim {
    let (token, next) = (greeting.token, greeting.next);
    if session.current == next {
        // One that has not changed its token began with this very `Hello`, for a client whose
        // old token nobody knew any more.
        let began = session.previous.is_none();
        let same_pair = began || token.is_none() || token == session.previous;
        return if same_pair {
            Claim::Repeat
        } else {
            Claim::Reused
        };
    }
    if token == Some(session.current) {
        Claim::Rotate
    } else if session.previous == Some(next) || session.used.contains(&next) {
        Claim::Late
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
        self.look_up(conn, &greeting);
    }

    /// Finds the session of a connection, in memory or in the log.
    pub(super) fn look_up(&mut self, conn: ConnId, greeting: &Greeting) {
        let known = self
            .find(greeting.token)
            .or_else(|| self.find(Some(greeting.next)));
        match known {
            Some(session) => self.claimed(conn, session, greeting),
            None => {
                let query = Query::Session {
                    token: greeting.token,
                    next: greeting.next,
                };
                self.ask(Question::Session(conn), query);
            }
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
            Ok(Answer::Room(_) | Answer::Page(_) | Answer::Found(_)) | Err(_) => {
                self.close(conn, refusal::unavailable());
            }
        }
    }

    fn restored(&mut self, conn: ConnId, stored: StoredSession, greeting: &Greeting) {
        let now = self.now;
        if self.waits_for_end(conn, stored.session) {
            return;
        }
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
        self.take_over(conn, fresh, refusal::replaced());
        self.welcome(conn, fresh, false);
    }

    pub(super) fn is_full(&self) -> bool {
        self.chat.sessions.len() >= self.chat.settings.max_sessions
    }

    fn claimed(&mut self, conn: ConnId, id: SessionId, greeting: &Greeting) {
        let session = self.session_mut(id);
        match claim(session, greeting) {
            Claim::Repeat => self.resume(conn, id, greeting.token.is_some()),
            Claim::Rotate => self.rotate(conn, id, greeting.next),
            Claim::Late => self.too_late(conn, id),
            Claim::Reused => self.reused(conn, id),
        }
    }

    /// Said twice, the second waits for the token as the first did.
    fn resume(&mut self, conn: ConnId, id: SessionId, had_token: bool) {
        self.take_over(conn, id, refusal::replaced_by_itself());
        if !self.session_mut(id).awaits_token {
            // The session of a token that nobody knew is another one than the client had:
            // its numbers start anew, and a lost answer must not hide that.
            let began = self.session_mut(id).previous.is_none();
            self.welcome(conn, id, !(had_token && began));
        }
    }

    /// The new token is good only once it is on disk: otherwise a crash would leave the
    /// client with a token that nobody knows, and its retries could be stored twice.
    fn rotate(&mut self, conn: ConnId, id: SessionId, next: TokenHash) {
        let now = self.now;
        let session = self.session_mut(id);
        let forgotten = session.rotate(next);
        let record = session.stored.map(|_| session.as_stored(now));
        session.awaits_token = record.is_some();
        if let Some(token) = forgotten {
            self.chat.tokens.remove(&token);
        }
        self.index_tokens(id);
        self.take_over(conn, id, refusal::replaced());
        match record {
            Some(stored) => self.append(Record::Session(stored)),
            None => self.welcome(conn, id, true),
        }
    }

    /// Nobody waits for this connection any more; the session goes on without it.
    fn too_late(&mut self, conn: ConnId, id: SessionId) {
        self.close(conn, refusal::replaced_by_itself());
        let deadline = Deadline::Session(id);
        let is_lost = self.session_mut(id).conn.is_none();
        if is_lost && !self.chat.timers.is_set(deadline) {
            let until = self.now.instant + GRACE; // It was read from the log for this.
            self.chat.timers.set(deadline, until);
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
    pub(super) fn session_stored(&mut self, stored: StoredSession) {
        let id = stored.session;
        let session = self.chat.sessions.get_mut(&id);
        // An older token may have been on its way before the current one.
        let Some(session) = session.filter(|session| session.current == stored.current) else {
            return;
        };
        session.awaits_token = false;
        let Some(conn) = session.conn else {
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
    fn take_over(&mut self, conn: ConnId, id: SessionId, bye: Bye) {
        self.chat.timers.clear(Deadline::Session(id));
        let before = self.session_mut(id).conn.replace(conn);
        if let Some(before) = before.filter(|before| *before != conn) {
            self.hold_seats(before, id);
            self.close(before, bye);
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
            self.append_end(id, Record::Forget(id));
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
                Deadline::Away(session) => self.tell_away(session),
                Deadline::TellRead(room, member) => self.tell_read(room, member),
                Deadline::KeepRead(room, member) => self.keep_read(room, member),
                Deadline::Repay => self.repay(),
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
        if session.stored.is_some() {
            self.append_end(id, Record::Lapsed(id));
        }
        self.end_session(id);
    }

    /// Takes a session out of every room and out of memory. The log has been told, if it
    /// knows the session.
    fn end_session(&mut self, id: SessionId) {
        let rooms: Vec<RoomId> = match self.chat.sessions.get(&id) {
            Some(session) => session.rooms.iter().copied().collect(),
            None => return,
        };
        for room in rooms {
            self.take_out(id, room);
        }
        self.chat.timers.clear(Deadline::Session(id));
        self.chat.timers.clear(Deadline::Away(id));
        if let Some(session) = self.chat.sessions.remove(&id) {
            self.chat.tokens.remove(&session.current);
            for token in session.previous.iter().chain(&session.used) {
                self.chat.tokens.remove(token);
            }
        }
    }

    pub(super) fn index_tokens(&mut self, id: SessionId) {
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
        self.repay();
        self.keep_all_read();
        let mut conns: Vec<ConnId> = self.chat.conns.keys().copied().collect();
        conns.sort_unstable();
        for conn in conns {
            self.close(conn, refusal::draining());
        }
    }
}
