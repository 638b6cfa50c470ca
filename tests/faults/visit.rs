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
    /// What was missed, in order.
    pub missed: Vec<Entry>,
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

    /// Joins, and reads what was missed.
    pub async fn join(
        mut link: Link,
        (control, welcome): (Lane, Welcome),
        wish: &Wish<'_>,
    ) -> Result<Self, Failure> {
        let mut lane = link.try_lane().await?;
        lane.send(&join(wish.room, wish.nick, wish.held)).await;
        let joined = joined(&mut lane).await?;
        let mut visit = Self {
            _link: link,
            control,
            lane,
            welcome,
            missed: joined.page.entries,
            mark: joined.mark,
            waiting: VecDeque::new(),
        };
        if let (false, Some(held)) = (joined.continues, wish.held) {
            assert_eq!(joined.epoch, held.epoch, "the history is another");
            visit.fill(held.seq).await?;
        }
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
        let greeted = Self::greet(&mut link, &wish).await?;
        let mut visit = Self::join(link, greeted, &wish).await?;
        visit.fill(Seq(0)).await?;
        visit.lane.send(&RawCommand::Leave).await;
        Ok(visit.missed)
    }

    /// Reads back to what is held.
    async fn fill(&mut self, held: Seq) -> Result<(), Failure> {
        while let Some(first) = self.missed.first().map(|entry| entry.seq) {
            if first <= held.next() {
                break;
            }
            let (before, limit) = (first.0, 100);
            let question = RawCommand::History { before, limit };
            self.lane.send(&question).await;
            let mut older = self.page().await?;
            older.append(&mut self.missed);
            self.missed = older;
        }
        self.missed.retain(|entry| entry.seq > held);
        Ok(())
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
