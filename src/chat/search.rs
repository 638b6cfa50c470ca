//! Searching what was said in a room.
//!
//! Decides who may search: whoever is a member, in the lane's own room, one question at a time
//! and not too fast. What is found is the log's to say.

use super::history::{Question, busy};
use super::limits::{BUSY_RETRY, SEARCHES};
use super::refusal::{refuse, refuse_for};
use super::{LaneRef, Ticket, Turn};
use crate::ids::Flaw;
use crate::record::{Answer, Found, LogError, Query};
use crate::wire::command::Search;
use crate::wire::event::{Event, Refusal, RefusalCode};

impl Turn<'_> {
    pub(super) fn search(&mut self, from: LaneRef, search: Result<Search, Flaw>) {
        let Some((session, room)) = self.seat(from) else {
            return self.reject(from, refuse(RefusalCode::NotJoined));
        };
        if self.waits(from) {
            return self.reject(from, busy());
        }
        let now = self.now.instant;
        let charged = match self.chat.sessions.get_mut(&session) {
            Some(session) => session.searches.take(SEARCHES, now),
            None => Ok(()),
        };
        if let Err(wait) = charged {
            return self.reject(from, refuse_for(RefusalCode::TooFast, wait));
        }
        match search {
            Ok(search) => {
                let room = self.room_mut(room).name.clone();
                let query = Query::Search { room, search };
                self.ask_for(from, Question::Search(from), query);
            }
            Err(Flaw::TooLong) => self.reject(from, too_long()),
            // Nobody can have such a name.
            Err(Flaw::Blank | Flaw::Unprintable) => self.tell_found(from, Found::default()),
        }
    }

    pub(super) fn search_done(
        &mut self,
        ticket: Ticket,
        to: LaneRef,
        answer: Result<Answer, LogError>,
    ) {
        if !self.is_awaited(ticket, to) {
            return;
        }
        match answer {
            Ok(Answer::Found(found)) => self.tell_found(to, found),
            Ok(Answer::Session(_) | Answer::Room(_) | Answer::Page(_)) | Err(_) => {
                self.reject(to, refuse_for(RefusalCode::LogUnavailable, BUSY_RETRY));
            }
        }
    }

    fn tell_found(&mut self, to: LaneRef, Found { hits, more }: Found) {
        self.send(to, Event::Found { hits, more });
    }
}

fn too_long() -> Refusal {
    Refusal {
        text: "What is sought is too long.".into(),
        ..refuse(RefusalCode::TooLong)
    }
}
