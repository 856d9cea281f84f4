"""EdgeSeal, called as a command."""

import subprocess
import sys
from pathlib import Path

import samples


class EdgeSeal:
    """One way to call it."""

    def __init__(self, command: list[str | Path], folder: Path) -> None:
        self.name = Path(command[-1]).name
        self._command = command
        self._input = folder / "input.json"
        self._policy = folder / "policy.json"
        self._keyring = folder / "keyring.json"
        self._policy.write_text(samples.policy(), "utf-8")
        self._keyring.write_text(samples.keyring(folder), "utf-8")

    def encrypt(self, body: str) -> str:
        """The body as it goes to the origin."""
        return self._run("encrypt", "--policy", self._policy, body)

    def decrypt(self, text: str) -> str:
        """The text with plaintext in it."""
        return self._run("decrypt", "--keyring", self._keyring, text)

    def _run(self, subcommand: str, option: str, file: Path, data: str) -> str:
        self._input.write_text(data, "utf-8")
        command = [*self._command, subcommand, option, file, self._input]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{self.name} {subcommand}: {done.stderr.decode('utf-8')}")
        return done.stdout.decode("utf-8")
