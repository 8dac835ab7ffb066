"""Alembic's entry: runs inside the transaction that `core.store.migrate` opened."""

from alembic import context

from core.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction is the one
)
context.run_migrations()
