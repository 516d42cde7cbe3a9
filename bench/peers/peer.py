"""A peer: what python3-libvirt takes for the same work. See process.ts for the lines it speaks."""

import json
import sys
import threading
import time

import libvirt

uri, name = sys.argv[1:3]
libvirt.registerErrorHandler(lambda *_: None, None)
if sys.argv[3:] == ["listen"]:
    libvirt.virEventRegisterDefaultImpl()
    threading.Thread(target=lambda: [libvirt.virEventRunDefaultImpl() for _ in iter(int, 1)], daemon=True).start()
connection = libvirt.open(uri)
lock = threading.Lock()
xml = None


def say(value):
    with lock:
        sys.stdout.write(json.dumps(value) + "\n")
        sys.stdout.flush()


def heard(_connection, domain, event, _detail, _opaque):
    at = time.monotonic() * 1000
    if domain.name() == name:
        say({"event": event, "at": at})


def cycle():
    domain = connection.defineXML(xml)
    domain.create()
    domain.destroy()
    domain.undefine()


if sys.argv[3:] == ["listen"]:
    connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, heard, None)
kept = {}


def state():
    kept["domain"].state()


operations = {
    "state": state,
    "list": lambda: connection.listAllDomains(0),
    "lookup": lambda: connection.lookupByName(name),
    "cycle": cycle,
}
say({"ready": libvirt.getVersion()})
for line in sys.stdin:
    request = json.loads(line)
    operation = request["operation"]
    if operation == "now":
        say({"now": time.monotonic() * 1000})
        continue
    if operation == "xml":
        xml = request["xml"]
        say({})
        continue
    if operation in ("suspend", "resume"):
        domain = connection.lookupByName(name)
        began = time.monotonic() * 1000
        getattr(domain, operation)()
        say({"began": began})
        continue
    work = operations[operation]
    if operation == "state":
        kept["domain"] = connection.lookupByName(name)
    times = []
    for _ in range(request["count"]):
        began = time.perf_counter_ns()
        work()
        times.append((time.perf_counter_ns() - began) / 1e6)
    say({"ms": times})
