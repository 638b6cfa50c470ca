//! A crowd that comes back after a restart as browsers do: it asks the server about itself, dials, greets and joins, and
//! before each attempt it waits as the web client does (`web/src/session/backoff.ts`).
//!
//! Decides when a guest comes back; measures when all of them are. Half of them are over each carrier. They are
//! silent, so that only their heartbeat tells them that a QUIC connection is gone. Everybody shares the machine with the
//! server, so what only costs the lab is left out: the question goes over plain HTTP, and twenty guests use one UDP
//! socket, as behind the router of a house.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chinwag::ids::Seq;
use chinwag::wire::Event;
use chinwag::wire::event::Cursor;
use chinwag::wire::raw::RawCommand;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::bars::{Bars, percentile};
use crate::common::client::{draw, text};
use crate::common::link::{QuicSocket, quic_socket};
use crate::common::{Carrier, Failure, Link, Target};
use crate::crowd::{DEADLINE, Rooms, verdict};
use crate::process::{LOOK, Process};
use crate::random::Random;
use crate::scenarios::Told;
use crate::size;
use crate::verdict::{Seen, words};
use crate::visit::{Next, Visit, Wish};

/// An attempt that takes longer is given up.
const ATTEMPT: Duration = Duration::from_secs(8);

/// How long nothing may be heard before a sign of life is asked for, and how long that may take, as in
/// `web/src/session/heartbeat.ts`.
const QUIET: Duration = Duration::from_millis(2_500);
const PATIENCE: Duration = Duration::from_millis(2_000);

/// Guests that use one UDP socket.
const BEHIND_A_ROUTER: usize = 20;

/// Members of each room.
const IN_A_ROOM: u64 = 50;

/// The server is killed and comes back: first at once, then when everybody has noticed that it is gone.
pub async fn restarted() -> Told {
    let guests = size("FAULTS_SESSIONS", 1_000, 100);
    let mut server = Process::start().await;
    let herd = Herd::start(guests, &server);
    herd.wait("everybody is in", Standing::is_settled).await;
    let at_once = herd.killed(&mut server, false).await;
    let after_a_while = herd.killed(&mut server, true).await;
    let forgotten = herd.board.count(|standing| standing.forgotten > 0);
    let rooms = herd.gather().await;
    let done = format!(
        "killed and started at once: {}; killed, started when everybody had noticed: {}",
        at_once.text, after_a_while.text
    );
    let mut bars = Bars::default();
    let longest = at_once.longest.max(after_a_while.longest);
    bars.measured(
        longest <= Duration::from_secs(10),
        "all shall be back within 10 s",
    );
    bars.measured(
        after_a_while.p99 <= Duration::from_secs(2),
        "99 of 100 shall be back within 2 s of the start",
    );
    bars.must(
        forgotten == 0,
        format!("{forgotten} sessions were forgotten"),
    );
    let lines = at_once.lines + after_a_while.lines;
    bars.measured(lines == 0, "nobody shall seem to come or go");
    (done, bars.outcome(verdict(&server.target(), &rooms).await))
}

/// How long it took them to come back, counted from when the server was ready.
struct Return {
    p99: Duration,
    longest: Duration,
    /// Of coming and going, that were shown meanwhile.
    lines: u32,
    text: String,
}

struct Herd {
    board: Arc<Board>,
    guests: Vec<(String, JoinHandle<Seen>)>,
    stop: watch::Sender<bool>,
}

/// Where everybody is.
struct Board(Vec<Mutex<Standing>>);

#[derive(Clone, Copy, Default)]
struct Standing {
    /// In its room, since when.
    back: Option<Instant>,
    /// Whether its message is acknowledged, or it only reads.
    is_acked: bool,
    /// How often its session was not known any more.
    forgotten: u32,
    /// Lines of others' coming and going that it was shown.
    lines: u32,
}

impl Standing {
    fn is_settled(&self) -> bool {
        self.back.is_some() && self.is_acked
    }
}

impl Board {
    fn change(&self, index: usize, change: impl FnOnce(&mut Standing)) {
        change(&mut self.0[index].lock().unwrap());
    }

    fn count(&self, is: impl Fn(&Standing) -> bool) -> usize {
        self.0.iter().filter(|one| is(&one.lock().unwrap())).count()
    }

