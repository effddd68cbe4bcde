"""What can happen to a cluster while somebody uses it. Each returns when the cluster is whole again."""

import time
from contextlib import suppress

from tests.support.cluster import config_epochs, node_id, role, slot_owners
from tests.support.ports import free_port
from tests.support.slots import move_slot, move_slot_by_copies, slot_of
from tests.support.waiting import TooLate, eventually

HEALING_SECONDS = 90
FAILOVER_ORDER_SECONDS = 6  # Then one has succeeded or been given up, by Redis after five.


class Disturbances:
    """`chance` decides all. `losses_allowed`: (slots, from, until) for each death, by the monotonic
    clock: what was acknowledged then in those slots, servers that replicate asynchronously may lose."""

    def __init__(self, cluster, chance, can_migrate):
        self.cluster = cluster
        self.losses_allowed = []
        self.told = []
        self._chance = chance
        self._can_migrate = can_migrate

    def death(self, way):
        """A primary is killed ("kill"), stands still ("stop") or is told to end ("end"); its replica
        is promoted; it comes back."""
        victim, successor, owned = self._choose_victim()
        self.told.append(way)
        began = time.monotonic()
        {"kill": victim.kill, "stop": victim.pause, "end": victim.terminate}[way]()
        self._wait_for_promotion(successor)
        victim.resume() if way == "stop" else victim.start()
        self._heal_after_loss(owned, began)

    def new_address(self):
        """The same, but it comes back at another port, another IP or both, and its slots are given
        back to it."""
        victim, successor, owned = self._choose_victim()
        kind, host, port = self._another_address(victim)
        self.told.append(f"new {kind}")
        began = time.monotonic()
        name = node_id(victim)  # Which it may not tell while it loads its data.
        victim.kill()
        self._wait_for_promotion(successor)
        victim.move(host, port)
        victim.start()
        self._wait_until_known(name, victim.address)
        self._heal_after_loss(owned, began)
        self._take_back(victim)
        self._heal()

    def _take_back(self, node):
        """Redis gives the order up without a word when voters have elected somebody in this shard
        less than two node timeouts ago: it is given again."""
        def takes_over():
            if role(node) != "master":
                node.call("CLUSTER", "FAILOVER")
            with suppress(TooLate):
                return eventually(lambda: role(node) == "master", "", FAILOVER_ORDER_SECONDS)
        eventually(takes_over, "who was told to take over does", HEALING_SECONDS)

    def _another_address(self, node):
        host = f"127.0.0.{self._chance.randrange(2, 255)}"
        return self._chance.choice([("port", node.host, free_port()), ("IP", host, node.port),
                                    ("IP and port", host, free_port())])

    def moves(self, keys):
        """The slots of `keys` go to one primary: two that take slots at the same time may take the
        same config epoch."""
        self.told.append(f"{len(keys)} moves")
        target = self._chance.choice(self.cluster.primaries())
        for key in keys:
            slot = slot_of(target, key)
            source = self.cluster.primary_of(slot)
            if source is not target:
                self._move(slot, source, target)
        # Its replica has all that came: the end of its stream.
        target.call("SET", keys[-1], "moved")
        eventually(lambda: target.call("WAIT", 1, 1000) >= 1, "a replica has what has moved")
        self._heal()

    def _move(self, slot, source, target):
        others = [node for node in self.cluster.primaries() if node not in (source, target)]
        move = move_slot if self._can_migrate else move_slot_by_copies
        move(slot, source, target, *others)

    def _choose_victim(self):
        victim = self._chance.choice(sorted(self.cluster.primaries(), key=lambda node: node.port))
        owners = slot_owners(victim)
        owned = {slot for slot, port in enumerate(owners) if port == victim.port}
        return victim, self.cluster.replica_of(victim), owned

    def _wait_for_promotion(self, successor):
        eventually(lambda: role(successor) == "master", "the replica is promoted", HEALING_SECONDS)

    def _wait_until_known(self, name, address):
        eventually(lambda: all(f"{name} {address}@" in peer.call("CLUSTER", "NODES")
                               for peer in self.cluster.running()),
                   f"all know the new address {address}", HEALING_SECONDS)

    def _heal(self):
        self.cluster.wait_until_healthy(HEALING_SECONDS)
        eventually(self._know_the_epochs, "all know all config epochs, which differ", HEALING_SECONDS)

    def _know_the_epochs(self):
        """Or the next election may take one that a move has taken."""
        first, *others = [config_epochs(node) for node in self.cluster.running()]
        return len(set(first.values())) == len(first) and all(first == other for other in others)

    def _heal_after_loss(self, owned, began):
        self._heal()
        self.losses_allowed.append((owned, began, time.monotonic()))

    def unexplained(self, losses):
        """Those of `losses`, "SLOT@MICROSECONDS", that no death explains. What was on its way to a
        replica when its primary died may have been acknowledged a moment before."""
        moment = 1.0
        return [loss for loss in losses
                if not any(int(loss.split("@")[0]) in owned
                           and began - moment <= int(loss.split("@")[1]) / 1e6 <= until
                           for owned, began, until in self.losses_allowed)]
