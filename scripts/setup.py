"""Make everything that running or testing needs, and nothing twice: ``python3 scripts/setup.py [--dev]``.

Standard library only, and old syntax only: it must be able to tell an old Python that it is too old.
What is there already is recognised by the hash of the files it was made from.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import List, NoReturn, Optional, Tuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
NEEDED_MB = {"run": 1200, "dev": 2000}


def stop(japanese: str, english: str) -> NoReturn:
    """End with one clear sentence, in both languages."""
    sys.exit("\n  " + japanese + "\n  " + english + "\n")


def check_python() -> None:
    if sys.version_info < (3, 11):
        have = "{}.{}".format(*sys.version_info[:2])
        stop(
            "Python 3.11 以上が必要です（今は " + have + "）。新しい Python を入れてから、もう一度お試しください。",
            "Python 3.11 or newer is needed (this is " + have + "). Install it and try again.",
        )
    try:
        import ensurepip  # noqa: F401, PLC0415 -- Debian splits it off
    except ImportError:
        stop(
            "Python の venv がありません。apt-get install python3-venv を実行してください。",
            "Python's venv module is missing: apt-get install python3-venv",
        )


def node_version() -> Optional[int]:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    try:
        return int(said.strip().lstrip("v").split(".")[0])
    except ValueError:
        return None


def check_node() -> None:
    version = node_version()
    if version is None or version < 20:
        have = "見つかりません / none found" if version is None else "v" + str(version)
        stop(
            "Node.js 20 以上と npm が必要です（今は " + have + "）。",
            "Node.js 20 or newer with npm is needed (now: " + have + ").",
        )


def check_disk(mode: str) -> None:
    free = shutil.disk_usage(ROOT).free // 1_000_000
    if free < NEEDED_MB[mode]:
        stop(
            "ディスクの空きが足りません: 空き " + str(free) + " MB、必要 " + str(NEEDED_MB[mode]) + " MB。",
            "Not enough disk space: " + str(free) + " MB free, " + str(NEEDED_MB[mode]) + " MB needed.",
        )


def stamp_of(files: List[Path]) -> str:
    digest = hashlib.sha256(sys.version.encode() + str(ROOT).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_made(stamp: Path, digest: str) -> bool:
    return stamp.is_file() and stamp.read_text() == digest


def tell(sentence: str) -> None:
    print("  … " + sentence, flush=True)


def call(command: List[str], failed: Tuple[str, str]) -> None:
    """Run a command quietly; on failure show the end of what it said, then one sentence."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode == 0:
        return
    said = done.stdout or ""
    sys.stderr.write("\n".join(said.splitlines()[-12:]) + "\n")
    if "No space left" in said or "ENOSPC" in said:
        stop(
            "ディスクがいっぱいです。空きを作ってから、もう一度お試しください。",
            "The disk is full. Free some space and try again.",
        )
    stop(failed[0], failed[1])


def make_python(mode: str) -> None:
    locks = [ROOT / ("requirements-dev.lock" if mode == "dev" else "requirements.lock")]
    digest = stamp_of([*locks, ROOT / "pyproject.toml"])
    stamps = {"run": VENV / "made-for-run", "dev": VENV / "made-for-dev"}
    if is_made(stamps[mode], digest) or (mode == "run" and is_made(stamps["dev"], dev_digest())):
        return
    check_disk(mode)
    if not (VENV / "bin" / "python").exists():
        tell("Python の仮想環境を作っています (virtual environment)")
        call(
            [sys.executable, "-m", "venv", str(VENV)],
            ("仮想環境を作れませんでした: " + str(VENV), "The virtual environment could not be made: " + str(VENV)),
        )
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    offline = (
        "部品の取得に失敗しました。ネットワークかパッケージレジストリ (PyPI) への接続を確かめてください。",
        "Parts could not be fetched: check the network and the package registry (PyPI).",
    )
    tell("Python の部品を入れています。初回は数分かかります (Python packages, minutes at first)")
    call([*pip, "--require-hashes", "-r", str(locks[0])], offline)
    call([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], offline)
    stamps[mode].write_text(digest)


def dev_digest() -> str:
    return stamp_of([ROOT / "requirements-dev.lock", ROOT / "pyproject.toml"])


def make_front_end(mode: str) -> None:
    digest = stamp_of([ROOT / "package.json", ROOT / "package-lock.json"])
    stamps = {"run": ROOT / "node_modules" / ".made-for-run", "dev": ROOT / "node_modules" / ".made-for-dev"}
    if is_made(stamps[mode], digest) or is_made(stamps["dev"], digest):
        return
    check_node()
    tell("画面の部品を入れています (front-end parts by npm)")
    npm = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    call(
        npm if mode == "dev" else [*npm, "--omit=dev"],
        (
            "画面の部品の取得に失敗しました。ネットワークか npm レジストリへの接続を確かめてください。",
            "Front-end parts could not be fetched: check the network and the npm registry.",
        ),
    )
    stamps[mode].write_text(digest)


def main() -> None:
    mode = "dev" if "--dev" in sys.argv[1:] else "run"
    os.chdir(str(ROOT))
    check_python()
    make_python(mode)
    make_front_end(mode)


if __name__ == "__main__":
    main()
