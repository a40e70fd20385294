package io.flocker.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.proxy.ProxyConfig.Limits;
import io.flocker.agent.proxy.Slots.Place;
import io.flocker.agent.proxy.WorkerState.Server;
import io.flocker.core.model.HostCertificate;
import io.flocker.core.plan.RoutingTable;
import io.flocker.core.plan.RoutingTable.Backend;
import io.flocker.core.plan.RoutingTable.Cookie;
import io.flocker.core.plan.RoutingTable.Door;
import io.flocker.core.plan.RoutingTable.Identity;
import io.flocker.core.plan.RoutingTable.Peer;
import io.flocker.core.spec.HttpRouting.Balance;
import io.flocker.core.spec.Port.Mode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class ProxyConfigTest {
    private static final ProxyFiles FILES = new ProxyFiles(Path.of("/run/proxy"));
    private static final Limits LIMITS = new Limits(60_000, 4_096, 2, 9_500, true);
    private static final String DB = "a/db:5432";
    private static final TreePMap<String, String> HOSTS = TreePMap.singleton("shop.test", "a/web:80");

    @Test
    void describesDoorsAndBackends() {
        var config = config(table("10.0.0.2:5432"));

        assertThat(config.text())
                .contains("""
                frontend :80
                  mode http
                  bind *:80
                  bind :::80 v6only
                  option forwardfor
                  option idle-close-on-response
                  http-request set-header X-Forwarded-Proto http unless { req.hdr(x-forwarded-proto) -m found }
                  http-request set-var(txn.host) req.hdr(host),field(1,:),lower
                  http-request set-var(txn.to) var(txn.host),map_str(/run/proxy/hosts-:80.map)
                """)
                .contains("""
                frontend 127.0.0.1:5432
                  mode tcp
                  bind 127.0.0.1:5432
                  default_backend a_2Fdb:5432
                """)
                .contains("""
                backend a_2Fdb:5432
                  mode tcp
                  acl held str(a_2Fdb:5432),map_str(/run/proxy/held.map) -m found
                  tcp-request inspect-delay 65000ms
                  tcp-request content reject if held { be_conn(a_2Fdb:5432) gt 4096 }
                  tcp-request content lua.hold a_2Fdb:5432 if held
                  tcp-request content reject if { var(txn.held_too_long) -m bool }
                  balance roundrobin
                  default-server check inter 1s fastinter 500ms fall 2 rise 1 pool-purge-delay 500ms
                  server s1 10.0.0.2:5432
                  server s2 127.0.0.1:1 disabled
                """)
                .contains("backend a_2Fweb:80\n  mode http\n  http-reuse aggressive\n");
    }

    @Test
    void needsNoReloadForServersHostsAndHolds() {
        var before = table("10.0.0.2:5432");
        var hosts = TreePMap.singleton("*.new.test", "a/web:80");
        var after = new RoutingTable(
                before.doors().plus(":80", new Door("", 80, Mode.HTTP, "", hosts)),
                table("10.0.0.3:5432").backends(),
                List.of(DB));

        assertThat(config(after).structure()).isEqualTo(config(before).structure());
        assertThat(config(after).text()).isNotEqualTo(config(before).text());
        var fewer = new RoutingTable(before.doors().minus(":80"), before.backends(), before.held());
        assertThat(config(fewer).structure()).isNotEqualTo(config(before).structure());
    }

    @Test
    void servesHostNamesByTlsBesideThem() {
        var users = table("10.0.0.2:5432");
        Door open = new Door("", 80, Mode.HTTP, "", HOSTS, Door.Kind.PLAIN, List.of("a/web:80"));
        Door tls = new Door("", 443, Mode.HTTP, "", HOSTS, Door.Kind.TLS, List.of());
        RoutingTable first = secure(users, open, tls, "c1");

        assertThat(config(first).text()).contains("""
                frontend :443
                  mode http
                  bind *:443 ssl crt-list /run/proxy/identities.list strict-sni alpn h2,http/1.1 ssl-min-ver TLSv1.2
                  bind :::443 v6only ssl crt-list /run/proxy/identities.list strict-sni alpn h2,http/1.1 \
                ssl-min-ver TLSv1.2
                  option forwardfor
                  option idle-close-on-response
                  http-request set-header X-Forwarded-Proto https
                  http-request set-var(txn.host) req.hdr(host),field(1,:),lower
                """).contains("""
                  acl redirected var(txn.to) -m str a_2Fweb:80
                  http-request redirect code 308 location https://%[var(txn.host)]%[pathq] if redirected \
                !{ req.hdr(x-forwarded-proto) -m str https }
                  use_backend %[var(txn.to)] if { var(txn.to) -m found }
                """);
        RoutingTable longer = secure(users, open, tls, "c1 and who signed it");
        assertThat(config(longer).structure())
                .as("the same certificate in another chain is read by another worker")
                .isNotEqualTo(config(first).structure());
        assertThat(longer.fingerprint()).isNotEqualTo(first.fingerprint());
        assertThat(config(secure(users, open, open, "c1")).text()).doesNotContain("redirect");
        assertThat(new HostIdentities(FILES).list(first.identities()))
                .isEqualTo("/run/proxy/identities/"
                        + first.identities().getFirst().certificate().content() + ".pem shop.test\n");
    }

    private static RoutingTable secure(RoutingTable table, Door open, Door tls, String chain) {
        var certificate = new HostCertificate(
                "shop.test", List.of("shop.test"), chain, "key", "x", "hash", 0, Long.MAX_VALUE, "ann", 0);
        return new RoutingTable(
                table.doors().plus(open.key(), open).plus(tls.key(), tls),
                table.backends(),
                List.of(),
                TreePMap.empty(),
                List.of(new Identity(certificate, List.of("shop.test"))));
    }

    @Test
    void holdsBeforeServersGoAndReleasesAfterTheyCame() {
        var with = config(table("10.0.0.2:5432"));
        var without = config(new RoutingTable(table("x:1").doors(), backends(TreePMap.empty()), List.of(DB)));
        var one = new Place("a_2Fdb:5432", 1);
        var up = state(new Server("10.0.0.2:5432", true), TreePMap.empty(), one);
        var down = state(new Server("10.0.0.9:5432", false), TreePMap.singleton("a_2Fdb:5432", "held"), one);

        var going = up.toward(without, "f");
        assertThat(going.hold()).containsExactly("add map /run/proxy/held.map a_2Fdb:5432 held");
        assertThat(going.change()).containsExactly("flocker out a_2Fdb:5432 s1");
        var coming = down.toward(with, "f");
        assertThat(coming.hold()).isEmpty();
        assertThat(coming.change())
                .containsExactly("flocker in a_2Fdb:5432 s1 10.0.0.2 5432", "del map /run/proxy/held.map a_2Fdb:5432");
        assertThat(up.toward(with, "f").change()).isEmpty();
    }

    @Test
    void weighsServersWithoutAReload() {
        TreePMap<String, String> servers = TreePMap.singleton("a/db/1", "10.0.0.2:5432");
        var heavy = new Backend(
                DB, Mode.TCP, Balance.ROUND_ROBIN, servers, TreePMap.empty(), TreePMap.singleton("a/db/1", 25));
        RoutingTable even = table("10.0.0.2:5432");
        var weighed = new RoutingTable(even.doors(), TreePMap.singleton(DB, heavy), List.of());
        var one = new Place("a_2Fdb:5432", 1);

        assertThat(config(weighed).structure()).isEqualTo(config(even).structure());
        assertThat(config(weighed).text()).contains("  server s1 10.0.0.2:5432 weight 25\n");
        var up = state(new Server("10.0.0.2:5432", true), TreePMap.empty(), one);
        assertThat(up.toward(config(weighed), "f").change()).containsExactly("flocker far a_2Fdb:5432 s1 25");
        var light = state(new Server("10.0.0.9:5432", false, 25), TreePMap.empty(), one);
        assertThat(light.toward(config(even), "f").change())
                .containsExactly("flocker in a_2Fdb:5432 s1 10.0.0.2 5432", "flocker far a_2Fdb:5432 s1 1");
    }

    @Test
    void namesInstancesByCookieWithoutAReload() {
        var place = new Place("a_2Fdb:5432", 1);
        String map = "/run/proxy/cookies.map";
        var config = config(sticky("a/db/1", "10.0.0.2:5432"));
        var none = config(sticky("a/db/2", "10.0.0.3:5432"));

        assertThat(none.structure()).isEqualTo(config.structure());
        assertThat(config.text())
                .contains("  http-request set-var(txn.cookie) req.cook(ID)\n")
                .contains("set-var(txn.server) str(a_2Fdb:5432/),concat(,txn.cookie),map_str(" + map + ")\n")
                .contains("  use-server m1-n2 if { var(txn.cookie) -m beg " + Cookie.of("n2") + " }\n");
        var without = state(new Server("127.0.0.1:1", false), TreePMap.empty(), place, TreePMap.empty());
        assertThat(without.toward(config, "f").change())
                .containsExactly(
                        "flocker in a_2Fdb:5432 s1 10.0.0.2 5432",
                        "add map " + map + " a_2Fdb:5432/n1.x s1",
                        "add map " + map + " a_2Fdb:5432/s1 n1.x");
        var with = state(
                new Server("10.0.0.2:5432", true),
                TreePMap.empty(),
                place,
                TreePMap.<String, String>singleton("a_2Fdb:5432/s1", "n1.x").plus("a_2Fdb:5432/n1.x", "s1"));
        assertThat(with.toward(config, "f").change()).isEmpty();
        assertThat(with.toward(none, "f").change())
                .containsExactly(
                        "del map " + map + " a_2Fdb:5432/n1.x",
                        "del map " + map + " a_2Fdb:5432/s1",
                        "flocker out a_2Fdb:5432 s1");
    }

    private static RoutingTable sticky(String instance, String address) {
        RoutingTable table = table(address);
        var cookie = new Cookie("ID", TreePMap.singleton(instance, "n1.x"));
        var backend = new Backend(
                DB,
                Mode.HTTP,
                Balance.ROUND_ROBIN,
                TreePMap.singleton(instance, address),
                TreePMap.empty(),
                TreePMap.empty(),
                Optional.of(cookie));
        return new RoutingTable(
                table.doors(),
                TreePMap.singleton(DB, backend),
                List.of(),
                TreePMap.singleton("n2", new Peer("10.0.0.8", true)));
    }

    @Test
    void readsWhatHaProxyShows() {
        assertThat(WorkerState.servers("""
                1
                # be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state
                4 a_2Fdb:5432 1 s1 10.0.0.2 2 0 1 1 0 6 3 2 6 0 0 0 - 5432 - 0 0 - - 0
                4 a_2Fdb:5432 2 s2 127.0.0.1 0 5 1 1 1 1 0 0 14 0 0 0 - 1 - 0 0 - - 0
                """))
                .containsEntry(new Place("a_2Fdb:5432", 1), new Server("10.0.0.2:5432", true))
                .containsEntry(new Place("a_2Fdb:5432", 2), new Server("127.0.0.1:1", false));
        assertThat(WorkerState.map("0x55b626c39f40 @table abc\n0x55b626c39f90 x held\n\n"))
                .containsEntry("@table", "abc")
                .containsEntry("x", "held")
                .hasSize(2);
    }

    @Test
    void readsAWorkersStateFromItsAnswers() {
        RoutingTable table = table("10.0.0.2:5432");
        assertThat(WorkerState.questions(FILES, table))
                .containsExactly(
                        "show servers state",
                        "show map /run/proxy/held.map",
                        "show map /run/proxy/cookies.map",
                        "show map /run/proxy/hosts-:80.map");
        String server = "4 a_2Fdb:5432 1 s1 10.0.0.2 2 0 1 1 0 6 3 2 6 0 0 0 - 5432 - 0 0 - - 0\n";
        var answers = List.of(server, "0x1 x held\n", "Unknown map identifier.\n", "0x2 shop.test a_2Fweb:80\n");
        var place = new Place("a_2Fdb:5432", 1);
        assertThat(WorkerState.of(FILES, table, answers))
                .as("of a worker from before there were cookies")
                .isEqualTo(new WorkerState(
                        TreePMap.singleton(place, new Server("10.0.0.2:5432", true)),
                        TreePMap.empty(),
                        TreePMap.<String, TreePMap<String, String>>singleton(
                                        FILES.heldMap().toString(), TreePMap.singleton("x", "held"))
                                .plus("/run/proxy/hosts-:80.map", TreePMap.singleton("shop.test", "a_2Fweb:80"))));
    }

    private static WorkerState state(Server server, TreePMap<String, String> held, Place place) {
        return state(server, held, place, TreePMap.empty());
    }

    private static WorkerState state(
            Server server, TreePMap<String, String> held, Place place, TreePMap<String, String> cookies) {
        var maps = TreePMap.<String, TreePMap<String, String>>singleton(
                FILES.heldMap().toString(),
                held.plus(ProxyConfig.TABLE_KEY, "f").plus(ProxyConfig.STRUCTURE_KEY, "g"));
        maps = maps.plus(FILES.cookiesMap().toString(), cookies);
        return new WorkerState(TreePMap.singleton(place, server), TreePMap.empty(), maps);
    }

    private static ProxyConfig config(RoutingTable table) {
        var slots = new Slots(
                TreePMap.<String, Integer>singleton("a_2Fdb:5432", 2),
                TreePMap.singleton(new Place("a_2Fdb:5432", 1), "a/db/1"));
        return new ProxyConfig(FILES, LIMITS, table, slots, "");
    }

    private static RoutingTable table(String address) {
        TreePMap<String, Door> doors = TreePMap.empty();
        doors = doors.plus(":80", new Door("", 80, Mode.HTTP, "", HOSTS));
        doors = doors.plus("127.0.0.1:5432", new Door("127.0.0.1", 5432, Mode.TCP, DB, TreePMap.empty()));
        return new RoutingTable(doors, backends(TreePMap.singleton("a/db/1", address)), List.of());
    }

    private static TreePMap<String, Backend> backends(TreePMap<String, String> servers) {
        return TreePMap.singleton(DB, new Backend(DB, Mode.TCP, Balance.ROUND_ROBIN, servers));
    }
}
