//! What users may do: one request of Kafka's protocol, which neither the jars that a broker needs nor librdkafka's safe interface can send.

use crate::failure::{Context as _, Failure, Outcome};
use crate::request::{ask, text};

/// What a right is about, by its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Resource<'a> {
    /// A group of consumers.
    Group(&'a str),
    /// A topic.
    Topic(&'a str),
}

/// What somebody may do with it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Right {
    /// Know that it is there, and how far it goes.
    Describe,
    /// Read it, and know what [`Right::Describe`] says. Of a group: be a member of it.
    Read,
    /// Write to it, and know what [`Right::Describe`] says.
    Write,
}

/// Lets a user do that, by a broker at this address that asks nobody for a name.
pub(crate) fn allow(address: &str, user: &str, resource: Resource<'_>, right: Right) -> Outcome {
    let doing = format!("letting {user} {right:?} {resource:?}");
    let (kind, name) = match resource {
        Resource::Topic(name) => (2, name),
        Resource::Group(name) => (3, name),
    };
    let operation = match right {
        Right::Read => 3,
        Right::Write => 4,
        Right::Describe => 8,
    };
    let mut request = vec![];
    // CreateAcls in version 1, of request 1 and no client, with one entry.
    request.extend([0, 30, 0, 1, 0, 0, 0, 1, 0xFF, 0xFF, 0, 0, 0, 1]);
    request.push(kind);
    text(&mut request, name)?;
    request.push(LITERAL);
    text(&mut request, &format!("User:{user}"))?;
    text(&mut request, "*")?;
    request.extend([operation, ALLOW]);
    let answer = ask(address, &request).context(&doing)?;
    // Behind the request's number, the time it was held up, and the number of entries: the entry's error.
    match answer.get(12..14) {
        Some([0, 0]) => Ok(()),
        Some(code) => Err(Failure::new(format!("{doing}: the broker says error {code:?}"))),
        None => Err(Failure::new(format!("{doing}: the broker says nothing"))),
    }
}

/// The name is meant as it stands.
const LITERAL: u8 = 3;
const ALLOW: u8 = 3;
