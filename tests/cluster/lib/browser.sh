# A browser that opens pages without a screen, for tests.
# shellcheck shell=bash

browser_names="chromium-headless-shell chromium google-chrome google-chrome-stable chromium-browser"

find_browser() {
  local name
  for name in $browser_names; do
    command -v "$name" && return 0
  done
  return 1
}

# browser: prints its path, and installs it first where there is none.
browser() {
  mkdir -p "$target"
  (
    flock 7
    find_browser && exit 0
    command -v apt-get >/dev/null || die "no browser, and no apt-get to install one; install one of: $browser_names"
    [ "$(id -u)" = 0 ] || die "no browser, and only root can install one; install one of: $browser_names"
    echo "installing chromium-headless-shell" >&2
    local log=$target/browser.log
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends chromium-headless-shell fonts-dejavu-core; } >"$log" 2>&1 ||
      { tail -n 5 "$log" >&2; die "apt-get could not install chromium-headless-shell; install one of: $browser_names"; }
    find_browser || die "chromium-headless-shell is installed and is not in PATH"
  ) 7>"$target/.browser.lock"
}
