package io.flocker.agent.proxy;

import io.flocker.agent.proxy.Slots.Place;
import io.flocker.core.plan.RoutePlanner;
import io.flocker.core.plan.RoutingTable;
import io.flocker.core.plan.RoutingTable.Backend;
import io.flocker.core.plan.RoutingTable.Door;
import io.flocker.core.plan.RoutingTable.Peer;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.Port;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/// The text of HAProxy's configuration for a table. What can change while HAProxy runs (servers, host names, holds)
/// is in it as well, so that a start or a reload begins with the right state. One thread's.
final class ProxyConfig {
    /// The key of the table's fingerprint in the map of held backends. `@` is in no backend's name.
    static final String TABLE_KEY = "@table";

    /// The key of [#structure] in the map of held backends.
    static final String STRUCTURE_KEY = "@structure";

    /// Where a place without an instance points to. It is disabled.
    static final String NOWHERE = "127.0.0.1:1";

    /// Reloads before workers with connections from before are ended: each is a process.
    private static final int OLD_WORKERS = 64;

    private static final String PEERS = "peers";

    /// An idle connection to an instance goes before the instance would close it, at which moment a request could meet
    /// its end.
    private static final String IDLE = "500ms";

    private static final String UNHELD = "http-request return status 503 hdr Retry-After 1 content-type text/plain";

    /// How much the proxy may take and hold.
    ///
    /// @param holdMillis how long one request waits at most
    /// @param holdCount requests in a held backend at most, those that it still answers included
    /// @param connections at most
    /// @param ipv6 whether this machine has it
    record Limits(int holdMillis, int holdCount, int threads, int connections, boolean ipv6) {}

    private final ProxyFiles files;
    private final Limits limits;
    private final RoutingTable table;
    private final Slots slots;
    private final String certificate;
    /// Empty until somebody asks: of many environments it takes long.
    private String structure = "";

    /// @param table without the doors that cannot be opened now
    /// @param certificate the hash of the node's certificate, which a reload makes HAProxy read; empty if there is
    ///     no mesh
    ProxyConfig(ProxyFiles files, Limits limits, RoutingTable table, Slots slots, String certificate) {
        this.files = files;
        this.limits = limits;
        this.table = table;
        this.slots = slots;
        this.certificate = certificate;
    }

    ProxyFiles files() {
        return files;
    }

    RoutingTable table() {
        return table;
    }

    Slots slots() {
        return slots;
    }

    /// The whole file.
    String text() {
        return header() + sections(true);
    }

    /// The same for configurations that differ only in what can be changed without a reload.
    String structure() {
        if (structure.isEmpty()) {
            structure = RoutingTable.hash(header() + sections(false) + lua());
        }
        return structure;
    }

    /// What precedes `flocker.lua`.
    String lua() {
        return """
                local HELD_MAP = "%s"
                local HOLD_MILLIS = %d
                local GATE = "%s"
                """.formatted(files.heldMap(), limits.holdMillis(), files.gateSocket());
    }

    /// The map of held backends, with both fingerprints.
    TreePMap<String, String> held(String fingerprint) {
        TreePMap<String, String> held = TreePMap.empty();
        for (String backend : table.held()) {
            held = held.plus(ProxyName.of(backend), "held");
        }
        return held.plus(TABLE_KEY, fingerprint).plus(STRUCTURE_KEY, structure());
    }

    /// The host map of a door: backends' names in HAProxy by host name.
    static TreePMap<String, String> hosts(Door door) {
        TreePMap<String, String> hosts = TreePMap.empty();
        for (var host : door.hosts().entrySet()) {
            hosts = hosts.plus(host.getKey().toLowerCase(java.util.Locale.ROOT), ProxyName.of(host.getValue()));
        }
        return hosts;
    }

    static String mapText(TreePMap<String, String> map) {
        var text = new StringBuilder();
        map.forEach((key, value) -> text.append(key).append(' ').append(value).append('\n'));
        return text.toString();
    }

    private String header() {
        return """
                # certificate %s
                # shown %s
                global
                  stats socket %s mode 600 level admin expose-fd listeners
                  nbthread %d
                  maxconn %d
                  mworker-max-reloads %d
                  lua-load-per-thread %s
                defaults
                  timeout connect 2s
                  timeout client 1h
                  timeout server 1h
                  timeout tunnel 1h
                  timeout queue 30s
                  timeout http-request 60s
                  timeout http-keep-alive 60s
                  retries 3
                  option redispatch
                frontend gate
                  mode tcp
                  bind %s mode 600
                  tcp-request content use-service lua.gate
                """.formatted(
                        certificate,
                        RoutingTable.hash(new HostIdentities(files).list(table.identities())),
                        files.adminSocket(),
                        limits.threads(),
                        limits.connections(),
                        OLD_WORKERS,
                        files.lua(),
                        files.gateSocket());
    }

