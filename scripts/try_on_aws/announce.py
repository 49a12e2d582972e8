"""What the script will do, what that costs, and what it needs: said before anything is done."""

import json

from . import cloud

LOGIN = [
    "ec2:DescribeInstances",
    "ec2:DescribeInstanceConnectEndpoints",
    "ec2:GetConsoleOutput",
    "ec2-instance-connect:SendSSHPublicKey",
    "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
    "ec2-instance-connect:OpenTunnel",
    "ssm:DescribeInstanceInformation",
    "ssm:StartSession",
    "ssm:ResumeSession",
    "ssm:TerminateSession",
]
DOCTOR = [
    "ec2:DescribeImages",
    "ec2:DescribeInstanceStatus",
    "ec2:DescribeManagedPrefixLists",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRegions",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroupRules",
    "ec2:GetManagedPrefixListEntries",
]
MAKE = [
    "ec2:CreateInstanceConnectEndpoint",
    "ec2:CreateNetworkInterface",
    "ec2:CreateSecurityGroup",
    "ec2:CreateTags",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ec2:RunInstances",
    "ssm:GetParameters",
]
# Only what has the tag.
CHANGE = [
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:DeleteInstanceConnectEndpoint",
    "ec2:DeleteSecurityGroup",
    "ec2:TerminateInstances",
]
LIST_ROLES = ["iam:CreateServiceLinkedRole", "iam:ListInstanceProfiles", "iam:ListRoles"]
# Only below the script's own path.
ROLE = [
    "iam:AddRoleToInstanceProfile",
    "iam:AttachRolePolicy",
    "iam:CreateInstanceProfile",
    "iam:CreateRole",
    "iam:DeleteInstanceProfile",
    "iam:DeleteRole",
    "iam:DetachRolePolicy",
    "iam:GetInstanceProfile",
    "iam:GetRole",
    "iam:ListAttachedRolePolicies",
    "iam:PassRole",
    "iam:RemoveRoleFromInstanceProfile",
    "iam:TagInstanceProfile",
    "iam:TagRole",
]

COST = """\
What it costs: about 2 US cents. An hour of a t3.nano is 0.52 cents, of a public IPv4 address
0.5 cents, of 8 GB of gp3 0.09 cents; 40 MB to you are 0.4 cents. The endpoint, Session Manager
and the role cost nothing. These are AWS's public list prices of us-east-1 in 2024
(aws.amazon.com/ec2/pricing/on-demand, /vpc/pricing, /ebs/pricing): they are not current, other
regions differ, and taxes are not in them."""


def policy(options):
    """The IAM policy that a run with these options needs, as JSON."""
    everywhere, statements = LOGIN + DOCTOR, []
    if not options.instance:
        everywhere = everywhere + MAKE
        tagged = {"StringLike": {f"aws:ResourceTag/{cloud.TAG}": "*"}}
        statements.append(allow(CHANGE, "*", Condition=tagged))
        if cloud.makes_role(options):
            everywhere = everywhere + LIST_ROLES
            kinds = ("role", "instance-profile")
            statements.append(allow(ROLE, [f"arn:aws:iam::*:{kind}/{cloud.TAG}/*" for kind in kinds]))
        elif options.instance_profile:
            statements.append(allow(["iam:PassRole"], "*"))
    statements.insert(0, allow(sorted(everywhere), "*"))
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)


def allow(actions, resource, **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def what_is_made(options):
    """The lines about what the script makes in the account."""
    if options.instance:
        return ["It makes nothing, and takes the instance you named. On it:"]
    lines = [
        "It makes, all with the tag " + cloud.TAG + ", and removes at the end, also after Ctrl-C:",
        "- an instance (t3.nano, Amazon Linux 2023), which ends itself after an hour at the latest",
        "- a security group that lets you (and its own members) to port 22",
    ]
    if cloud.makes_role(options):
        lines.append("- an IAM role and instance profile with AmazonSSMManagedInstanceCore")
    if "eice" not in options.skip:
        lines.append("- an EC2 Instance Connect Endpoint, unless there is one; this takes minutes")
    if not options.source:
        lines.append("It asks checkip.amazonaws.com for your address. Then, on the instance:")
    return lines


def announcement(options, profiles):
    """The whole text. `profiles` are those whose credentials will be tried, by kind."""
    lines = ["This tries mssh on the real AWS, with your own credentials."]
    lines += what_is_made(options)
    lines += [
        "- it logs in by every way, as " + options.user + ", and runs harmless commands",
        "- it copies files of up to 16 MB there and back, in a directory that it removes",
        "- it tries an unknown instance and an unknown user, which are refused",
    ]
    if "serial" not in options.skip:
        lines.append("- it connects to the serial console, and types nothing")
    if profiles:
        names = ", ".join(f"profile {name} ({kind})" if name else kind for kind, name in profiles)
        lines.append(f"It lists instances once with each of these credentials: {names}.")
    lines += ["Your ssh_config, known_hosts and mssh's configuration are neither read nor changed.", ""]
    if options.instance:
        cost = "What it costs: up to 40 MB from AWS to you, at most 0.4 US cents by AWS's public"
        lines += [cost, "list prices of us-east-1 in 2024, which are not current."]
    else:
        lines.append(COST)
    lines += ["", "What it needs, as an IAM policy (less is fine: what is denied is reported):"]
    return "\n".join(lines) + "\n" + policy(options) + "\n"
