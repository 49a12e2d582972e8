# fish completion for mscp: put this file into ~/.config/fish/completions.
function __mscp_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    # Without its quotes, the last of which may be missing.
    set -l raw (commandline -ct)
    set -l current (string unescape -- $raw; or string unescape -- $raw\'; or string unescape -- $raw\")
    $program --complete $words "$current" 2>/dev/null
end
complete -c mscp -f -a '(__mscp_complete | tail -n +2)'
complete -c mscp -F -n '__mscp_complete | head -n 1 | string match -q files'
