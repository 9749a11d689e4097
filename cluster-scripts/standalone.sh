#!/usr/bin/env bash
# A Spark standalone cluster on this machine's loopback: one master, some workers. See --help.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=lib/common.sh
source "$here/lib/common.sh"

usage() {
  cat <<'HELP'
usage: standalone.sh start [--workers N] [--cores N] [--memory SIZE] [--port PORT] [--ui-port PORT]
       standalone.sh stop
       standalone.sh status

start   a master and N workers (default 2) on 127.0.0.1; returns when all workers are registered and
        prints the master's URL
          --cores N       cores that each worker offers (default 2)
          --memory SIZE   memory that each worker offers to executors, such as 3g (default 2g)
          --port PORT     the master's port (default 7077)
          --ui-port PORT  the master's web page (default 8080)
stop    ends the master and the workers that start began, and nothing else
status  prints the URL and the state of each process; exit code 0 if all live

environment:
  DREX_STANDALONE_DIR   where pids, logs and work folders are kept; default: target/standalone
HELP
}

state=${DREX_STANDALONE_DIR:-$DREX_ROOT/target/standalone}
readonly START_SECONDS=120 STOP_SECONDS=30

# Whether a pid file's process lives and is Spark's: a number may belong to somebody else by now.
lives() { # lives <pid file>
  local pid
  pid=$(<"$1")
  [[ -r "/proc/$pid/cmdline" ]] && [[ "$(tr '\0' ' ' <"/proc/$pid/cmdline")" == *" org.apache.spark.deploy."* ]]
}

pid_files() { # workers first, so that they do not see their master vanish
  compgen -G "$state/worker-*.pid" || true
  compgen -G "$state/master.pid" || true
}

listening() { # listening <port>
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

alive_workers() { # alive_workers <ui port>
  local answer
  answer=$(
    exec 2>/dev/null
    exec 3<>"/dev/tcp/127.0.0.1/$1" && printf 'GET /json/ HTTP/1.0\r\n\r\n' >&3 && cat <&3
  ) || true
  [[ "$answer" =~ \"aliveworkers\"\ *:\ *([0-9]+) ]] && echo "${BASH_REMATCH[1]}" || echo 0
}

launch() { # launch <name> <class> <arguments…>
  local name=$1
  shift
  spark_command "$@"
  nohup "${SPARK_COMMAND[@]}" >"$state/$name.log" 2>&1 </dev/null &
  echo $! >"$state/$name.pid"
}

start() {
  local workers=2 cores=2 memory=2g port=7077 ui_port=8080 i file deadline
  while [[ $# -gt 0 ]]; do
    [[ $# -ge 2 ]] || die "option '$1' needs a value; see --help."
    case "$1" in
      --workers) workers=$2 ;;
      --cores) cores=$2 ;;
      --memory) memory=$2 ;;
      --port) port=$2 ;;
      --ui-port) ui_port=$2 ;;
      *) die "unknown option '$1'; see --help." ;;
    esac
    shift 2
  done
  while IFS= read -r file; do
    ! lives "$file" || die "a cluster of $state is running already; 'standalone.sh stop' ends it."
  done < <(pid_files)
  for i in "$port" "$ui_port"; do
    ! listening "$i" || die "port $i of 127.0.0.1 is taken; name others with --port and --ui-port."
  done

  rm -rf "$state"
  mkdir -p "$state"
  spark_environment
  # Executors inherit the workers' environment, and with it our log settings.
  export SPARK_LOCAL_IP=127.0.0.1 SPARK_CONF_DIR="$DREX_ROOT/conf"
  export SPARK_DAEMON_MEMORY=${SPARK_DAEMON_MEMORY:-512m}
  launch master org.apache.spark.deploy.master.Master --host 127.0.0.1 --port "$port" --webui-port "$ui_port"
  for ((i = 1; i <= workers; i++)); do
    launch "worker-$i" org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --webui-port 0 \
      --cores "$cores" --memory "$memory" --work-dir "$state/work-$i" "spark://127.0.0.1:$port"
  done
  echo "spark://127.0.0.1:$port" >"$state/url"

  deadline=$((SECONDS + START_SECONDS))
  until [[ "$(alive_workers "$ui_port")" == "$workers" ]]; do
    while IFS= read -r file; do
      lives "$file" || fail "$(basename "$file" .pid) ended; see ${file%.pid}.log."
    done < <(pid_files)
    ((SECONDS < deadline)) || fail "not all $workers workers registered within $START_SECONDS s; see the logs in $state."
    sleep 0.2
  done
  cat "$state/url"
}

fail() {
  stop
  die "$*"
}

stop() {
  local file deadline
  while IFS= read -r file; do
    if lives "$file"; then
      kill "$(<"$file")" 2>/dev/null || true
    fi
  done < <(pid_files)
  deadline=$((SECONDS + STOP_SECONDS))
  while IFS= read -r file; do
    while lives "$file"; do
      if ((SECONDS >= deadline)); then
        kill -KILL "$(<"$file")" 2>/dev/null || true
      fi
      sleep 0.1
    done
    rm -f "$file"
  done < <(pid_files)
}

status() {
  local file all=0 any=1
  while IFS= read -r file; do
    any=0
    if lives "$file"; then
      echo "$(basename "$file" .pid) $(<"$file") live"
    else
      echo "$(basename "$file" .pid) $(<"$file") ended; see ${file%.pid}.log"
      all=1
    fi
  done < <(pid_files)
  if ((any != 0)); then
    echo "no cluster in $state"
    return 1
  fi
  cat "$state/url"
  return "$all"
}

case "${1:-}" in
  start) shift && start "$@" ;;
  stop) stop ;;
  status) status ;;
  -h | --help) usage ;;
  *)
    usage >&2
    exit 2
    ;;
esac
