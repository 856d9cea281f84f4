"""Whole commands in turns, and what they cost."""

import datetime
import os
import platform
import re
import statistics
import subprocess
import time
from pathlib import Path


class Run:
    """What one run of a command cost."""

    def __init__(self, command, environment=None, into=subprocess.DEVNULL):
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=into, stderr=subprocess.DEVNULL, env=environment
        )
        _, status, usage = os.wait4(process.pid, 0)
        self.milliseconds = (time.perf_counter() - began) * 1_000
        process.returncode = os.waitstatus_to_exitcode(status)
        self.status = process.returncode
        self.processor_milliseconds = (usage.ru_utime + usage.ru_stime) * 1_000


def in_turns(rounds, subjects):
    """Runs each subject in each round, after one round that does not count: what each cost, by subject, in the order of the rounds."""
    costs = {name: [] for name in subjects}
    for number in range(rounds + 1):
        for name, run in subjects.items():
            cost = run()
            if number > 0:
                costs[name].append(cost)
    return costs


class Results:
    """What a suite writes, in the form of `target/bench/SUITE.json`."""

    def __init__(self, suite, environment):
        self.whole = {"suite": suite, "environment": environment, "measurements": [], "ratios": []}

    def measured(self, group, case, subject, unit, rounds, input_bytes=None):
        more = {} if input_bytes is None else {"input_bytes": input_bytes}
        rounds = [rounded(it) for it in rounds]
        self.whole["measurements"].append(
            {"group": group, "case": case, "subject": subject, "unit": unit, "median": rounded(statistics.median(rounds)), "rounds": rounds, **more}
        )

    def ratioed(self, name, subject, against, rounds, others, target=None):
        """The ratio of two things that were measured in the same rounds; half of the rounds lie between `low` and `high`."""
        ratios = sorted(one / other for one, other in zip(rounds, others))
        middle = rounded(statistics.median(ratios))
        low, high = ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]
        more = {} if target is None else {"target": target, "met": middle <= target}
        self.whole["ratios"].append(
            {"name": name, "subject": subject, "against": against, "ratio": middle, "low": rounded(low), "high": rounded(high), **more}
        )


def machine():
    """The kind of machine, and nothing that names it."""
    cpu = Path("/proc/cpuinfo")
    model = re.search(r"^model name\s*:\s*(.*\S)", cpu.read_text(), re.MULTILINE) if cpu.exists() else None
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": model[1] if model else "unknown",
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 2**30),
        "platform": f"{platform.system()}-{platform.machine()}".lower(),
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
    }


def rounded(number):
    """Four digits are more than any of it is worth."""
    return float(f"{number:.5g}")
