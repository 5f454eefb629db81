"""Read many damaged copies of one sample in a process of its own, so that a crash of native code is seen.

``python fuzz_worker.py SAMPLE SCRATCH FIRST_SEED CASES`` prints one line per fault and ends with code 1 on
any; a crash or a refused allocation kills the process, and the last ``seed`` line on stderr names the case.
"""

from __future__ import annotations

import gzip
import io
import random
import re
import resource
import shutil
import signal
import sys
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np

from spondyl.errors import ScanError
from spondyl.volume import read

SECONDS = 5
ADDRESS_SPACE = 6 << 30
RESIDENT = 600 << 20  # libraries themselves take up to 300 MiB


def mutate(content: bytes, seed: int) -> bytes:
    """Damage `content`: overwritten bytes and numbers, mostly in the header, a cut, or a doubled piece."""
    draw = random.Random(seed)
    damaged = bytearray(content)
    for _ in range(draw.choice((1, 1, 2, 4, 16))):
        if not damaged:
            break
        reach = draw.choice((64, 700, 4096, len(damaged)))
        at = draw.randrange(min(reach, len(damaged)))
        at = len(damaged) - 1 - at if draw.random() < 0.3 else at
        match draw.randrange(6):
            case 0 | 1:
                damaged[at] = draw.randrange(256)
            case 2:
                number = draw.choice((0, 1, 2**15, 2**31 - 1, 2**31, 2**32 - 1, 2**60, 2**63, 2**64 - 1))
                width = draw.choice((2, 4, 8))
                damaged[at : at + width] = (number % 2 ** (8 * width)).to_bytes(width, "little")
            case 3:
                word = draw.choice((b"9", b"-", b"nan", b"inf", b"1e999", b"../../../etc/passwd", b"0", b" "))
                damaged[at : at + draw.choice((0, len(word)))] = word
            case 4:
                del damaged[at : at + draw.choice((1, 4, len(damaged)))]
            case _:
                piece = damaged[at : at + draw.choice((1, 8, 512))]
                damaged[at:at] = piece
    return bytes(damaged)


def damaged(content: bytes, seed: int) -> bytes:
    """Damage `content`; half of the time inside its packing, where checksums do not protect it."""
    inside = seed % 2 == 0
    if inside and content.startswith(b"\x1f\x8b"):
        return gzip.compress(mutate(gzip.decompress(content), seed), compresslevel=1)
    if inside and content.startswith(b"PK"):
        packed = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(packed, "w") as copy:
            for number, name in enumerate(archive.namelist()):
                copy.writestr(
                    name, mutate(archive.read(name), seed + number), archive.getinfo(name).compress_type
                )
        return packed.getvalue()
    return mutate(content, seed)


def damaged_copy(sample: Path, scratch: Path, seed: int) -> Path:
    """Put a damaged copy of `sample`, a file or a folder, into `scratch` and return it."""
    target = scratch / sample.name
    if sample.is_file():
        target.write_bytes(damaged(sample.read_bytes(), seed))
        return target
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(sample, target, copy_function=shutil.copyfile)
    files = sorted(path for path in target.rglob("*") if path.is_file())
    draw = random.Random(~seed)
    for path in draw.sample(files, draw.choice((1, 1, len(files)))):
        path.write_bytes(mutate(path.read_bytes(), draw.randrange(2**32)))
    return target


def fault(path: Path, tally: Counter[str]) -> str:
    """Read `path`; return what is wrong with the outcome, or an empty text."""
    begin = time.monotonic()
    try:
        scan = read(path, voxel_mm=0.02 if path.suffix != ".nii" else None)
        with np.errstate(all="ignore"):
            float(scan.slab(0, 1).sum())
        tally["read"] += 1
    except ScanError as refused:
        tally["refused"] += 1
        lines = str(refused)
        if "Traceback" in lines or len(lines) > 4000:
            return f"a message of {len(lines)} characters"
    except BaseException:  # noqa: BLE001 whatever else comes out is the fault this program looks for
        return traceback.format_exc()
    seconds = time.monotonic() - begin
    return f"took {seconds:.1f} s" if seconds > SECONDS else ""


def _peak_bytes() -> int:
    """Peak resident memory; getrusage would give the parent's too, which outlives fork and exec."""
    match = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return 1024 * int(match[1]) if match else 0


def main(sample: Path, scratch: Path, first: int, cases: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faults, tally = 0, Counter[str]()
    read(sample, voxel_mm=0.02)  # imports are not timed
    for seed in range(first, first + cases):
        sys.stderr.write(f"seed {seed}\n")
        sys.stderr.flush()
        signal.alarm(4 * SECONDS)
        wrong = fault(damaged_copy(sample, scratch, seed), tally)
        if wrong:
            faults += 1
            sys.stdout.write(f"{sample.name} seed {seed}: {wrong}\n")
            sys.stdout.flush()
    sys.stderr.write(f"{sample.name}: {dict(tally)}\n")
    resident = _peak_bytes()
    if resident > RESIDENT:
        faults += 1
        sys.stdout.write(f"{sample.name} seeds {first} to {seed}: {resident >> 20} MiB resident\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