    fn sum(&self, of: impl Fn(&Standing) -> u32) -> u32 {
        self.0.iter().map(|one| of(&one.lock().unwrap())).sum()
    }
}

impl Herd {
    fn start(guests: u64, server: &Process) -> Self {
        let routers = usize::try_from(guests).unwrap().div_ceil(BEHIND_A_ROUTER);
        let target = server.target();
        let sockets = (0..routers).map(|_| quic_socket(&target).expect("a socket"));
        let way = Way {
            sockets: sockets.collect(),
            target,
            http: server.http.expect("it is on loopback"),
        };
        let stop = watch::Sender::new(false);
        let board = (0..guests).map(|_| Mutex::default()).collect();
        let board = Arc::new(Board(board));
        let start = |index: u64| {
            let guest = Guest::new(index, &way, (board.clone(), stop.subscribe()));
            (guest.room.clone(), tokio::spawn(guest.live()))
        };
        let guests = (0..guests).map(start).collect();
        Self {
            board,
            guests,
            stop,
        }
    }

    /// Kills the server, starts it, and waits until everybody is back.
    async fn killed(&self, server: &mut Process, patiently: bool) -> Return {
        let killed = Instant::now();
        server.kill();
        if patiently {
            let is_away = |standing: &Standing| standing.back.is_none();
            self.wait("everybody has noticed", is_away).await;
        }
        let lines = self.board.sum(|standing| standing.lines);
        server.run().await;
        let ready = Instant::now();
        let is_back = |standing: &Standing| standing.back.is_some_and(|back| back > killed);
        self.wait("everybody is back", is_back).await;
        let lines = self.board.sum(|standing| standing.lines) - lines;
        let times = self.board.0.iter().map(|one| one.lock().unwrap().back);
        let times = times.map(|back| back.expect("back").saturating_duration_since(ready));
        let mut times: Vec<Duration> = times.collect();
        let [p50, p99, longest] = [50, 99, 100].map(|percent| percentile(&mut times, percent));
        let text = format!(
            "{} back, {} ms (median), {} ms (p99), {} ms (longest), {lines} lines of coming and going",
            times.len(),
            p50.as_millis(),
            p99.as_millis(),
            longest.as_millis()
        );
        Return {
            p99,
            longest,
            lines,
            text,
        }
    }

