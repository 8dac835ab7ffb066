"""Secrets at rest: bound to tenant and field, opened by any known key, sealed by the newest."""

import base64
from pathlib import Path

import pytest

from core.vault import Vault, VaultError, open_vault, parse_keys

OLD, NEW = bytes(range(32)), bytes(range(1, 33))


def test_what_was_sealed_opens_again_and_never_shows() -> None:
    vault = Vault({1: OLD})
    sealed = vault.seal(5, "line.secrets|9", "EAAG-token 密钥")
    assert vault.open(5, "line.secrets|9", sealed) == "EAAG-token 密钥"
    assert b"EAAG" not in base64.urlsafe_b64decode(sealed)
    assert vault.seal(5, "line.secrets|9", "x") != vault.seal(5, "line.secrets|9", "x")


@pytest.mark.parametrize(("tenant", "field"), [(6, "line.secrets|9"), (5, "line.secrets|8"), (5, "")])
def test_a_secret_moved_elsewhere_does_not_open(tenant: int, field: str) -> None:
    vault = Vault({1: OLD})
    with pytest.raises(VaultError):
        vault.open(tenant, field, vault.seal(5, "line.secrets|9", "secret"))


@pytest.mark.parametrize("broken", ["", "x", "AQE=", "!!!", base64.urlsafe_b64encode(b"\x09" * 60).decode()])
def test_what_is_no_secret_is_refused(broken: str) -> None:
    with pytest.raises(VaultError):
        Vault({1: OLD}).open(5, "f", broken)


def test_rotation_opens_old_secrets_and_seals_with_the_new_key() -> None:
    sealed = Vault({1: OLD}).seal(5, "f", "secret")
    both = Vault({1: OLD, 2: NEW})
    assert both.is_stale(sealed)
    again = both.seal(5, "f", both.open(5, "f", sealed))
    assert not both.is_stale(again)
    assert Vault({2: NEW}).open(5, "f", again) == "secret"
    with pytest.raises(VaultError):
        Vault({2: NEW}).open(5, "f", sealed)


def test_keys_are_read_with_and_without_numbers() -> None:
    old, new = (base64.b64encode(key).decode() for key in (OLD, NEW))
    assert parse_keys(old) == {1: OLD}
    assert parse_keys(f"1:{old},2:{new}") == {1: OLD, 2: NEW}


@pytest.mark.parametrize("text", ["short", "1:not base64!", base64.b64encode(b"short").decode(), ","])
def test_a_malformed_master_key_is_told_plainly(text: str) -> None:
    with pytest.raises(VaultError):
        Vault(parse_keys(text))


def test_the_key_made_at_first_start_is_kept_private_and_used_again(tmp_path: Path) -> None:
    sealed = open_vault("", tmp_path).seal(1, "f", "secret")
    assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600
    assert open_vault("", tmp_path).open(1, "f", sealed) == "secret"


def test_what_was_signed_is_known_by_purpose_data_and_any_known_key() -> None:
    proof = Vault({1: OLD}).sign("files", b"data")
    assert Vault({1: OLD, 2: NEW}).has_signed("files", b"data", proof)
    assert not Vault({1: NEW}).has_signed("files", b"data", proof)
    assert not Vault({2: OLD}).has_signed("files", b"data", proof)
    for purpose, data, claimed in (("other", b"data", proof), ("files", b"date", proof), ("files", b"data", b"")):
        assert not Vault({1: OLD}).has_signed(purpose, data, claimed)
