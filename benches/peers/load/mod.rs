//! The load for what is not ours: the course of a run is that of `chinwag load`, and so is the report.
//!
//! Everybody comes in, at most 64 at a time; a second to warm up; the window; and then a while for what
//! is on its way. One thread, as there.

mod dial;
mod line;
mod order;
mod tally;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chinwag::load::Process;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{sleep, sleep_until, timeout};

use crate::Outcome;
use crate::scene::Pace;
use dial::Dialer;
use line::{Ears, Mouth};
use order::Order;
use tally::{Tally, Window};

/// Connections that are opened at a time.
const AT_A_TIME: usize = 64;
/// Without anybody new coming in, the run is given up.
const NOBODY_COMES: Duration = Duration::from_secs(30);
/// After the window, for what is on its way.
const AFTERMATH: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(20);
/// Messages that a paced sender may have unheard: as in `chinwag load`.
const PACED_WINDOW: usize = 64;

/// What the members share.
struct Hall {
    order: Order,
    dialer: Dialer,
    door: Semaphore,
    tally: Tally,
    arrivals: mpsc::UnboundedSender<Outcome<Option<Speaker>>>,
}

/// A member who speaks.
struct Speaker {
    member: usize,
    mouth: Mouth,
    window: Arc<Semaphore>,
}

/// Puts the load that these words say on a server and prints the report.
pub(crate) fn run(words: &[&str]) -> Outcome<()> {
    crate::serve::open_many_files()?;
    let order = Order::read(words)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(through(order))?;
    println!("{report}");
    Ok(())
}

async fn through(order: Order) -> Outcome<Value> {
    let server = Process::with_id(order.server);
    let usage = || server.usage().ok_or("the server's process cannot be seen");
    let before = usage()?;
    let (arrivals, mut arrived) = mpsc::unbounded_channel();
    let hall = Arc::new(Hall {
        order,
        dialer: Dialer::new(&order)?,
        door: Semaphore::new(AT_A_TIME),
        tally: Tally::new(matches!(order.pace, Pace::Paced(_))),
        arrivals,
    });
    let since = Instant::now();
    let speakers = let_in(&hall, &mut arrived).await?;
    let joining = since.elapsed();
    if order.pace == Pace::Once {
        all_speak_once(&hall, &speakers).await?;
    }
    let joined = usage()?;
    let window = Window::opens_now(Duration::from_secs(order.seconds));
    hall.tally.open(window);
    let talking = speakers
        .into_iter()
        .map(|it| tokio::spawn(it.speak(order, window)));
    let talking: Vec<_> = talking.collect();
    sleep_until(window.begin()).await;
    let first = usage()?;
    sleep_until(window.end()).await;
    let last = usage()?;
    let lost = settle(&hall, talking).await;
    let grown = joined.memory.saturating_sub(before.memory) as f64 / order.members as f64;
    let cpu = last.cpu.saturating_sub(first.cpu);
    let mut report = report(&hall, cpu);
    report["lost"] = json!(lost);
    report["joined_per_second"] = json!(order.members as f64 / joining.as_secs_f64());
    report["server"]["memory_bytes_per_session"] = json!(grown);
    Ok(report)
}

/// Lets everybody in; who speaks comes back.
async fn let_in(
    hall: &Arc<Hall>,
    arrived: &mut mpsc::UnboundedReceiver<Outcome<Option<Speaker>>>,
) -> Outcome<Vec<Speaker>> {
    for member in 0..hall.order.members {
        tokio::spawn(attend(hall.clone(), member));
    }
    let mut speakers = Vec::new();
    for _ in 0..hall.order.members {
        let another = timeout(NOBODY_COMES, arrived.recv()).await;
        let another = another.map_err(|_| "nobody comes in any more")?;
        speakers.extend(another.ok_or("nobody is left to come in")??);
    }
    Ok(speakers)
}

