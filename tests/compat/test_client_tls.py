"""The client library over TLS, against redis-server: clusters that speak nothing else, and servers
that are not what they should be."""

import socket
import ssl
import threading
import unittest

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.certificates import Authority
from tests.support.client_probe import Probe
from tests.support.cluster import Cluster
from tests.support.ports import free_port
from tests.support.slots import close_slot, move_keys, move_slot, open_slot, slot_of
from tests.support.tls_node import TlsNode
from tests.support.waiting import eventually

NOT_CONNECTED = "error UNREACHABLE"


def tls(**fields):
    """As the probe's option."""
    return ",".join(f"{name}:{value}" for name, value in fields.items())


def found(lab, authority, certificate, count, primaries, **options):
    """A cluster of `count` nodes."""
    nodes = [TlsNode(lab, authority, certificate, cluster_enabled="yes", cluster_node_timeout=2000,
                     cluster_require_full_coverage="no", **options).start() for _ in range(count)]
    return Cluster.of(nodes, primaries)


class OneCluster(ProcessTest):
    """What a cluster in the clear does for its clients, one behind TLS does as well."""

    @classmethod
    def prepare(cls, lab):
        cls.authority = Authority(lab.directory)
        cls.cluster = found(lab, cls.authority, cls.authority.issue(), 4, 2)

    def setUp(self):
        super().setUp()
        self.probe = Probe(self.lab, self.cluster.nodes[0],
                           tls=tls(ca_file=self.authority.certificate), patience=5000)

    def owner_of(self, key):
        slot = slot_of(self.cluster.nodes[0], key)
        owner = self.cluster.primary_of(slot)
        other = next(node for node in self.cluster.primaries() if node is not owner)
        return slot, owner, other

    def test_values_come_back_from_all_nodes(self):
        for number in range(50):
            self.assertEqual(self.probe.ask(f"call SET key:{number} value:{number}"), "OK")
        for number in range(50):
            self.assertEqual(self.probe.ask(f"call GET key:{number}"), f"value:{number}")
            self.assertEqual(self.cluster.call("GET", f"key:{number}"), f"value:{number}")

    def test_a_value_of_many_records_comes_back(self):
        value = "0123456789abcdef" * 500_000

        self.assertEqual(self.probe.ask("call SET large", value), "OK")
        self.assertEqual(self.probe.ask("call GET large"), value)

    def test_redirections_lead_to_tls_ports(self):
        slot, source, target = self.owner_of("moved")
        self.assertEqual(self.probe.ask("call SET moved 1"), "OK")
        open_slot(slot, source, target)
        self.assertEqual(self.probe.ask("call SET moved:{moved} asked"), "OK")
        move_keys(slot, source, target)
        close_slot(slot, source, target)

        self.assertEqual(self.probe.ask("call GET moved"), "1")
        self.assertEqual(self.probe.ask("call GET moved:{moved}"), "asked")

    def test_who_waits_has_a_connection_of_its_own(self):
        slot, source, target = self.owner_of("list")
        self.assertEqual(self.probe.ask("block BLPOP list 0"), "sent")
        eventually(lambda: source.info("clients")["blocked_clients"] == "1", "it waits")
        self.assertEqual(self.probe.ask("call LLEN list"), "0")
        move_slot(slot, source, target)

        eventually(lambda: target.info("clients")["blocked_clients"] == "1", "it waits elsewhere")
        target.call("RPUSH", "list", "here")

        self.assertEqual(self.probe.answer(), "list,here")

    def test_a_subscription_outlives_its_connection(self):
        self.assertEqual(self.probe.ask("subscribe channels news"), "listening")
        nodes = self.cluster.nodes
        nodes[0].call("PUBLISH", "news", 1)
        self.assertEqual(self.probe.ask("next"), "news=1")
        listener = next(node for node in nodes if " sub=1 " in node.call("CLIENT", "LIST"))
        listener.call("CLIENT", "KILL", "TYPE", "pubsub")
        eventually(lambda: any(" sub=1 " in node.call("CLIENT", "LIST") for node in nodes),
                   "it listens again")

        nodes[0].call("PUBLISH", "news", 2)

        self.assertEqual(self.probe.ask("next"), "news=2 gap")

    def test_replicas_are_read_from(self):
        self.assertEqual(self.probe.ask("call SET read me"), "OK")
        self.cluster.wait_until_healthy()
        reader = Probe(self.lab, *self.cluster.nodes, tls=tls(ca_file=self.authority.certificate),
                       reads="any")
        before = self.reads_of_replicas()

        def is_served_by_a_replica():
            self.assertEqual(reader.ask("read GET read"), "me")
            return self.reads_of_replicas() > before

        # A server names a replica once it has heard of its offset.
        eventually(is_served_by_a_replica, "a replica has served it", 30)

    def reads_of_replicas(self):
        return sum(int(node.info("commandstats").get("cmdstat_get", "calls=0").split("=")[1].split(",")[0])
                   for node in self.cluster.replicas())

    def test_the_library_authenticates_inside(self):
        for node in self.cluster.nodes:
            node.call("ACL", "SETUSER", "alice", "on", ">wonder", "allkeys", "allcommands")

        alice = Probe(self.lab, self.cluster.nodes[0], user="alice", password="wonder",
                      tls=tls(ca_file=self.authority.certificate))

        self.assertEqual(alice.ask("call ACL WHOAMI"), "alice")


