"""The only home of SQLAlchemy: engines, tables, migrations, tenant scopes, and one file per area of rows."""