    private String sections(boolean withServers) {
        var text = new StringBuilder(peers());
        for (Door door : table.doors().values()) {
            door(text, door);
        }
        var names = new TreeSet<>(table.backends().keySet());
        table.doors().values().forEach(door -> {
            names.add(door.backend());
            names.addAll(door.hosts().values());
        });
        names.remove("");
        for (String name : names) {
            backend(text, name, withServers);
        }
        return text.toString();
    }

    private void door(StringBuilder text, Door door) {
        String name = ProxyName.of(door.key());
        boolean http = door.mode() == Port.Mode.HTTP;
        text.append("frontend ").append(name).append("\n  mode ").append(http ? "http" : "tcp");
        String tls = tls(door);
        if (door.address().isEmpty()) {
            text.append("\n  bind *:").append(door.port()).append(tls);
            if (limits.ipv6()) {
                text.append("\n  bind :::")
                        .append(door.port())
                        .append(" v6only")
                        .append(tls);
            }
        } else {
            text.append("\n  bind ")
                    .append(door.address())
                    .append(':')
                    .append(door.port())
                    .append(tls);
        }
        text.append('\n');
        if (door.mesh()) {
            text.append("  tcp-request content switch-mode http if { ssl_fc_alpn h2 }\n");
            text.append("  use_backend %[ssl_fc_sni,map_str(MAP)] if { ssl_fc_sni,map_str(MAP) -m found }\n"
                    .replace("MAP", files.hostsMap(name).toString()));
        }
        if (http) {
            text.append("  option forwardfor\n  option idle-close-on-response\n");
        }
        text.append(protocol(door));
        if (http && !door.hosts().isEmpty()) {
            text.append(hostRules(door, files.hostsMap(name).toString()));
        } else if (http && door.backend().isEmpty()) {
            text.append("  http-request return status 404 content-type text/plain string \"No service is here.\\n\"\n");
        }
        if (!door.backend().isEmpty()) {
            text.append("  default_backend ")
                    .append(ProxyName.of(door.backend()))
                    .append('\n');
        }
    }

    private String tls(Door door) {
        return switch (door.kind()) {
            case PLAIN -> "";
            case TLS -> " ssl crt-list " + files.identityList() + " strict-sni alpn h2,http/1.1 ssl-min-ver TLSv1.2";
            case MESH -> " ssl verify required alpn h2,http/1.1" + certificates();
        };
    }

    /// What instances hear of how they are asked. Whoever stands before a plain door with TLS of its own knows better.
    private static String protocol(Door door) {
        return switch (door.kind()) {
            case PLAIN ->
                door.hosts().isEmpty()
                        ? ""
                        : "  http-request set-header X-Forwarded-Proto http"
                                + " unless { req.hdr(x-forwarded-proto) -m found }\n";
            case TLS -> "  http-request set-header X-Forwarded-Proto https\n";
            case MESH -> "";
        };
    }

    /// To the door with TLS, if it is open: 308 keeps method and body. Who came by TLS to somebody before this proxy
    /// stays, as that one would send them here again.
    private String redirects(Door door) {
        Optional<Door> secure = table.doors().values().stream()
                .filter(other -> other.kind() == Door.Kind.TLS)
                .findFirst();
        var text = new StringBuilder();
        if (secure.isPresent() && !door.redirected().isEmpty()) {
            int port = secure.get().port();
            door.redirected()
                    .forEach(backend -> text.append("  acl redirected var(txn.to) -m str ")
                            .append(ProxyName.of(backend))
                            .append('\n'));
            text.append("  http-request redirect code 308 location https://%[var(txn.host)]")
                    .append(port == RoutePlanner.HTTPS_PORT ? "" : ":" + port)
                    .append("%[pathq] if redirected !{ req.hdr(x-forwarded-proto) -m str https }\n");
        }
        return text.toString();
    }

    /// `*.example.com` is one label more than `example.com`.
    private String hostRules(Door door, String map) {
        String otherwise = door.backend().isEmpty() ? """
                  http-request return status 404 content-type text/plain lf-string "No service here has the host name \
                %[var(txn.host)].\\n" unless { var(txn.to) -m found }
                """ : "";
        return """
                  http-request set-var(txn.host) req.hdr(host),field(1,:),lower
                  http-request set-var(txn.to) var(txn.host),map_str(MAP)
                  http-request set-var(txn.to) var(txn.host),regsub(^[^.]*,*),map_str(MAP) \
                unless { var(txn.to) -m found }
                """.replace("MAP", map)
                + otherwise + redirects(door) + "  use_backend %[var(txn.to)] if { var(txn.to) -m found }\n";
    }

