//! Servers that ours is held against: the limit, three times, and axum's example of a chat.
//!
//! Each says where it is in one line on its output and runs until it is killed.

mod axum_chat;
mod hall;
mod quic;
mod tls;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use crate::Outcome;
use hall::Hall;

/// Connections that wait to be accepted, as ours has it.
const BACKLOG: u32 = 1_024;

/// Serves as `who`, for rooms of `group` members each (0: one room), with the certificate in `home`.
pub(crate) fn run(who: &str, group: usize, home: &Path) -> Outcome<()> {
    open_many_files()?;
    let hall = Arc::new(Hall::new(group));
    // One thread: it has one processor.
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match who {
            "axum" => axum_chat::serve(home).await,
            "bare-tls" => tls::serve(home, hall).await,
            "bare-quinn" => quic::serve(home, hall, quic::Layer::Stream).await,
            "bare-wt" => quic::serve(home, hall, quic::Layer::WebTransport).await,
            _ => Err(format!("nobody serves as {who}").into()),
        }
    })
}

/// As many as there may be.
pub(crate) fn open_many_files() -> Outcome<()> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(setrlimit(Resource::RLIMIT_NOFILE, most, most)?)
}

/// TLS 1.3 with the certificate in `home`, for this application protocol.
fn tls(home: &Path, protocol: &[u8]) -> Outcome<rustls::ServerConfig> {
    let chain = CertificateDer::from_pem_slice(&fs::read(home.join("cert.pem"))?)?;
    let key = PrivateKeyDer::from_pem_slice(&fs::read(home.join("key.pem"))?)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider);
    let builder = builder.with_protocol_versions(&[&rustls::version::TLS13])?;
    let mut config = builder
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)?;
    config.alpn_protocols = vec![protocol.to_vec()];
    Ok(config)
}

/// Listens at a port that is free.
fn listen() -> Outcome<TcpListener> {
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    Ok(socket.listen(BACKLOG)?)
}

fn say(address: SocketAddr) {
    println!("https://{address}");
}
