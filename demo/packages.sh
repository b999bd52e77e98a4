# Sourced by demo/run and tests/run: installs what is missing from Debian's packages. Says what, asks
# for nothing, does nothing the second time.

installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'; }

need_packages() {
  local missing=() package
  if ! command -v dpkg-query >/dev/null; then
    echo "This is not Debian: please install by hand what these packages hold: $*" >&2
    return 0
  fi
  for package in "$@"; do
    installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return 0
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "Missing packages (no root, no sudo): ${missing[*]}" >&2; return 1; }
    as_root=(sudo)
  fi
  echo "Installing from Debian's packages: ${missing[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# What building lodge takes.
need_build_packages() {
  need_packages ca-certificates cmake g++ libboost-dev libcli11-dev libcurl4-openssl-dev libssl-dev \
    libsqlite3-dev ninja-build nlohmann-json3-dev
}

# A compiler cache is used where there is one.
compiler_cache() {
  command -v ccache >/dev/null && echo -DCMAKE_CXX_COMPILER_LAUNCHER=ccache || true
}