    private void backend(StringBuilder text, String original, boolean withServers) {
        String name = ProxyName.of(original);
        Backend backend = table.backends().get(original);
        boolean roundRobin = backend != null && backend.balance() == HttpRouting.Balance.ROUND_ROBIN;
        text.append("backend ").append(name).append('\n');
        text.append(http(original) ? httpRules(original, name) : tcpRules(name));
        text.append("  balance ")
                .append(roundRobin ? "roundrobin" : "leastconn")
                .append('\n');
        if (backend != null && backend.cookie().isPresent() && http(original)) {
            Set<String> others = backend.ofMesh() ? Set.of() : table.peers().keySet();
            text.append(Stickiness.rules(backend.cookie().get(), name, files, others));
        }
        if (backend != null && !backend.ofMesh() && !table.peers().isEmpty()) {
            table.peers().forEach((node, peer) -> text.append(far(backend, node, peer, withServers)));
            text.append("  option allbackups\n");
        }
        text.append("  default-server check inter 1s fastinter 500ms fall 2 rise 1 pool-purge-delay ")
                .append(IDLE)
                .append('\n');
        int size = slots.sizes().getOrDefault(name, 0);
        for (int number = 1; number <= size; number++) {
            var place = new Place(name, number);
            String address = withServers ? slots.address(table, place).orElse(NOWHERE) : NOWHERE;
            int weight = withServers ? slots.weight(table, place) : 1;
            text.append("  server s").append(number).append(' ').append(address);
            text.append(weight == 1 ? "" : " weight " + weight);
            text.append(address.equals(NOWHERE) ? " disabled\n" : "\n");
        }
    }

    /// One check for each node, which every backend's way to it follows.
    private String peers() {
        var text = new StringBuilder();
        table.peers()
                .forEach((node, peer) -> text.append("  server ")
                        .append(Far.check(node))
                        .append(' ')
                        .append(peer.address())
                        .append(':')
                        .append(RoutePlanner.MESH_PORT)
                        .append(" check inter 1s fall 2 rise 1\n"));
        return text.isEmpty() ? "" : "backend " + PEERS + "\n  mode tcp\n" + text;
    }

    /// The ways to a backend's instances on another node: servers in this one's. Many HTTP requests share a connection
    /// (HTTP/2), and the other node's proxy chooses an instance for each.
    private String far(Backend backend, String node, Peer peer, boolean withServers) {
        int count = withServers ? backend.elsewhere().getOrDefault(node, 0) : 0;
        var text = new StringBuilder();
        for (int number = 1; number <= Far.WAYS; number++) {
            Far way = Far.of(count, number);
            text.append("  server " + Far.server(node, number) + " " + peer.address() + ":" + RoutePlanner.MESH_PORT
                    + " ssl verify required" + (http(backend.name()) ? " alpn h2" : "") + certificates()
                    + " sni str(" + RoutingTable.meshName(backend.name(), node) + ")"
                    + " track " + PEERS + "/" + Far.check(node)
                    + " weight " + way.weight()
                    + (peer.near() ? "" : " backup")
                    + (way.ready() ? "" : " disabled") + "\n");
        }
        return text.toString();
    }

    private String certificates() {
        return " crt " + files.certificate() + " ca-file " + files.authority();
    }

    /// An HTTP door cannot send to a TCP backend, but a TCP door to an HTTP one. Both ends of the mesh agree.
    private boolean http(String name) {
        String backend = RoutingTable.origin(name);
        Backend known = table.backends().get(backend);
        boolean declared = known != null && known.mode() == Port.Mode.HTTP;
        return declared
                || table.doors().values().stream()
                        .filter(door -> door.mode() == Port.Mode.HTTP)
                        .anyMatch(door ->
                                door.backend().equals(backend) || door.hosts().containsValue(backend));
    }

    private String httpRules(String original, String name) {
        return """
                  mode http
                  http-reuse aggressive
                  retry-on conn-failure empty-response
                  acl held str(NAME),map_str(MAP) -m found
                  http-request disable-l7-retry unless { method GET HEAD OPTIONS }
                  RETURN string "ORIGINAL is being moved, and COUNT requests wait already.\\n" \
                if held { be_conn(NAME) gt COUNT }
                  http-request lua.hold NAME if held
                  RETURN string "ORIGINAL is being moved for more than MILLIS ms.\\n" \
                if { var(txn.held_too_long) -m bool }
                  http-error status 503 content-type text/plain string "No instance of ORIGINAL answers.\\n"
                """.replace("RETURN", UNHELD)
                .replace("ORIGINAL", original)
                .replace("NAME", name)
                .replace("MAP", files.heldMap().toString())
                .replace("COUNT", Integer.toString(limits.holdCount()))
                .replace("MILLIS", Integer.toString(limits.holdMillis()));
    }

    /// Lua may wait only within the time to inspect.
    private String tcpRules(String name) {
        return """
                  mode tcp
                  acl held str(NAME),map_str(MAP) -m found
                  tcp-request inspect-delay INSPECT
                  tcp-request content reject if held { be_conn(NAME) gt COUNT }
                  tcp-request content lua.hold NAME if held
                  tcp-request content reject if { var(txn.held_too_long) -m bool }
                """.replace("NAME", name)
                .replace("MAP", files.heldMap().toString())
                .replace("INSPECT", limits.holdMillis() + 5000 + "ms")
                .replace("COUNT", Integer.toString(limits.holdCount()));
    }
}
