"""A real slapd for the tests, with a few people and its own certificate authority."""

import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.environment import find_program

SLAPD = find_program("slapd")
MODULES = Path("/usr/lib/ldap")
SCHEMAS = next((folder for folder in map(Path, ("/etc/ldap/schema", "/etc/openldap/schema")) if folder.is_dir()), None)
BASE = "dc=wenshang,dc=example"
SERVICE, SERVICE_PASSWORD = f"cn=reader,{BASE}", "service-password-1"
PASSWORD = "directory-密码-1"

CONFIGURATION = """
{schemas}
{modules}
pidfile {folder}/slapd.pid
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
TLSCACertificateFile {folder}/ca.pem
disallow {disallow}
database mdb
suffix "{base}"
rootdn "cn=root,{base}"
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{service}" read by * auth
"""

PEOPLE = """dn: {base}
objectClass: dcObject
objectClass: organization
o: wenshang
dc: wenshang

dn: ou=people,{base}
objectClass: organizationalUnit
ou: people

dn: ou=others,{base}
objectClass: organizationalUnit
ou: others

dn: {service}
objectClass: person
cn: reader
sn: reader
userPassword: {service_password}
"""

PERSON = """
dn: uid={uid},ou={ou},{base}
objectClass: inetOrgPerson
uid: {uid}
cn: {uid}
sn: {uid}
userPassword: {password}
"""


@dataclass
class Directory:
    """Address of the server, and the file of its certificate authority."""

    plain: str
    encrypted: str
    ca_file: str
    folder: Path


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def certificates(folder):
    """Create a certificate authority with a certificate for localhost, and another authority that signed nothing."""
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    for name in ("ca", "other"):
        made = ["-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem", "-subj", f"/CN=Authority {name}"]
        run(*new, *made)
    host = ["-keyout", folder / "server.key", "-out", folder / "server.pem", "-subj", "/CN=localhost"]
    by = ["-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-addext", "subjectAltName=DNS:localhost"]
    run(*new, *host, *by, "-addext", "basicConstraints=CA:FALSE")


def run(*command, **options):
    subprocess.run([str(part) for part in command], check=True, capture_output=True, **options)


def start(folder, people, *, disallow="bind_anon"):
    """Start slapd with those people, each a uid and an ou; return the process and the `Directory`."""
    (folder / "data").mkdir()
    certificates(folder)
    schemas = "\n".join(f"include {SCHEMAS}/{name}.schema" for name in ("core", "cosine", "inetorgperson"))
    modules = f"modulepath {MODULES}\nmoduleload back_mdb" if (MODULES / "back_mdb.so").exists() else ""
    text = CONFIGURATION.format(
        schemas=schemas, modules=modules, folder=folder, base=BASE, service=SERVICE, disallow=disallow
    )
    (folder / "slapd.conf").write_text(text)
    entries = PEOPLE.format(base=BASE, service=SERVICE, service_password=SERVICE_PASSWORD)
    entries += "".join(PERSON.format(uid=uid, ou=ou, base=BASE, password=PASSWORD) for uid, ou in people)
    run(SLAPD, "-T", "add", "-f", folder / "slapd.conf", input=entries.encode())
    plain, encrypted = f"ldap://localhost:{free_port()}", f"ldaps://localhost:{free_port()}"
    command = [SLAPD, "-d", "0", "-f", str(folder / "slapd.conf"), "-h", f"{plain} {encrypted}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(int(encrypted.rpartition(":")[2]))
    return process, Directory(plain, encrypted, str(folder / "ca.pem"), folder)


def wait_for(port):
    for _ in range(100):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("slapd did not start")
