# fish completion for mssh: put this file into ~/.config/fish/completions.
function __mssh_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    $program --complete $words (commandline -ct) 2>/dev/null
end
complete -c mssh -f -a '(__mssh_complete | tail -n +2)'
complete -c mssh -F -n '__mssh_complete | head -n 1 | string match -q files'
