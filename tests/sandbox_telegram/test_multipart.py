"""Forms as different clients write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram.errors import ApiError
from sandbox.telegram.multipart import parts

HEADER = 'multipart/form-data; boundary="b0und"'


def form(*heads_and_data: tuple[str, bytes]) -> bytes:
    body = b"".join(f"--b0und\r\n{head}\r\n\r\n".encode() + data + b"\r\n" for head, data in heads_and_data)
    return body + b"--b0und--\r\n"


@pytest.mark.parametrize(
    ("disposition", "name", "filename"),
    [
        ('form-data; name="a"', "a", None),
        ('form-data; name="a"; filename="你好.txt"', "a", "你好.txt"),
        ("form-data; name=\"a\"; filename*=utf-8''%E4%BD%A0.txt", "a", "你.txt"),
        ('form-data; name="a"; filename="say %22hi%22.txt"', "a", 'say "hi".txt'),
        ('form-data; name="a"; filename="say \\"hi\\".txt"', "a", 'say "hi".txt'),
        ("form-data; name=a; filename=b.txt", "a", "b.txt"),
        ('form-data; filename="x;y=z.txt"; name="a"', "a", "x;y=z.txt"),
    ],
)
def test_names_and_filenames(disposition: str, name: str, filename: str | None) -> None:
    (part,) = parts(form((f"Content-Disposition: {disposition}\r\nContent-Type: text/plain", b"x")), HEADER)
    assert (part.name, part.filename, part.mime, part.data) == (name, filename, "text/plain", b"x")


@given(st.lists(st.binary().filter(lambda data: b"--b0und" not in data), max_size=4))
def test_any_bytes_come_back(contents: list[bytes]) -> None:
    body = form(*((f'Content-Disposition: form-data; name="{n}"', data) for n, data in enumerate(contents)))
    assert [(p.name, p.data) for p in parts(body, HEADER)] == [(str(n), data) for n, data in enumerate(contents)]


@pytest.mark.parametrize("body", [b"", b"nothing", b"--b0und\r\nno end", form(("X: y", b""))])
def test_broken_forms_are_refused(body: bytes) -> None:
    with pytest.raises(ApiError, match="failed to parse multipart body"):
        list(parts(body, HEADER))
