"""Redis nodes that speak nothing but TLS, to clients and to each other."""

import ssl

from tests.support import settings
from tests.support.node import Node
from tests.support.ports import free_port
from tests.support.resp import Connection


class TlsNode(Node):
    """`port` is its TLS port; it has no other."""

    def __init__(self, lab, authority, certificate, **options):
        port = free_port()
        directives = {name.replace("_", "-"): value for name, value in options.items()}
        super().__init__(port, lab.new_directory(f"node-{port}"), {
            "port": 0, "tls-port": port, "tls-cluster": "yes", "tls-replication": "yes",
            "tls-auth-clients": "no", "tls-ca-cert-file": authority.certificate,
            **directives}, settings.REDIS_SERVER)
        self._context = ssl.create_default_context(cafile=str(authority.certificate))
        self._context.check_hostname = False
        self.show(certificate)
        lab.nodes.append(self)

    def show(self, certificate):
        """From the next start on; the tests themselves show it, too, if they are asked."""
        self.options |= {"tls-cert-file": certificate.certificate, "tls-key-file": certificate.key}
        self._context.load_cert_chain(certificate.certificate, certificate.key)
        return self

    def believe(self, authority):
        """The tests' own connections take its certificates."""
        self._context.load_verify_locations(str(authority.certificate))
        return self

    def connect(self, **options):
        return Connection(self.port, tls=self._context, **options)
