//! Parcels: what waits in an outbox.
//!
//! Decides nothing. A run of broadcasts is one parcel that all members of a room share, and so
//! is what the first write loop makes of it to write it: every other writes the same bytes.
//! Invariant: a parcel's frames come out in the order in which they were broadcast.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use bytes::{Bytes, BytesMut};

use super::outbox::cost_of;
use crate::ids::LaneId;

/// Frames for one lane, each whole, header included.
#[derive(Clone, Debug)]
pub enum Parcel {
    /// One frame.
    Frame(LaneId, Bytes),
    /// What was broadcast in one go. Nothing in it ends a lane: that is said to the lane alone.
    Run(LaneId, Arc<Run>),
}

/// Frames that were broadcast in one go.
#[derive(Debug)]
pub struct Run {
    frames: Vec<Bytes>,
    length: usize,
    cost: usize,
    joined: OnceLock<Bytes>,
    /// For the lane that was asked for first: members seldom call a room's lane differently.
    packed: OnceLock<(LaneId, Vec<Bytes>)>,
}

impl Parcel {
    /// Bytes of its frames.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Frame(_, frame) => frame.len(),
            Self::Run(_, run) => run.length,
        }
    }

    /// The frames behind one another, as a stream carries them.
    #[must_use]
    pub fn joined(self) -> Bytes {
        match self {
            Self::Frame(_, frame) => frame,
            Self::Run(_, run) => run.joined().clone(),
        }
    }

    /// The frames, one by one.
    pub fn frames(self) -> impl Iterator<Item = (LaneId, Bytes)> {
        let (lane, one, run) = match self {
            Self::Frame(lane, frame) => (lane, Some(frame), None),
            Self::Run(lane, run) => (lane, None, Some(run)),
        };
        let many = (0..).map_while(move |at| run.as_ref()?.frames.get(at).cloned());
        one.into_iter().chain(many).map(move |frame| (lane, frame))
    }
}

impl Run {
    pub(super) fn new(frames: Vec<Bytes>) -> Self {
        Self {
            length: frames.iter().map(Bytes::len).sum(),
            cost: frames.iter().map(cost_of).sum(),
            frames,
            joined: OnceLock::new(),
            packed: OnceLock::new(),
        }
    }

    /// What it takes from each member's budget.
    pub(super) fn cost(&self) -> usize {
        self.cost
    }

    fn joined(&self) -> &Bytes {
        self.joined.get_or_init(|| {
            let mut joined = BytesMut::with_capacity(self.length);
            for frame in &self.frames {
                joined.extend_from_slice(frame);
            }
            joined.freeze()
        })
    }

    /// What `pack` makes of the frames for this lane, which depends on nothing else.
    pub fn packed(
        &self,
        lane: LaneId,
        pack: impl Fn(LaneId, &[Bytes]) -> Vec<Bytes>,
    ) -> Cow<'_, [Bytes]> {
        let first = self.packed.get_or_init(|| (lane, pack(lane, &self.frames)));
        match first {
            (same, packed) if *same == lane => Cow::Borrowed(packed),
            _ => Cow::Owned(pack(lane, &self.frames)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run() -> Run {
        Run::new(["one", "", "three"].map(Bytes::from).to_vec())
    }

    #[test]
    fn a_run_comes_out_frame_by_frame_or_joined() {
        let lane = LaneId(3);
        let parcel = Parcel::Run(lane, Arc::new(run()));
        let frames: Vec<_> = parcel.frames().collect();
        assert_eq!(
            frames,
            ["one", "", "three"].map(|it| (lane, Bytes::from(it)))
        );
        assert_eq!(run().joined(), "onethree");
        let one: Vec<_> = Parcel::Frame(lane, Bytes::from("one")).frames().collect();
        assert_eq!(one, [(lane, Bytes::from("one"))]);
    }

    #[test]
    fn a_run_is_packed_once_for_all_who_call_the_lane_the_same() {
        let run = run();
        let pack = |lane: LaneId, frames: &[Bytes]| {
            vec![Bytes::from(format!("{}:{}", lane.0, frames.len()))]
        };
        let (first, second) = (run.packed(LaneId(1), pack), run.packed(LaneId(1), pack));
        assert_eq!(first[0].as_ptr(), second[0].as_ptr());
        assert_eq!(*run.packed(LaneId(2), pack), ["2:3"]);
        assert_eq!(*first, ["1:3"]);
    }
}
