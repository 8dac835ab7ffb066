"""Fits the HTTP door of `gateway` to this process: who accepts, which secrets count, what is ready."""
