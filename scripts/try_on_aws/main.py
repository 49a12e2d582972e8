"""The order of things: say, ask, make, try, report, clean up."""

import secrets
import signal
import sys
import time

from . import announce, checks, clean, copies, credentials, options, report
from .cloud import SIGNALS, Cloud, CloudError, makes_role
from .runner import Runner
from .trial import FAILED, OK, Trial


class Stopped(Exception):
    """A signal asked the script to end."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def main(words):
    """The script. Its exit status: 0 if no check failed, 1 if one did, 2 if nothing was tried."""
    chosen = options.parse(words)
    if chosen.policy:
        print(announce.policy(chosen))
        return 0
    if chosen.clean:
        return clean_only(chosen)
    profiles = credentials.choose(chosen.profiles or ()) if "credentials" not in chosen.skip else []
    say(announce.announcement(chosen, profiles))
    if not agrees(chosen, "Go ahead?"):
        return 2
    for number in SIGNALS:
        signal.signal(number, stop)
    try:
        return run(chosen, profiles)
    except CloudError as error:
        say(f"try-on-aws: {error}")
        return 2
    except Stopped:
        return 130


def stop(_number, _frame):
    raise Stopped


def agrees(chosen, question):
    """Asks, unless --yes answers."""
    if chosen.yes:
        return True
    if not sys.stdin.isatty():
        say("try-on-aws: standard input is no terminal; add --yes if you agree")
        return False
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def run(chosen, profiles):
    """Makes, tries, reports; and removes, however it ends."""
    cloud = None if chosen.instance else Cloud(chosen, secrets.token_hex(4))
    if cloud:
        cloud.find_region()
    region = cloud.region if cloud else chosen.region
    runner = Runner(chosen, region)
    try:
        missing = [it for it in ("mssh", "msftp", "mscp", "ssh") if not runner.find(it)]
        if missing:
            raise CloudError(f"not found: {', '.join(missing)}; say where with --bin DIR")
        trial = Trial(runner, chosen)
        facts = [f"credentials: {credentials.in_use(chosen)}"]
        try_all(trial, cloud, profiles, facts)
        text = report.markdown(trial, profiles, facts)
        if chosen.report:
            with open(chosen.report, "w", encoding="utf-8") as file:
                file.write(text)
        else:
            print(text, flush=True)
        return int(any(row.verdict == FAILED for row in trial.rows))
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        runner.remove()
        if cloud:
            clean_up(cloud)


def try_all(trial, cloud, profiles, facts):
    """All checks, on an instance that is made or was named."""
    trial.id = make(trial, cloud, facts) if cloud else trial.options.instance
    if not cloud:
        facts.append("an instance that was there")
    checks.describe(trial)
    if trial.instance:
        facts.append(f"region {trial.instance['region']}, type {trial.instance['type']}")
    checks.first_contact(trial)
    checks.ways(trial, cloud)
    if trial.way is not None:
        checks.hop(trial)
    checks.shell(trial)
    checks.serial(trial)
    checks.names(trial)
    checks.errors(trial)
    checks.doctor(trial)
    checks.listen(trial)
    if trial.way is not None:
        copies.all_of_them(trial)
    credentials.check(trial, profiles, trial.instance.get("region"))


def make(trial, cloud, facts):
    """Makes the instance with all that it needs. Its ID."""
    chosen = trial.options
    subnets = cloud.subnets()
    vpc = subnets[0]["VpcId"]
    group = cloud.make_group(vpc)
    profile = chosen.instance_profile
    if makes_role(chosen):
        profile = optional(trial, cloud.make_role, "a role for Session Manager", "ssm")
    if trial.wants("eice"):
        optional(trial, lambda: cloud.make_endpoint(subnets[0], group), "an endpoint", "eice")
    in_vpc = [it for it in subnets if it["VpcId"] == vpc]
    made = cloud.run_instance(in_vpc, group, profile)
    trial.began = time.monotonic()
    trial.add("an instance is made", OK)
    facts.append("an instance made by the script")
    return made


def optional(trial, work, what, part):
    """Makes something without which only one part cannot be tried."""
    try:
        return work()
    except CloudError as error:
        trial.skip(what, str(error))
        trial.options.skip = (*trial.options.skip, part)
        return None


def clean_up(cloud):
    """Removes what this run has made."""
    found, trouble = clean.leftovers(cloud, cloud.run)
    trouble += clean.remove(cloud, found)
    for text in dict.fromkeys(trouble):
        say(f"perhaps not removed: {text}")
    say("`scripts/try-on-aws --clean` tries that again." if trouble else "All that was made is removed.")


def clean_only(chosen):
    """--clean: shows what earlier runs have left, asks, and removes it."""
    cloud = Cloud(chosen, "")
    try:
        cloud.find_region()
    except CloudError as error:
        say(f"try-on-aws: {error}")
        return 2
    found, trouble = clean.leftovers(cloud)
    for text in trouble:
        say(f"cannot look: {text}")
    if not found:
        say(f"Nothing is left in {cloud.region}.")
        return int(bool(trouble))
    for leftover in found:
        say(f"{leftover.kind} {leftover.id}")
    if not agrees(chosen, "Remove these?"):
        return 2
    trouble += clean.remove(cloud, found)
    for text in trouble:
        say(f"not removed: {text}")
    return int(bool(trouble))