class Failover(ProcessTest):
    def test_a_replica_takes_over_and_no_call_notices(self):
        authority = Authority(self.lab.directory)
        cluster = found(self.lab, authority, authority.issue(), 6, 3)
        probe = Probe(self.lab, cluster.nodes[0], patience=40000,
                      tls=tls(ca_file=authority.certificate))
        for number in range(30):
            self.assertEqual(probe.ask(f"call SET key:{number} before"), "OK")
        cluster.wait_until_healthy()

        cluster.nodes[1].kill()

        for number in range(30):
            self.assertEqual(probe.ask(f"call SET key:{number} after", within=60), "OK")
        for number in range(30):
            self.assertEqual(probe.ask(f"call GET key:{number}"), "after")
        self.assertEqual(probe.finish(), 0)


class Names(ProcessTest):
    """Nodes announce addresses, or names if they are told to."""

    def setUp(self):
        super().setUp()
        self.authority = Authority(self.lab.directory)

    def connect(self, cluster, host, **options):
        return Probe(self.lab, address=f"{host}:{cluster.nodes[0].port}", **options)

    def test_a_cluster_that_announces_names_is_checked_by_them(self):
        cluster = found(self.lab, self.authority, self.authority.issue("DNS:localhost"), 2, 2,
                        cluster_announce_hostname="localhost",
                        cluster_preferred_endpoint_type="hostname")
        probe = self.connect(cluster, "localhost", tls=tls(ca_file=self.authority.certificate))
        for number in range(10):
            self.assertEqual(probe.ask(f"call SET key:{number} x"), "OK")

    def test_one_name_for_all_nodes_makes_up_for_addresses(self):
        cluster = found(self.lab, self.authority, self.authority.issue("DNS:db.example"), 2, 2)
        trusted = {"ca_file": self.authority.certificate}

        self.connect(cluster, "127.0.0.1", tls=tls(**trusted), patience=800, ready=NOT_CONNECTED)
        for way in ({"server_name": "db.example"}, {"verify_name": "no"}):
            probe = self.connect(cluster, "127.0.0.1", tls=tls(**trusted, **way))
            for number in range(10):
                self.assertEqual(probe.ask(f"call SET key:{number} x"), "OK")


class ClientsThatProveThemselves(ProcessTest):
    @classmethod
    def prepare(cls, lab):
        cls.authority = Authority(lab.directory)
        cls.cluster = found(lab, cls.authority, cls.authority.issue(), 2, 2, tls_auth_clients="yes")

    def connect(self, ready="ready", **fields):
        return Probe(self.lab, *self.cluster.nodes, ready=ready, patience=800,
                     tls=tls(ca_file=self.authority.certificate, **fields))

    def test_with_a_certificate_they_are_let_in(self):
        ours = self.authority.issue()
        probe = self.connect(certificate_file=ours.certificate, key_file=ours.key)
        for number in range(10):
            self.assertEqual(probe.ask(f"call SET key:{number} x"), "OK")

    def test_a_key_may_be_encrypted(self):
        ours = self.authority.issue(passphrase="sesame")
        shown = {"certificate_file": ours.certificate, "key_file": ours.key}
        probe = self.connect(**shown, passphrase="sesame")
        self.assertEqual(probe.ask("call PING"), "PONG")
        self.connect(f"error TLS the key's file '{ours.key}': is encrypted with another", **shown,
                     passphrase="wrong")
        self.connect(f"error TLS the key's file '{ours.key}': is encrypted, and", **shown)

    def test_without_one_they_are_told_why_not(self):
        probe = self.connect(NOT_CONNECTED)
        self.assertRegex(probe.first, "TLS the server refused: .*certificate required.*effect not sent")

    def test_nor_with_one_of_somebody_else(self):
        directory = self.lab.new_directory("others")
        other = Authority(directory, "other").issue()
        probe = self.connect(NOT_CONNECTED, certificate_file=other.certificate, key_file=other.key)
        self.assertRegex(probe.first, "TLS the server refused: .*unknown ca.*effect not sent")


