#!/usr/bin/env bash
# Checks the system libraries that Qt needs but does not include, by loading each of them.
#
#   packaging/system-libraries.sh offscreen   what Qt needs without a display
#   packaging/system-libraries.sh window      the same, plus what it needs for a window on this display
#   packaging/system-libraries.sh tests       what Qt needs without a display; optional: a window under Xvfb
#
# On Debian and Ubuntu as root, missing libraries are named and then installed; elsewhere the command that installs them
# is printed. `make` checks before it downloads anything.
# Fails only if something required, not merely optional, is still missing. Other systems than Linux need nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[ "$(uname -s)" = Linux ] || exit 0

# soname or check, Debian's package
offscreen='
libEGL.so.1             libegl1
libGL.so.1              libgl1
libX11.so.6             libx11-6
libxkbcommon.so.0       libxkbcommon0
libdbus-1.so.3          libdbus-1-3
libglib-2.0.so.0        libglib2.0-0
libgthread-2.0.so.0     libglib2.0-0
libfontconfig.so.1      libfontconfig1
libfreetype.so.6        libfreetype6
libz.so.1               zlib1g
libstdc++.so.6          libstdc++6
a-font                  fonts-dejavu-core
'
x11='
libX11-xcb.so.1         libx11-xcb1
libxcb.so.1             libxcb1
libxcb-cursor.so.0      libxcb-cursor0
libxcb-icccm.so.4       libxcb-icccm4
libxcb-image.so.0       libxcb-image0
libxcb-keysyms.so.1     libxcb-keysyms1
libxcb-randr.so.0       libxcb-randr0
libxcb-render.so.0      libxcb-render0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0       libxcb-shape0
libxcb-shm.so.0         libxcb-shm0
libxcb-sync.so.1        libxcb-sync1
libxcb-util.so.1        libxcb-util1
libxcb-xfixes.so.0      libxcb-xfixes0
libxcb-xkb.so.1         libxcb-xkb1
libxkbcommon-x11.so.0   libxkbcommon-x11-0
'
wayland='
libwayland-client.so.0  libwayland-client0
libwayland-cursor.so.0  libwayland-cursor0
'
xvfb='
program:Xvfb            xvfb
program:xauth           xauth
'

purpose=${1:-offscreen}
needed=$offscreen
wished=
case "$purpose" in
  offscreen) ;;
  window)
    [ -z "${DISPLAY:-}" ] || needed+=$x11
    [ -z "${WAYLAND_DISPLAY:-}" ] || needed+=$wayland
    ;;
  tests) wished=$x11$xvfb ;;
  *)
    echo "usage: packaging/system-libraries.sh offscreen|window|tests" >&2
    exit 2
    ;;
esac

python=.venv/bin/python
"$python" -c '' 2>/dev/null </dev/null || python=$(packaging/find-python.sh)

# Reads a table and prints the lines whose library cannot be loaded.
missing() {
  "$python" -c '
import ctypes, os, shutil, sys

def has_font():
    homes = [os.path.expanduser(name) for name in ("~/.fonts", "~/.local/share/fonts")]
    for folder in ["/usr/share/fonts", "/usr/local/share/fonts", *homes]:
        for _, _, names in os.walk(folder):
            if any(name.lower().endswith((".ttf", ".otf", ".ttc", ".pfb")) for name in names):
                return True
    return False

def is_there(name):
    if name == "a-font":
        return has_font()
    if name.startswith("program:"):
        return shutil.which(name.removeprefix("program:")) is not None
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True

for line in sys.argv[1].splitlines():
    if line.strip() and not is_there(line.split()[0]):
        print(line)
' "$1" </dev/null
}

column() { # number, table
  awk -v n="$1" 'NF { print $n }' <<<"$2" | sort -u | tr '\n' ' ' | sed 's/ $//'
}

# Prints the command that installs the lines of a table, if this system's package manager is known.
install_command() {
  local provides name
  provides=$(for name in $(column 1 "$1"); do
    case "$name" in
      a-font) echo dejavu-sans-fonts ;;
      program:*) echo "${name#program:}" ;;
      *) echo "'$name()(64bit)'" ;;
    esac
  done | tr '\n' ' ' | sed 's/ $//')
  if command -v apt-get >/dev/null; then
    echo "sudo apt-get install $(column 2 "$1")"
  elif command -v dnf >/dev/null; then
    echo "sudo dnf install $provides"
  elif command -v zypper >/dev/null; then
    echo "sudo zypper install $provides"
  elif command -v pacman >/dev/null; then
    echo "sudo pacman -S --needed libglvnd libx11 libxkbcommon libxkbcommon-x11 dbus glib2 fontconfig freetype2" \
      "ttf-dejavu xcb-util-cursor xcb-util-image xcb-util-keysyms xcb-util-renderutil xcb-util-wm wayland"
  else
    echo "(your package manager) install $(column 1 "$1")"
  fi
}

lacks=$(missing "$needed$wished")
[ -n "$lacks" ] || exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  packages=$(column 2 "$lacks")
  echo "System libraries of Qt are missing. Installing these packages (apt-get install): $packages ..."
  # shellcheck disable=SC2086 # one word a package is meant
  packaging/apt-install.sh $packages || echo "Not all of them could be installed." >&2
  lacks=$(missing "$needed$wished")
  [ -n "$lacks" ] || exit 0
fi

lacks_needed=$(missing "$needed")
if [ -n "$lacks_needed" ]; then
  {
    echo "Qt, which displays DigitLab's window, needs system libraries that are missing: $(column 1 "$lacks_needed" | sed 's/a-font/any font/')"
    echo "Install what is missing, then run make again:"
    echo "  $(install_command "$lacks_needed")"
  } >&2
  exit 1
fi
echo "Tests in a real window will be skipped, because these are missing: $(column 1 "$lacks" | sed 's/program://g')"
echo "To run them too: $(install_command "$lacks")"
