"""Our nodes and real redis-server 7.0 nodes in one cluster, on one bus."""

import re
import time
import unittest

from tests.support import settings
from tests.support.case import ProcessTest
from tests.support.cluster import (Cluster, accepts_writes, is_in_sync, meet, node_id,
                                   primary_port, role, slot_owners, view)
from tests.support.waiting import eventually, stays_true

FAILOVER_SECONDS = 30
NODE_TIMEOUT_MS = 4000
SOAK_TIMEOUT_MS = 1000


class Guest:
    """One node of `guest_server` joins three primaries of `host_server`."""

    host_server = None
    guest_server = None
    host_settings = {}

    def setUp(self):
        super().setUp()
        self.cluster = Cluster(self.lab, primaries=3, replicas=0, server=self.host_server,
                               cluster_node_timeout=NODE_TIMEOUT_MS, **self.host_settings)
        self.hosts = list(self.cluster.nodes)
        self.guest = self.lab.cluster_node(self.guest_server,
                                           cluster_node_timeout=NODE_TIMEOUT_MS)
        meet([self.hosts[0], self.guest])
        self.cluster.nodes.append(self.guest)
        eventually(lambda: all(len(view(node)) == 4 for node in self.cluster.nodes),
                   "all four know one another")
        self.cluster.wait_until_agreed()

    def replicate(self, primary):
        self.guest.call("CLUSTER", "REPLICATE", node_id(primary))
        eventually(lambda: role(self.guest) == "slave" and is_in_sync(self.guest),
                   "the guest has its primary's data", 60)


class MixedCluster(Guest):
    def test_the_guest_has_the_same_map_and_redirects_as_it_says(self):
        self.cluster.wait_until_healthy()
        self.assertEqual(slot_owners(self.guest), slot_owners(self.hosts[0]))
        with self.guest.connect() as connection:
            self.assert_error(connection.ask("GET", "foo"),
                              f"MOVED 12182 127.0.0.1:{self.hosts[2].port}")
        self.assertEqual(self.cluster.call("SET", "foo", "1"), "OK")

    def test_the_guest_says_ok_when_the_cluster_is(self):
        eventually(lambda: "cluster_state:ok" in self.guest.call("CLUSTER", "INFO"), "it is ok")

    def test_slots_that_change_hands_are_heard_of_by_both_kinds(self):
        source = self.hosts[0]
        for node in self.cluster.nodes:
            node.call("CLUSTER", "DELSLOTS", 0)
        self.guest.call("CLUSTER", "ADDSLOTS", 0)
        eventually(lambda: all(slot_owners(node)[0] == self.guest.port
                               for node in self.cluster.nodes), "everybody knows the new owner")
        self.assertEqual(slot_owners(self.guest)[1], source.port)

    def test_the_guest_as_replica_takes_the_data_and_the_shard(self):
        primary = self.hosts[2]
        for i in range(200):
            primary.call("SET", f"{{foo}}{i}", i)
        self.replicate(primary)
        self.assertEqual(primary_port(self.guest), primary.port)
        self.cluster.wait_until_healthy()
        primary.kill()
        eventually(lambda: accepts_writes(self.guest, "foo"), "the guest is promoted",
                   FAILOVER_SECONDS)
        self.cluster.wait_until_agreed()
        keys = [f"{{foo}}{i}" for i in range(200)]
        self.assertEqual(self.guest.call("MGET", *keys), [str(i) for i in range(200)])

    def test_the_guest_takes_over_by_hand_and_hands_back(self):
        primary = self.hosts[2]
        self.replicate(primary)
        self.cluster.wait_until_healthy()
        for candidate, other in [(self.guest, primary), (primary, self.guest)]:
            candidate.call("CLUSTER", "FAILOVER")
            eventually(lambda: role(candidate) == "master", "the replica took over", 30)
            eventually(lambda: role(other) == "slave", "the primary stepped back", 30)
            self.cluster.wait_until_healthy()

    def test_a_killed_guest_is_declared_failed_by_the_hosts_and_welcome_again(self):
        guest_id = node_id(self.guest)
        self.guest.kill()
        eventually(lambda: all("fail" in self.flags(host, guest_id).split(",")
                               for host in self.hosts), "the hosts agree that it failed",
                   FAILOVER_SECONDS)
        self.guest.start()
        eventually(lambda: all(self.flags(host, guest_id) == "master" for host in self.hosts),
                   "the hosts have it back", FAILOVER_SECONDS)

    @staticmethod
    def flags(host, identity):
        lines = host.call("CLUSTER", "NODES").splitlines()
        return next(line.split(" ")[2] for line in lines if line.startswith(identity))


