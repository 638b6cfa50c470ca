//! A wire that breaks after so many bytes, counted over both directions.
//!
//! TCP is closed at that byte; UDP falls silent, as when a cable is pulled. Invariant: each wire
//! carries one connection and ends with its guard.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::common::{Carrier, Target};

/// Bytes that may still pass.
type Left = Arc<AtomicI64>;

const ANY: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// One wire. Dropped, it is cut.
pub struct Wire {
    pub target: Target,
    left: Left,
    frozen: watch::Sender<bool>,
    tasks: Vec<AbortHandle>,
}

impl Wire {
    /// A wire to `target` for one connection over `carrier` that carries `bytes`.
    pub async fn new(target: &Target, carrier: Carrier, bytes: u64) -> Self {
        let left = Left::new(AtomicI64::new(i64::try_from(bytes).unwrap()));
        let mut wire = Self {
            target: target.clone(),
            left,
            frozen: watch::Sender::new(false),
            tasks: Vec::new(),
        };
        match carrier {
            Carrier::WebSocket => wire.tcp().await,
            Carrier::WebTransport => wire.udp().await,
        }
        wire
    }

    /// Lets so many more bytes pass.
    pub fn cut_after(&self, bytes: u64) {
        let bytes = i64::try_from(bytes).unwrap();
        self.left.store(bytes, Ordering::Relaxed);
    }

    /// Whether it has broken.
    pub fn is_cut(&self) -> bool {
        self.left.load(Ordering::Relaxed) <= 0
    }

    /// Nothing passes any more, and nobody is told: TCP stays open.
    pub fn freeze(&self) {
        self.frozen.send_replace(true);
        self.cut_after(0);
    }

    async fn tcp(&mut self) {
        let (left, frozen) = (self.left.clone(), self.frozen.subscribe());
        let listener = TcpListener::bind(ANY).await.unwrap();
        let to = self.target.tcp;
        self.target.tcp = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            let (near, _) = listener.accept().await.unwrap();
            let Ok(far) = TcpStream::connect(to).await else {
                return;
            };
            let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
            // The first that ends takes the other along: both sockets close.
            tokio::select! {
                () = carry(near_in, far_out, (&left, frozen.clone())) => {}
                () = carry(far_in, near_out, (&left, frozen)) => {}
            }
        });
        self.tasks.push(task.abort_handle());
    }

    async fn udp(&mut self) {
        let left = self.left.clone();
        let near = Arc::new(UdpSocket::bind(ANY).await.unwrap());
        let far = Arc::new(UdpSocket::bind(ANY).await.unwrap());
        far.connect(self.target.quic).await.unwrap();
        self.target.quic = near.local_addr().unwrap();
        let client: Arc<std::sync::OnceLock<SocketAddr>> = Arc::default();
        let out = out_datagrams((near.clone(), far.clone()), client.clone(), left.clone());
        let back = back_datagrams((near, far), client, left);
        self.tasks.push(tokio::spawn(out).abort_handle());
        self.tasks.push(tokio::spawn(back).abort_handle());
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Carries bytes until there are none, or no more may pass; then the last ones are cut off.
async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    (left, frozen): (&Left, watch::Receiver<bool>),
) {
    let mut chunk = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        if *frozen.borrow() {
            // Until the wire goes, and this with it.
            std::future::pending::<()>().await;
        }
        let size = i64::try_from(read).unwrap();
        let may = left.fetch_sub(size, Ordering::Relaxed).clamp(0, size);
        let passing = &chunk[..usize::try_from(may).unwrap()];
        if to.write_all(passing).await.is_err() || may < size {
            return;
        }
    }
}

type Ends = (Arc<UdpSocket>, Arc<UdpSocket>);
type Client = Arc<std::sync::OnceLock<SocketAddr>>;

async fn out_datagrams((near, far): Ends, client: Client, left: Left) {
    let mut datagram = vec![0; 2048];
    while let Ok((size, from)) = near.recv_from(&mut datagram).await {
        client.get_or_init(|| from);
        if passes(&left, size) {
            // Lost, as on any wire.
            far.send(&datagram[..size]).await.ok();
        }
    }
}

async fn back_datagrams((near, far): Ends, client: Client, left: Left) {
    let mut datagram = vec![0; 2048];
    loop {
        // An error tells of an earlier datagram that nobody took: the server is down.
        let Ok(size) = far.recv(&mut datagram).await else {
            continue;
        };
        let Some(client) = client.get() else { continue };
        if passes(&left, size) {
            // Lost, as on any wire.
            near.send_to(&datagram[..size], client).await.ok();
        }
    }
}

fn passes(left: &Left, size: usize) -> bool {
    left.fetch_sub(i64::try_from(size).unwrap(), Ordering::Relaxed) > 0
}
