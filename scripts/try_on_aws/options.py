"""The command line."""

import argparse

PARTS = ("direct", "eice", "ssm", "serial", "hop", "credentials", "speed")


def parse(words):
    """Reads the command line. Ends the program if it is wrong."""
    parser = argparse.ArgumentParser(
        prog="scripts/try-on-aws",
        description="Tries mssh on the real AWS: makes a small instance (or takes yours), tries "
        "every way in, and prints a report without secrets. It asks first, and removes what it made.",
    )
    add = parser.add_argument
    add("--instance", metavar="ID", help="take this instance; needs no AWS CLI and makes nothing")
    add("--user", default="ec2-user", help="the user on it (default: %(default)s)")
    add("--region", help="default: as the AWS CLI chooses")
    add("--profile", help="default: as the AWS CLI chooses")
    add("--subnet", metavar="ID", help="where to make the instance (default: the default VPC)")
    add("--image", metavar="ID", help="x86_64, with EC2 Instance Connect (default: Amazon Linux)")
    add("--instance-profile", metavar="NAME", help="one for Session Manager, instead of a new role")
    add("--from", dest="source", metavar="CIDR", help="where you come from (default: it asks AWS)")
    add("--skip", type=part_list, default=(), metavar="PART,…", help=f"of {', '.join(PARTS)}")
    add("--profiles", type=comma_list, metavar="NAME,…", help="whose credentials to try as well "
        "(default: one profile of each kind)")
    add("--patience", type=int, metavar="SECONDS", help="how long to wait for each way in "
        "(default: 300 for a new instance, else 20)")
    add("--bin", metavar="DIR", help="where mssh, msftp and mscp are (default: PATH)")
    add("--report", metavar="FILE", help="where to write the report (default: standard output)")
    add("--show-ids", action="store_true", help="leave instance IDs in the report")
    add("--policy", action="store_true", help="print the IAM policy that it needs, and end")
    add("--clean", action="store_true", help="only remove what earlier runs have left, by its tag")
    add("--yes", action="store_true", help="do not ask")
    options = parser.parse_args(words)
    if options.patience is None:
        options.patience = 20 if options.instance else 300
    return options


def comma_list(text):
    return tuple(word for word in text.split(",") if word)


def part_list(text):
    parts = comma_list(text)
    unknown = set(parts) - set(PARTS)
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")
    return parts
