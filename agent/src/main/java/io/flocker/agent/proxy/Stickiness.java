package io.flocker.agent.proxy;

import io.flocker.agent.proxy.Slots.Place;
import io.flocker.core.plan.RoutingTable;
import io.flocker.core.plan.RoutingTable.Backend;
import io.flocker.core.plan.RoutingTable.Cookie;
import org.pcollections.TreePMap;

/// How clients keep their instances by a cookie. Its value names a node and an instance there. The proxy where a
/// request enters sends it to that node, and that node's proxy to the instance, which a map knows: so instances come
/// and go without a reload. Whoever has no cookie, or one of an instance that takes no requests any more, is balanced
/// as without, and gets a cookie from the proxy beside the instance that answered.
final class Stickiness {
    private Stickiness() {}

    /// The map of one proxy, in both directions: `BACKEND/VALUE` to a server's name, `BACKEND/SERVER` to a value.
    static TreePMap<String, String> map(RoutingTable table, Slots slots) {
        TreePMap<String, String> map = TreePMap.empty();
        for (var taken : slots.instances().entrySet()) {
            Place place = taken.getKey();
            Backend backend = table.backends().get(ProxyName.original(place.backend()));
            if (backend == null || backend.cookie().isEmpty()) {
                continue;
            }
            String value = backend.cookie().get().values().get(taken.getValue());
            if (value != null && backend.servers().containsKey(taken.getValue())) {
                String server = "s" + place.number();
                map = map.plus(place.backend() + "/" + value, server);
                map = map.plus(place.backend() + "/" + server, value);
            }
        }
        return map;
    }

    /// A backend's rules. A server that is down or taken out is passed over (`use-server`), and one that turns out to
    /// be dead while a request is sent to it is replaced at the first attempt (`redispatch 1`).
    static String rules(Cookie cookie, String name, ProxyFiles files, Iterable<String> others) {
        var text = new StringBuilder("""
                  option redispatch 1
                  http-request set-var(txn.cookie) req.cook(COOKIE)
                  http-request set-var(txn.server) str(NAME/),concat(,txn.cookie),map_str(MAP)
                  use-server %[var(txn.server)] if { var(txn.server) -m found }
                """);
        for (String node : others) {
            for (int number = Far.WAYS; number >= 1; number--) {
                // The first way is there whenever any is.
                String part =
                        number == 1 ? "" : " { var(txn.cookie),crc32,mod(" + Far.WAYS + ") " + (number - 1) + " }";
                text.append("  use-server " + Far.server(node, number) + " if { var(txn.cookie) -m beg "
                        + Cookie.of(node) + " }" + part + "\n");
            }
        }
        text.append("""
                  http-response set-var(txn.server) srv_name
                  http-response set-var(txn.value) str(NAME/),concat(,txn.server),map_str(MAP)
                  acl named var(txn.value) -m found
                  acl kept var(txn.value),strcmp(txn.cookie) eq 0
                  http-response add-header Set-Cookie "COOKIE=%[var(txn.value)]; Path=/; HttpOnly; SameSite=Lax" \
                if named !kept
                  http-response add-header Cache-Control private if named !kept
                """);
        return text.toString()
                .replace("COOKIE", cookie.name())
                .replace("NAME", name)
                .replace("MAP", files.cookiesMap().toString());
    }
}
