"""A server that speaks S3, for tests: moto's, in a thread of its own."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

BUCKET = "desk-files"


@contextmanager
def s3_server(patch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty bucket; AWS's variables lead to it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    httpx.post(f"http://{host}:{port}/moto-api/reset").raise_for_status()  # it shares its files with earlier ones
    address = {"AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_REGION": "us-east-1"}
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    for name, value in (address | keys).items():
        patch.setenv(name, value)
    try:
        boto3.client("s3", endpoint_url=address["AWS_ENDPOINT_URL"], region_name="us-east-1").create_bucket(
            Bucket=BUCKET
        )
        yield f"s3://{BUCKET}/desk"
    finally:
        server.stop()