/// One member, from coming in to the end of the run.
async fn attend(hall: Arc<Hall>, member: usize) {
    let place = hall.door.acquire().await;
    let opened = line::open(&hall.dialer, (member, hall.order.protocol)).await;
    drop(place);
    // When nobody waits for arrivals any more, the run has been given up.
    match opened {
        Ok((mouth, ears)) => {
            let window = Arc::new(Semaphore::new(match hall.order.pace {
                Pace::Closed(window) => window,
                Pace::Paced(_) | Pace::Once => PACED_WINDOW,
            }));
            let speaks = member < hall.order.speakers();
            let speaker = Speaker {
                member,
                mouth: mouth.clone(),
                window: window.clone(),
            };
            hall.arrivals.send(Ok(speaks.then_some(speaker))).ok();
            let own = speaks.then_some((member, window));
            listen(&hall, ears, own).await;
            // Until here, so that a connection is not ended by its own side.
            drop(mouth);
        }
        Err(error) => drop(hall.arrivals.send(Err(error))),
    }
}

async fn listen(hall: &Hall, mut ears: Ears, own: Option<(usize, Arc<Semaphore>)>) {
    while let Ok(messages) = ears.hear().await {
        hall.tally.hear(&messages);
        if let Some((member, window)) = &own {
            let senders = messages
                .chunks(crate::scene::peer_bytes())
                .filter_map(tally::sender);
            window.add_permits(senders.filter(|it| it == member).count());
        }
    }
    hall.tally.broke();
}

async fn all_speak_once(hall: &Hall, speakers: &[Speaker]) -> Outcome<()> {
    for speaker in speakers {
        speaker.say(hall.order, Duration::ZERO).await?;
    }
    let everybody = hall.order.members as u64;
    let heard = timeout(NOBODY_COMES, hall.tally.until(everybody)).await;
    Ok(heard.map_err(|_| "not everybody heard what was said")?)
}

impl Speaker {
    /// Speaks until the window ends, and returns how often.
    async fn speak(self, order: Order, window: Window) -> Outcome<u64> {
        let share = self.member as f64 / order.speakers() as f64;
        let mut said = 0;
        loop {
            let due = match order.pace {
                Pace::Closed(_) => window.now(),
                Pace::Paced(rate) => Duration::from_secs_f64((said as f64 + share) / rate),
                Pace::Once => return Ok(0),
            };
            if window.is_over(due) {
                return Ok(said);
            }
            // A timer counts in milliseconds, even for what is due now.
            if matches!(order.pace, Pace::Paced(_)) {
                sleep_until(window.at(due)).await;
            }
            self.say(order, due).await?;
            said += 1;
        }
    }

    async fn say(&self, order: Order, due: Duration) -> Outcome<()> {
        self.window.acquire().await?.forget();
        let text = tally::write(due, self.member);
        self.mouth.send(line::frame(order.protocol, text))?;
        Ok(())
    }
}

/// Waits for what is on its way and returns how many deliveries never came.
async fn settle(hall: &Hall, talking: Vec<tokio::task::JoinHandle<Outcome<u64>>>) -> u64 {
    let order = hall.order;
    let mut said = if order.pace == Pace::Once {
        order.members as u64
    } else {
        0
    };
    for talk in talking {
        // A sender that waits for its own message for ever is told by what is lost.
        let ended = timeout(AFTERMATH, talk).await;
        said += ended
            .ok()
            .and_then(Result::ok)
            .and_then(Result::ok)
            .unwrap_or(0);
    }
    let expected = said * (order.members / order.rooms) as u64;
    let since = Instant::now();
    while hall.tally.heard() < expected && since.elapsed() < AFTERMATH {
        sleep(LOOK).await;
    }
    expected.saturating_sub(hall.tally.heard())
}

fn report(hall: &Hall, cpu: Duration) -> Value {
    let (seconds, delivered) = (hall.order.seconds as f64, hall.tally.delivered());
    let each = cpu.as_secs_f64() * 1e6 / delivered as f64;
    let latency = |share| hall.tally.within(share);
    json!({
        "delivered_per_second": delivered as f64 / seconds,
        "latency_ms": { "p50": latency(0.5), "p99": latency(0.99) },
        "broken_connections": hall.tally.broken(),
        "server": {
            "cpu_us_per_delivery": (delivered > 0).then_some(each),
            "cpu_percent": 100.0 * cpu.as_secs_f64() / seconds,
        },
    })
}
