//! Three brokers that replicate.

use core::fmt::Write as _;

use crate::failure::{Failure, Outcome};
use crate::home::Home;
use crate::jars;
use crate::node::Node;
use crate::state::State;

/// Three brokers: replication 3, at least two in sync, each with a plaintext listener.
#[derive(Clone, Debug)]
pub struct Cluster {
    nodes: Vec<Node>,
    state: State,
}

impl Cluster {
    /// How many brokers there are.
    pub const COUNT: usize = 3;

    /// The addresses of all brokers, with commas between them.
    #[must_use]
    pub fn addresses(&self) -> String {
        let brokers = self.state.ports.iter().filter(|(name, _)| name.starts_with("BROKER"));
        brokers.map(|(_, port)| format!("localhost:{port}")).collect::<Vec<_>>().join(",")
    }

    /// Ends one broker at once, as the kernel does when memory is short; `index` is 0 to 2.
    ///
    /// # Errors
    /// [`Failure`] when it does not go, or is not there.
    pub fn kill(&self, index: usize) -> Outcome {
        self.node(index)?.kill()
    }

    /// Starts one broker again, with its data, and waits until it serves.
    ///
    /// # Errors
    /// [`Failure`] with the end of its log.
    pub fn start(&self, index: usize) -> Outcome {
        self.node(index)?.start()?;
        self.node(index)?.wait()
    }

    /// Whether the process of a broker runs.
    #[must_use]
    pub fn is_running(&self, index: usize) -> bool {
        self.nodes.get(index).is_some_and(|node| node.pid().is_some())
    }

    fn node(&self, index: usize) -> Outcome<&Node> {
        let missing = || Failure::new(format!("there is no broker {index} of {}", Self::COUNT));
        self.nodes.get(index).ok_or_else(missing)
    }

    pub(crate) fn find(home: &Home) -> Outcome<Self> {
        let state = State::load(&home.cluster_folder()).ok_or_else(|| {
            Failure::new("no cluster is set up: start one with `cargo xtask kafka cluster`")
        })?;
        Ok(Self { nodes: nodes(home), state })
    }

    pub(crate) fn set_up(home: &Home) -> Outcome<Self> {
        jars::install(home.folder())?;
        let listeners =
            (1..=Self::COUNT).flat_map(|id| [format!("BROKER{id}"), format!("CONTROLLER{id}")]);
        let state = State::choose(&listeners.collect::<Vec<_>>(), &[])?;
        let cluster = Self { nodes: nodes(home), state };
        for (id, node) in (1..).zip(&cluster.nodes) {
            node.format(&cluster.properties(id)?, &["-t".to_owned(), ID.to_owned()])?;
        }
        cluster.state.store(&home.cluster_folder())?;
        cluster.nodes.iter().try_for_each(Node::start)?;
        cluster.nodes.iter().try_for_each(Node::wait)?;
        Ok(cluster)
    }

    fn properties(&self, id: usize) -> Outcome<String> {
        let broker = self.state.port(&format!("BROKER{id}"))?;
        let controller = self.state.port(&format!("CONTROLLER{id}"))?;
        let mut voters = Vec::new();
        for id in 1..=Self::COUNT {
            voters.push(format!("{id}@127.0.0.1:{}", self.state.port(&format!("CONTROLLER{id}"))?));
        }
        let mut text = String::from(PROPERTIES);
        write!(
            text,
            "node.id={id}\ncontroller.quorum.voters={}\n\
             listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}\n\
             advertised.listeners=PLAINTEXT://localhost:{broker}\n",
            voters.join(",")
        )
        .map_err(|_| Failure::new("out of memory"))?;
        Ok(text)
    }
}

pub(crate) fn nodes(home: &Home) -> Vec<Node> {
    let folder = |id| home.cluster_folder().join(format!("node-{id}"));
    (1..=Cluster::COUNT).map(|id| Node { folder: folder(id), lib: home.lib() }).collect()
}

/// The same for every broker of a cluster.
const PROPERTIES: &str = "\
process.roles=broker,controller
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
default.replication.factor=3
min.insync.replicas=2
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=6000
offsets.topic.replication.factor=3
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=3
share.coordinator.state.topic.min.isr=2
";
/// A storage id; any will do, since brokers of different ones never meet.
const ID: &str = "c3RyaWN0ZnJhbWUtdGhyZQ";
