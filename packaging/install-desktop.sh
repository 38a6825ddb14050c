#!/usr/bin/env bash
# Adds DigitLab to the desktop's menu: desktop entry, icon, metadata and the type of .digitlab files.
#
#   packaging/install-desktop.sh                      for this user, under ~/.local
#   packaging/install-desktop.sh --system             for all users, under /usr (as root)
#   packaging/install-desktop.sh --prefix DIR         under DIR, for example the root of a package being built
#   packaging/install-desktop.sh --exec COMMAND       the command of the menu entry (default: the digitlab found now)
#   packaging/install-desktop.sh --remove             removes what the same options have installed
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
id=io.github.digitlab.DigitLab

share=${XDG_DATA_HOME:-$HOME/.local/share}
command=
remove=
while [ $# -gt 0 ]; do
  case "$1" in
    --system) share=/usr/share ;;
    --prefix) share=${2:?--prefix needs a folder}/share && shift ;;
    --exec) command=${2:?--exec needs a command} && shift ;;
    --remove) remove=1 ;;
    *)
      sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
      exit 2
      ;;
  esac
  shift
done

entry=$share/applications/$id.desktop
metainfo=$share/metainfo/$id.metainfo.xml
icon=$share/icons/hicolor/scalable/apps/$id.svg
mime=$share/mime/packages/$id.xml

refresh() {
  # A desktop without one of these tools does not need its cache.
  if command -v update-desktop-database >/dev/null; then update-desktop-database -q "$share/applications" || true; fi
  if command -v update-mime-database >/dev/null; then update-mime-database "$share/mime" 2>/dev/null || true; fi
  if command -v gtk-update-icon-cache >/dev/null; then gtk-update-icon-cache -qtf "$share/icons/hicolor" || true; fi
}

if [ -n "$remove" ]; then
  rm -f "$entry" "$metainfo" "$icon" "$mime"
  refresh
  echo "DigitLab is no longer in the menu of $share"
  exit 0
fi

if [ -z "$command" ]; then
  # The digitlab of the environment is not on the PATH of a desktop session, so the entry contains its full path.
  if [ -x "$here/../.venv/bin/digitlab" ]; then
    command=$(cd "$here/../.venv/bin" && pwd)/digitlab
  else
    command=$(command -v digitlab || echo digitlab)
  fi
fi
# In an Exec key, an argument with other characters is quoted, with a backslash before the four special characters; the
# backslash is doubled because the key's value is itself an escaped string; % is doubled.
quoted=$command
if [[ $command =~ [^A-Za-z0-9_./-] ]]; then
  quoted=\"$(sed -e 's/[\\"`$]/\\\\&/g' -e 's/%/%%/g' <<<"$command")\"
fi

mkdir -p "${entry%/*}" "${metainfo%/*}" "${icon%/*}" "${mime%/*}"
EXEC=$quoted awk '/^Exec=/ { print "Exec=" ENVIRON["EXEC"] " %f"; next } { print }' "$here/$id.desktop" >"$entry"
install -m 644 "$here/$id.metainfo.xml" "$metainfo"
install -m 644 "$here/../resources/icons/digitlab.svg" "$icon"
install -m 644 "$here/$id.mime.xml" "$mime"
chmod 644 "$entry"
refresh
echo "DigitLab is in the menu of $share and starts $command"
