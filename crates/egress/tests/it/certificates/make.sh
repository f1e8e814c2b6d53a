#!/bin/sh
# Makes the certificates that the TLS tests show: one authority, one key, three certificates.
# The key guards nothing. Run it only to replace them all.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

openssl ecparam -name prime256v1 -genkey -noout -out "$work/ca.key"
openssl ecparam -name prime256v1 -genkey -noout -out "$work/server.key"
openssl pkcs8 -topk8 -nocrypt -in "$work/server.key" -outform DER -out server.key.der
openssl req -x509 -new -key "$work/ca.key" -subj "/CN=Test authority" -days 36500 \
    -addext "keyUsage=critical,keyCertSign" -outform DER -out authority.der
openssl x509 -inform DER -in authority.der -out "$work/ca.pem"
openssl req -new -key "$work/server.key" -subj "/" -out "$work/server.csr"

cat > "$work/ca.cnf" <<END
[ca]
default_ca = test
[test]
database = $work/index.txt
serial = $work/serial
new_certs_dir = $work
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = optional
END
: > "$work/index.txt"
echo 01 > "$work/serial"

# certificate <file> <name> <not before> <not after>
certificate() {
    printf 'basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=%s\n' "$2" > "$work/ext"
    openssl ca -batch -notext -config "$work/ca.cnf" -cert "$work/ca.pem" -keyfile "$work/ca.key" \
        -in "$work/server.csr" -subj "/CN=$1" -extfile "$work/ext" -startdate "$3" -enddate "$4" -out "$work/out.pem"
    openssl x509 -in "$work/out.pem" -outform DER -out "$1.der"
}
certificate good DNS:partner.example 20200101000000Z 21200101000000Z
certificate expired DNS:partner.example 20200101000000Z 20210101000000Z
certificate other-name DNS:other.example 20200101000000Z 21200101000000Z
