"""Secrets at rest: AES-256-GCM under a key derived per tenant, bound to tenant and field.

A sealed value copied into another tenant's row, or into another field, does not open. Format:
version byte | key id byte | nonce (12) | ciphertext + tag, in URL-safe base64. Several master keys may be
known at once; the newest seals, so that keys can be rotated row by row.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = 1
_KEY_BYTES = 32


class VaultError(Exception):
    """The master key is malformed, or a secret cannot be opened with any key we know."""


class Vault:
    """`keys` maps key id (1-255) to a 32-byte master key; the highest id seals."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        if not keys or any(len(key) != _KEY_BYTES for key in keys.values()):
            raise VaultError("each master key must be 32 bytes")
        self._keys = dict(keys)
        self._newest = max(keys)

    def seal(self, tenant_id: int, field: str, secret: str) -> str:
        nonce = secrets.token_bytes(12)
        body = self._cipher(self._newest, tenant_id).encrypt(nonce, secret.encode(), _bound_to(tenant_id, field))
        return base64.urlsafe_b64encode(bytes([_VERSION, self._newest]) + nonce + body).decode()

    def open(self, tenant_id: int, field: str, sealed: str) -> str:
        try:
            blob = base64.urlsafe_b64decode(sealed)
            version, key_id, nonce, body = blob[0], blob[1], blob[2:14], blob[14:]
            if version != _VERSION or key_id not in self._keys:
                raise VaultError("sealed with a key that is not known here")
            return self._cipher(key_id, tenant_id).decrypt(nonce, body, _bound_to(tenant_id, field)).decode()
        except (InvalidTag, ValueError, IndexError) as error:
            raise VaultError("this secret was not sealed for this tenant and field") from error

    def is_stale(self, sealed: str) -> bool:
        """Sealed with an older key: seal it anew when it is next written."""
        return base64.urlsafe_b64decode(sealed)[1] != self._newest

    def sign(self, purpose: str, data: bytes) -> bytes:
        """Proof that `data` comes from us and was made for `purpose`: the key's id and an HMAC-SHA256, 33 bytes."""
        return bytes([self._newest]) + self._proof(self._newest, purpose, data)

    def has_signed(self, purpose: str, data: bytes, proof: bytes) -> bool:
        """By any key we know. Takes the same time, right or wrong."""
        key_id = proof[0] if proof and proof[0] in self._keys else self._newest
        return hmac.compare_digest(bytes([key_id]) + self._proof(key_id, purpose, data), proof)

    def _proof(self, key_id: int, purpose: str, data: bytes) -> bytes:
        derive = HKDF(SHA256(), _KEY_BYTES, salt=None, info=f"topicdesk/sign/{purpose}".encode())
        return hmac.digest(derive.derive(self._keys[key_id]), data, hashlib.sha256)

    def _cipher(self, key_id: int, tenant_id: int) -> AESGCM:
        derive = HKDF(SHA256(), _KEY_BYTES, salt=None, info=f"topicdesk/v1/{tenant_id}".encode())
        return AESGCM(derive.derive(self._keys[key_id]))


def _bound_to(tenant_id: int, field: str) -> bytes:
    return f"{tenant_id}|{field}".encode()


def parse_keys(text: str) -> dict[int, bytes]:
    """`<base64>` or `1:<base64>,2:<base64>` → keys by id. Raises VaultError."""
    keys: dict[int, bytes] = {}
    for number, part in enumerate(filter(None, text.replace("\n", ",").split(",")), start=1):
        key_id, _, encoded = part.strip().rpartition(":")
        try:
            keys[int(key_id or number)] = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise VaultError("a master key is base64 of 32 bytes, optionally with its number before it") from error
    return keys


def open_vault(master_key: str, data_dir: Path) -> Vault:
    """The vault under the operator's key, else under one made at first start and kept (0600) in the data directory."""
    if not master_key:
        master_key = _key_file(data_dir / "master.key")
    return Vault(parse_keys(master_key))


def _key_file(path: Path) -> str:
    if path.exists():
        return path.read_text()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = "1:" + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    return text
