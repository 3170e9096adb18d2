//! A disk of the server that is full: one clear error, nothing lost, and it goes on when there is room.

use strictframe_broker::Postgres;
use strictframe_dashflow::checkpoint::PostgresStore;

use crate::place::sql;
use crate::small_world::{Disk, is_inside, withstands_a_full_disk};

#[tokio::test]
async fn a_table_on_a_full_disk_loses_nothing() {
    // The server runs as somebody else than root, and only root may be somebody else.
    if is_inside("disk::a_table_on_a_full_disk_loses_nothing", true) {
        let (server, disk) = (Postgres::start("", None).unwrap(), Disk::of(1 << 10));
        server.give(disk.path(), 0o700).unwrap();
        let space = format!("CREATE TABLESPACE small LOCATION '{}'", disk.path().display());
        sql(&server.url("postgres"), &space).await;
        let url = format!("{}&options=-cdefault_tablespace%3Dsmall", server.url("postgres"));
        let place = || PostgresStore::new(&url).unwrap();
        withstands_a_full_disk(place, &disk, "No space left on device (SQLSTATE 53100)").await;
        drop(server);
    }
}
