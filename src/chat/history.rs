//! Questions to the log, and the pages that come back.

use super::join::PendingJoin;
use super::limits::{BUSY_RETRY, PAGE_ENTRIES};
use super::refusal::{refuse, refuse_for};
use super::{Effect, LaneRef, Ticket, Turn};
use crate::ids::{ConnId, Seq};
use crate::record::{Answer, LogError, Query};
use crate::wire::event::{Event, Refusal, RefusalCode};

/// What the log was asked for.
#[derive(Debug)]
pub(super) enum Question {
    /// The session of a connection.
    Session(ConnId),
    /// The room of a join.
    Join(PendingJoin),
    /// An older page for a lane.
    Page(LaneRef),
}

impl Turn<'_> {
    pub(super) fn ask(&mut self, question: Question, query: Query) {
        self.chat.last_ticket = Ticket(self.chat.last_ticket.0 + 1);
        let ticket = self.chat.last_ticket;
        self.chat.questions.insert(ticket, question);
        self.out.push(Effect::Ask(ticket, query));
    }

    pub(super) fn answered(&mut self, ticket: Ticket, answer: Result<Answer, LogError>) {
        match self.chat.questions.remove(&ticket) {
            Some(Question::Session(conn)) => self.session_found(conn, answer),
            Some(Question::Join(pending)) => self.room_found(pending, answer),
            Some(Question::Page(lane)) => self.page_found(lane, answer),
            None => {}
        }
    }

    /// Asks for an older page; one at a time for each lane, so that a reader of history
    /// cannot keep the log from its writers.
    pub(super) fn history(&mut self, from: LaneRef, before: Seq, limit: u16) {
        let Some((session, room)) = self.seat(from) else {
            return self.reject(from, refuse(RefusalCode::NotJoined));
        };
        let Some(room) = self.chat.rooms.get_mut(&room) else {
            return;
        };
        let query = Query::Page {
            room: room.name.clone(),
            before,
            limit: usize::from(limit.clamp(1, PAGE_ENTRIES)),
        };
        let Some(member) = room.member_mut(session) else {
            return;
        };
        if std::mem::replace(&mut member.reads_history, true) {
            return self.reject(from, busy());
        }
        self.ask(Question::Page(from), query);
    }

    fn page_found(&mut self, to: LaneRef, answer: Result<Answer, LogError>) {
        let Some((session, room)) = self.seat(to) else {
            return; // It left, or was closed, meanwhile.
        };
        let room = self.chat.rooms.get_mut(&room);
        if let Some(member) = room.and_then(|room| room.member_mut(session)) {
            member.reads_history = false;
        }
        match answer {
            Ok(Answer::Page(page)) => self.send(to, Event::History(page)),
            Ok(Answer::Session(_) | Answer::Room(_)) | Err(_) => {
                self.reject(to, refuse_for(RefusalCode::LogUnavailable, BUSY_RETRY));
            }
        }
    }
}

fn busy() -> Refusal {
    refuse_for(RefusalCode::Busy, std::time::Duration::ZERO)
}