# What Redis logs of packets that it does not like.
COMPLAINTS = re.compile(r".* # .*(?:packet|extension|signature|[Ii]gnoring|unknown|malformed).*")


class Soak(ProcessTest):
    """Both kinds in every shard, each the replica of the other kind, and a death every now and then."""

    seconds, between = (600, 20) if settings.ALL else (12, 4)

    def setUp(self):
        super().setUp()
        self.chance = settings.seeded_random("mixed soak")
        servers = [settings.SERVER, settings.REDIS_SERVER]
        self.nodes = [self.lab.cluster_node(servers[(index // 3 + index) % 2],
                                            cluster_node_timeout=SOAK_TIMEOUT_MS)
                      for index in range(6)]
        self.cluster = Cluster.of(self.nodes, primaries=3)

    def test_deaths_of_either_kind_end_in_agreement_and_redis_finds_nothing_wrong_with_us(self):
        until = time.monotonic() + self.seconds
        deaths = {settings.SERVER: 0, settings.REDIS_SERVER: 0}
        while time.monotonic() < until:
            next_at = time.monotonic() + self.between
            deaths[self.one_death()] += 1
            stays_true(self.all_run, "all nodes run", during=next_at - time.monotonic())
        self.cluster.wait_until_healthy(120)
        self.assertEqual(len(self.cluster.primaries()), 3)
        self.assertEqual(self.complaints(), [])
        print(f"primaries killed: {deaths[settings.SERVER]} of ours, "
              f"{deaths[settings.REDIS_SERVER]} of Redis", flush=True)

    def all_run(self):
        return all(node.is_running() for node in self.nodes)

    def one_death(self):
        """A primary dies, its replica takes over, it comes back. Says what kind it was."""
        victim = self.chance.choice(self.cluster.primaries())
        successor = self.cluster.replica_of(victim)
        key = next(key for key in (f"key{i}" for i in range(1000))
                   if accepts_writes(victim, key))
        victim.kill()
        eventually(lambda: accepts_writes(successor, key), "the replica took over",
                   FAILOVER_SECONDS)
        victim.start()
        self.cluster.wait_until_healthy(120)
        return victim.server

    def complaints(self):
        return [line for node in self.nodes if node.server == settings.REDIS_SERVER
                for line in node.log().splitlines() if COMPLAINTS.match(line)]


class RedisJoinsUs(MixedCluster, ProcessTest):
    guest_server = settings.REDIS_SERVER


class WeJoinRedis(MixedCluster, ProcessTest):
    host_server = settings.REDIS_SERVER


class WeReplicateRedis(Guest, ProcessTest):
    host_server = settings.REDIS_SERVER
    host_settings = {"appendonly": "yes"}  # Without a dump it counts its stream from 0 again.

    def test_no_key_is_lost_when_a_primary_comes_back_with_all_of_them_but_counts_anew(self):
        primary = self.hosts[2]
        self.replicate(primary)
        for i in range(200):
            primary.call("SET", f"{{foo}}{i}", i)
        eventually(lambda: self.guest.call("DBSIZE") == 200, "the guest has them")
        primary.restart()
        self.cluster.wait_until_healthy()
        eventually(lambda: {role(primary), role(self.guest)} == {"master", "slave"},
                   "one of them is the primary", 30)
        replica = primary if role(primary) == "slave" else self.guest
        eventually(lambda: is_in_sync(replica), "the other follows it", 30)
        for node in (primary, self.guest):
            self.assertEqual(node.call("DBSIZE"), 200)


if __name__ == "__main__":
    unittest.main()
