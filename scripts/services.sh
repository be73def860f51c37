# The services of one copy of Roundtrip and how ./run starts, watches and stops them. Sourced by bash after setup.sh.
# Each service runs under a small supervisor that holds a lock while it lives: a left-over pid file means nothing.

SERVICES=(postgres carrier serve nginx)  # in the order of starting

# name_folders: where everything of this copy is.
name_folders() {
  VAR=${ROUNDTRIP_VAR_DIR:-$ROOT/var}
  case "$VAR" in /*) ;; *) VAR=$PWD/$VAR ;; esac
  VAR=$(realpath -m -- "$VAR")
  COPY=roundtrip-$(printf '%s' "$VAR" | sha256sum | cut -c1-10)
  if is_root; then RUN_DIR=/run/$COPY; else RUN_DIR=/tmp/$COPY-$(id -u); fi  # short: a socket's path has 107 bytes
  LOCKS=$VAR/run
  ENVIRONMENT=$VAR/run/environment
  PROGRAM=$ROOT/build/release/roundtrip
  PG_SOCKETS=$RUN_DIR/pg
  PG_DATA=$VAR/postgres
}

make_folders() {
  mkdir -p "$VAR/log" "$LOCKS" "$VAR/outbox" || die "cannot write to $VAR; set ROUNDTRIP_VAR_DIR"
  chmod 700 "$LOCKS"
  VAR=$(cd -- "$VAR" && pwd -P)
}

# make_run_folders: sockets and nginx's files. As root, nginx's workers (www-data) may enter app/, PostgreSQL's user pg/, nobody else.
make_run_folders() {
  if is_root; then
    install -d -m 755 "$RUN_DIR"
    install -d -o root -g www-data -m 2750 "$RUN_DIR/app"
    install -d -o www-data -g www-data -m 700 "$RUN_DIR/nginx"
    install -d -o postgres -g postgres -m 700 "$PG_SOCKETS"
  else
    install -d -m 700 "$RUN_DIR" "$RUN_DIR/app" "$RUN_DIR/nginx" "$PG_SOCKETS"
    [ -O "$RUN_DIR" ] || die "$RUN_DIR belongs to somebody else; remove it"
  fi
}

# place_postgres: PG_DATA, in var/ where PostgreSQL's user can get there, else under /var/lib with a link from var/.
place_postgres() {
  if [ -L "$VAR/postgres" ]; then PG_DATA=$(readlink "$VAR/postgres"); return 0; fi
  if ! is_root || [ -d "$VAR/postgres" ] || reachable_by postgres "$VAR"; then PG_DATA=$VAR/postgres; return 0; fi
  PG_DATA=/var/lib/$COPY/postgres
  install -d -m 755 "/var/lib/$COPY"
  ln -s "$PG_DATA" "$VAR/postgres"
}

# one_at_a_time: another ./run on this var/ is waited for.
one_at_a_time() {
  exec 8>"$LOCKS/run.lock"
  flock -w 900 8 || die "another ./run is busy with $VAR"
}

# supervise SERVICE SIGNAL LOG COMMAND...: runs the command, again when it dies (pause 0.2 s, doubled up to 5 s while it dies young),
# until told to end by SIGTERM; then the command gets SIGNAL. Holds the service's lock all the while.
supervise() {
  local lock=$1 signal=$2 log=$3 child= ending= pause=200 began
  shift 3
  exec 9>>"$lock"
  flock -w 2 9 || return 0  # somebody may just be asking whether we live
  printf '%s\n' "$$" >"$lock.pid"
  trap 'ending=yes; [ -z "$child" ] || kill -s "$signal" "$child" 2>/dev/null' TERM
  trap '' INT HUP
  while [ -z "$ending" ]; do
    began=$SECONDS
    "$@" >>"$log" 2>&1 9>&- 8>&- </dev/null &
    child=$!
    [ -z "$ending" ] || kill -s "$signal" "$child" 2>/dev/null
    while kill -0 "$child" 2>/dev/null; do wait "$child"; done
    child=
    [ -z "$ending" ] || break
    printf '%(%FT%TZ)T ./run: %s ended, it is started again\n' -1 "${1##*/}" >>"$log"
    if [ $((SECONDS - began)) -ge 10 ]; then pause=200; fi
    sleep "$((pause / 1000)).$(printf '%03d' $((pause % 1000)))" 9>&- &
    wait $!
    pause=$((pause * 2 > 5000 ? 5000 : pause * 2))
  done
  rm -f "$lock.pid"
}

