//! A NAT that forgets: from one packet to the next the client's UDP comes from another port, or from another address.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::bars::Bars;
use crate::common::{Carrier, Target};
use crate::crowd::{Crowd, plan, verdict};
use crate::member::Plan;
use crate::process::Process;
use crate::scenarios::Told;
use crate::size;

/// The longest that nobody may get an answer.
const BAR: Duration = Duration::from_secs(2);

/// Between one client and the server.
struct Nat {
    server: SocketAddr,
    near: Arc<UdpSocket>,
    /// As whom the client appears to the server.
    far: watch::Sender<Arc<UdpSocket>>,
    client: Arc<watch::Sender<Option<SocketAddr>>>,
    /// Outwards, and back.
    tasks: [AbortHandle; 2],
}

/// Clients on both transports; those over UDP each behind a NAT.
pub async fn rebound() -> Told {
    let rebinds = size("FAULTS_REBINDS", 10, 4);
    let server = Process::start().await;
    let target = server.target();
    let mut nats = Vec::new();
    let plans = (0..8).map(|index| Plan {
        // Nobody leaves by himself.
        patience: Duration::from_secs(15),
        ..plan(index, &target)
    });
    let mut plans: Vec<Plan> = plans.collect();
    let over_udp = |plan: &&mut Plan| plan.carrier == Carrier::WebTransport;
    for plan in plans.iter_mut().filter(over_udp) {
        let nat = Nat::new(&target).await;
        plan.target.quic = nat.near.local_addr().unwrap();
        nats.push(nat);
    }
    let crowd = Crowd::start(plans);
    for round in 1..=rebinds {
        crowd.each_acked(20).await;
        // Every other time the address changes, too.
        let host = 1 + u8::try_from((round % 2) * round % 250).unwrap();
        for nat in &mut nats {
            nat.rebind(Ipv4Addr::new(127, 0, 0, host)).await;
        }
    }
    crowd.each_acked(20).await;
    let rooms = crowd.gather().await;
    let verdict = verdict(&target, &rooms).await;
    let clients = rooms.values().flatten();
    let (stayed, all) = (
        clients.clone().filter(|seen| seen.welcomes == 1),
        clients.count(),
    );
    let stayed = stayed.count();
    let done = format!(
        "{rebinds} times another source port, every other time another address as well; {stayed} of {all} connections went on"
    );
    let mut bars = Bars::default();
    bars.must(stayed == all, "every connection shall go on");
    bars.measured(verdict.gap <= BAR, "no gap shall exceed 2 s");
    (done, bars.outcome(verdict))
}

impl Nat {
    async fn new(target: &Target) -> Self {
        let server = target.quic;
        let near = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap());
        let first = socket(Ipv4Addr::LOCALHOST, server).await;
        let far = watch::Sender::new(first.clone());
        let client = Arc::new(watch::Sender::new(None));
        let out = tokio::spawn(carry_out(near.clone(), far.subscribe(), client.clone()));
        let back = tokio::spawn(carry_back(first, near.clone(), client.subscribe()));
        Self {
            server,
            near,
            far,
            client,
            tasks: [out.abort_handle(), back.abort_handle()],
        }
    }

    /// What comes to the old socket from here on comes to nobody.
    async fn rebind(&mut self, host: Ipv4Addr) {
        let next = socket(host, self.server).await;
        self.tasks[1].abort();
        self.far.send_replace(next.clone());
        let (near, client) = (self.near.clone(), self.client.subscribe());
        self.tasks[1] = tokio::spawn(carry_back(next, near, client)).abort_handle();
    }
}

impl Drop for Nat {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn socket(host: Ipv4Addr, server: SocketAddr) -> Arc<UdpSocket> {
    let socket = UdpSocket::bind((host, 0)).await.unwrap();
    socket.connect(server).await.unwrap();
    Arc::new(socket)
}

async fn carry_out(
    near: Arc<UdpSocket>,
    far: watch::Receiver<Arc<UdpSocket>>,
    client: Arc<watch::Sender<Option<SocketAddr>>>,
) {
    let mut datagram = vec![0; 2048];
    while let Ok((size, from)) = near.recv_from(&mut datagram).await {
        client.send_if_modified(|client| client.replace(from) != Some(from));
        let far = far.borrow().clone();
        // Lost, as on any wire.
        far.send(&datagram[..size]).await.ok();
    }
}

async fn carry_back(
    far: Arc<UdpSocket>,
    near: Arc<UdpSocket>,
    client: watch::Receiver<Option<SocketAddr>>,
) {
    let mut datagram = vec![0; 2048];
    loop {
        // An error tells of an earlier datagram that nobody took.
        let Ok(size) = far.recv(&mut datagram).await else {
            continue;
        };
        let Some(client) = *client.borrow() else {
            continue;
        };
        // Lost, as on any wire.
        near.send_to(&datagram[..size], client).await.ok();
    }
}
