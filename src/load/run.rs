//! The course of one run.
//!
//! Decides who sits where and when each part begins. Invariant: nothing is measured before everybody
//! is in, and nobody leaves before everything is heard, or has had [`AFTERMATH`] to come.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until, timeout, timeout_at};

use super::LoadError;
use super::desk::Desk;
use super::dial::Dialer;
use super::guest::{Guest, Name};
use super::hall::Hall;
use super::order::Faults;
use super::progress::Progress;
use super::report::{Report, Seen};
use super::stamp;
use super::tally::Window;
use super::usage::{Process, Usage};
use crate::clock;
use crate::config::{LoadPlan, Pace, Talk};
use crate::hub::Carrier;

/// Before the window: caches, congestion windows and allocators have settled by then.
const WARM_UP: Duration = Duration::from_secs(1);
/// After the window, for what is on its way.
const AFTERMATH: Duration = Duration::from_secs(15);
/// Without anybody new coming in, the run is given up.
const NOBODY_COMES: Duration = Duration::from_secs(30);
/// Unanswered messages of a paced sender, as many as the server allows.
const PACED_WINDOW: usize = 64;
/// Between two looks at what has no way to wake us.
const LOOK: Duration = Duration::from_millis(20);

/// One run.
pub(super) struct Run<'a> {
    plan: &'a LoadPlan,
    hall: Arc<Hall>,
    process: Option<Process>,
    before: Option<Usage>,
    rooms: Vec<String>,
    /// Whose room is the flooded one, where there is a flood.
    flood: Option<(String, Arc<Desk>)>,
    desks: Vec<Arc<Desk>>,
    guests: JoinSet<()>,
    progress: Progress,
}

impl<'a> Run<'a> {
    /// A run that has not begun; the server has been found.
    pub(super) async fn new(plan: &'a LoadPlan) -> Result<Self, LoadError> {
        let everybody = size(plan.everybody());
        let dialer = Dialer::new(&plan.target, &plan.trust, everybody).await?;
        let process = Process::find(plan.pid, &plan.target);
        let hall = Hall::new(dialer, everybody);
        // Two runs on one server at a time do not meet.
        let run = u16::from_le_bytes([hall.draw()[0], hall.draw()[0]]);
        let rooms = 0..plan.guests.rooms.get();
        let flood = (plan.talk.flood > 0).then(|| {
            let desk = Arc::new(Desk::new(PACED_WINDOW));
            (format!("load {run} flood"), desk)
        });
        Ok(Self {
            plan,
            hall: Arc::new(hall),
            process,
            before: process.and_then(Process::usage),
            rooms: rooms.map(|room| format!("load {run} {room}")).collect(),
            flood,
            desks: Vec::new(),
            guests: JoinSet::new(),
            progress: Progress::new(),
        })
    }

    /// From the first guest to the last.
    pub(super) async fn through(mut self) -> Result<Report, LoadError> {
        let joining = self.let_in().await?;
        let joined = self.process.and_then(Process::usage);
        let (window, until) = self.measure().await;
        self.settle(until).await;
        let unanswered = self.unanswered();
        self.hall.stop();
        self.progress.say("leaving".to_owned());
        while self.guests.join_next().await.is_some() {}
        let flood = self.flood.iter().map(|(_, desk)| desk);
        let refusals = self.desks.iter().chain(flood).map(|desk| desk.refusals());
        self.hall.tally.refused(refusals.sum());
        self.progress.end();
        let before = self.before;
        let seen = Seen {
            joining,
            before,
            joined,
            window,
            unanswered,
        };
        Ok(Report::new(self.plan, self.hall.tally.sums(), seen))
    }

