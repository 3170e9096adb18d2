//! One broker with a listener of every kind.

use core::fmt::Write as _;

use crate::acls::{self, Resource, Right};
use crate::certificates::Certificates;
use crate::failure::{Failure, Outcome};
use crate::home::Home;
use crate::jars;
use crate::node::Node;
use crate::state::State;

/// A broker that serves plaintext, TLS and SASL, and TLS with the wrong certificates.
#[derive(Clone, Debug)]
pub struct Single {
    node: Node,
    state: State,
    certificates: Certificates,
}

/// A listener of [`Single`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Listener {
    /// TLS with a certificate that has expired.
    Expired,
    /// TLS with a certificate for another host.
    OtherName,
    /// No TLS and no SASL.
    Plaintext,
    /// SASL in the clear, with SCRAM-SHA-512 alone.
    SaslPlaintext,
    /// SASL (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512) over TLS.
    SaslSsl,
    /// TLS; a client certificate is asked for and need not be given.
    Ssl,
}

impl Listener {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Expired,
        Self::OtherName,
        Self::Plaintext,
        Self::SaslPlaintext,
        Self::SaslSsl,
        Self::Ssl,
    ];

    /// Its name in Kafka's properties, its protocol, and the name of its certificate.
    const fn row(self) -> (&'static str, &'static str, Option<&'static str>) {
        match self {
            Self::Expired => ("EXPIRED", "SSL", Some("expired")),
            Self::OtherName => ("OTHERNAME", "SSL", Some("other-name")),
            Self::Plaintext => ("PLAINTEXT", "PLAINTEXT", None),
            Self::SaslPlaintext => ("SASLPLAINTEXT", "SASL_PLAINTEXT", None),
            Self::SaslSsl => ("SASLSSL", "SASL_SSL", Some("server")),
            Self::Ssl => ("SSL", "SSL", Some("server")),
        }
    }
}

/// Who may log in with SASL.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum User {
    /// May do everything.
    Alice,
    /// May do nothing but log in, and what [`Single::allow`] lets him do.
    Bob,
    /// The same, whom no test lets write.
    Carol,
}

impl User {
    /// The name to log in with.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alice => "alice",
            Self::Bob => "bob",
            Self::Carol => "carol",
        }
    }
}

impl Single {
    /// The address of a listener: host and port.
    ///
    /// # Errors
    /// [`Failure`] when the broker was set up by another version of this crate.
    pub fn address(&self, listener: Listener) -> Outcome<String> {
        Ok(format!("localhost:{}", self.state.port(listener.row().0)?))
    }

    /// A user's password, which is another one after each [`Home::down`].
    #[must_use]
    pub fn password(&self, user: User) -> &str {
        self.state.passwords.get(user.name()).map_or("", String::as_str)
    }

    /// Lets a user do that from now on, or a moment later.
    ///
    /// # Errors
    /// [`Failure`] when the broker does not run.
    pub fn allow(&self, user: User, resource: Resource<'_>, right: Right) -> Outcome {
        acls::allow(&self.address(Listener::Plaintext)?, user.name(), resource, right)
    }

    /// The certificates that listeners and clients have.
    #[must_use]
    pub const fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    /// Ends the broker at once, as the kernel does when memory is short.
    ///
    /// # Errors
    /// [`Failure`] when it does not go.
    pub fn kill(&self) -> Outcome {
        self.node.kill()
    }

    /// Starts the broker again, on its ports and with its data, and waits until it serves.
    ///
    /// # Errors
    /// [`Failure`] with the end of its log.
    pub fn start(&self) -> Outcome {
        self.node.start()?;
        self.node.wait()
    }

