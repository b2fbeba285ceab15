//! Addresses that a process listens on.

use std::net::SocketAddr;

use anyhow::Context;
use tokio::net::TcpListener;

/// Listens on the address that a setting names; where it is, once a free port is chosen.
pub(super) async fn bind(setting: &str, address: &str) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let address: SocketAddr = address.parse().with_context(|| format!("{setting} is no address"))?;
    let listener = TcpListener::bind(address).await.map_err(|error| in_use(setting, address, &error))?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

fn in_use(setting: &str, address: SocketAddr, error: &std::io::Error) -> anyhow::Error {
    if error.kind() != std::io::ErrorKind::AddrInUse {
        return anyhow::anyhow!("{address} cannot be listened on: {error}");
    }
    let options = if setting == "STET_LISTEN" { " (or --listen, or --port)" } else { "" };
    anyhow::anyhow!("{address} is in use by another program: set {setting}{options} to another address")
}