    /// Lets everybody in and says how long that took.
    async fn let_in(&mut self) -> Result<Duration, LoadError> {
        let since = clock::now().instant;
        let everybody = self.plan.everybody();
        self.progress.begin("joining", everybody.into());
        for index in 0..everybody {
            if let Some(joins) = self.plan.guests.joins {
                let due = Duration::from_secs(1) * index / joins.get();
                sleep_until((since + due).into()).await;
            }
            if index < self.plan.guests.members.get() + self.plan.guests.idle {
                self.invite(size(index));
            } else {
                self.invite_flooder(size(index));
            }
        }
        self.until_all_are_in(size(everybody)).await?;
        Ok(since.elapsed())
    }

    fn invite(&mut self, index: usize) {
        let (rooms, senders) = (self.rooms.len(), size(self.plan.talk.senders.get()));
        let is_idle = index >= size(self.plan.guests.members.get());
        let speaks = !is_idle && index / rooms < senders;
        let desk = (speaks || is_idle).then(|| Arc::new(Desk::new(self.window())));
        let name = Name {
            index,
            carrier: self.carrier(index),
            room: if is_idle {
                format!("{} idle {index}", self.rooms[0])
            } else {
                self.rooms[index % rooms].clone()
            },
            flood: (!is_idle).then(|| self.flooded_room()).flatten(),
        };
        match &desk {
            Some(desk) if is_idle => {
                drop(tokio::spawn(say_once(desk.clone(), self.plan.talk.size)))
            }
            Some(desk) => self.desks.push(desk.clone()),
            None => {}
        }
        self.admit(name, desk);
    }

    /// Whoever floods is in that room only: what it says is not in the way of what others say.
    fn invite_flooder(&mut self, index: usize) {
        let Some((room, desk)) = self.flood.clone() else {
            return;
        };
        let name = Name {
            index,
            carrier: self.carrier(index),
            room,
            flood: None,
        };
        self.admit(name, Some(desk));
    }

    fn admit(&mut self, name: Name, desk: Option<Arc<Desk>>) {
        let guest = Guest::new(name, self.hall.clone(), desk);
        self.guests.spawn(guest.live());
    }

    fn flooded_room(&self) -> Option<String> {
        self.flood.as_ref().map(|(room, _)| room.clone())
    }

    fn window(&self) -> usize {
        match self.plan.talk.pace {
            Pace::Paced(_) => PACED_WINDOW,
            Pace::Closed(window) => window.get().into(),
        }
    }

    /// Spread evenly over the guests, so that senders are over both, too.
    fn carrier(&self, index: usize) -> Carrier {
        let percent = size(self.plan.guests.webtransport);
        let before = index * percent / 100;
        if (index + 1) * percent / 100 > before {
            Carrier::WebTransport
        } else {
            Carrier::WebSocket
        }
    }

    async fn until_all_are_in(&self, wanted: usize) -> Result<(), LoadError> {
        let mut arrivals = self.hall.arrivals();
        loop {
            let arrived = *arrivals.borrow_and_update();
            self.progress.at(count(arrived));
            if arrived >= wanted {
                return Ok(());
            }
            let another = timeout(NOBODY_COMES, arrivals.changed()).await;
            if another.is_err() {
                let why = self.hall.tally.sums().first_failure;
                return Err(LoadError::NotAllIn {
                    arrived,
                    wanted,
                    why,
                });
            }
        }
    }

    /// Lets the senders speak, and says what the server used within the window and until when to wait for
    /// what is on its way then.
    async fn measure(&mut self) -> (Option<(Usage, Usage)>, Instant) {
        let window = Window {
            zero: clock::now().instant,
            from: WARM_UP,
            length: self.plan.duration,
        };
        self.hall.open(window);
        let mut talking = JoinSet::new();
        let senders = u32::try_from(self.desks.len()).unwrap_or(u32::MAX);
        for (index, desk) in (0..senders).zip(&self.desks) {
            let share = f64::from(index) / f64::from(senders);
            let (talk, desk) = (self.plan.talk, desk.clone());
            talking.spawn(speak(talk, desk, (window, share)));
        }
        if let Some((_, desk)) = &self.flood {
            talking.spawn(flood(self.plan.talk, desk.clone(), window));
        }
        sleep_until(window.at(window.from)).await;
        let first = self.process.and_then(Process::usage);
        self.watch(window).await;
        let last = self.process.and_then(Process::usage);
        let until = clock::now().instant + AFTERMATH;
        // A sender that waits for an answer is told by `settle`.
        timeout_at(until.into(), talking.join_all()).await.ok();
        (first.zip(last), until)
    }

