"""The parts of scripts/try-on-aws.

main         the order of things: say, ask, make, try, report, clean up
options      the command line
announce     what it will do, what that costs and needs
cloud        makes the instance and what belongs to it, with the AWS CLI
clean        removes what was made, by its tag
runner       runs mssh and its companions, apart from your own configuration
trial        one check after the other, each a row of the report
checks       logins by each way, look-ups, errors, the doctor, ports
copies       mscp, msftp, rsync, throughput
credentials  the kinds of credentials that are configured here
report       the rows as Markdown, without secrets
"""
