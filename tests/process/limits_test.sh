#!/bin/sh
# What a machine may refuse: memory, threads, descriptors. Each time an answer or a reason, never a crash. limits_test.sh LFMFIT
set -u

failed=0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cp "$1" "$folder/lfmfit"  # where nobody may run it too
lfmfit=$folder/lfmfit

fail() {
  echo "FAILED: $*"
  failed=1
}

# Sanitizers reserve more than any limit.
if ! sh -c "ulimit -v 2000000; exec '$lfmfit' --version" >/dev/null 2>&1; then
  echo "all passed: no limit of memory can be set here"
  exit 0
fi

limit=12000
while [ "$limit" -le 60000 ]; do
  limit=$((limit + 1000))
  # where not even the loader has enough, it is the loader that ends
  sh -c "ulimit -v $limit; exec '$lfmfit' --version" >/dev/null 2>&1 || continue
  sh -c "ulimit -v $limit; exec '$lfmfit' list devices --json" >/dev/null 2>"$folder/err"
  code=$?
  case $code in
    0) ;;
    2) grep -q '^lfmfit: out of memory' "$folder/err" || fail "with $limit kB: $(cat "$folder/err")" ;;
    *) fail "with $limit kB: exit code $code, $(cat "$folder/err")" ;;
  esac
done

cat >"$folder/contract.json" <<'END'
{"schema": "lfmfit.contract/1", "name": "x", "checks": [
  {"id": "a", "model": "lfm2-1.2b", "on": "rtx-3060-12gb", "require": {"fits": true}},
  {"id": "b", "model": "qwen3-8b", "on": "rtx-4090", "require": {"fits": true}},
  {"id": "c", "model": "qwen3-4b", "on": "rtx-4090", "require": {"fits": true}}]}
END
chmod 644 "$folder/contract.json"
threadless="ulimit -u 1 2>/dev/null || ulimit -p 1; exec '$lfmfit' check --contract '$folder/contract.json'"
if [ "$(id -u)" -ne 0 ]; then
  sh -c "$threadless" >"$folder/out" 2>&1 || fail "a contract without threads: $(cat "$folder/out")"
elif command -v setpriv >/dev/null 2>&1; then  # root may start as many as it likes
  HOME=/nonexistent setpriv --reuid nobody --clear-groups sh -c "$threadless" >"$folder/out" 2>&1 ||
    fail "a contract without threads: $(cat "$folder/out")"
fi

for command in "" detect "check lfm2-1.2b --on rtx-3060" "list models"; do
  # shellcheck disable=SC2086  # the words of a command
  sh -c "ulimit -n 5; exec '$lfmfit' $command" >/dev/null 2>"$folder/err" || fail "'$command' with 5 descriptors: $(cat "$folder/err")"
done

[ "$failed" -eq 0 ] && echo "all passed"
exit "$failed"