class Servers(ProcessTest):
    """One server, and what may be wrong with it."""

    @classmethod
    def prepare(cls, lab):
        cls.authority = Authority(lab.directory)
        cls.good = cls.authority.issue()

    def server(self, certificate=None, **options):
        return TlsNode(self.lab, self.authority, certificate or self.good, **options)

    def refused(self, port, expected, patience=800, **fields):
        """What a client is told that cannot connect: nothing of it was sent."""
        fields = {"ca_file": self.authority.certificate, **fields}
        probe = Probe(self.lab, address=f"127.0.0.1:{port}", tls=tls(**fields), patience=patience,
                      ready=NOT_CONNECTED)
        self.assertRegex(probe.first, expected)
        self.assertIn("effect not sent", probe.first)
        self.assertEqual(probe.finish(), 1)

    def answering(self, answer):
        """A port where every client hears `answer(socket)`."""
        listener = socket.create_server(("127.0.0.1", free_port()))
        self.addCleanup(listener.close)

        def serve():
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    answer(client)
        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]

    def test_a_server_of_another_authority(self):
        other = Authority(self.lab.directory, "other")
        server = self.server().start()
        self.refused(server.port, "TLS the certificate of CN = .* is not accepted: ",
                     ca_file=other.certificate)
        probe = Probe(self.lab, server, tls=tls(ca_file=other.certificate, verify_peer="no"))
        self.assertEqual(probe.ask("call PING"), "PONG")

    def test_a_certificate_with_another_name(self):
        server = self.server(self.authority.issue("DNS:a.example,IP:10.0.0.7")).start()
        self.refused(server.port, "TLS the server's certificate is for DNS:a.example, IP "
                                  "Address:10.0.0.7 and not for 127.0.0.1")

    def test_a_certificate_that_has_expired(self):
        server = self.server(self.authority.issue(days=-1))
        server.launch()
        eventually(lambda: socket.create_connection(("127.0.0.1", server.port)).close() or True,
                   "it listens")
        self.refused(server.port, "TLS the certificate of CN = node is not accepted: certificate has expired")

    def test_a_server_in_the_clear(self):
        server = self.lab.start(settings.REDIS_SERVER)
        self.refused(server.port, "TLS the handshake was not answered within 1000 ms: does the server "
                                  "speak TLS at this port", patience=2000)

    def test_a_server_that_answers_in_the_clear(self):
        port = self.answering(lambda client: client.sendall(b"-ERR unknown command\r\n"))
        self.refused(port, "TLS the server does not speak TLS at this port: it answered in plain text")

    def test_a_server_that_hangs_up(self):
        port = self.answering(lambda client: client.recv(10000))
        self.refused(port, "TLS the handshake was cut off: closed by the server")

    def test_a_server_that_ends_in_the_middle_of_a_record(self):
        def half(client):
            client.recv(10000)
            client.sendall(b"\x16\x03\x03\x01\x00" + b"\x02\x00\x00\xfc\x03\x03" + b"x" * 40)
        self.refused(self.answering(half), "TLS the handshake was cut off")

    def test_a_server_that_hangs_up_after_the_handshake(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.good.certificate, self.good.key)

        def shake(client):
            context.wrap_socket(client, server_side=True).recv(100)
        self.refused(self.answering(shake), "closed by the server, without the end that TLS asks for")

    def test_a_client_in_the_clear(self):
        server = self.server().start()
        Probe(self.lab, server, patience=1000, ready=NOT_CONNECTED)

    def test_the_older_version(self):
        server = self.server(tls_protocols="TLSv1.2").start()
        probe = Probe(self.lab, server, tls=tls(ca_file=self.authority.certificate,
                                                ciphers="ECDHE+AESGCM"))
        self.assertEqual(probe.ask("call SET key value"), "OK")
        self.assertEqual(probe.ask("call GET key"), "value")

    def test_a_server_that_comes_back_with_a_strangers_certificate(self):
        server = self.server().start()
        other = Authority(self.lab.directory, "other")
        probe = Probe(self.lab, server, tls=tls(ca_file=self.authority.certificate), patience=1500)
        self.assertEqual(probe.ask("call INCR counter"), "1")

        server.believe(other).show(other.issue()).restart()

        self.assertRegex(probe.ask("call INCR counter"),
                         "^error TIMEOUT .*TLS the certificate of CN = .*effect not sent")
        server.show(self.good).restart()
        self.assertEqual(probe.ask("call INCR counter"), "1")

    def test_files_that_are_not_there(self):
        nowhere = self.lab.directory / "nowhere"
        for field in ("ca_file", "ca_directory", "certificate_file"):
            probe = Probe(self.lab, address="127.0.0.1:1", tls=tls(**{field: nowhere}),
                          ready="error TLS")
            self.assertIn(f"'{nowhere}': No such file or directory", probe.first)

    def test_a_unix_socket(self):
        Probe(self.lab, address="/tmp/any.sock", tls="", ready="error USAGE there is no TLS")


if __name__ == "__main__":
    unittest.main()
