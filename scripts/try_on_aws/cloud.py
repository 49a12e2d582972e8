"""Makes an instance and what belongs to it, with the AWS CLI."""

import json
import os
import signal
import subprocess
import time
import urllib.request

TAG = "mssh-try-on-aws"
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
POLICY = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
NO_CLI = "the AWS CLI (`aws`) is not installed; --instance ID needs none"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# If nothing else ends it, the instance does so itself.
USER_DATA = "#!/bin/sh\nshutdown -h +60\n"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def makes_role(options):
    """Whether the script makes a role, so that the new instance can use Session Manager."""
    return not options.instance_profile and "ssm" not in options.skip


class CloudError(Exception):
    """What the AWS CLI said, or what is missing."""


class Cloud:
    """The AWS CLI in one region, and the tag of one run."""

    def __init__(self, options, run):
        self.options = options
        self.run = run
        self.name = f"{TAG}-{run}"
        self.region = options.region
        # What a run did not make is not looked for: it may lack the permission. --clean always looks.
        self.has_no_role = bool(run) and not makes_role(options)
        self.has_no_endpoints = bool(run) and "eice" in options.skip
        # Seconds between two looks at something that changes.
        self.pause = 5

    def aws(self, *words):
        """Runs the AWS CLI. Its answer, read from JSON."""
        argv = ["aws", "--output", "json"]
        argv += ["--region", self.region] if self.region else []
        argv += ["--profile", self.options.profile] if self.options.profile else []
        environment = dict(os.environ, AWS_PAGER="")
        # A signal waits until the call is over: what it makes must be known to be removed.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            ended = subprocess.run(argv + list(words), stdin=subprocess.DEVNULL, check=False,
                                   capture_output=True, text=True, env=environment)
        except FileNotFoundError:
            raise CloudError(NO_CLI) from None
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        if ended.returncode != 0:
            raise CloudError(f"aws {words[0]} {words[1]}: {ended.stderr.strip()[-400:]}")
        return json.loads(ended.stdout) if ended.stdout.strip() else {}

    def find_region(self):
        """The region of the run. The AWS CLI and mssh are then told it, so they use the same."""
        known = self.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if not known:
            profile = ["--profile", self.options.profile] if self.options.profile else []
            argv = ["aws", "configure", "get", "region"] + profile
            try:
                known = subprocess.run(argv, capture_output=True, text=True, check=False).stdout.strip()
            except FileNotFoundError:
                raise CloudError(NO_CLI) from None
        if not known:
            raise CloudError("no region; give one with --region")
        self.region = known

    def tags(self, kind):
        """The option that tags a new resource of this kind of EC2."""
        tags = [{"Key": TAG, "Value": self.run}, {"Key": "Name", "Value": self.name}]
        return ["--tag-specifications", json.dumps([{"ResourceType": kind, "Tags": tags}])]

    def subnets(self):
        """The subnets to try, in one VPC."""
        if self.options.subnet:
            return self.aws("ec2", "describe-subnets", "--subnet-ids", self.options.subnet)["Subnets"]
        found = self.aws("ec2", "describe-subnets", "--filters", "Name=default-for-az,Values=true")
        if not found["Subnets"]:
            raise CloudError("there is no default VPC; name a subnet with --subnet")
        return found["Subnets"]

    def make_group(self, vpc):
        """A security group with port 22 for this machine, and for its own members."""
        source = self.options.source or f"{own_address()}/32"
        made = self.aws("ec2", "create-security-group", "--group-name", self.name, "--description",
                        "mssh try-on-aws", "--vpc-id", vpc, *self.tags("security-group"))
        group = made["GroupId"]
        ranges = "Ipv6Ranges" if ":" in source else "IpRanges"
        cidr = "CidrIpv6" if ":" in source else "CidrIp"
        rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, ranges: [{cidr: source}],
                "UserIdGroupPairs": [{"GroupId": group}]}
        self.aws("ec2", "authorize-security-group-ingress", "--group-id", group,
                 "--ip-permissions", json.dumps([rule]))
        return group

    def make_role(self):
        """A role and an instance profile of the same name, with which the SSM Agent registers."""
        tags = ["--tags", json.dumps([{"Key": TAG, "Value": self.run}])]
        path = ["--path", f"/{TAG}/"]
        self.aws("iam", "create-role", "--role-name", self.name, *path, *tags,
                 "--assume-role-policy-document", json.dumps(TRUST))
        self.aws("iam", "attach-role-policy", "--role-name", self.name, "--policy-arn", POLICY)
        self.aws("iam", "create-instance-profile", "--instance-profile-name", self.name, *path, *tags)
        self.aws("iam", "add-role-to-instance-profile", "--role-name", self.name,
                 "--instance-profile-name", self.name)
        return self.name

    def image(self):
        if self.options.image:
            return self.options.image
        return self.aws("ssm", "get-parameters", "--names", IMAGE)["Parameters"][0]["Value"]

    def run_instance(self, subnets, group, profile):
        """Starts the instance, in the first zone that has its type. Its ID."""
        words = ["--image-id", self.image(), "--instance-type", "t3.nano", "--count", "1",
                 "--security-group-ids", group, "--associate-public-ip-address",
                 "--instance-initiated-shutdown-behavior", "terminate", "--user-data", USER_DATA,
                 "--metadata-options", "HttpTokens=required,HttpEndpoint=enabled",
                 *self.tags("instance")]
        if profile:
            words += ["--iam-instance-profile", f"Name={profile}"]
        zones = list(subnets)
        deadline = time.monotonic() + 60
        while True:
            try:
                made = self.aws("ec2", "run-instances", "--subnet-id", zones[0]["SubnetId"], *words)
                return made["Instances"][0]["InstanceId"]
            except CloudError as error:
                # A new instance profile is known to EC2 only after some seconds.
                if "nstance profile" in str(error).lower() and time.monotonic() < deadline:
                    time.sleep(5)
                elif "(Unsupported)" in str(error) and len(zones) > 1:
                    zones.pop(0)
                else:
                    raise

    def make_endpoint(self, subnet, group):
        """An endpoint in the VPC, unless there is one, which then may reach the group's members."""
        vpc = f"Name=vpc-id,Values={subnet['VpcId']}"
        there = self.aws("ec2", "describe-instance-connect-endpoints", "--filters", vpc)
        for endpoint in there["InstanceConnectEndpoints"]:
            if endpoint["State"] in ("create-complete", "update-complete"):
                for other in endpoint.get("SecurityGroupIds", []):
                    self.aws("ec2", "authorize-security-group-ingress", "--group-id", group,
                             "--protocol", "tcp", "--port", "22", "--source-group", other)
                return
        self.aws("ec2", "create-instance-connect-endpoint", "--subnet-id", subnet["SubnetId"],
                 "--security-group-ids", group, "--no-preserve-client-ip",
                 *self.tags("instance-connect-endpoint"))

    def wait_for_endpoint(self, seconds):
        """Waits until the new endpoint is there."""
        tag = f"Name=tag:{TAG},Values={self.run}"
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.aws("ec2", "describe-instance-connect-endpoints", "--filters", tag)
            states = {it["State"] for it in found["InstanceConnectEndpoints"]}
            if states <= {"create-complete"}:
                return
            if "create-failed" in states:
                raise CloudError("the endpoint could not be made")
            time.sleep(10)
        raise CloudError(f"the endpoint is not there after {seconds} seconds")


def own_address():
    """The address of this machine, as AWS sees it."""
    url = os.environ.get("MSSH_CHECKIP_URL") or "https://checkip.amazonaws.com"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.read(64).decode("ascii").strip()
    except (OSError, UnicodeError) as error:
        raise CloudError(f"your address is unknown ({error}); give it with --from") from None
