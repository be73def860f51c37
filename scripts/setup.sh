# What ./run and ./test share: messages, packages, the build, private PostgreSQL servers. Sourced by bash, never run.
# Needs nothing beyond a minimal Debian 12; sets no option of the shell.

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename -- "$0"): $*"; exit 1; }
is_root() { [ "$(id -u)" = 0 ]; }

BUILD_PACKAGES=(
  g++ cmake ninja-build ccache pkg-config libcpp-httplib-dev libsoci-dev libboost-dev libpq-dev libhpdf-dev libqpdf-dev libzxing-dev
  nlohmann-json3-dev libkainjow-mustache-dev libspdlog-dev libfmt-dev libcli11-dev libtomlplusplus-dev prometheus-cpp-dev libsodium-dev
  libicu-dev libcurl4-openssl-dev libssl-dev libhowardhinnant-date-dev libpng-dev libpugixml-dev libgmime-3.0-dev zlib1g-dev
  libjpeg62-turbo-dev libwebp-dev libharfbuzz-dev libzint-dev
  fonts-noto-core fonts-dejavu-core fonts-ipafont-gothic fonts-nanum fonts-droid-fallback)
RUN_PACKAGES=(postgresql-15 nginx-light ca-certificates tzdata)
TEST_PACKAGES=(libgtest-dev libgmock-dev libfreetype-dev poppler-utils zbar-tools qpdf chromium chromium-driver wrk pango1.0-tools
  clang libclang-rt-14-dev)

# missing_packages NAME...: those that are not installed, one a line.
missing_packages() {
  local installed name
  installed=" $(dpkg-query -W -f='${db:Status-Status} ${Package} ' 2>/dev/null) "
  for name in "$@"; do
    case "$installed" in *" installed $name "*) ;; *) printf '%s\n' "$name" ;; esac
  done
}

# need_packages NAME...: installs what is missing. No packaged service is started, no system cluster is made.
need_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "this needs Debian 12 (apt-get), or these packages: ${missing[*]}"
  local script; script=$(declare -f install_packages)
  say "Installing ${#missing[@]} packages: ${missing[*]}"
  if is_root; then
    bash -c "$script; install_packages \"\$@\"" install "${missing[@]}" || die "the packages could not be installed; see above"
  elif command -v sudo >/dev/null; then
    sudo bash -c "$script; install_packages \"\$@\"" install "${missing[@]}" || die "the packages could not be installed; see above"
  else
    die "run me as root or install sudo; these packages are missing: ${missing[*]}"
  fi
}

# Runs as root. Output goes to a log that is shown when something fails.
install_packages() {
  local log policy=/usr/sbin/policy-rc.d made_policy= status=0 had_nginx= had_postgresql=
  log=$(mktemp)
  dpkg-query -W nginx >/dev/null 2>&1 && had_nginx=yes
  dpkg-query -W postgresql-common >/dev/null 2>&1 && had_postgresql=yes
  if [ -z "$had_postgresql" ] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
  fi
  if [ ! -e "$policy" ]; then  # keeps the packages' own services from starting while they are installed
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && made_policy=yes
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  export DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 LC_ALL=C.UTF-8
  local apt=(apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold)
  { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "$@"; } >"$log" 2>&1 || status=$?
  [ "$status" = 0 ] || tail -n 40 "$log" >&2
  rm -f "$log"
  if [ -n "$made_policy" ]; then rm -f "$policy"; fi
  # We start servers of our own: the packages' ones, when they came with us, must not start at the next boot either.
  if [ -z "$had_nginx" ] && [ -e /etc/init.d/nginx ]; then update-rc.d nginx disable >/dev/null 2>&1; fi
  return "$status"
}

# The engine of the browser tests' accessibility checks. Its registry is npm's own configuration.
AXE_PACKAGE=axe-core@4.14.1
AXE_SHA512=1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5

# need_axe: sets AXE to the path of axe.min.js, fetched once into the user's cache; empty, with a word why, where it cannot be had.
need_axe() {
  local cache="${XDG_CACHE_HOME:-${HOME:-$ROOT/build}/.cache}/roundtrip/$AXE_PACKAGE" folder
  AXE="$cache/axe.min.js"
  if [ -f "$AXE" ]; then return 0; fi
  AXE=
  command -v npm >/dev/null || (need_packages npm) || { say "No npm: pages are not checked with axe."; return 0; }
  folder=$(mktemp -d) || return 0
  say "Fetching $AXE_PACKAGE"
  if ! (cd "$folder" && timeout 120 npm pack --silent --ignore-scripts "$AXE_PACKAGE" >log 2>&1); then
    tail -n 5 "$folder/log" >&2
    say "$AXE_PACKAGE could not be fetched: pages are not checked with it."
  elif ! echo "$AXE_SHA512  $folder/axe-core-${AXE_PACKAGE#*@}.tgz" | sha512sum --status -c; then
    say "$AXE_PACKAGE is not the one that we know (its sha512 differs): pages are not checked with it."
  elif mkdir -p "$cache" && tar -xzf "$folder"/axe-core-*.tgz -C "$folder" package/axe.min.js; then
    # Under its name only when it is whole.
    cp "$folder/package/axe.min.js" "$cache/new.$$" && mv "$cache/new.$$" "$cache/axe.min.js" && AXE="$cache/axe.min.js"
  fi
  rm -rf "$folder"
}

