# Parts of a cluster that is up, ended and started again: for tests of what
# programs make of an outage.
# shellcheck shell=bash disable=SC2154

# part_program PART: the program that it is run with.
part_program() {
  if [ "$1" = apiserver ] && [ -f "$state/serves" ]; then server_of "$(cat "$state/serves")"; else echo "$upstream"; fi
}

# part_process PART: its id, if it is running. After its end the id may be
# another program's, so what it runs is looked at, too.
part_process() {
  local pid
  pid=$(cat "$state/pids/$1" 2>/dev/null) || return 1
  tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q "^$(part_program "$1") $1 " || return 1
  echo "$pid"
}

known_part() {
  case ${1:-} in
    etcd | apiserver | kubelet) ;;
    *) die "'${1:-}' is none of etcd, apiserver, kubelet" ;;
  esac
}

stop_part() {
  known_part "$@"
  local pid
  pid=$(part_process "$1") || { echo "$1 is not running"; return; }
  kill -9 "$pid"
  # Its port is free when it is gone; a zombie runs nothing any more.
  while part_process "$1" >/dev/null; do sleep 0.05; done
  echo "$1 is stopped"
}

# Returns when the process runs; what it serves may take a while longer.
start_part() {
  known_part "$@"
  if part_process "$1" >/dev/null; then echo "$1 is running already"; return; fi
  local sockets
  sockets=$(socket_dir)
  run "$1"
  echo "$1 is started"
}
