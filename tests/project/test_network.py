"""Tests reach no network: the guard is tried on an address that belongs to nobody."""

import socket
from urllib.request import urlopen

import pytest
from pytest_socket import SocketBlockedError, SocketConnectBlockedError

NOBODY = "192.0.2.1"  # kept for documentation, RFC 5737


def test_a_connection_outwards_is_blocked_before_it_leaves():
    with socket.socket() as attempt, pytest.raises((SocketBlockedError, SocketConnectBlockedError)):
        attempt.connect((NOBODY, 80))


def test_a_page_of_elsewhere_is_blocked_too():
    with pytest.raises((SocketBlockedError, SocketConnectBlockedError)):
        urlopen(f"http://{NOBODY}/", timeout=1)
