//! The folder of everything, and what is in it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::certificates::Certificates;
use crate::cluster::Cluster;
use crate::failure::{Context as _, Outcome};
use crate::node::Node;
use crate::single::Single;

/// The folder in which jars, certificates and brokers lie.
#[derive(Clone, Debug)]
pub struct Home {
    folder: PathBuf,
}

impl Home {
    /// That folder, which is made when it is not there; an absolute path.
    ///
    /// # Errors
    /// [`crate::Failure`] when it cannot be made.
    pub fn new(folder: &Path) -> Outcome<Self> {
        fs::create_dir_all(folder).context(format_args!("making {}", folder.display()))?;
        let folder = folder.canonicalize().context(format_args!("finding {}", folder.display()))?;
        Ok(Self { folder })
    }

    /// The single broker, running: the one that runs already, or a new one.
    ///
    /// # Errors
    /// [`crate::Failure`] when Java, Maven or openssl is missing, or the broker does not start.
    pub fn up(&self) -> Outcome<Single> {
        if let Ok(found) = self.single()
            && found.is_running()
        {
            return Ok(found);
        }
        end(&[self.single_node()])?;
        Single::set_up(self)
    }

    /// The single broker that was set up.
    ///
    /// # Errors
    /// [`crate::Failure`] when none was.
    pub fn single(&self) -> Outcome<Single> {
        Single::find(self)
    }

    /// The cluster, all of it running: the one that runs already, or a new one.
    ///
    /// # Errors
    /// As [`Home::up`].
    pub fn cluster_up(&self) -> Outcome<Cluster> {
        if let Ok(found) = self.cluster()
            && (0..Cluster::COUNT).all(|index| found.is_running(index))
        {
            return Ok(found);
        }
        end(&self.cluster_nodes())?;
        Cluster::set_up(self)
    }

    /// The cluster that was set up.
    ///
    /// # Errors
    /// [`crate::Failure`] when none was.
    pub fn cluster(&self) -> Outcome<Cluster> {
        Cluster::find(self)
    }

    /// Ends every broker and removes its data. Jars and certificates stay. Whatever fails, the rest is done all the same.
    ///
    /// # Errors
    /// The first [`crate::Failure`] there was.
    pub fn down(&self) -> Outcome {
        let ended = end(&[self.single_node()]).and(end(&self.cluster_nodes()));
        for folder in [self.single_folder(), self.cluster_folder()] {
            let _ = fs::remove_dir_all(folder);
        }
        ended
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn lib(&self) -> PathBuf {
        self.folder.join("lib")
    }

    pub(crate) fn certificates(&self) -> Outcome<Certificates> {
        Certificates::make(&self.folder)
    }

    pub(crate) fn single_folder(&self) -> PathBuf {
        self.folder.join("single")
    }

    pub(crate) fn cluster_folder(&self) -> PathBuf {
        self.folder.join("cluster")
    }

    fn single_node(&self) -> Node {
        Node { folder: self.single_folder(), lib: self.lib() }
    }

    fn cluster_nodes(&self) -> Vec<Node> {
        crate::cluster::nodes(self)
    }
}

/// Ends all of them, also when one of them does not go.
fn end(nodes: &[Node]) -> Outcome {
    nodes.iter().map(Node::kill).fold(Ok(()), Outcome::and)
}
