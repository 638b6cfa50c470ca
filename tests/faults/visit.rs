//! One connection of a client: it greets, joins and asks for what it missed, or says why not.

use std::collections::VecDeque;
use std::time::Duration;

use chinwag::ids::Seq;
use chinwag::wire::Event;
use chinwag::wire::event::{Bye, Cursor, Entry, Joined, Mark, Welcome};
use chinwag::wire::raw::RawCommand;

use crate::common::client::{draw, hello, join};
use crate::common::{Carrier, Failure, Lane, Link, Target};

/// For words that may be on their way when a connection ends.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A client in its room.
pub struct Visit {
    // Ends the connection when it goes.
    _link: Link,
    control: Lane,
    pub lane: Lane,
    pub welcome: Welcome,
    /// Up to where the client's numbers are settled.
    pub mark: Mark,
    /// What came meanwhile.
    pub waiting: VecDeque<Event>,
}

/// Who wants to be where.
pub struct Wish<'a> {
    pub token: Option<[u8; 32]>,
    pub next: [u8; 32],
    pub room: &'a str,
    pub nick: &'a str,
    pub held: Option<Cursor>,
}

impl Visit {
    /// Greets; the token has changed when this returns.
    pub async fn greet(link: &mut Link, wish: &Wish<'_>) -> Result<(Lane, Welcome), Failure> {
        let mut control = link.try_lane().await?;
        control.send(&hello(wish.token, wish.next)).await;
        match control.next().await {
            Some(Event::Welcome(welcome)) => Ok((control, welcome)),
            other => Err(format!("no welcome but {other:?}").into()),
        }
    }

    /// Joins, and reads what was missed: it is `shown` as it comes, so that what was read stays read if
    /// the connection is lost meanwhile.
    pub async fn join(
        mut link: Link,
        (control, welcome): (Lane, Welcome),
        wish: &Wish<'_>,
        shown: &mut Vec<Entry>,
    ) -> Result<Self, Failure> {
        let mut lane = link.try_lane().await?;
        lane.send(&join(wish.room, wish.nick, wish.held)).await;
        let joined = joined(&mut lane).await?;
        let mut visit = Self {
            _link: link,
            control,
            lane,
            welcome,
            mark: joined.mark,
            waiting: VecDeque::new(),
        };
        let mut newest = joined.page.entries;
        if let (false, Some(held)) = (joined.continues, wish.held) {
            assert_eq!(joined.epoch, held.epoch, "the history is another");
            let first = newest.first().map_or(Seq(1), |entry| entry.seq);
            let held = visit.fill(held.seq, first, shown).await?;
            newest.retain(|entry| entry.seq > held);
        }
        shown.append(&mut newest);
        Ok(visit)
    }

    /// The whole history of a room, as somebody reads it who was never there.
    pub async fn whole(target: &Target, room: &str) -> Result<Vec<Entry>, Failure> {
        let mut link = Link::try_open(Carrier::WebSocket, target).await?;
        let wish = Wish {
            token: None,
            next: draw(),
            room,
            nick: "reader",
            held: None,
        };
        let (control, welcome) = Self::greet(&mut link, &wish).await?;
        let (epoch, seq) = (welcome.epoch, Seq(0));
        let held = Some(Cursor { epoch, seq });
        let wish = Wish { held, ..wish };
        let mut shown = Vec::new();
        let mut visit = Self::join(link, (control, welcome), &wish, &mut shown).await?;
        visit.lane.send(&RawCommand::Leave).await;
        Ok(shown)
    }

    /// Reads on from what is held to the entry before `until`; returns the last one that is held now.
    async fn fill(
        &mut self,
        mut held: Seq,
        until: Seq,
        shown: &mut Vec<Entry>,
    ) -> Result<Seq, Failure> {
        /// Small, so that a wire that breaks soon lets some through.
        const PAGE: u16 = 25;
        while held.next() < until {
            let before = until.0.min(held.0 + 1 + u64::from(PAGE));
            let limit = u16::try_from(before - held.0 - 1).expect("at most a page");
            let question = RawCommand::History { before, limit };
            self.lane.send(&question).await;
            let page = self.page().await?;
            held = page.last().expect("a page holds something").seq;
            shown.extend(page);
        }
        Ok(held)
    }

    async fn page(&mut self) -> Result<Vec<Entry>, Failure> {
        loop {
            match self.lane.next().await.ok_or("the connection is lost")? {
                Event::History(page) if page.entries.is_empty() => {
                    return Err("there was to be more".into());
                }
                Event::History(page) => return Ok(page.entries),
                Event::Rejected { refusal } => return Err(refusal.text.as_ref().into()),
                event => self.waiting.push_back(event),
            }
        }
    }

    /// The goodbye that was said before the connection ended.
    pub async fn goodbye(&mut self) -> Option<Bye> {
        let listening = async {
            loop {
                match self.control.next().await {
                    Some(Event::Bye(bye)) => return Some(bye),
                    Some(_) => {}
                    None => return None,
                }
            }
        };
        let heard = tokio::time::timeout(LAST_WORDS, listening).await;
        heard.unwrap_or(None)
    }
}

async fn joined(lane: &mut Lane) -> Result<Joined, Failure> {
    loop {
        match lane.next().await.ok_or("the connection is lost")? {
            Event::Joined(joined) => return Ok(joined),
            Event::JoinRefused { refusal, .. } => return Err(refusal.text.as_ref().into()),
            // Notices and the list of members are nothing that could be lost.
            _ => {}
        }
    }
}
