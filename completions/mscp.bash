# bash completion for mscp: source this file, or put it where bash-completion finds it.
_mscp() {
    local line files cur=${COMP_LINE:0:COMP_POINT} before word found=()
    while IFS= read -r line; do
        found+=("${line%%$'\t'*}")
    done < <("$1" --complete-line "$cur" 2>/dev/null)
    files=${found[0]-}
    cur=${cur##*[[:space:]]}
    before=${cur%"$2"}
    COMPREPLY=()
    for word in "${found[@]:1}"; do
        COMPREPLY+=("${word#"$before"}")
        [[ $word != *[=:] ]] || compopt -o nospace 2>/dev/null
    done
    if [[ $files == files && ${#COMPREPLY[@]} == 0 ]]; then
        compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "${cur#"$before"}"))
    elif [[ $files == files ]]; then
        while IFS= read -r word; do
            [[ -d $word ]] && word=$word/ || word="$word "
            COMPREPLY+=("$word")
        done < <(compgen -f -- "${cur#"$before"}")
    fi
}
complete -F _mscp mscp
