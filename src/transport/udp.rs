//! UDP sockets for QUIC: how much may wait to be read.
//!
//! Decides nothing but to ask for enough. Invariant: a socket that is granted less works.

use std::io;

use socket2::Socket;

use super::limits::UDP_RECEIVE_BUFFER;

/// Asks for [`UDP_RECEIVE_BUFFER`], past the system's limit where the process may go past it
/// (`CAP_NET_ADMIN`), and returns what it got, in bytes.
///
/// # Errors
/// Those of the socket.
pub fn widen(socket: &Socket) -> io::Result<usize> {
    socket.set_recv_buffer_size(UDP_RECEIVE_BUFFER)?;
    let granted = granted(socket)?;
    if granted >= UDP_RECEIVE_BUFFER || !force(socket) {
        return Ok(granted);
    }
    self::granted(socket)
}

#[cfg(target_os = "linux")]
fn force(socket: &Socket) -> bool {
    use nix::sys::socket::{setsockopt, sockopt::RcvBufForce};
    setsockopt(socket, RcvBufForce, &UDP_RECEIVE_BUFFER).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn force(_: &Socket) -> bool {
    false
}

/// Linux counts its own bookkeeping in and says twice what it grants (socket(7)).
fn granted(socket: &Socket) -> io::Result<usize> {
    let doubled = usize::from(cfg!(target_os = "linux")) + 1;
    Ok(socket.recv_buffer_size()? / doubled)
}
