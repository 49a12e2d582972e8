complete -c msftp -l region -d 'AWS region (else environment, profile or host name)' -r
complete -c msftp -s u -l profile -d 'AWS profile; beats keys in the environment' -r
complete -c msftp -s z -l zone -d 'availability zone; with -t it spares a look-up' -r
complete -c msftp -s t -l instance-id -d 'instance behind the host that is the target' -r
complete -c msftp -l via -d 'the way in: auto, public, ipv6, instance-id or below' -r -f -a "auto\t''
public\t''
private\t''
ipv6\t''
instance-id\t''
eice\t''
ssm\t''
serial\t''"
complete -c msftp -l eice-endpoint -d 'go by this endpoint: its ID or its DNS name' -r
complete -c msftp -l max-tunnel-duration -d 'end the tunnel after S seconds: 1 to 3600' -r
complete -c msftp -l completions -d 'print the completions for bash, zsh or fish' -r -f -a "bash\t''
zsh\t''
fish\t''"
complete -c msftp -s c -d 'As in sftp(1)' -r
complete -c msftp -s D -d 'As in sftp(1)' -r
complete -c msftp -s i -d 'As in sftp(1)' -r -F
complete -c msftp -s l -d 'As in sftp(1)' -r
complete -c msftp -s o -d 'As in sftp(1)' -r
complete -c msftp -s s -d 'As in sftp(1)' -r
complete -c msftp -s S -d 'As in sftp(1)' -r -F
complete -c msftp -s b -d 'As in sftp(1)' -r -F
complete -c msftp -s B -d 'As in sftp(1)' -r
complete -c msftp -s F -d 'As in sftp(1)' -r -F
complete -c msftp -s J -d 'As in sftp(1)' -r
complete -c msftp -s P -d 'As in sftp(1)' -r
complete -c msftp -s R -d 'As in sftp(1)' -r
complete -c msftp -s X -d 'As in sftp(1)' -r
complete -c msftp -l private -d 'the same as --via private'
complete -c msftp -l eice -d 'the same as --via eice: EC2 Instance Connect Endpoint'
complete -c msftp -l ssm -d 'the same as --via ssm: Session Manager'
complete -c msftp -l serial -d 'the serial console: the same as --via serial'
complete -c msftp -l dry-run -d 'find the instance, print the command, push nothing'
complete -c msftp -s d -l debug -d 'tell what is decided and why, and time AWS\'s answers'
complete -c msftp -l man -d 'print the man page, in roff'
complete -c msftp -l help -d 'print this help'
complete -c msftp -l version -d 'print our version (-V is ssh\'s)'
complete -c msftp -s 1 -d 'As in sftp(1)'
complete -c msftp -s 2 -d 'As in sftp(1)'
complete -c msftp -s 4 -d 'As in sftp(1)'
complete -c msftp -s 6 -d 'As in sftp(1)'
complete -c msftp -s A -d 'As in sftp(1)'
complete -c msftp -s a -d 'As in sftp(1)'
complete -c msftp -s f -d 'As in sftp(1)'
complete -c msftp -s h -d 'As in sftp(1)'
complete -c msftp -s N -d 'As in sftp(1)'
complete -c msftp -s p -d 'As in sftp(1)'
complete -c msftp -s q -d 'As in sftp(1)'
complete -c msftp -s r -d 'As in sftp(1)'
complete -c msftp -s v -d 'As in sftp(1)'
complete -c msftp -s C -d 'As in sftp(1)'
