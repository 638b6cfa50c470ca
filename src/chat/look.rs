//! Single entries, for what is quoted.

use super::history::Question;
use super::refusal::refuse;
use super::{LaneRef, Turn};
use crate::ids::Seq;
use crate::record::Query;
use crate::wire::event::RefusalCode;

impl Turn<'_> {
    /// Asks for single entries.
    pub(super) fn look(&mut self, from: LaneRef, seqs: Vec<Seq>) {
        let Some((_, room)) = self.seat(from) else {
            return self.reject(from, refuse(RefusalCode::NotJoined));
        };
        let room = self.room_mut(room).name.clone();
        self.ask_for(from, Question::Look(from), Query::Look { room, seqs });
    }
}
