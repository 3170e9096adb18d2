//! Makes and deletes topics: one request of Kafka's protocol, so that whoever only runs a command against a broker needs no client.

use crate::failure::{Context as _, Failure, Outcome};
use crate::request::{ask, text};
use crate::single::{Listener, Single};

impl Single {
    /// Makes a topic of one replica with these settings.
    ///
    /// # Errors
    /// [`Failure`] when the broker does not run, or refuses it.
    pub fn make_topic(&self, name: &str, partitions: u32, settings: &[(&str, &str)]) -> Outcome {
        self.change(&format!("making topic {name}"), name, &creation(name, partitions, settings)?)
    }

    /// Takes a topic away, with all that is in it.
    ///
    /// # Errors
    /// [`Failure`] when the broker does not run, or refuses it.
    pub fn delete_topic(&self, name: &str) -> Outcome {
        self.change(&format!("deleting topic {name}"), name, &deletion(name)?)
    }

    /// Sends a request about one topic; the answers to all of them say alike what came of it.
    fn change(&self, doing: &str, name: &str, request: &[u8]) -> Outcome {
        let answer = ask(&self.address(Listener::Plaintext)?, request).context(doing)?;
        // Behind the request's number, the time it was held up, the number of topics, and the name: the error.
        match answer.get(14 + name.len()..16 + name.len()) {
            Some([0, 0]) => Ok(()),
            Some(code) => Err(Failure::new(format!("{doing}: the broker says error {code:?}"))),
            None => Err(Failure::new(format!("{doing}: the broker says nothing"))),
        }
    }
}

/// CreateTopics in version 2, of request 1 and no client, with one topic.
fn creation(name: &str, partitions: u32, settings: &[(&str, &str)]) -> Outcome<Vec<u8>> {
    let mut request = vec![0, 19, 0, 2, 0, 0, 0, 1, 0xFF, 0xFF, 0, 0, 0, 1];
    text(&mut request, name)?;
    request.extend(partitions.to_be_bytes());
    // One replica, and no assignments.
    request.extend([0, 1, 0, 0, 0, 0]);
    let count = u32::try_from(settings.len()).context("more settings than there are")?;
    request.extend(count.to_be_bytes());
    for (name, value) in settings {
        text(&mut request, name)?;
        text(&mut request, value)?;
    }
    request.extend(MILLIS.to_be_bytes());
    // Not only to look whether it could be made.
    request.push(0);
    Ok(request)
}

/// DeleteTopics in version 1, of request 1 and no client, with one topic.
fn deletion(name: &str) -> Outcome<Vec<u8>> {
    let mut request = vec![0, 20, 0, 1, 0, 0, 0, 1, 0xFF, 0xFF, 0, 0, 0, 1];
    text(&mut request, name)?;
    request.extend(MILLIS.to_be_bytes());
    Ok(request)
}

const MILLIS: u32 = 30_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_the_topic_its_partitions_and_its_settings() {
        let request = creation("t", 3, &[("a", "bc")]).unwrap();
        let expected = [
            [0, 19, 0, 2, 0, 0, 0, 1, 0xFF, 0xFF, 0, 0, 0, 1].as_slice(),
            &[0, 1, b't', 0, 0, 0, 3, 0, 1, 0, 0, 0, 0],
            &[0, 0, 0, 1, 0, 1, b'a', 0, 2, b'b', b'c'],
            &[0, 0, 0x75, 0x30, 0],
        ];
        assert_eq!(request, expected.concat());
        let expected = [
            [0, 20, 0, 1, 0, 0, 0, 1, 0xFF, 0xFF, 0, 0, 0, 1].as_slice(),
            &[0, 1, b't', 0, 0, 0x75, 0x30],
        ];
        assert_eq!(deletion("t").unwrap(), expected.concat());
    }
}
