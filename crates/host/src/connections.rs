//! Connections: so many at once, and where they get scarce, so many for one address.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::addresses::Client;

/// How long nothing is accepted where it cannot be: out of file descriptors, most likely.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Those that are open.
#[derive(Debug)]
pub struct Connections {
    places: Arc<Semaphore>,
    all: usize,
    by_client: Arc<Mutex<HashMap<Client, usize>>>,
}

/// One that is open, until this is dropped.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
    counted: Option<Counted>,
}

#[derive(Debug)]
struct Counted {
    client: Client,
    by_client: Arc<Mutex<HashMap<Client, usize>>>,
}

impl Connections {
    /// At most `all` at once.
    pub fn new(all: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(all)), all, by_client: Arc::default() }
    }

    /// How many there are.
    pub fn open(&self) -> usize {
        self.all - self.places.available_permits()
    }

    /// The next one, once there is room for it.
    pub async fn accept(&self, listener: &TcpListener) -> Option<(TcpStream, SocketAddr, Place)> {
        let permit = self.places.clone().acquire_owned().await.ok()?;
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Otherwise a small answer on a kept-alive connection waits for the client's delayed acknowledgement.
                _ = stream.set_nodelay(true);
                Some((stream, peer, Place { _permit: permit, counted: None }))
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                None
            }
        }
    }

    /// Counts it for `client`; not if more than half of all are open and a quarter of all are this client's.
    pub fn count(&self, place: &mut Place, client: Client) -> bool {
        let is_scarce = self.open() > self.all / 2;
        let mut by_client = self.by_client.lock().unwrap_or_else(PoisonError::into_inner);
        let held = by_client.entry(client).or_default();
        if is_scarce && *held >= self.all / 4 {
            return false;
        }
        *held += 1;
        place.counted = Some(Counted { client, by_client: self.by_client.clone() });
        true
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut by_client = self.by_client.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = by_client.get_mut(&self.client) {
            *held -= 1;
            if *held == 0 {
                by_client.remove(&self.client);
            }
        }
    }
}
