#!/usr/bin/env bash
# Installs what the tests need and this machine lacks. Says nothing and takes no time when all is there.
# System packages come by apt-get; whoever is not root is told the one line to run.
set -euo pipefail
cd "$(dirname "$0")/../.."

# A file that is there when the package is, and the package (Debian 12).
needs="
/usr/bin/chromium chromium
/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc fonts-noto-cjk
/usr/bin/certutil libnss3-tools
/usr/bin/pk12util libnss3-tools
/usr/bin/openssl openssl
/usr/sbin/apache2 apache2-bin
/usr/lib/apache2/modules/mod_auth_openidc.so libapache2-mod-auth-openidc
/usr/include/openssl/x509_vfy.h libssl-dev
/usr/bin/curl curl
/usr/bin/certtool gnutls-bin
/usr/lib/postgresql/15/bin/initdb postgresql-15
/usr/bin/javac default-jdk-headless
/usr/bin/certtool gnutls-bin
/usr/share/java/bcprov.jar libbcprov-java
/usr/share/java/bcpkix.jar libbcpkix-java
/usr/lib/python3/dist-packages/pip python3-pip
/usr/lib/python3.11/ensurepip python3-venv
"

# Chromium shows the demonstration's certificates without asking; only a managed policy can say so.
policy=tests/support/chromium-policy.json
managed=/etc/chromium/policies/managed/pearlbridge-tests.json

missing_packages() {
    while read -r file package; do
        if [ -n "$file" ] && [ ! -e "$file" ]; then echo "$package"; fi
    done <<<"$needs"
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
}

system_packages() {
    local steps=() packages
    packages=$(missing_packages | sort -u | tr '\n' ' ')
    if [ -n "$packages" ]; then
        steps+=("apt-get update -qq" "DEBIAN_FRONTEND=noninteractive apt-get install --no-install-recommends -y -qq $packages")
    fi
    if ! cmp -s "$policy" "$managed"; then steps+=("install -D -m 644 $PWD/$policy $managed"); fi
    if [ ${#steps[@]} -eq 0 ]; then return; fi
    local line
    line=$(printf ' && %s' "${steps[@]}")
    line=${line# && }
    if [ "$(id -u)" -ne 0 ]; then
        echo "The tests need what only root can install. Run this line, then try again:"
        echo "  sudo sh -c '$line'"
        exit 1
    fi
    echo "$line"
    sh -c "$line" >/dev/null
}

# The Python client, in a virtual environment of its own.
python_packages() {
    local venv=target/test-tools/venv list=tests/clients/requirements.txt
    if cmp -s "$list" "$venv/requirements.txt"; then return; fi
    echo "installing $(tr '\n' ' ' <"$list")"
    mkdir -p target/test-tools
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$list"
    cp "$list" "$venv/requirements.txt"
}

# The browser driver and the JavaScript client, as the lock file says; no browser is downloaded.
node_packages() {
    local folder=tests/browser
    if cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed"; then return; fi
    echo "installing playwright-core, openid-client and oidc-client-ts"
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix "$folder" --silent --no-audit --no-fund --ignore-scripts
    cp "$folder/package-lock.json" "$folder/node_modules/.installed"
}

system_packages
python_packages
node_packages
