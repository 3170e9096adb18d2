//! A wire between a store and a real server, that can be cut or held at the worst moment.

use core::sync::atomic::{AtomicU8, Ordering};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;

/// What becomes of what the server says.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(crate) enum Wire {
    Whole,
    /// The next answer does not arrive, and the connection ends; those after it are whole.
    CutOnce,
    /// The next answer does not arrive, and nobody gets a connection any more.
    Cut,
    /// No answer arrives, and nothing ends.
    Silent,
}

pub(crate) struct Proxy {
    pub(crate) port: u16,
    wire: Arc<AtomicU8>,
}

impl Proxy {
    pub(crate) fn to(address: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let wire = Arc::new(AtomicU8::new(Wire::Whole as u8));
        let held = Arc::clone(&wire);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                // Whoever comes when it is cut is sent away.
                if held.load(Ordering::SeqCst) == Wire::Cut as u8 {
                    continue;
                }
                let server = TcpStream::connect(&address).unwrap();
                let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || pass(from, to, &AtomicU8::new(Wire::Whole as u8)));
                let held = Arc::clone(&held);
                std::thread::spawn(move || pass(server, client, &held));
            }
        });
        Self { port, wire }
    }

    pub(crate) fn set(&self, wire: Wire) {
        self.wire.store(wire as u8, Ordering::SeqCst);
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, wire: &AtomicU8) {
    let mut buffer = [0; 1 << 16];
    while let Ok(len @ 1..) = from.read(&mut buffer) {
        let is = wire.load(Ordering::SeqCst);
        if is == Wire::Silent as u8 {
            continue;
        }
        if is == Wire::CutOnce as u8 {
            wire.store(Wire::Whole as u8, Ordering::SeqCst);
        }
        if is != Wire::Whole as u8 || to.write_all(&buffer[..len]).is_err() {
            break;
        }
    }
    for stream in [from, to] {
        let _ = stream.shutdown(Shutdown::Both);
    }
}
