"""The database of what people leave here: SQLite in the data folder, or PostgreSQL when DATABASE_URL names one.

`open_storage` (ui.storage.opening) gives a Database whose tables are at the version of this program; a server takes
it from a StorageProvider (ui.storage.provider), which tries again while the database does not answer. A module then
reads in `with database.reading() as session:` and writes in `with database.writing() as session:` (committed at the
end, undone by an exception); both raise StorageError alone.

To add tables of your own:

1. write their models in a `tables.py` of your package, on `ui.storage.base.Base` (the one metadata);
2. name that module in `ui.storage.areas.AREAS`;
3. add `migrations/versions/rNNNN_subject.py`, its `revision` the next number and its `down_revision` the newest one:
   migrations are one chain, they only add (an older replica still serves while the newer one starts), and a released
   one is never edited. tests/storage checks that the chain gives exactly what the models say, on both databases.
"""