    /// Shows how it goes, and cuts connections when it is time.
    async fn watch(&mut self, window: Window) {
        self.progress.begin("measuring", window.length.as_secs());
        let mut storms = 0;
        while window.now() < window.end() {
            let due = window.from + window.length * (storms + 1) / (self.plan.storms + 1);
            if storms < self.plan.storms && window.now() >= due {
                self.hall.cut_all();
                storms += 1;
            }
            let measured = window.now().saturating_sub(window.from);
            self.progress.at(measured.as_secs());
            self.progress
                .say(format!("{} delivered", self.hall.tally.delivered()));
            sleep(LOOK).await;
        }
    }

    /// Waits until everything that was said is answered and heard by everybody, or until then.
    async fn settle(&self, until: Instant) {
        self.progress
            .say("waiting for what is on its way".to_owned());
        while !self.is_settled() && clock::now().instant < until {
            sleep(LOOK).await;
        }
        let lost = self.behind();
        let faults = Faults::default();
        self.hall.tally.judged(Faults { lost, ..faults });
    }

    fn is_settled(&self) -> bool {
        self.unanswered() == 0 && self.behind() == 0
    }

    /// Messages that the server has neither stored nor refused. If it is gone, these are all that nobody heard.
    fn unanswered(&self) -> u64 {
        let desks = self.desks.iter();
        desks.map(|desk| count(desk.unanswered())).sum()
    }

    /// Entries that somebody in a room has heard and others have not. A sender hears its own before the
    /// answer, so nothing that is answered is left out.
    fn behind(&self) -> u64 {
        let heads = self.heads();
        let rooms = self.rooms.len();
        let members = 0..size(self.plan.guests.members.get());
        members
            .map(|it| heads[it % rooms].saturating_sub(self.hall.position(it)))
            .sum()
    }

    /// How far anybody in each room has heard.
    fn heads(&self) -> Vec<u64> {
        let rooms = self.rooms.len();
        let mut heads = vec![0; rooms];
        for member in 0..size(self.plan.guests.members.get()) {
            let head: &mut u64 = &mut heads[member % rooms];
            *head = (*head).max(self.hall.position(member));
        }
        heads
    }
}

/// Says one thing, to have said something.
async fn say_once(desk: Arc<Desk>, size: usize) {
    desk.say(|| stamp::write(Duration::ZERO, size)).await;
}

/// Speaks until the window ends. A paced sender that has to wait says when it should have spoken.
async fn speak(talk: Talk, desk: Arc<Desk>, (window, share): (Window, f64)) {
    let mut due = Duration::ZERO;
    let mut said = 0_u32;
    while due < window.end() {
        match talk.pace {
            Pace::Paced(rate) => {
                due = Duration::from_secs_f64((f64::from(said) + share) / rate);
                sleep_until(window.at(due)).await;
                desk.say(|| stamp::write(due, talk.size)).await;
            }
            Pace::Closed(_) => {
                desk.say(|| stamp::write(window.now(), talk.size)).await;
                due = window.now();
            }
        }
        said += 1;
    }
}

/// Floods until the window ends, whatever the server does.
async fn flood(talk: Talk, desk: Arc<Desk>, window: Window) {
    let mut due = Duration::ZERO;
    let mut said = 0_u32;
    while due < window.end() {
        sleep_until(window.at(due)).await;
        desk.say(|| stamp::none(talk.size)).await;
        said += 1;
        due = Duration::from_secs(1) * said / talk.flood;
    }
}

fn size(count: u32) -> usize {
    usize::try_from(count).expect("counts of guests fit the address space")
}

fn count(guests: usize) -> u64 {
    u64::try_from(guests).unwrap_or(u64::MAX)
}
