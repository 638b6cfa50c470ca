//! Sockets: which addresses are bound, and what happens when one cannot be had.
//!
//! Decides that UDP and TCP share a port number, that a host without IPv6 is served over
//! IPv4, and how large the UDP receive buffer is. Invariant: what is returned is bound.

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};

use socket2::{Domain, Protocol, Socket, Type};

use super::ServerError;
use crate::config::SideListener;
use crate::transport::limits::UDP_RECEIVE_BUFFER;
use crate::transport::udp::widen;

/// Connections that wait to be accepted: a second's worth of a crowd that comes back.
const BACKLOG: i32 = 1_024;

/// With port 0 the system picks TCP's port, and UDP's of the same number may be taken.
const PORT_TRIES: usize = 16;

/// The sockets of one address.
pub(super) struct Pair {
    pub(super) address: SocketAddr,
    pub(super) tcp: TcpListener,
    pub(super) udp: Option<Udp>,
}

/// A UDP socket and what the system has granted it.
pub(super) struct Udp {
    pub(super) socket: UdpSocket,
    /// Bytes that may wait to be read.
    receive_buffer: usize,
}

/// A socket with the address that it is bound to.
pub(super) type Tcp = (TcpListener, SocketAddr);

impl Pair {
    pub(super) fn udp_port(&self) -> Option<u16> {
        self.udp.as_ref().map(|_| self.address.port())
    }

    fn bind(address: SocketAddr, with_udp: bool) -> io::Result<Self> {
        let tcp = tcp(address)?;
        let address = tcp.local_addr()?;
        let udp = if with_udp { Some(udp(address)?) } else { None };
        Ok(Self { address, tcp, udp })
    }
}

/// Binds TCP and, if wanted, UDP at each address. All that ask for port 0 get the same.
pub(super) fn pairs(addresses: &[SocketAddr], with_udp: bool) -> Result<Vec<Pair>, ServerError> {
    let any_port = addresses.iter().any(|address| address.port() == 0);
    let mut tries = if any_port { PORT_TRIES } else { 1 };
    loop {
        tries -= 1;
        match try_pairs(addresses, with_udp) {
            Err(_) if tries > 0 => {}
            outcome => return outcome,
        }
    }
}

fn try_pairs(addresses: &[SocketAddr], with_udp: bool) -> Result<Vec<Pair>, ServerError> {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut picked = 0;
    for &asked in addresses {
        let mut address = asked;
        if address.port() == 0 {
            address.set_port(picked);
        }
        match Pair::bind(address, with_udp) {
            Ok(pair) => {
                if asked.port() == 0 {
                    picked = pair.address.port();
                }
                pairs.push(pair);
            }
            Err(reason) if lacks_ipv6(address, &reason) && !pairs.is_empty() => {
                tracing::warn!(%address, %reason, "this host has no such IPv6 address; going on");
            }
            Err(reason) => return Err(refused(address, "--listen", reason)),
        }
    }
    Ok(pairs)
}

/// Binds a listener that the server can do without, if it is the default.
pub(super) fn side(
    listener: &SideListener,
    setting: &'static str,
) -> Result<Vec<Tcp>, ServerError> {
    let mut bound: Vec<Tcp> = Vec::new();
    for &asked in listener.addresses() {
        let mut address = asked;
        if let (0, Some((_, first))) = (asked.port(), bound.first()) {
            address.set_port(first.port());
        }
        let socket = tcp(address).and_then(|socket| Ok((socket.local_addr()?, socket)));
        match (socket, listener) {
            (Ok((address, socket)), _) => bound.push((socket, address)),
            (Err(reason), SideListener::At(_))
                if bound.is_empty() || !lacks_ipv6(address, &reason) =>
            {
                return Err(refused(address, setting, reason));
            }
            (Err(reason), _) => {
                tracing::warn!(%address, setting, %reason, "not served here; going on");
            }
        }
    }
    Ok(bound)
}

/// The smallest of the UDP receive buffers, in bytes; says so when it is smaller than it should be.
pub(super) fn least_receive_buffer(pairs: &[Pair]) -> Option<usize> {
    let sockets = pairs.iter().filter_map(|pair| pair.udp.as_ref());
    let granted = sockets.map(|udp| udp.receive_buffer).min()?;
    if granted < UDP_RECEIVE_BUFFER {
        tracing::warn!(
            granted,
            wanted = UDP_RECEIVE_BUFFER,
            "the UDP receive buffer is small; many clients that come back at once will have \
             to try again (on Linux: sysctl net.core.rmem_max)"
        );
    }
    Some(granted)
}

pub(super) fn refused(
    address: SocketAddr,
    setting: &'static str,
    reason: io::Error,
) -> ServerError {
    ServerError::Listen {
        address,
        setting,
        reason,
    }
}

/// Whether this host has no such IPv6 address, or no IPv6 at all.
fn lacks_ipv6(address: SocketAddr, reason: &io::Error) -> bool {
    /// `EAFNOSUPPORT`, which has no kind of its own.
    const NO_SUCH_FAMILY: i32 = 97;
    address.is_ipv6()
        && (reason.kind() == io::ErrorKind::AddrNotAvailable
            || reason.raw_os_error() == Some(NO_SUCH_FAMILY))
}

fn tcp(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket(address, Type::STREAM, Protocol::TCP)?;
    // A restart must not wait for the connections of the last run to be forgotten.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn udp(address: SocketAddr) -> io::Result<Udp> {
    let socket = socket(address, Type::DGRAM, Protocol::UDP)?;
    let receive_buffer = widen(&socket)?;
    socket.bind(&address.into())?;
    Ok(Udp {
        socket: socket.into(),
        receive_buffer,
    })
}

fn socket(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    socket.set_nonblocking(true)?;
    // Otherwise `[::]` and `0.0.0.0` could not both be listened on.
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_granted_is_known_and_the_least_counts() {
        let mut pairs = pairs(&["127.0.0.1:0".parse().unwrap()], true).unwrap();
        let granted = least_receive_buffer(&pairs).unwrap();
        assert!(granted > 0 && granted <= UDP_RECEIVE_BUFFER, "{granted}");
        pairs.extend(self::pairs(&["127.0.0.1:0".parse().unwrap()], true).unwrap());
        pairs[1].udp.as_mut().unwrap().receive_buffer = 1;
        assert_eq!(least_receive_buffer(&pairs), Some(1));
        let tcp_only = self::pairs(&["127.0.0.1:0".parse().unwrap()], false).unwrap();
        assert_eq!(least_receive_buffer(&tcp_only), None);
    }
}
