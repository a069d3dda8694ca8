//! Reading through the database itself: what [`Snapshot`] does, on the newest version.

use std::sync::Arc;

use arc_swap::ArcSwap;
use trueno::Vector;

use crate::config::{Config, SearchOptions};
use crate::db::VectorDb;
use crate::error::Result;
use crate::filter::Filter;
use crate::snapshot::{Hit, Snapshot, State};
use crate::value::Row;

/// Gives the newest committed version to any thread, without waiting for the writer.
#[derive(Clone, Debug)]
pub struct Reader {
    pub(crate) shared: Arc<ArcSwap<State>>,
}

impl Reader {
    /// The newest committed version.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { state: self.shared.load_full() }
    }
}

impl VectorDb {
    /// The version that this database shows now.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot.clone()
    }

    /// A handle for other threads that always gives the newest version.
    pub fn reader(&self) -> Reader {
        Reader { shared: self.shared.clone() }
    }

    /// See [`Snapshot::ids_where`].
    ///
    /// # Errors
    /// As there.
    pub fn ids_where(&self, filter: &Filter) -> Result<Vec<u64>> {
        self.snapshot.ids_where(filter)
    }

    /// See [`Snapshot::search`].
    ///
    /// # Errors
    /// As there.
    pub fn search(&self, query: &[f32], k: usize) -> Result<Vec<Hit>> {
        self.snapshot.search(query, k)
    }

    /// See [`Snapshot::search_with`].
    ///
    /// # Errors
    /// As there.
    pub fn search_with(&self, query: &[f32], options: &SearchOptions) -> Result<Vec<Hit>> {
        self.snapshot.search_with(query, options)
    }

    /// See [`Snapshot::search_batch`].
    ///
    /// # Errors
    /// As there.
    pub fn search_batch(&self, queries: &[f32], options: &SearchOptions) -> Result<Vec<Vec<Hit>>> {
        self.snapshot.search_batch(queries, options)
    }

    /// The vector of an id, borrowed from the database without a copy.
    pub fn get(&self, id: u64) -> Option<Vector<'_, f32>> {
        self.snapshot.get(id)
    }

    /// The metadata of an id.
    pub fn row(&self, id: u64) -> Option<Row> {
        self.snapshot.row(id)
    }

    /// All ids, in no particular order.
    pub fn ids(&self) -> impl Iterator<Item = u64> + '_ {
        self.snapshot.ids()
    }

    /// Number of vectors.
    pub fn len(&self) -> u64 {
        self.snapshot.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.snapshot.is_empty()
    }

    /// The database's settings.
    pub fn config(&self) -> &Config {
        &self.engine.config
    }
}
