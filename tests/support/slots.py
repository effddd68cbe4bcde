"""Moving slots by hand, step by step, as redis-cli does."""

from tests.support.cluster import node_id


def slot_of(node, key):
    return node.call("CLUSTER", "KEYSLOT", key)


def open_slot(slot, source, target):
    """From now on `source` sends those who ask for missing keys to `target`."""
    target.call("CLUSTER", "SETSLOT", slot, "IMPORTING", node_id(source))
    source.call("CLUSTER", "SETSLOT", slot, "MIGRATING", node_id(target))


def move_keys(slot, source, target):
    """All keys that are there now, one by one."""
    while keys := source.call("CLUSTER", "GETKEYSINSLOT", slot, 10):
        for key in keys:
            source.call("MIGRATE", target.host, target.port, key, 0, 5000)


def close_slot(slot, source, target, *others):
    """`target` owns it; both know, and the others that are named."""
    for node in (target, source, *others):
        node.call("CLUSTER", "SETSLOT", slot, "NODE", node_id(target))


def move_slot(slot, source, target, *others):
    open_slot(slot, source, target)
    move_keys(slot, source, target)
    close_slot(slot, source, target, *others)
