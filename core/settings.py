"""What the operator sets, read once from the environment (and `.env`) and handed down.

The names are the outside contract: they are listed in README and must not change.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _from_environment(prefix: str) -> SettingsConfigDict:
    """A name that is there but empty counts as not set: so `.env` files may list names without values."""
    return SettingsConfigDict(env_prefix=prefix, env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True)


class TelegramSettings(BaseSettings):
    model_config = _from_environment("TELEGRAM_")

    bot_token: SecretStr = SecretStr("")
    api_base: str = "https://api.telegram.org"
    owner_id: int | None = None
    group_id: int | None = Field(default=None, lt=0)
    """Groups have negative ids; a positive one is a person's, taken from the wrong place."""
    updates: Literal["poll", "webhook"] = "poll"
    posts_per_minute: float = Field(default=18, ge=0)
    """Where the budget of one group starts; the product adapts below and a little above. 0: no budget at all."""
    local_files: bool = False
    """The Bot API server at `api_base` is our own, runs with --local on this machine, and gives paths of files."""
    helper_tokens: SecretStr = SecretStr("")
    """Of further bots in the group, by comma or space: they post customers' messages when the bot has no room."""

    @property
    def helpers(self) -> tuple[str, ...]:
        return tuple(self.helper_tokens.get_secret_value().replace(",", " ").split())


class WhatsAppSettings(BaseSettings):
    """One Cloud API line from the environment."""

    model_config = _from_environment("WHATSAPP_")

    access_token: SecretStr = SecretStr("")
    phone_number_id: str = ""
    business_account_id: str = ""
    app_secret: SecretStr = SecretStr("")
    verify_token: SecretStr = SecretStr("")
    api_base: str = "https://graph.facebook.com"
    api_version: str = "v24.0"


class DeskSettings(BaseSettings):
    model_config = _from_environment("TOPICDESK_")

    database_url: str = ""
    """Empty: SQLite in the data directory."""
    data_dir: Path = Path("data")
    master_key: SecretStr = SecretStr("")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = ""
    locale: str = "en"
    timezone: str = "UTC"
    log_level: str = "INFO"
    read_delay_min: float = Field(default=3, ge=0)
    read_delay_max: float = Field(default=10, ge=0)
    """A customer's message is marked read after a random time between the two (seconds)."""
    human_read: bool = True
    typing: bool = True
    lag_seconds: float = Field(default=15, gt=0)
    """When customers' messages wait longer than this to be shown, staff are told."""
    replayed_messages: int = Field(default=10, ge=0, le=10)
    """How many of the last messages are told again in a topic that had to be made anew. 0: none."""
    group_full_at: int = Field(default=500_000, ge=100, le=1_000_000)
    """Messages of a group from which on new topics go to another one: Telegram archives after about a million."""
    media_url: str = ""
    """`s3://bucket/prefix`: where files are kept; empty: in the data directory."""
    media_days: int = Field(default=0, ge=0)
    """Files older than this are deleted; their messages stay. 0: never."""
    link_days: float = Field(default=7, gt=0, le=365)
    """For how long a link to a file opens it."""
    proof_seconds: float = Field(default=20, ge=0)
    """How long to wait for proof of a send whose answer was lost, before asking staff."""

    @model_validator(mode="after")
    def _check_database(self) -> Self:
        if self.database_url and not self.database_url.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
            raise ValueError("the database is sqlite+aiosqlite:///… or postgresql+asyncpg://…")
        if self.media_url and not self.media_url.startswith("s3://"):
            raise ValueError("files are kept at s3://bucket/prefix")
        return self

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'topicdesk.db'}"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one process, by default those of the environment."""

    telegram: TelegramSettings = field(default_factory=TelegramSettings)
    whatsapp: WhatsAppSettings = field(default_factory=WhatsAppSettings)
    desk: DeskSettings = field(default_factory=DeskSettings)