# jobs_to_run: compilers at once: one a core, and 1.2 GB of memory for each.
jobs_to_run() {
  local cores memory_kb=4000000 key value
  cores=$(nproc)
  while read -r key value _; do
    if [ "$key" = MemAvailable: ]; then memory_kb=$value; fi
  done 2>/dev/null </proc/meminfo
  local fit=$((memory_kb / 1200000))
  [ "$fit" -ge 1 ] || fit=1
  echo $((cores < fit ? cores : fit))
}

# configure PRESET TESTS: writes build/PRESET. TESTS is ON, or OFF: then a folder that was made with tests keeps them. A folder that was
# copied from elsewhere is made anew.
configure() {
  local preset=$1 tests=$2 folder="$ROOT/build/$1"
  local cache="$folder/CMakeCache.txt"
  if [ -f "$cache" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$ROOT" "$cache"; then rm -rf "$folder"; fi
  if [ -f "$folder/build.ninja" ] && { [ "$tests" = OFF ] || grep -qx 'ROUNDTRIP_TESTS:BOOL=ON' "$cache"; }; then return 0; fi
  mkdir -p "$ROOT/build"
  # Joined files build several times faster from nothing; for daily work configure with -DCMAKE_UNITY_BUILD=OFF.
  (cd "$ROOT" && cmake --preset "$preset" "-DROUNDTRIP_TESTS=$tests" \
    -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=8 >"$ROOT/build/.$preset.log" 2>&1) ||
    { cat "$ROOT/build/.$preset.log" >&2; die "cmake could not configure the build"; }
}

# build_target PRESET TARGET...: quiet when there is nothing to do; shows the compiler's words when it fails.
build_target() {
  local preset=$1; shift
  : "${CCACHE_DIR:=${HOME:-$ROOT/build}/.cache/ccache}"
  export CCACHE_DIR
  if [ -t 2 ]; then
    ninja -j"$(jobs_to_run)" -C "$ROOT/build/$preset" "$@" >&2 || die "the build failed; see above"
    return 0
  fi
  local log="$ROOT/build/.$preset.log"
  ninja -j"$(jobs_to_run)" -C "$ROOT/build/$preset" "$@" >"$log" 2>&1 && return 0
  grep -vE '^\[[0-9]+/' "$log" | tail -n 80 >&2
  die "the build failed; see above"
}

# reachable_by USER FOLDER: can the user enter every folder on the way (the folder exists)?
reachable_by() { setpriv --reuid "$1" --regid "$1" --init-groups test -x "$2" 2>/dev/null; }

# as_postgres COMMAND...: PostgreSQL refuses root, so root becomes its user; others stay themselves.
as_postgres() {
  if is_root; then (cd / && exec setpriv --reuid postgres --regid postgres --init-groups -- "$@"); else "$@"; fi
}

PG_BIN=/usr/lib/postgresql/15/bin

# make_cluster FOLDER [INITDB OPTION...]: an empty cluster with superuser postgres, unless there is one. An unfinished one is made anew.
make_cluster() {
  local folder=$1; shift
  if [ -f "$folder/roundtrip.ready" ]; then return 0; fi
  rm -rf "$folder"
  if is_root; then install -d -o postgres -g postgres -m 700 "$folder"; else install -d -m 700 "$folder"; fi
  local out
  out=$(as_postgres "$PG_BIN/initdb" -D "$folder" -E UTF8 --locale=C.UTF-8 -A trust -U postgres "$@" 2>&1) ||
    { say "$out"; die "initdb failed in $folder"; }
  echo "include = 'roundtrip.conf'" >>"$folder/postgresql.conf"
  as_postgres touch "$folder/roundtrip.conf" "$folder/roundtrip.ready"
}

# shared_buffers: an eighth of the memory, 64 to 512 MB.
shared_buffers() {
  local memory_kb=2000000 key value
  while read -r key value _; do
    if [ "$key" = MemTotal: ]; then memory_kb=$value; fi
  done 2>/dev/null </proc/meminfo
  local mb=$((memory_kb / 8192))
  if [ "$mb" -lt 64 ]; then mb=64; elif [ "$mb" -gt 512 ]; then mb=512; fi
  echo "${mb}MB"
}

# forget_stale_postmaster FOLDER: a postmaster.pid of a process that is no longer this cluster's (power cut, other container).
forget_stale_postmaster() {
  local file="$1/postmaster.pid" pid
  [ -f "$file" ] || return 0
  read -r pid <"$file"
  if [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF -- "$1"; then return 0; fi
  rm -f "$file"
}
