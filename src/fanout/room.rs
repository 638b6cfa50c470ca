//! A room as a shard sees it: who listens, and what they have not been told yet.
//!
//! Decides nothing. Broadcasts are gathered into a run and told to each member in one go,
//! so that a member's outbox is locked, counted and woken once for all of them. Invariant:
//! every member is told each frame of the run exactly once, in order, and nobody is told
//! what was broadcast before it came.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::outbox::cost_of;
use super::{Outbox, Pushed, Run};
use crate::ids::{ConnId, LaneId};

/// Bytes gathered before a run is told: an eighth of what may wait for one connection, so
/// that no reader is slow only because of the gathering.
const RUN_BYTES: usize = super::OUTBOX_BYTES / 8;

/// Places for frames that an idle room keeps: a usual burst's worth.
const KEPT_PLACES: usize = 32;

/// The members of one room that one shard serves.
#[derive(Debug, Default)]
pub(super) struct Room {
    members: Vec<Member>,
    run: Vec<Bytes>,
    /// The run as all who are told the whole of it get it, while it is told.
    shared: Option<Arc<Run>>,
    /// Of the run, as budgets count.
    bytes: usize,
}

/// A lane in its room, with its outbox at hand: a broadcast looks nothing up.
#[derive(Debug)]
struct Member {
    conn: ConnId,
    lane: LaneId,
    outbox: Arc<Outbox>,
    /// How much of the run it has been told already.
    told: usize,
}

impl Room {
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    pub(super) fn run_len(&self) -> usize {
        self.run.len()
    }

    /// The place that a new member takes; it hears what comes from here on.
    pub(super) fn enter(&mut self, conn: ConnId, lane: LaneId, outbox: Arc<Outbox>) -> usize {
        self.members.push(Member {
            conn,
            lane,
            outbox,
            told: self.run.len(),
        });
        self.members.len() - 1
    }

    /// Frees a place; says which lane has it now.
    pub(super) fn leave(&mut self, place: usize) -> Option<(ConnId, LaneId)> {
        self.members.swap_remove(place);
        let moved = self.members.get(place)?;
        Some((moved.conn, moved.lane))
    }

    /// Adds a frame to the run; says whether it is time to tell.
    pub(super) fn gather(&mut self, frame: Bytes) -> bool {
        self.bytes += cost_of(&frame);
        self.run.push(frame);
        self.bytes >= RUN_BYTES
    }

    /// Tells one member the run so far, before it is sent something else.
    pub(super) fn catch_up(&mut self, place: usize) -> Pushed {
        self.members[place].hear(&self.run, None)
    }

    /// Tells the run to the members in these places; adds those who are too slow to `slow`.
    pub(super) fn tell(&mut self, places: Range<usize>, slow: &mut Vec<ConnId>) {
        if self.shared.is_none() && self.run.len() > 1 {
            self.shared = Some(Arc::new(Run::new(self.run.clone())));
        }
        for member in &mut self.members[places] {
            if member.hear(&self.run, self.shared.as_ref()) == Pushed::Slow {
                slow.push(member.conn);
            }
            member.told = 0;
        }
    }

    /// Everybody was told.
    pub(super) fn end_run(&mut self) {
        self.run.clear();
        self.shared = None;
        self.run.shrink_to(KEPT_PLACES);
        self.bytes = 0;
    }
}

impl Member {
    fn hear(&mut self, run: &[Bytes], shared: Option<&Arc<Run>>) -> Pushed {
        let told = std::mem::replace(&mut self.told, run.len());
        match shared {
            Some(whole) if told == 0 => self.outbox.push_run(self.lane, whole),
            Some(_) | None => self.outbox.push_all(self.lane, &run[told..]),
        }
    }
}
