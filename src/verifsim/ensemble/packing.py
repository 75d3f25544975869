"""A chunk as bytes: plain arrays, compressed, with a checksum; to be stored, or sent by a worker.

It is a zip file of ``.npy`` arrays, as ``numpy.load`` reads it, whose comment is the SHA-256 of the name
under which it is stored, and of all that stands before. Nothing in it is ever unpickled.
"""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import numpy as np
from numpy.lib import format as npy

from verifsim.ensemble.work import Arrays

FORMAT = 2
"""The version of this layout."""

_DIGITS = 64


class DamagedError(Exception):
    """Bytes that are no whole chunk."""


def packed(arrays: Arrays) -> bytes:
    """Arrays as bytes; the run, which is their first axis, becomes the last, as it lies in memory."""
    into = BytesIO()
    with ZipFile(into, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, values in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                npy.write_array(member, _run_last(np.asarray(values)), allow_pickle=False)
        archive.comment = b"0" * _DIGITS
    return sealed(into.getbuffer())


def sealed(whole: bytes | memoryview, name: str = "") -> bytes:
    """A chunk with the checksum that it has under a name: under another one it is damaged."""
    content = memoryview(whole)[:-_DIGITS]
    return b"".join([content, _checksum(content, name)])


def check_seal(whole: bytes, name: str = "") -> None:
    """Check that bytes are a whole chunk, of that name.

    Raises
    ------
    DamagedError
        If they are not, or those of another name.
    """
    if _checksum(memoryview(whole)[:-_DIGITS], name) != whole[-_DIGITS:]:
        raise DamagedError("its checksum is wrong")


def _checksum(content: memoryview, name: str) -> bytes:
    found = sha256(name.encode())
    found.update(content)
    return found.hexdigest().encode()


def unpacked(whole: bytes, name: str = "") -> Arrays:
    """Arrays out of bytes.

    Raises
    ------
    DamagedError
        If anything about them is not as it was packed, and sealed under that name.
    """
    check_seal(whole, name)
    try:
        with ZipFile(BytesIO(whole)) as archive:
            return {
                name.removesuffix(".npy"): _run_first(_array(archive, name)) for name in archive.namelist()
            }
    except (BadZipFile, ValueError, OSError, EOFError) as error:
        raise DamagedError(str(error)) from None


def _array(archive: ZipFile, name: str) -> np.ndarray:
    with archive.open(name) as member:
        return npy.read_array(member, allow_pickle=False)


def _run_last(values: np.ndarray) -> np.ndarray:
    return np.moveaxis(values, 0, -1) if values.ndim else values


def _run_first(values: np.ndarray) -> np.ndarray:
    return np.moveaxis(values, -1, 0) if values.ndim else values
