//! Requests of Kafka's protocol, for what a broker must be told and no client at hand can say.

use core::time::Duration;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::failure::{Context as _, Outcome};

/// What a broker answers.
pub(crate) fn ask(address: &str, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let len = u32::try_from(request.len()).map_err(std::io::Error::other)?;
    stream.write_all(&len.to_be_bytes())?;
    stream.write_all(request)?;
    let mut len = [0; 4];
    stream.read_exact(&mut len)?;
    let mut answer = Vec::new();
    stream.take(u32::from_be_bytes(len).into()).read_to_end(&mut answer)?;
    Ok(answer)
}

/// Appends a text and its length.
pub(crate) fn text(request: &mut Vec<u8>, text: &str) -> Outcome {
    let len = u16::try_from(text.len()).context("a text that is too long")?;
    request.extend(len.to_be_bytes());
    request.extend(text.as_bytes());
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(60);
