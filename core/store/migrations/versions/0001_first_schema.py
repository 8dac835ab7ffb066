"""First schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.store.types import UtcDateTime

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('budget',
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.Column('per_minute', sa.Float(), nullable=False),
    sa.Column('tokens', sa.Float(), nullable=False),
    sa.Column('clean', sa.Integer(), nullable=False),
    sa.Column('counted_at', UtcDateTime(), nullable=False),
    sa.Column('frozen_until', UtcDateTime(), nullable=True),
    sa.Column('open_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_budget'))
    )
    op.create_table('inbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('external_id', sa.String(length=200), nullable=False),
    sa.Column('raw', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('received_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox')),
    sa.UniqueConstraint('source', 'external_id', name=op.f('uq_inbox_source_external_id'))
    )
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.create_index('ix_inbox_new', ['source', 'id'], unique=False, sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'"))

    op.create_table('job',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('lane', sa.String(length=100), nullable=True),
    sa.Column('urgency', sa.Integer(), nullable=False),
    sa.Column('merge_key', sa.String(length=100), nullable=True),
    sa.Column('gate', sa.String(length=100), nullable=True),
    sa.Column('payload', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('claim_no', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('run_at', UtcDateTime(), nullable=False),
    sa.Column('lease_until', UtcDateTime(), nullable=True),
    sa.Column('holder', sa.Integer(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index('ix_job_due', ['status', 'run_at'], unique=False)
        batch_op.create_index('ix_job_lane_head', ['lane', 'id'], unique=False, sqlite_where=sa.text("lane IS NOT NULL AND status IN ('todo', 'doing')"), postgresql_where=sa.text("lane IS NOT NULL AND status IN ('todo', 'doing')"))
        batch_op.create_index('uq_job_merge_key', ['merge_key'], unique=True, sqlite_where=sa.text("status = 'todo'"), postgresql_where=sa.text("status = 'todo'"))

    op.create_table('lease',
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('holder', sa.String(length=100), nullable=False),
    sa.Column('until', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_lease'))
    )
    op.create_table('setting',
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_setting'))
    )
    op.create_table('tenant',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('locale', sa.String(length=20), nullable=False),
    sa.Column('timezone', sa.String(length=64), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tenant'))
    )
    op.create_table('contact',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=400), nullable=False),
    sa.Column('language', sa.String(length=20), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_contact_tenant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact')),
    sa.UniqueConstraint('tenant_id', 'id', name=op.f('uq_contact_tenant_id_id'))
    )
    op.create_table('desk_group',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('chat_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('title', sa.String(length=255), nullable=False),
    sa.Column('suspended', sa.Text(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_desk_group_tenant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_desk_group')),
    sa.UniqueConstraint('chat_id', name=op.f('uq_desk_group_chat_id')),
    sa.UniqueConstraint('tenant_id', 'id', name=op.f('uq_desk_group_tenant_id_id'))
    )
    op.create_table('event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('actor', sa.String(length=60), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_event_tenant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event')),
    sa.UniqueConstraint('tenant_id', 'id', name=op.f('uq_event_tenant_id_id'))
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_tenant_id_contact_id_id'), ['tenant_id', 'contact_id', 'id'], unique=False)

    op.create_table('line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('external_id', sa.String(length=200), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('secrets', sa.Text(), nullable=False),
    sa.Column('settings', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('habits', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_line_tenant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_line')),
    sa.UniqueConstraint('kind', 'external_id', name=op.f('uq_line_kind_external_id')),
    sa.UniqueConstraint('tenant_id', 'id', name=op.f('uq_line_tenant_id_id'))
    )
    op.create_table('staff',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('telegram_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('locale', sa.String(length=20), nullable=True),
    sa.Column('checked_at', UtcDateTime(), nullable=True),
    sa.Column('told_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_staff_tenant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('tenant_id', 'id', name=op.f('uq_staff_tenant_id_id')),
    sa.UniqueConstraint('tenant_id', 'telegram_id', name=op.f('uq_staff_tenant_id_telegram_id'))
    )
    op.create_table('address',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('value', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'contact_id'], ['contact.tenant_id', 'contact.id'], name=op.f('fk_address_tenant_id_contact_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tenant_id', 'line_id'], ['line.tenant_id', 'line.id'], name=op.f('fk_address_tenant_id_line_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_address_tenant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_address')),
    sa.UniqueConstraint('tenant_id', 'id', name=op.f('uq_address_tenant_id_id')),
    sa.UniqueConstraint('tenant_id', 'line_id', 'kind', 'value', name=op.f('uq_address_tenant_id_line_id_kind_value'))
    )
    with op.batch_alter_table('address', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_address_tenant_id_contact_id'), ['tenant_id', 'contact_id'], unique=False)

    op.create_table('conversation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('last_in_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['tenant_id', 'contact_id'], ['contact.tenant_id', 'contact.id'], name=op.f('fk_conversation_tenant_id_contact_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tenant_id', 'line_id'], ['line.tenant_id', 'line.id'], name=op.f('fk_conversation_tenant_id_line_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_conversation_tenant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversation')),
    sa.UniqueConstraint('tenant_id', 'contact_id', 'line_id', name=op.f('uq_conversation_tenant_id_contact_id_line_id')),
    sa.UniqueConstraint('tenant_id', 'id', name=op.f('uq_conversation_tenant_id_id'))
    )
    op.create_table('early_status',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('external_id', sa.String(length=400), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('problem', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'line_id'], ['line.tenant_id', 'line.id'], name=op.f('fk_early_status_tenant_id_line_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_early_status_tenant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_early_status')),
    sa.UniqueConstraint('tenant_id', 'id', name=op.f('uq_early_status_tenant_id_id')),
    sa.UniqueConstraint('tenant_id', 'line_id', 'external_id', 'status', name=op.f('uq_early_status_tenant_id_line_id_external_id_status'))
    )
    op.create_table('note',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('author', sa.String(length=60), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('origin', sa.String(length=100), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'contact_id'], ['contact.tenant_id', 'contact.id'], name=op.f('fk_note_tenant_id_contact_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_note_tenant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note')),
    sa.UniqueConstraint('tenant_id', 'id', name=op.f('uq_note_tenant_id_id')),
    sa.UniqueConstraint('tenant_id', 'origin', name=op.f('uq_note_tenant_id_origin'))
    )
    op.create_table('topic',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('chat_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('thread_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=128), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('card_post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'contact_id'], ['contact.tenant_id', 'contact.id'], name=op.f('fk_topic_tenant_id_contact_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_topic_tenant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_topic')),
    sa.UniqueConstraint('chat_id', 'thread_id', name=op.f('uq_topic_chat_id_thread_id')),
    sa.UniqueConstraint('tenant_id', 'contact_id', 'generation', name=op.f('uq_topic_tenant_id_contact_id_generation')),
    sa.UniqueConstraint('tenant_id', 'id', name=op.f('uq_topic_tenant_id_id'))
    )
    op.create_table('message',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('conversation_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('direction', sa.String(length=3), nullable=False),
    sa.Column('external_id', sa.String(length=400), nullable=True),
    sa.Column('origin', sa.String(length=100), nullable=True),
    sa.Column('author', sa.String(length=60), nullable=False),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('reply_to_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('problem', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=True),
    sa.Column('attempt', sa.Integer(), server_default='0', nullable=False),
    sa.Column('calling_at', UtcDateTime(), nullable=True),
    sa.Column('told_post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('shown', sa.String(length=10), nullable=False),
    sa.Column('read', sa.String(length=10), nullable=False),
    sa.Column('said_at', UtcDateTime(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'contact_id'], ['contact.tenant_id', 'contact.id'], name=op.f('fk_message_tenant_id_contact_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tenant_id', 'conversation_id'], ['conversation.tenant_id', 'conversation.id'], name=op.f('fk_message_tenant_id_conversation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tenant_id', 'line_id'], ['line.tenant_id', 'line.id'], name=op.f('fk_message_tenant_id_line_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tenant_id', 'reply_to_id'], ['message.tenant_id', 'message.id'], name=op.f('fk_message_tenant_id_reply_to_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_message_tenant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('tenant_id', 'id', name=op.f('uq_message_tenant_id_id')),
    sa.UniqueConstraint('tenant_id', 'line_id', 'external_id', name=op.f('uq_message_tenant_id_line_id_external_id')),
    sa.UniqueConstraint('tenant_id', 'origin', name=op.f('uq_message_tenant_id_origin'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_tenant_id_conversation_id_id'), ['tenant_id', 'conversation_id', 'id'], unique=False)
        batch_op.create_index('ix_message_waiting', ['tenant_id', 'contact_id', 'id'], unique=False, sqlite_where=sa.text("shown = 'waiting'"), postgresql_where=sa.text("shown = 'waiting'"))

    op.create_table('copy',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('tenant_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('chat_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id', 'message_id'], ['message.tenant_id', 'message.id'], name=op.f('fk_copy_tenant_id_message_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenant.id'], name=op.f('fk_copy_tenant_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_copy')),
    sa.UniqueConstraint('tenant_id', 'chat_id', 'post_id', 'message_id', 'part', name=op.f('uq_copy_tenant_id_chat_id_post_id_message_id_part')),
    sa.UniqueConstraint('tenant_id', 'id', name=op.f('uq_copy_tenant_id_id'))
    )
    with op.batch_alter_table('copy', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_copy_tenant_id_message_id'), ['tenant_id', 'message_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('copy', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_copy_tenant_id_message_id'))

    op.drop_table('copy')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index('ix_message_waiting', sqlite_where=sa.text("shown = 'waiting'"), postgresql_where=sa.text("shown = 'waiting'"))
        batch_op.drop_index(batch_op.f('ix_message_tenant_id_conversation_id_id'))

    op.drop_table('message')
    op.drop_table('topic')
    op.drop_table('note')
    op.drop_table('early_status')
    op.drop_table('conversation')
    with op.batch_alter_table('address', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_address_tenant_id_contact_id'))

    op.drop_table('address')
    op.drop_table('staff')
    op.drop_table('line')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_tenant_id_contact_id_id'))

    op.drop_table('event')
    op.drop_table('desk_group')
    op.drop_table('contact')
    op.drop_table('tenant')
    op.drop_table('setting')
    op.drop_table('lease')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index('uq_job_merge_key', sqlite_where=sa.text("status = 'todo'"), postgresql_where=sa.text("status = 'todo'"))
        batch_op.drop_index('ix_job_lane_head', sqlite_where=sa.text("lane IS NOT NULL AND status IN ('todo', 'doing')"), postgresql_where=sa.text("lane IS NOT NULL AND status IN ('todo', 'doing')"))
        batch_op.drop_index('ix_job_due')

    op.drop_table('job')
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.drop_index('ix_inbox_new', sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'"))

    op.drop_table('inbox')
    op.drop_table('budget')
