#!/bin/sh
# What only a real process shows: exit codes, closed pipes, a home that cannot be read. process_test.sh LFMFIT
set -u

lfmfit=$1
failed=0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# check WHAT EXPECTED ACTUAL
check() {
  if [ "$2" != "$3" ]; then
    echo "FAILED: $1: expected '$2', got '$3'"
    failed=1
  fi
}

"$lfmfit" --version >"$folder/out" 2>"$folder/err"
check "exit code of --version" 0 $?
check "--version says the name" "lfmfit" "$(head -n 1 "$folder/out" | cut -d" " -f1)"

"$lfmfit" --frobnicate >"$folder/out" 2>"$folder/err"
check "exit code of an unknown flag" 2 $?
check "standard output of an unknown flag" "" "$(cat "$folder/out")"
check "lines on standard error" 1 "$(wc -l <"$folder/err" | tr -d ' ')"

"$lfmfit" check llama-3.3-70b --on rtx-3060 >"$folder/out"
check "exit code where it does not fit" 1 $?

# A closed pipe is no error, and nobody hears of it.
( "$lfmfit" --all 2>"$folder/err"; echo $? >"$folder/code" ) | true
check "exit code on a closed pipe" 0 "$(cat "$folder/code")"
check "standard error on a closed pipe" "" "$(cat "$folder/err")"

( yes '{"model": "LiquidAI/LFM2-1.2B"}' | "$lfmfit" batch 2>"$folder/err"; echo $? >"$folder/code" ) | head -n 1 >/dev/null
check "exit code of batch on a closed pipe" 0 "$(cat "$folder/code")"

HOME=/nonexistent XDG_DATA_HOME= "$lfmfit" --on rtx-4090 >"$folder/out" 2>"$folder/err"
check "exit code without a home" 0 $?

mkdir -p "$folder/data/lfmfit"
echo '{"devices": 12}' >"$folder/data/lfmfit/mine.json"
XDG_DATA_HOME=$folder/data "$lfmfit" --on rtx-4090 >"$folder/out" 2>"$folder/err"
check "exit code of a broken overlay" 2 $?
check "standard output of a broken overlay" "" "$(cat "$folder/out")"
check "the broken overlay is named" 1 "$(grep -c 'mine.json' "$folder/err")"

if [ -c /dev/full ]; then
  "$lfmfit" --on rtx-4090 >/dev/full 2>"$folder/err"
  check "exit code on a full disk" 2 $?
fi

COLUMNS=120 "$lfmfit" --verbose >"$folder/out"
check "COLUMNS widens the report" 1 "$(grep -c '^GPUs.*backend$' "$folder/out")"
check "no colour into a file" 0 "$(grep -c "$(printf '\033')" "$folder/out")"

[ "$failed" -eq 0 ] && echo "all passed"
exit "$failed"
