"""Ask for known vulnerabilities of the locked packages, and say how many were really checked.

pip-audit reports "no known vulnerabilities" also when it could look up nothing at all. Exit
status: 0 all checked and none found, 1 some found, 3 nothing or not everything was checked.
"""

import json
import subprocess
import sys

LOCK = "requirements.txt"
SECONDS = 120
NOT_RUN = 3


def main() -> int:
    command = [
        *(sys.executable, "-m", "pip_audit", "--requirement", LOCK, "--require-hashes"),
        *("--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "10"),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        packages = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        print("pip-audit got no answer: nothing was checked.")
        return NOT_RUN
    checked = [package for package in packages if "vulns" in package]
    faulty = [package for package in checked if package["vulns"]]
    for package in faulty:
        for fault in package["vulns"]:
            fixed = ", ".join(fault["fix_versions"]) or "none yet"
            print(f"{package['name']} {package['version']}: {fault['id']}, mended in {fixed}")
    print(f"{len(checked)} of {len(packages)} packages of {LOCK} were checked.")
    if faulty:
        return 1
    return 0 if packages and len(checked) == len(packages) else NOT_RUN


if __name__ == "__main__":
    sys.exit(main())
