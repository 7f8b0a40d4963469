"""Where alembic runs: on the connection that HQ hands over."""

from alembic import context

from hq.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
