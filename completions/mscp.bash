# bash completion for mscp: source this file, or put it where bash-completion finds it.
_mscp() {
    local files word found=()
    while IFS= read -r word; do
        found+=("$word")
    done < <("$1" --complete-line "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
    files=${found[0]-}
    COMPREPLY=("${found[@]:1}")
    for word in "${COMPREPLY[@]}"; do
        [[ $word != *[=:/] ]] || compopt -o nospace 2>/dev/null
    done
    if [[ $files == files && ${#COMPREPLY[@]} == 0 ]]; then
        compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$2"))
    elif [[ $files == files ]]; then
        while IFS= read -r word; do
            [[ -d $word ]] && word=$word/ || word="$word "
            COMPREPLY+=("$word")
        done < <(compgen -f -- "$2")
    fi
}
complete -F _mscp mscp
