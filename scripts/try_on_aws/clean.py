"""Removes what was made, found by its tag, and nothing else."""

import sys
import time
from dataclasses import dataclass

from .cloud import POLICY, TAG, CloudError


@dataclass
class Leftover:
    """Something with the tag."""

    kind: str
    id: str


def leftovers(cloud, run=None):
    """What has the tag: of one run, or of any. Also what could not be looked for, as text."""
    found, trouble = [], []
    for look in (instances, endpoints, groups, profiles, roles):
        try:
            found += look(cloud, run)
        except CloudError as error:
            trouble.append(str(error))
    return found, trouble


def tagged(run):
    return ["--filters", f"Name=tag:{TAG},Values={run or '*'}"]


def instances(cloud, run):
    found = cloud.aws("ec2", "describe-instances", *tagged(run))["Reservations"]
    all_of_them = [it for reservation in found for it in reservation["Instances"]]
    return [Leftover("instance", it["InstanceId"]) for it in all_of_them
            if it["State"]["Name"] != "terminated"]


def endpoints(cloud, run):
    if cloud.has_no_endpoints:
        return []
    found = cloud.aws("ec2", "describe-instance-connect-endpoints", *tagged(run))
    return [Leftover("endpoint", it["InstanceConnectEndpointId"])
            for it in found["InstanceConnectEndpoints"] if it["State"] != "delete-complete"]


def groups(cloud, run):
    found = cloud.aws("ec2", "describe-security-groups", *tagged(run))["SecurityGroups"]
    return [Leftover("security group", it["GroupId"]) for it in found]


def profiles(cloud, run):
    if cloud.has_no_role:
        return []
    found = cloud.aws("iam", "list-instance-profiles", "--path-prefix", f"/{TAG}/")
    names = [it["InstanceProfileName"] for it in found["InstanceProfiles"]]
    read = ("iam", "get-instance-profile", "--instance-profile-name")
    tags = {name: cloud.aws(*read, name)["InstanceProfile"].get("Tags", []) for name in names}
    return [Leftover("instance profile", name) for name in names if is_ours(tags[name], run)]


def roles(cloud, run):
    if cloud.has_no_role:
        return []
    found = cloud.aws("iam", "list-roles", "--path-prefix", f"/{TAG}/")["Roles"]
    names = [it["RoleName"] for it in found]
    tags = {name: cloud.aws("iam", "get-role", "--role-name", name)["Role"].get("Tags", [])
            for name in names}
    return [Leftover("role", name) for name in names if is_ours(tags[name], run)]


def is_ours(tags, run):
    """Whether the tags of something of IAM have ours."""
    values = [it["Value"] for it in tags if it["Key"] == TAG]
    return bool(values) and run in (None, values[0])


def remove(cloud, found):
    """Removes all of it, in the order in which AWS allows it. What went wrong, as texts."""
    trouble = []
    for leftover in found:
        print(f"removing {leftover.kind} {leftover.id}", file=sys.stderr, flush=True)
        try:
            REMOVE[leftover.kind](cloud, leftover.id)
        except CloudError as error:
            trouble.append(f"{leftover.kind} {leftover.id}: {error}")
    return trouble


def remove_instance(cloud, name):
    cloud.aws("ec2", "terminate-instances", "--instance-ids", name)
    wait(cloud, lambda: not [it for it in instances(cloud, None) if it.id == name], 300)


def remove_endpoint(cloud, name):
    cloud.aws("ec2", "delete-instance-connect-endpoint", "--instance-connect-endpoint-id", name)
    wait(cloud, lambda: not [it for it in endpoints(cloud, None) if it.id == name], 600)


def remove_group(cloud, name):
    """AWS keeps a group for some time after what used it has gone."""
    deadline = time.monotonic() + 120
    while True:
        try:
            cloud.aws("ec2", "delete-security-group", "--group-id", name)
            return
        except CloudError as error:
            if "DependencyViolation" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(5)


def remove_profile(cloud, name):
    found = cloud.aws("iam", "get-instance-profile", "--instance-profile-name", name)
    for role in found["InstanceProfile"]["Roles"]:
        cloud.aws("iam", "remove-role-from-instance-profile", "--instance-profile-name", name,
                  "--role-name", role["RoleName"])
    cloud.aws("iam", "delete-instance-profile", "--instance-profile-name", name)


def remove_role(cloud, name):
    attached = cloud.aws("iam", "list-attached-role-policies", "--role-name", name)
    for policy in attached["AttachedPolicies"]:
        if policy["PolicyArn"] == POLICY:
            cloud.aws("iam", "detach-role-policy", "--role-name", name, "--policy-arn", POLICY)
    cloud.aws("iam", "delete-role", "--role-name", name)


REMOVE = {
    "instance": remove_instance,
    "endpoint": remove_endpoint,
    "security group": remove_group,
    "instance profile": remove_profile,
    "role": remove_role,
}


def wait(cloud, is_over, seconds):
    """Waits until something is over."""
    deadline = time.monotonic() + seconds
    while not is_over():
        if time.monotonic() > deadline:
            raise CloudError(f"it is still there after {seconds} seconds")
        time.sleep(cloud.pause)