    /// Whether its process runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.node.pid().is_some()
    }

    /// The broker that was set up in this home.
    pub(crate) fn find(home: &Home) -> Outcome<Self> {
        let folder = home.single_folder();
        let state = State::load(&folder).ok_or_else(|| {
            Failure::new("no broker is set up: start one with `cargo xtask kafka up`")
        })?;
        let (node, certificates) = (Node { folder, lib: home.lib() }, home.certificates()?);
        Ok(Self { node, state, certificates })
    }

    /// Sets one up, with new ports and passwords, and starts it.
    pub(crate) fn set_up(home: &Home) -> Outcome<Self> {
        let lib = jars::install(home.folder())?;
        let certificates = home.certificates()?;
        let names = Listener::ALL.map(|listener| listener.row().0.to_owned());
        let names = [names.as_slice(), &["CONTROLLER".to_owned()]].concat();
        let users = [User::Alice, User::Bob, User::Carol].map(User::name);
        let state = State::choose(&names, &users)?;
        let single = Self { node: Node { folder: home.single_folder(), lib }, state, certificates };
        let mut arguments = vec!["--standalone".to_owned(), "-t".to_owned(), ID.to_owned()];
        for (user, password) in &single.state.passwords {
            for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-512"] {
                let value = format!("{mechanism}=[name={user},password={password}]");
                arguments.extend(["--add-scram".to_owned(), value]);
            }
        }
        single.node.format(&single.properties()?, &arguments)?;
        single.state.store(&single.node.folder)?;
        single.start()?;
        Ok(single)
    }

    fn properties(&self) -> Outcome<String> {
        let port = |name: &str| self.state.port(name);
        let mut text = String::from(PROPERTIES);
        let mut add =
            |line: String| writeln!(text, "{line}").map_err(|_| Failure::new("out of memory"));
        let (mut listeners, mut protocols) = (Vec::new(), vec!["CONTROLLER:PLAINTEXT".to_owned()]);
        for listener in Listener::ALL {
            let (name, protocol, certificate) = listener.row();
            listeners.push(format!("{name}://127.0.0.1:{}", port(name)?));
            protocols.push(format!("{name}:{protocol}"));
            let of = format!("listener.name.{}", name.to_lowercase());
            if let Some(certificate) = certificate {
                let file = self.certificates.server(certificate);
                add(format!("{of}.ssl.keystore.type=PEM"))?;
                add(format!("{of}.ssl.keystore.location={}", file.display()))?;
                add(format!("{of}.ssl.truststore.type=PEM"))?;
                add(format!("{of}.ssl.truststore.location={}", self.certificates.ca().display()))?;
                add(format!("{of}.ssl.client.auth=requested"))?;
            }
            if protocol.starts_with("SASL") {
                let enabled = if certificate.is_some() { ALL_MECHANISMS } else { "SCRAM-SHA-512" };
                add(format!("{of}.sasl.enabled.mechanisms={enabled}"))?;
                for mechanism in ["scram-sha-256", "scram-sha-512"] {
                    add(format!("{of}.{mechanism}.sasl.jaas.config={SCRAM} required;"))?;
                }
                let users = self.state.passwords.iter();
                let users = users.map(|(name, password)| format!(" user_{name}=\"{password}\""));
                let users: String = users.collect();
                add(format!("{of}.plain.sasl.jaas.config={PLAIN} required{users};"))?;
            }
        }
        let public = listeners.iter().map(|listener| listener.replace("127.0.0.1", "localhost"));
        add(format!("advertised.listeners={}", public.collect::<Vec<_>>().join(",")))?;
        listeners.push(format!("CONTROLLER://127.0.0.1:{}", port("CONTROLLER")?));
        add(format!("listeners={}", listeners.join(",")))?;
        add(format!("listener.security.protocol.map={}", protocols.join(",")))?;
        add(format!("controller.quorum.bootstrap.servers=127.0.0.1:{}", port("CONTROLLER")?))?;
        Ok(text)
    }
}

/// The same for every broker that stands alone.
const PROPERTIES: &str = "\
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:alice;User:CN=client
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
";
const ALL_MECHANISMS: &str = "SCRAM-SHA-256,SCRAM-SHA-512,PLAIN";
const SCRAM: &str = "org.apache.kafka.common.security.scram.ScramLoginModule";
const PLAIN: &str = "org.apache.kafka.common.security.plain.PlainLoginModule";
/// A storage id; any will do, since brokers of different ones never meet.
const ID: &str = "c3RyaWN0ZnJhbWUtdGVzdA";
