complete -c mscp -l region -d 'AWS region (else environment, profile or host name)' -r
complete -c mscp -s u -l profile -d 'AWS profile; beats keys in the environment' -r
complete -c mscp -s z -l zone -d 'availability zone; with -t it spares a look-up' -r
complete -c mscp -l instance-id -d 'instance behind the host that is the target' -r
complete -c mscp -l via -d 'the way in: auto, public, ipv6, instance-id or below' -r -f -a "auto\t''
public\t''
private\t''
ipv6\t''
instance-id\t''
eice\t''
ssm\t''
serial\t''"
complete -c mscp -l eice-endpoint -d 'go by this endpoint: its ID or its DNS name' -r
complete -c mscp -l max-tunnel-duration -d 'end the tunnel after S seconds: 1 to 3600' -r
complete -c mscp -l completions -d 'print the completions for bash, zsh or fish' -r -f -a "bash\t''
zsh\t''
fish\t''"
complete -c mscp -s D -d 'As in scp(1)' -r
complete -c mscp -s F -d 'As in scp(1)' -r -F
complete -c mscp -s J -d 'As in scp(1)' -r
complete -c mscp -s M -d 'As in scp(1)' -r
complete -c mscp -s P -d 'As in scp(1)' -r
complete -c mscp -s S -d 'As in scp(1)' -r -F
complete -c mscp -s c -d 'As in scp(1)' -r
complete -c mscp -s i -d 'As in scp(1)' -r -F
complete -c mscp -s l -d 'As in scp(1)' -r
complete -c mscp -s o -d 'As in scp(1)' -r
complete -c mscp -s X -d 'As in scp(1)' -r
complete -c mscp -l private -d 'the same as --via private'
complete -c mscp -l eice -d 'the same as --via eice: EC2 Instance Connect Endpoint'
complete -c mscp -l ssm -d 'the same as --via ssm: Session Manager'
complete -c mscp -l serial -d 'the serial console: the same as --via serial'
complete -c mscp -l dry-run -d 'find the instance, print the command, push nothing'
complete -c mscp -l debug -d 'tell what is decided and why, and time AWS\'s answers'
complete -c mscp -l man -d 'print the man page, in roff'
complete -c mscp -s h -l help -d 'print this help'
complete -c mscp -l version -d 'print our version (-V is ssh\'s)'
complete -c mscp -s 1 -d 'As in scp(1)'
complete -c mscp -s 2 -d 'As in scp(1)'
complete -c mscp -s 3 -d 'As in scp(1)'
complete -c mscp -s 4 -d 'As in scp(1)'
complete -c mscp -s 6 -d 'As in scp(1)'
complete -c mscp -s A -d 'As in scp(1)'
complete -c mscp -s B -d 'As in scp(1)'
complete -c mscp -s C -d 'As in scp(1)'
complete -c mscp -s T -d 'As in scp(1)'
complete -c mscp -s d -d 'As in scp(1)'
complete -c mscp -s f -d 'As in scp(1)'
complete -c mscp -s O -d 'As in scp(1)'
complete -c mscp -s p -d 'As in scp(1)'
complete -c mscp -s q -d 'As in scp(1)'
complete -c mscp -s R -d 'As in scp(1)'
complete -c mscp -s r -d 'As in scp(1)'
complete -c mscp -s s -d 'As in scp(1)'
complete -c mscp -s t -d 'As in scp(1)'
complete -c mscp -s v -d 'As in scp(1)'
