//! Questions to the log, and the pages that come back.

use super::join::PendingJoin;
use super::limits::{BUSY_RETRY, PAGE_ENTRIES};
use super::refusal::{refuse, refuse_for};
use super::{Effect, LaneRef, Ticket, Turn};
use crate::ids::ConnId;
use crate::record::{Answer, LogError, Query};
use crate::wire::event::{Event, Page, Refusal, RefusalCode};
use crate::wire::raw::Range;

/// What the log was asked for.
#[derive(Debug)]
pub(super) enum Question {
    /// The session of a connection.
    Session(ConnId),
    /// The room of a join.
    Join(PendingJoin),
    /// A page for a lane.
    Page(LaneRef),
    /// What is sought on a lane.
    Search(LaneRef),
    /// Single entries for a lane.
    Look(LaneRef),
    /// The message that something said on a lane hangs on.
    Target(LaneRef),
}

impl Turn<'_> {
    pub(super) fn ask(&mut self, question: Question, query: Query) -> Ticket {
        self.chat.last_ticket = Ticket(self.chat.last_ticket.0 + 1);
        let ticket = self.chat.last_ticket;
        self.chat.questions.insert(ticket, question);
        self.out.push(Effect::Ask(ticket, query));
        ticket
    }

    pub(super) fn answered(&mut self, ticket: Ticket, answer: Result<Answer, LogError>) {
        match self.chat.questions.remove(&ticket) {
            Some(Question::Session(conn)) => self.session_found(conn, answer),
            Some(Question::Join(pending)) => self.room_found(ticket, pending, answer),
            Some(Question::Page(lane)) => self.page_found(ticket, lane, (answer, Event::History)),
            Some(Question::Search(lane)) => self.search_done(ticket, lane, answer),
            Some(Question::Look(lane)) => self.page_found(ticket, lane, (answer, Event::Looked)),
            Some(Question::Target(lane)) => self.target_found(ticket, lane, answer),
            None => {}
        }
    }

    /// Asks for a page.
    pub(super) fn history(&mut self, from: LaneRef, range: Range, limit: u16) {
        let Some((_, room)) = self.seat(from) else {
            return self.reject(from, refuse(RefusalCode::NotJoined));
        };
        let query = Query::Page {
            room: self.room_mut(room).name.clone(),
            range,
            limit: usize::from(limit.clamp(1, PAGE_ENTRIES)),
        };
        self.ask_for(from, Question::Page(from), query);
    }

    /// Asks for entries of the room of a lane; one question at a time for each lane, so that a
    /// reader of history cannot keep the log from its writers.
    pub(super) fn ask_for(&mut self, from: LaneRef, question: Question, query: Query) {
        let Some((session, room)) = self.seat(from) else {
            return self.reject(from, refuse(RefusalCode::NotJoined));
        };
        if self.waits(from) {
            return self.reject(from, busy());
        }
        let ticket = self.ask(question, query);
        if let Some(seat) = self.room_mut(room).people.seat_mut(session) {
            seat.reads_history = Some(ticket);
        }
    }

    /// Whether the session behind a lane waits for an answer.
    pub(super) fn waits(&mut self, from: LaneRef) -> bool {
        let Some((session, room)) = self.seat(from) else {
            return false;
        };
        let seat = self.room_mut(room).people.seat(session);
        seat.is_none_or(|seat| seat.reads_history.is_some())
    }

    /// Whether a lane still waits for this answer; from now on it waits for none.
    pub(super) fn is_awaited(&mut self, ticket: Ticket, to: LaneRef) -> bool {
        let Some((session, room)) = self.seat(to) else {
            return false; // It left, or was closed, meanwhile.
        };
        let seat = self.room_mut(room).people.seat_mut(session);
        let Some(seat) = seat.filter(|seat| seat.reads_history == Some(ticket)) else {
            return false; // The lane was used again meanwhile.
        };
        seat.reads_history = None;
        true
    }

    fn page_found(
        &mut self,
        ticket: Ticket,
        to: LaneRef,
        (answer, event): (Result<Answer, LogError>, fn(Page) -> Event),
    ) {
        if !self.is_awaited(ticket, to) {
            return;
        }
        match answer {
            Ok(Answer::Page(page)) => self.send(to, event(page)),
            Ok(Answer::Session(_) | Answer::Room(_) | Answer::Found(_)) | Err(_) => {
                self.reject(to, refuse_for(RefusalCode::LogUnavailable, BUSY_RETRY));
            }
        }
    }
}

pub(super) fn busy() -> Refusal {
    refuse_for(RefusalCode::Busy, std::time::Duration::ZERO)
}
