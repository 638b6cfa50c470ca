//! Editing, deleting, reacting and answering: what is said of a message that is there already.
//!
//! Decides who may change what. A message that is not in memory is asked for from the log;
//! until the answer the number is held and not assigned, so that those behind it wait.
//! Invariant: what is on its way to the log counts as done, so amendments are judged in the
//! order in which they are committed.

use super::history::Question;
use super::limits::{BUSY_RETRY, REACTION_EMOJI, REACTIONS, REACTIONS_BYTES};
use super::numbers;
use super::people::Person;
use super::room::Room;
use super::send::SOON;
use super::tail::Place;
use super::{LaneRef, Ticket, Turn};
use crate::ids::{Number, RoomId, Seq, SessionId};
use crate::record::{Answer, LogError, Query, reactions_bytes};
use crate::wire::command::Saying;
use crate::wire::event::{Content, Entry, RefusalCode};

/// What a member has said of a message that the log is asked for.
#[derive(Debug)]
pub(super) struct Held {
    ticket: Ticket,
    number: Number,
    saying: Saying,
}

/// What becomes of something said.
pub(super) enum Verdict {
    /// It goes to the log, as it is or as refused for good.
    Settled(Result<Saying, RefusalCode>),
    /// It hangs on a message that only the log has.
    HangsOn(Seq, Saying),
}

impl Turn<'_> {
    /// Judges what is said by the message that it is said of, if it is of any.
    pub(super) fn weigh(&mut self, (id, room): (SessionId, RoomId), saying: Saying) -> Verdict {
        let Some(of) = message_of(&saying) else {
            return Verdict::Settled(Ok(saying));
        };
        let room = self.room_mut(room);
        match room.find(of) {
            Place::Nowhere => Verdict::Settled(Err(RefusalCode::NotThere)),
            Place::Here(entry) => Verdict::Settled(allow(room, id, (entry, saying))),
            // It is there, and that is all that an answer needs.
            Place::InTheLog => match &saying {
                Saying::Text { .. } => Verdict::Settled(Ok(saying)),
                Saying::Edit { .. }
                | Saying::Delete { .. }
                | Saying::React { .. }
                | Saying::Location(_)
                | Saying::Topic(_) => Verdict::HangsOn(of, saying),
            },
        }
    }

    /// Keeps what was said until the log has shown the message that it is said of.
    pub(super) fn wait_for_target(
        &mut self,
        from: LaneRef,
        number: Number,
        (of, saying): (Seq, Saying),
    ) {
        let Some((id, room)) = self.seat(from) else {
            return;
        };
        let query = Query::Look {
            room: self.room_mut(room).name.clone(),
            seqs: vec![of],
        };
        let ticket = self.ask(Question::Target(from), query);
        if let Some(seat) = self.room_mut(room).people.seat_mut(id) {
            seat.held = Some(Held {
                ticket,
                number,
                saying,
            });
        }
    }

    /// Whether this number is held already.
    pub(super) fn is_held(&mut self, (id, room): (SessionId, RoomId), number: Number) -> bool {
        let seat = self.room_mut(room).people.seat(id);
        let held = seat.and_then(|seat| seat.held.as_ref());
        held.is_some_and(|held| held.number == number)
    }

    pub(super) fn target_found(
        &mut self,
        ticket: Ticket,
        from: LaneRef,
        answer: Result<Answer, LogError>,
    ) {
        let Some((id, room)) = self.seat(from) else {
            return; // It left, or was closed, meanwhile.
        };
        let seat = self.room_mut(room).people.seat_mut(id);
        let held = seat.and_then(|seat| seat.held.take_if(|held| held.ticket == ticket));
        let Some(Held { number, saying, .. }) = held else {
            return; // The lane was used again meanwhile.
        };
        // What came before it may not have been stored: then it has to come again, too.
        if self.place(id, room, number) != numbers::Place::Next {
            return self.put_off(from, number, (RefusalCode::NumberSkipped, SOON));
        }
        match answer {
            Ok(Answer::Page(page)) => {
                let target = page.entries.into_iter().next();
                let said = target.ok_or(RefusalCode::NotThere);
                let said = said.and_then(|entry| allow(self.room_mut(room), id, (entry, saying)));
                self.give((id, room), number, said);
            }
            Ok(Answer::Session(_) | Answer::Room(_) | Answer::Found(_)) | Err(_) => {
                self.put_off(from, number, (RefusalCode::LogUnavailable, BUSY_RETRY));
            }
        }
    }
}

/// The message that something is said of.
fn message_of(saying: &Saying) -> Option<Seq> {
    match saying {
        Saying::Text { reply, .. } => *reply,
        Saying::Edit { of, .. } | Saying::Delete { of } | Saying::React { of, .. } => Some(*of),
        Saying::Location(_) | Saying::Topic(_) => None,
    }
}

/// Lets `saying` pass if its author may say it of this entry.
fn allow(
    room: &Room,
    id: SessionId,
    (entry, saying): (Entry, Saying),
) -> Result<Saying, RefusalCode> {
    let author = room.people.person_of(id).ok_or(RefusalCode::NotJoined)?;
    let entry = room.foresee(entry);
    match &saying {
        Saying::Text { .. } | Saying::Location(_) | Saying::Topic(_) => {}
        Saying::Edit { .. } => own_text(&entry, author)?,
        Saying::Delete { .. } => own_message(&entry, author)?,
        Saying::React { emoji, on, .. } => reactable(&entry, (author, emoji.as_str()), *on)?,
    }
    Ok(saying)
}

fn own_text(entry: &Entry, author: &Person) -> Result<(), RefusalCode> {
    match entry.content {
        Content::Text { .. } => own(entry, author),
        Content::Location { .. }
        | Content::Edit { .. }
        | Content::Delete { .. }
        | Content::React { .. }
        | Content::Topic { .. }
        | Content::Deleted
        | Content::Emptied => Err(RefusalCode::NotThere),
    }
}

/// To delete what is deleted changes nothing, and does no harm.
fn own_message(entry: &Entry, author: &Person) -> Result<(), RefusalCode> {
    match entry.content {
        Content::Text { .. } | Content::Location { .. } | Content::Deleted => own(entry, author),
        Content::Edit { .. }
        | Content::Delete { .. }
        | Content::React { .. }
        | Content::Topic { .. }
        | Content::Emptied => Err(RefusalCode::NotThere),
    }
}

fn own(entry: &Entry, author: &Person) -> Result<(), RefusalCode> {
    match entry.author == author.id {
        true => Ok(()),
        false => Err(RefusalCode::NotYours),
    }
}

fn reactable(entry: &Entry, (author, emoji): (&Person, &str), on: bool) -> Result<(), RefusalCode> {
    if !entry.content.is_message() {
        return Err(RefusalCode::NotThere);
    }
    let reactions = &entry.reactions;
    let alike = reactions.iter().find(|it| *it.emoji == *emoji);
    let is_there = alike.is_some_and(|it| it.by.iter().any(|who| who.id == author.id));
    let count: usize = reactions.iter().map(|it| it.by.len()).sum();
    let bytes = reactions_bytes(reactions) + emoji.len() + author.nick.as_str().len();
    let has_room = count < REACTIONS
        && (alike.is_some() || reactions.len() < REACTION_EMOJI)
        && bytes < REACTIONS_BYTES;
    match !on || is_there || has_room {
        true => Ok(()),
        false => Err(RefusalCode::TooManyReactions),
    }
}