# running SERVICE: does its supervisor live?
running() {
  [ -e "$LOCKS/$1" ] || return 1
  ! flock -n "$LOCKS/$1" true
}

all_running() {
  local service
  for service in "${SERVICES[@]}"; do
    if [ "$service" = postgres ] && [ -n "${OWN_DATABASE-}" ]; then continue; fi
    running "$service" || return 1
  done
}

# start SERVICE SIGNAL COMMAND...
start() {
  local service=$1 signal=$2 log="$VAR/log/$1.log"; shift 2
  if running "$service"; then return 0; fi
  if [ -f "$log" ] && [ "$(stat -c %s "$log")" -gt 50000000 ]; then mv -f "$log" "$log.1"; fi
  touch "$log"
  LOG_START=$(stat -c %s "$log")
  setsid "$ROOT/run" --supervise "$LOCKS/$service" "$signal" "$log" "$@" 8>&- </dev/null >/dev/null 2>&1 &
  local tries=0
  until running "$service"; do
    tries=$((tries + 1)); [ "$tries" -lt 200 ] || die "$service could not be started"
    sleep 0.02
  done
}

# stop SERVICE: asks its supervisor to end, waits up to 30 s.
stop() {
  local service=$1 pid tries=0
  running "$service" || return 0
  read -r pid 2>/dev/null <"$LOCKS/$service.pid" || return 0
  kill -TERM "$pid" 2>/dev/null
  while running "$service"; do
    tries=$((tries + 1))
    if [ "$tries" = 600 ]; then
      say "$service does not end; it is killed"
      kill -KILL -- "-$pid" 2>/dev/null
    fi
    [ "$tries" -lt 700 ] || die "$service (process $pid) cannot be stopped"
    sleep 0.05
  done
}