    async fn wait(&self, what: &str, is: impl Fn(&Standing) -> bool) {
        let since = Instant::now();
        while self.board.count(&is) < self.guests.len() {
            let so_many = self.board.count(&is);
            assert!(since.elapsed() < DEADLINE, "{what}: only {so_many}");
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn gather(self) -> Rooms {
        self.stop.send_replace(true);
        let mut rooms = Rooms::new();
        for (room, guest) in self.guests {
            let seen = timeout(DEADLINE, guest).await.expect("the guest ends");
            rooms
                .entry(room)
                .or_default()
                .push(seen.expect("the guest ends well"));
        }
        rooms
    }
}

/// How the server is met.
#[derive(Clone)]
struct Way {
    target: Target,
    http: SocketAddr,
    sockets: Arc<[QuicSocket]>,
}

struct Guest {
    index: u64,
    way: Way,
    carrier: Carrier,
    room: String,
    random: Random,
    token: Option<[u8; 32]>,
    next: [u8; 32],
    held: Option<Cursor>,
    seen: Seen,
    board: Arc<Board>,
    stop: watch::Receiver<bool>,
}

impl Guest {
    fn new(index: u64, way: &Way, (board, stop): (Arc<Board>, watch::Receiver<bool>)) -> Self {
        let carriers = [Carrier::WebTransport, Carrier::WebSocket];
        Self {
            index,
            way: way.clone(),
            carrier: carriers[usize::from(index % 2 == 1)],
            room: format!("room {}", index / IN_A_ROOM),
            random: Random::of_run(10_000 + index),
            token: None,
            next: draw(),
            held: None,
            seen: Seen {
                nick: format!("g{index}"),
                ..Seen::default()
            },
            board,
            stop,
        }
    }

    /// Comes, and comes back, until it is told to stop.
    async fn live(mut self) -> Seen {
        // They do not all come in the same moment; when they come back they do.
        tokio::time::sleep(Duration::from_millis(2 * self.index)).await;
        let mut attempt = 0;
        while !*self.stop.borrow() {
            if let Ok(Ok(mut visit)) = timeout(ATTEMPT, self.arrive()).await {
                attempt = 0;
                self.note(|standing| standing.back = Some(Instant::now()));
                self.stay(&mut visit).await;
                if *self.stop.borrow() {
                    break;
                }
                self.note(|standing| standing.back = None);
            }
            let wait = backoff(attempt, &mut self.random);
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
        self.seen
    }

    async fn arrive(&mut self) -> Result<Visit, Failure> {
        discover(self.way.http).await?;
        let mut link = self.way.open(self.carrier, self.index).await?;
        let (room, nick) = (self.room.clone(), self.seen.nick.clone());
        let wish = Wish {
            token: self.token,
            next: self.next,
            room: &room,
            nick: &nick,
            held: self.held,
        };
        let greeted = Visit::greet(&mut link, &wish).await?;
        if self.token.is_some() && !greeted.welcome.resumed {
            // Whoever had not got in yet was nobody so far.
            self.note(|standing| standing.forgotten += u32::from(standing.is_acked));
        }
        (self.token, self.next) = (Some(self.next), draw());
        let visit = Visit::join(link, greeted, &wish, &mut self.seen.entries).await?;
        self.hold(&visit);
        Ok(visit)
    }

    /// What it comes back with.
    fn hold(&mut self, visit: &Visit) {
        let seq = self.seen.entries.last().map_or(Seq(0), |entry| entry.seq);
        let epoch = visit.welcome.epoch;
        self.held = Some(Cursor { epoch, seq });
    }

    /// Says one message, once, if it does not only read, and listens until the connection is lost, or falls silent.
    async fn stay(&mut self, visit: &mut Visit) {
        if self.index / 2 % 2 == 1 {
            self.note(|standing| standing.is_acked = true);
        } else if self.seen.acked.is_empty() {
            self.seen.sent = 1;
            let content = text(&words(&self.seen.nick, 1));
            let said = RawCommand::Send { number: 1, content };
            visit.lane.send(&said).await;
        }
        let mut asked = false;
        loop {
            let next = tokio::select! {
                next = timeout(if asked { PATIENCE } else { QUIET }, visit.next()) => next,
                _ = self.stop.changed() => return,
            };
            match next {
                Ok(Next::Event(event)) => self.take(event),
                Ok(Next::SignOfLife) => {}
                Ok(Next::End) => return,
                Err(_) if asked => return,
                Err(_) => {
                    asked = true;
                    visit.ping().await;
                    continue;
                }
            }
            asked = false;
            self.hold(visit);
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Entry(entry) => self.seen.entries.push(entry),
            Event::Ack { number } => {
                self.seen.acked.push(number.0);
                self.note(|standing| standing.is_acked = true);
            }
            Event::Presence { .. } => self.note(|standing| standing.lines += 1),
            // A herd of the quick part may be slowed; the others do not lose anything.
            _ => {}
        }
    }

    fn note(&self, change: impl FnOnce(&mut Standing)) {
        let index = usize::try_from(self.index).unwrap();
        self.board.change(index, change);
    }
}

/// Equal jitter between half of a bound and all of it; the bound doubles from 250 ms to 2 s.
fn backoff(attempt: u32, random: &mut Random) -> Duration {
    let bound = (250 << attempt.min(3)).min(2_000);
    random.ms(bound / 2..bound + 1)
}

impl Way {
    async fn open(&self, carrier: Carrier, index: u64) -> Result<Link, Failure> {
        let index = usize::try_from(index).unwrap();
        let socket = &self.sockets[index / BEHIND_A_ROUTER];
        match carrier {
            Carrier::WebTransport => Link::through(socket.clone(), &self.target).await,
            Carrier::WebSocket => Link::try_open(carrier, &self.target).await,
        }
    }
}

/// What a browser asks first at every attempt.
async fn discover(http: SocketAddr) -> Result<(), Failure> {
    let mut stream = TcpStream::connect(http).await?;
    let request =
        "GET /.well-known/chinwag HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    match answer.starts_with(b"HTTP/1.1 200") {
        true => Ok(()),
        false => Err("no discovery".into()),
    }
}