stop_all() {
  local at
  for ((at = ${#SERVICES[@]} - 1; at >= 0; --at)); do stop "${SERVICES[at]}"; done
  rm -rf "$RUN_DIR"  # sockets and nginx's temporary files
}

# wait_for SERVICE WHAT SECONDS COMMAND...: until the command succeeds; else the end of the service's log and an end with words.
wait_for() {
  local service=$1 what=$2 seconds=$3 until_s; shift 3
  until_s=$((SECONDS + seconds))
  until "$@" >/dev/null 2>&1; do
    if [ "$SECONDS" -ge "$until_s" ]; then
      tail -c "+$((LOG_START + 1))" "$VAR/log/$service.log" | tail -n 25 >&2
      stop_all
      die "$service is not $what after $seconds s; its log: $VAR/log/$service.log"
    fi
    sleep 0.05
  done
}

# port_taken HOST PORT: does somebody answer there?
port_taken() {
  local host=$1
  if [ "$host" = 0.0.0.0 ]; then host=127.0.0.1; fi
  (exec 3<>"/dev/tcp/$host/$2") 2>/dev/null
}

# http_status PATH: the status of a GET through the front door.
http_status() {
  local line
  exec 3<>"/dev/tcp/${FRONT/://}" || return 1
  printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$1" "$FRONT" >&3
  read -r -t 5 line <&3
  exec 3<&- 3>&-
  line=${line#* }
  printf '%s' "${line%% *}"
}
ready() { [ "$(http_status /readyz)" = 200 ]; }

# given SETTING: was it set in the environment or, other than by default, in the file? `value` and `default` are its values.
given() {
  local name=${1//./__}
  name=ROUNDTRIP_${name^^}
  [ -n "${!name+x}" ] || [ "$2" != "$3" ]
}

# free_port WANTED: the first from there upward that nobody uses and that is none of `taken`.
free_port() {
  local port=$1
  while port_taken 127.0.0.1 "$port" || [ "$port" = "$HTTP_PORT" ] || [ "$port" = "${OPERATIONS_PORT-}" ]; do port=$((port + 1)); done
  echo "$port"
}

# choose_settings: what the program is told beyond its file: sockets, folders, addresses, free ports for the inner services.
choose_settings() {
  local values keys=(http.host http.port http.socket http.operations_port http.public_url http.max_body_bytes database.url
    carriers.demo.port carriers.demo.base_url mail.outbox_dir http.max_upload_bytes)
  cd "$ROOT" || die "cannot enter $ROOT"
  "$PROGRAM" config check >/dev/null || exit 1
  mapfile -t values < <("$PROGRAM" config get "${keys[@]}")
  local defaults; mapfile -t defaults < <("$PROGRAM" config get --default "${keys[@]}")
  HTTP_HOST=${values[0]} HTTP_PORT=${values[1]} SOCKET=${values[2]} OPERATIONS_PORT=${values[3]} PUBLIC_URL=${values[4]}
  MAX_BODY=$((values[5] > values[10] ? values[5] : values[10]))  # the program itself holds what is no picture to the smaller one
  DATABASE_URL=${values[6]} CARRIER_PORT=${values[7]} CARRIER_URL=${values[8]} OUTBOX=${values[9]}
  local was_up=; if running serve; then was_up=yes; fi
  local before_operations= before_carrier=
  if [ -n "$was_up" ] && [ -f "$LOCKS/ports" ]; then read -r before_operations before_carrier <"$LOCKS/ports"; fi

  given http.socket "$SOCKET" "${defaults[2]}" || SOCKET=$RUN_DIR/app/roundtrip.sock
  FRONT=$HTTP_HOST:$HTTP_PORT
  if [ "$HTTP_HOST" = 0.0.0.0 ]; then FRONT=127.0.0.1:$HTTP_PORT; fi
  if ! given http.operations_port "$OPERATIONS_PORT" "${defaults[3]}"; then
    OPERATIONS_PORT=; OPERATIONS_PORT=${before_operations:-$(free_port "$((HTTP_PORT + 1 > 65000 ? 8081 : HTTP_PORT + 1))")}
  fi
  given http.public_url "$PUBLIC_URL" "${defaults[4]}" || PUBLIC_URL=http://$FRONT
  if ! given carriers.demo.port "$CARRIER_PORT" "${defaults[7]}"; then
    CARRIER_PORT=${before_carrier:-$(free_port "$((HTTP_PORT + 2 > 65000 ? 8082 : HTTP_PORT + 2))")}
  fi
  given carriers.demo.base_url "$CARRIER_URL" "${defaults[8]}" || CARRIER_URL=http://127.0.0.1:$CARRIER_PORT
  given mail.outbox_dir "$OUTBOX" "${defaults[9]}" || OUTBOX=$VAR/outbox
  OWN_DATABASE=; if given database.url "$DATABASE_URL" "${defaults[6]}" && [ -n "$DATABASE_URL" ]; then OWN_DATABASE=yes; fi
  [ -n "$OWN_DATABASE" ] || DATABASE_URL="host=$PG_SOCKETS port=5432 user=roundtrip dbname=roundtrip"
  printf '%s %s\n' "$OPERATIONS_PORT" "$CARRIER_PORT" >"$LOCKS/ports"
  write_environment
}

write_environment() {
  local name value
  (umask 077; : >"$ENVIRONMENT.new")
  while IFS='|' read -r name value; do printf 'export %s=%q\n' "$name" "$value"; done >"$ENVIRONMENT.new" <<END
ROUNDTRIP_VAR_DIR|$VAR
ROUNDTRIP_HTTP__HOST|$HTTP_HOST
ROUNDTRIP_HTTP__PORT|$HTTP_PORT
ROUNDTRIP_HTTP__SOCKET|$SOCKET
ROUNDTRIP_HTTP__OPERATIONS_PORT|$OPERATIONS_PORT
ROUNDTRIP_HTTP__PUBLIC_URL|$PUBLIC_URL
ROUNDTRIP_DATABASE__URL|$DATABASE_URL
ROUNDTRIP_CARRIERS__DEMO__PORT|$CARRIER_PORT
ROUNDTRIP_CARRIERS__DEMO__BASE_URL|$CARRIER_URL
ROUNDTRIP_RETURNS__PICKUP|${ROUNDTRIP_RETURNS__PICKUP:-true}
ROUNDTRIP_CARRIERS__ALLOW_PRIVATE_ADDRESSES|${ROUNDTRIP_CARRIERS__ALLOW_PRIVATE_ADDRESSES:-true}
ROUNDTRIP_GATEWAYS__ALLOW_PRIVATE_ADDRESSES|${ROUNDTRIP_GATEWAYS__ALLOW_PRIVATE_ADDRESSES:-true}
ROUNDTRIP_MAIL__OUTBOX_DIR|$OUTBOX
END
  mv -f "$ENVIRONMENT.new" "$ENVIRONMENT"
  . "$ENVIRONMENT"
}

# fingerprint: changes when the program, its settings or the front door do.
fingerprint() {
  {
    stat -c '%s %Y' "$PROGRAM"
    cat "$ROOT/config/roundtrip.toml" "$LOCKS/nginx.conf"
    env | grep ^ROUNDTRIP_ | LC_ALL=C sort
  } 2>/dev/null | sha256sum
}

start_all() {
  local socket_bytes=${#SOCKET}
  [ "$socket_bytes" -le 107 ] || die "http.socket is $socket_bytes bytes long; 107 is the most: $SOCKET"
  make_run_folders
  write_nginx_conf
  if [ "$(cat "$LOCKS/fingerprint" 2>/dev/null)" != "$(fingerprint)" ]; then stop nginx; stop serve; stop carrier; fi
  [ -n "$OWN_DATABASE" ] || start_postgres
  if all_running && ready; then return 0; fi
  if ! running nginx && port_taken "$HTTP_HOST" "$HTTP_PORT"; then
    stop_all; die "port $HTTP_PORT of $HTTP_HOST is in use; give another one: ROUNDTRIP_HTTP__PORT=9080 ./run"
  fi
  if ! running serve && [ "$OPERATIONS_PORT" != 0 ] && port_taken 127.0.0.1 "$OPERATIONS_PORT"; then
    stop_all; die "port $OPERATIONS_PORT is in use; give another one: ROUNDTRIP_HTTP__OPERATIONS_PORT=9081 ./run"
  fi
  if ! running carrier && port_taken 127.0.0.1 "$CARRIER_PORT"; then
    stop_all; die "port $CARRIER_PORT is in use; give another one: ROUNDTRIP_CARRIERS__DEMO__PORT=9082 ./run"
  fi
  "$PROGRAM" migrate up >/dev/null || { stop_all; die "the schema could not be brought forward; see above"; }
  start carrier TERM "$PROGRAM" demo-carrier --state-file "$VAR/carrier.jsonl"
  wait_for carrier "answering on port $CARRIER_PORT" 15 port_taken 127.0.0.1 "$CARRIER_PORT"
  seed_demo
  if ! running serve; then rm -f "$SOCKET"; fi
  umask 077  # mails in var/outbox are for nobody else
  start serve TERM "$PROGRAM" serve
  umask 022
  wait_for serve "listening on $SOCKET" 20 test -S "$SOCKET"
  start nginx QUIT nginx -e "$VAR/log/nginx.log" -p "$RUN_DIR/nginx" -c "$LOCKS/nginx.conf"
  wait_for nginx "listening on port $HTTP_PORT" 10 port_taken "$HTTP_HOST" "$HTTP_PORT"
  wait_for serve "ready (/readyz)" 20 ready
  fingerprint >"$LOCKS/fingerprint"
}

start_postgres() {
  place_postgres
  make_cluster "$PG_DATA"
  if running postgres; then return 0; fi
  forget_stale_postmaster "$PG_DATA"
  cat >"$PG_DATA/roundtrip.conf" <<END
# Written by ./run at every start.
listen_addresses = ''
unix_socket_directories = '$PG_SOCKETS'
port = 5432
max_connections = 200
shared_buffers = $(shared_buffers)
max_wal_size = 4GB
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_min_duration_statement = 5s
jit = off
random_page_cost = 1.1
autovacuum_naptime = 10s
END
  if is_root; then start postgres INT setpriv --reuid postgres --regid postgres --init-groups -- "$PG_BIN/postgres" -D "$PG_DATA"
  else start postgres INT "$PG_BIN/postgres" -D "$PG_DATA"; fi
  wait_for postgres "accepting connections" 60 "$PG_BIN/pg_isready" -q -h "$PG_SOCKETS" -p 5432 -U postgres -d postgres
  local sql="$PG_BIN/psql -X -q -At -h $PG_SOCKETS -p 5432 -U postgres"
  if [ "$($sql -d postgres -c "SELECT 1 FROM pg_database WHERE datname = 'roundtrip'")" != 1 ]; then
    $sql -d postgres -c "CREATE ROLE roundtrip LOGIN" 2>/dev/null
    $sql -d postgres -c "CREATE DATABASE roundtrip OWNER roundtrip" || { stop_all; die "the database could not be made"; }
  fi
}

write_nginx_conf() {
  local text user=
  if is_root; then user="user www-data;"; fi
  text=$(<"$ROOT/config/nginx.conf.in")
  text=${text//@USER@/"$user"}
  text=${text//@RUN@/"$RUN_DIR/nginx"}
  text=${text//@SOCKET@/"$SOCKET"}
  text=${text//@LISTEN@/"$HTTP_HOST:$HTTP_PORT"}
  text=${text//@MAX_BODY@/"$MAX_BODY"}
  printf '%s\n' "$text" >"$LOCKS/nginx.conf"
}

# seed_demo: the demo merchant with orders in every state, once; its key stays the same, the links fit today's address.
seed_demo() {
  local fresh=()
  if [ ! -s "$VAR/demo.env" ]; then fresh=(--env-file "$VAR/demo.env.new"); fi
  "$PROGRAM" demo "${fresh[@]}" >"$LOCKS/links" || { stop_all; die "the demo data could not be made; see above"; }
  local key_file="$VAR/demo.env" line key=
  if [ ${#fresh[@]} -gt 0 ]; then key_file="$VAR/demo.env.new"; fi
  while IFS= read -r line; do
    case "$line" in ROUNDTRIP_KEY=*) key=${line#*=} ;; esac
  done <"$key_file"
  (umask 077; printf 'ROUNDTRIP_URL=%s\nROUNDTRIP_KEY=%s\n' "http://$FRONT" "$key" >"$VAR/demo.env.made")
  rm -f "$VAR/demo.env.new"
  mv -f "$VAR/demo.env.made" "$VAR/demo.env"
}

print_links() {
  printf '\n'
  grep -v '^API key' "$LOCKS/links"
  printf 'API key        in %s\n\n' "$VAR/demo.env"
}

print_status() {
  local service status=0 url=
  if [ -f "$ENVIRONMENT" ]; then url=$(. "$ENVIRONMENT"; printf '%s' "$ROUNDTRIP_DATABASE__URL"); fi
  for service in "${SERVICES[@]}"; do
    if [ "$service" = postgres ] && [ -n "$url" ] && [[ $url != *"host=$PG_SOCKETS "* ]]; then
      say "postgres: the server that database.url names"
    elif running "$service"; then say "$service: running"; else say "$service: not running"; status=1; fi
  done
  return "$status"
}
