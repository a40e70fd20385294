package io.flocker.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.core.plan.Observed.Answered;
import io.flocker.core.plan.RoutingTable;
import io.flocker.core.plan.RoutingTable.Backend;
import io.flocker.core.plan.RoutingTable.Door;
import io.flocker.core.spec.HttpRouting.Balance;
import io.flocker.core.spec.Port.Mode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

@Tag("engine")
class HaProxyTest {
    private static final String WEB = "production/web:8080";
    private static final String OTHER = "staging/web:8080";

    @TempDir
    Path directory;

    private HaProxy proxy;
    private HttpInstance one;
    private HttpInstance two;
    private final int port = freePort();

    HaProxyTest() throws IOException {}

    @BeforeEach
    void start() throws IOException {
        proxy = new HaProxy(directory, directory);
        one = new HttpInstance("one", 0);
        two = new HttpInstance("two", 0);
    }

    @AfterEach
    void stop() throws IOException {
        HaProxy.stop(directory);
        one.close();
        two.close();
        assertThat(processes()).isEmpty();
    }

    @Test
    void routesByPort() throws IOException {
        proxy.apply(web(Map.of("production/web/1", one.address())));

        try (var client = new HttpConnection(port)) {
            assertThat(client.get("any").body()).isEqualTo("one");
        }
        assertThat(proxy.inForce())
                .isEqualTo(web(Map.of("production/web/1", one.address())).fingerprint());
    }

    @Test
    void sharesOutByWeight() throws IOException {
        var servers = Map.of("production/web/1", one.address(), "production/web/2", two.address());
        var weights =
                TreePMap.<String, Integer>singleton("production/web/1", 20).plus("production/web/2", 180);
        var even = new Backend(WEB, Mode.HTTP, Balance.ROUND_ROBIN, TreePMap.from(servers));
        var weighed =
                new Backend(WEB, Mode.HTTP, Balance.ROUND_ROBIN, TreePMap.from(servers), TreePMap.empty(), weights);
        List<Door> doors = List.of(door(port, WEB, Mode.HTTP));
        proxy.apply(table(doors, List.of(weighed)));
        assertThat(ofOne(200)).isBetween(19, 21);
        proxy.apply(table(doors, List.of(even)));
        assertThat(ofOne(200)).isBetween(99, 101);
        proxy.apply(table(doors, List.of(weighed)));
        assertThat(ofOne(200)).isBetween(19, 21);
    }

    @Test
    void countsHowRequestsWereAnswered() throws IOException {
        var servers = Map.of("production/web/1", one.address(), "production/web/2", two.address());
        var backend = new Backend(WEB, Mode.HTTP, Balance.ROUND_ROBIN, TreePMap.from(servers));
        proxy.apply(table(List.of(door(port, WEB, Mode.HTTP)), List.of(backend)));
        ofOne(10);
        assertThat(answeredByTwo()).isEqualTo(Answered.NOTHING);
        two.status = 500;
        ofOne(20);
        two.status = 200;
        ofOne(20);
        assertThat(answeredByTwo().untimed()).isEqualTo(new Answered(20, 10));
        // One more door: another worker, which begins to count anew.
        proxy.apply(table(List.of(door(port, WEB, Mode.HTTP), door(freePort(), WEB, Mode.HTTP)), List.of(backend)));
        ofOne(10);
        assertThat(answeredByTwo().untimed()).isEqualTo(new Answered(25, 10));
    }

    private Answered answeredByTwo() {
        return proxy.answered(Set.of("production/web/2")).getOrDefault("production/web/2", new Answered(-1, -1));
    }

    /// How many of so many requests the first instance answers.
    private int ofOne(int requests) throws IOException {
        try (var client = new HttpConnection(port)) {
            int answered = 0;
            for (int request = 0; request < requests; request++) {
                answered += client.get("any").body().equals("one") ? 1 : 0;
            }
            return answered;
        }
    }

    @Test
    void routesByHostName() throws IOException {
        var hosts =
                TreePMap.<String, String>empty().plus("Shop.example.com", WEB).plus("*.demo.example.com", OTHER);
        var table = table(
                List.of(new Door("127.0.0.1", port, Mode.HTTP, "", hosts)),
                List.of(
                        http(WEB, Map.of("production/web/1", one.address())),
                        http(OTHER, Map.of("staging/web/1", two.address()))));
        proxy.apply(table);

        try (var client = new HttpConnection(port)) {
            assertThat(client.get("SHOP.example.com:80").body()).isEqualTo("one");
            assertThat(client.get("x.demo.example.com").body()).isEqualTo("two");
            var nobody = client.get("shop.example.org");
            assertThat(nobody.status()).isEqualTo(404);
            assertThat(nobody.body()).isEqualTo("No service here has the host name shop.example.org.\n");
        }
    }

    @Test
    void givesAHostNameToANewServiceWhileTrafficRuns() throws IOException {
        var old = http(WEB, Map.of("production/web/1", one.address()));
        var hosts = TreePMap.singleton("shop.test", WEB);
        proxy.apply(table(List.of(new Door("", port, Mode.HTTP, "", hosts)), List.of(old)));
        int second = freePort();
        try (var traffic = Traffic.http(4, port, "shop.test")) {
            var table = table(
                    List.of(
                            new Door("", port, Mode.HTTP, "", hosts.plus("shop.test", OTHER)),
                            new Door("", second, Mode.HTTP, WEB, hosts.plus("shop.test", OTHER))),
                    List.of(old, http(OTHER, Map.of("staging/web/1", two.address()))));
            proxy.apply(table);
            try (var client = new HttpConnection(port);
                    var other = new HttpConnection(second)) {
                assertThat(client.get("shop.test").body()).isEqualTo("two");
                assertThat(other.get("shop.test").body()).isEqualTo("two");
                assertThat(other.get("any").body()).isEqualTo("one");
            }
            traffic.end();
            assertThat(traffic.failures).isEmpty();
        }
    }

    @Test
    void followsNewHostNamesWithoutReload() throws IOException {
        var backends = List.of(http(WEB, Map.of("w/1", one.address())), http(OTHER, Map.of("w/2", two.address())));
        proxy.apply(table(List.of(door(Map.of("a.test", WEB, "b.test", WEB))), backends));
        long worker = worker();
        proxy.apply(table(List.of(door(Map.of("b.test", OTHER, "c.test", WEB))), backends));

        assertThat(worker()).isEqualTo(worker);
        try (var client = new HttpConnection(port)) {
            assertThat(client.get("a.test").status()).isEqualTo(404);
            assertThat(client.get("b.test").body()).isEqualTo("two");
            assertThat(client.get("c.test").body()).isEqualTo("one");
        }
    }

    @Test
    void balancesEachRequestOfAConnection() throws IOException {
        proxy.apply(web(Map.of("production/web/1", one.address(), "production/web/2", two.address())));

        try (var client = new HttpConnection(port)) {
            for (int i = 0; i < 100; i++) {
                assertThat(client.get("any").status()).isEqualTo(200);
            }
        }
        assertThat(one.requests.get()).isBetween(45, 55);
    }

    @Test
    void changesServersWithoutReload() throws Exception {
        proxy.apply(web(Map.of("production/web/1", one.address())));
        long worker = worker();
        try (var traffic = Traffic.http(8, port, "any")) {
            for (int i = 0; i < 20; i++) {
                var table = i % 2 == 0
                        ? web(Map.of("production/web/2", two.address()))
                        : web(Map.of("production/web/1", one.address(), "production/web/3", two.address()));
                proxy.apply(table);
                assertThat(proxy.inForce()).isEqualTo(table.fingerprint());
                Thread.sleep(20);
            }
            traffic.end();
            assertThat(traffic.failures).isEmpty();
            assertThat(traffic.answered.get()).isGreaterThan(100);
        }
        assertThat(worker()).isEqualTo(worker);
    }

    @Test
    void avoidsAnInstanceThatDoesNotAnswer() throws IOException {
        var broken = new HttpInstance("broken", 0);
        proxy.apply(web(Map.of("production/web/1", one.address(), "production/web/2", broken.address())));
        broken.close();

        try (var client = new HttpConnection(port)) {
            for (int i = 0; i < 50; i++) {
                assertThat(client.get("any").body()).isEqualTo("one");
            }
        }
    }

    @Test
    void takesHttpThroughATcpDoor() throws IOException {
        proxy.apply(table(
                List.of(door(port, WEB, Mode.TCP)), List.of(http(WEB, Map.of("production/web/1", one.address())))));

        try (var client = new HttpConnection(port)) {
            assertThat(client.get("any").body()).isEqualTo("one");
        }
    }

    @Test
    void opensDoorsWhileTrafficRuns() throws Exception {
        proxy.apply(web(Map.of("production/web/1", one.address())));
        var backends = List.of(http(WEB, Map.of("production/web/1", one.address())));
        try (var traffic = Traffic.http(8, port, "any")) {
            for (int i = 1; i <= 4; i++) {
                int second = freePort();
                proxy.apply(table(List.of(door(port, WEB, Mode.HTTP), door(second, WEB, Mode.HTTP)), backends));
                try (var client = new HttpConnection(second)) {
                    assertThat(client.get("any").body()).isEqualTo("one");
                }
            }
            traffic.end();
            assertThat(traffic.failures).isEmpty();
        }
    }

    @Test
    void holdsRequestsWhileAServiceHasNoInstance() throws Exception {
        var slow = new HttpInstance("slow", 50);
        proxy.apply(web(Map.of("production/web/1", slow.address())));
        long worker = worker();
        try (var traffic = Traffic.http(16, port, "any")) {
            Thread.sleep(200);
            for (int i = 0; i < 3; i++) {
                proxy.apply(held(web(Map.of())));
                drain("production/web/1");
                drain("production/web/2");
                slow.close();
                Thread.sleep(500);
                slow = new HttpInstance("slow", 50);
                proxy.apply(web(Map.of(i % 2 == 0 ? "production/web/2" : "production/web/1", slow.address())));
                Thread.sleep(200);
            }
            traffic.end();
            assertThat(traffic.failures).isEmpty();
            assertThat(traffic.slowestMillis.get()).isBetween(500L, 1_500L);
        } finally {
            slow.close();
        }
        assertThat(worker()).isEqualTo(worker);
    }

    @Test
    void releasesRequestsThatAnOldWorkerHolds() throws Exception {
        proxy.apply(web(Map.of("production/web/1", one.address())));
        try (var traffic = Traffic.http(8, port, "any")) {
            Thread.sleep(100);
            proxy.apply(held(web(Map.of())));
            Thread.sleep(100);
            var doors = List.of(door(port, WEB, Mode.HTTP), door(freePort(), WEB, Mode.HTTP));
            proxy.apply(held(table(doors, List.of(http(WEB, Map.of())))));
            Thread.sleep(200);
            proxy.apply(table(doors, List.of(http(WEB, Map.of("production/web/2", two.address())))));
            Thread.sleep(200);
            traffic.end();
            assertThat(traffic.failures).isEmpty();
            assertThat(traffic.slowestMillis.get()).isLessThan(2_000);
        }
    }

    @RepeatedTest(5)
    void holdsConnections() throws Exception {
        try (var first = new EchoInstance();
                var second = new EchoInstance()) {
            proxy.apply(tcp(Map.of("production/db/1", first.address())));
            try (var traffic = new Traffic(8, () -> () -> echo("hello"))) {
                Thread.sleep(200);
                proxy.apply(held(tcp(Map.of())));
                drain("production/db/1");
                first.stop();
                Thread.sleep(500);
                proxy.apply(tcp(Map.of("production/db/2", second.address())));
                Thread.sleep(200);
                traffic.end();
                assertThat(traffic.failures).isEmpty();
                assertThat(traffic.slowestMillis.get()).isBetween(500L, 1_500L);
            }
        }
    }

    @Test
    void keepsConnectionsOfAnInstanceThatLeft() throws Exception {
        try (var first = new EchoInstance();
                var second = new EchoInstance()) {
            proxy.apply(tcp(Map.of("production/db/1", first.address())));
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(exchange(socket, "before")).isEqualTo("before");
                proxy.apply(tcp(Map.of("production/db/2", second.address())));
                assertThat(exchange(socket, "after")).isEqualTo("after");
                assertThat(proxy.inFlight("production/db/1")).isEqualTo(new Router.InFlight(0, 1));
                assertThat(proxy.inFlight("production/db/2")).isEqualTo(new Router.InFlight(0, 0));
                proxy.apply(table(
                        List.of(door(port, "production/db:5432", Mode.TCP), door(freePort(), WEB, Mode.HTTP)),
                        List.of(http(WEB, Map.of()), tcpBackend(Map.of("production/db/2", second.address())))));
                assertThat(exchange(socket, "after a reload")).isEqualTo("after a reload");
                assertThat(proxy.inFlight("production/db/1")).isEqualTo(new Router.InFlight(0, 1));
            }
            drain("production/db/1");
        }
    }

    @Test
    void refusesWhatItWouldHoldTooLong() throws IOException {
        proxy = new HaProxy(directory, directory, 300, 100);
        proxy.apply(held(web(Map.of())));

        try (var client = new HttpConnection(port)) {
            var answer = client.get("any");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.headers()).containsEntry("retry-after", "1");
            assertThat(answer.body()).isEqualTo(WEB + " is being moved for more than 300 ms.\n");
        }
    }

    @Test
    void refusesMoreThanItMayHold() throws Exception {
        proxy = new HaProxy(directory, directory, 60_000, 2);
        proxy.apply(held(web(Map.of())));

        try (var traffic = Traffic.http(2, port, "any");
                var client = new HttpConnection(port)) {
            Thread.sleep(300);
            var answer = client.get("any");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.headers()).containsEntry("retry-after", "1");
            assertThat(answer.body()).isEqualTo(WEB + " is being moved, and 2 requests wait already.\n");
            proxy.apply(web(Map.of("production/web/1", one.address())));
            Thread.sleep(100);
            traffic.end();
            assertThat(traffic.failures).isEmpty();
        }
    }

    @Test
    void comesBackAfterItWasKilled() throws Exception {
        var table = web(Map.of("production/web/1", one.address()));
        proxy.apply(table);
        processes().forEach(ProcessHandle::destroyForcibly);
        assertThat(ProxyProcess.waitUntil(
                        java.time.Duration.ofSeconds(2), () -> processes().isEmpty()))
                .isTrue();

        assertThat(proxy.inForce()).isEmpty();
        assertThat(proxy.inFlight("production/web/1")).isEqualTo(new Router.InFlight(0, 0));
        proxy.apply(table);
        assertThat(proxy.inForce()).isEqualTo(table.fingerprint());
        try (var client = new HttpConnection(port)) {
            assertThat(client.get("any").body()).isEqualTo("one");
        }
    }

    @Test
    void replacesAWorkerWhoseMasterWasKilled() throws Exception {
        var table = web(Map.of("production/web/1", one.address()));
        proxy.apply(table);
        long master = Long.parseLong(
                Files.readString(directory.resolve("haproxy.pid")).strip());
        var killed = ProcessHandle.of(master).orElseThrow();
        killed.destroyForcibly();
        killed.onExit().join();

        proxy.apply(table);
        assertThat(proxy.inForce()).isEqualTo(table.fingerprint());
        try (var client = new HttpConnection(port)) {
            assertThat(client.get("any").body()).isEqualTo("one");
        }
    }

    @Test
    void adoptsTheProxyThatRuns() throws IOException {
        var table = web(Map.of("production/web/1", one.address()));
        proxy.apply(table);
        long worker = worker();
        proxy.close();
        // A group of its own: what ends the JVM's group does not end it.
        String master = Files.readString(directory.resolve("haproxy.pid")).strip();
        String stat = Files.readString(Path.of("/proc", master, "stat"));
        assertThat(stat.substring(stat.lastIndexOf(')')).split(" ", 6)[3]).isEqualTo(master);
        var adopted = new HaProxy(directory, directory);

        assertThat(adopted.inForce()).isEqualTo(table.fingerprint());
        adopted.apply(web(Map.of("production/web/2", two.address())));
        assertThat(worker()).isEqualTo(worker);
        try (var client = new HttpConnection(port)) {
            assertThat(client.get("any").body()).isEqualTo("two");
        }
    }

    @Test
    void seesWithinSecondsWhatAnotherAgentApplied() throws IOException {
        var table = web(Map.of("production/web/1", one.address()));
        proxy.apply(table);
        assertThat(proxy.inForce()).isEqualTo(table.fingerprint());
        var next = web(Map.of("production/web/2", two.address()));
        new HaProxy(directory, directory).apply(next);

        assertThat(ProxyProcess.waitUntil(
                        Duration.ofSeconds(5), () -> proxy.inForce().equals(next.fingerprint())))
                .isTrue();
    }

    @Test
    void startsThoughAPowerCutDamagedItsPlaces() throws IOException {
        Files.writeString(directory.resolve("slots"), "\0\0\0");
        var table = web(Map.of("production/web/1", one.address()));
        proxy.apply(table);
        assertThat(proxy.inForce()).isEqualTo(table.fingerprint());
    }

    @Test
    void namesWhoHasAPortAndOpensTheOtherDoors() throws Exception {
        var backends = List.of(http(WEB, Map.of("production/web/1", one.address())));
        int second = freePort();
        var table = table(List.of(door(port, WEB, Mode.HTTP), door(second, WEB, Mode.HTTP)), backends);
        try (var taken = new ServerSocket(second, 1, InetAddress.getLoopbackAddress())) {
            assertThat(taken.isBound()).isTrue();
            assertThatThrownBy(() -> proxy.apply(table))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("`127.0.0.1:" + second + "`: it belongs to java (process "
                            + ProcessHandle.current().pid() + ")");
            assertThat(proxy.inForce()).isNotEqualTo(table.fingerprint());
            try (var client = new HttpConnection(port)) {
                assertThat(client.get("any").body()).isEqualTo("one");
            }
        }
        proxy.apply(table);
        assertThat(proxy.inForce()).isEqualTo(table.fingerprint());
        try (var client = new HttpConnection(second)) {
            assertThat(client.get("any").body()).isEqualTo("one");
        }
    }

    @Test
    void growsPastItsSpareServers() throws IOException {
        var servers = new TreeMap<String, String>();
        for (int i = 0; i < Slots.LEAST; i++) {
            servers.put("production/web/a" + i, one.address());
        }
        proxy.apply(web(servers));
        servers.clear();
        servers.put("production/web/b", two.address());
        proxy.apply(web(servers));
        for (int i = 0; i < Slots.LEAST; i++) {
            servers.put("production/web/c" + i, two.address());
        }
        proxy.apply(web(servers));

        try (var client = new HttpConnection(port)) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.get("any").body()).isEqualTo("two");
            }
        }
    }

    /// Prints how long changes take; the numbers are of interest, not a condition.
    @Test
    void measuresChanges() throws IOException {
        var millis = new ArrayList<String>();
        proxy.apply(web(Map.of("production/web/1", one.address())));
        for (int i = 0; i < 10; i++) {
            long before = System.nanoTime();
            proxy.apply(web(Map.of("production/web/" + i, i % 2 == 0 ? one.address() : two.address())));
            long changed = System.nanoTime();
            proxy.apply(held(web(Map.of())));
            long held = System.nanoTime();
            proxy.apply(web(Map.of("production/web/1", one.address())));
            long released = System.nanoTime();
            proxy.inForce();
            long asked = System.nanoTime();
            var doors = List.of(door(port, WEB, Mode.HTTP), door(freePort(), WEB, Mode.HTTP));
            proxy.apply(table(doors, List.of(http(WEB, Map.of("production/web/1", one.address())))));
            long reloaded = System.nanoTime();
            millis.add("%.1f/%.1f/%.1f/%.1f/%.1f"
                    .formatted(
                            (changed - before) / 1e6,
                            (held - changed) / 1e6,
                            (released - held) / 1e6,
                            (asked - released) / 1e6,
                            (reloaded - asked) / 1e6));
            proxy.apply(web(Map.of("production/web/1", one.address())));
        }
        System.out.println("change/hold/release/inForce/reload ms " + millis);
        assertThat(millis).hasSize(10);
    }

    private void drain(String instance) throws IOException, InterruptedException {
        for (int i = 0; proxy.inFlight(instance).requests() > 0; i++) {
            assertThat(i).as("still requests at " + instance).isLessThan(400);
            Thread.sleep(5);
        }
    }

    private String echo(String text) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String answer = exchange(socket, text);
            return answer.equals(text) ? "" : "answer `" + answer + "`";
        }
    }

    private static String exchange(Socket socket, String text) throws IOException {
        socket.setSoTimeout(20_000);
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        socket.getOutputStream().write(bytes);
        return new String(socket.getInputStream().readNBytes(bytes.length), java.nio.charset.StandardCharsets.UTF_8);
    }

    private RoutingTable web(Map<String, String> servers) {
        return table(List.of(door(port, WEB, Mode.HTTP)), List.of(http(WEB, servers)));
    }

    private RoutingTable tcp(Map<String, String> servers) {
        return table(List.of(door(port, "production/db:5432", Mode.TCP)), List.of(tcpBackend(servers)));
    }

    private static RoutingTable held(RoutingTable table) {
        return new RoutingTable(
                table.doors(), table.backends(), List.copyOf(table.backends().keySet()));
    }

    private static Backend http(String name, Map<String, String> servers) {
        return new Backend(name, Mode.HTTP, Balance.LEAST_CONNECTIONS, TreePMap.from(servers));
    }

    private static Backend tcpBackend(Map<String, String> servers) {
        return new Backend("production/db:5432", Mode.TCP, Balance.ROUND_ROBIN, TreePMap.from(servers));
    }

    private static Door door(int port, String backend, Mode mode) {
        return new Door("127.0.0.1", port, mode, backend, TreePMap.empty());
    }

    private Door door(Map<String, String> hosts) {
        return new Door("127.0.0.1", port, Mode.HTTP, "", TreePMap.from(hosts));
    }

    private static RoutingTable table(List<Door> doors, List<Backend> backends) {
        TreePMap<String, Door> doorsByKey = TreePMap.empty();
        for (Door door : doors) {
            doorsByKey = doorsByKey.plus(door.key(), door);
        }
        TreePMap<String, Backend> backendsByName = TreePMap.empty();
        for (Backend backend : backends) {
            backendsByName = backendsByName.plus(backend.name(), backend);
        }
        return new RoutingTable(doorsByKey, backendsByName, List.of());
    }

    private long worker() throws IOException {
        return new MasterSocket(directory.toRealPath().resolve("master.sock"))
                .workers()
                .get(0);
    }

    private List<ProcessHandle> processes() {
        return new ProxyProcess(new ProxyFiles(directory)).processes();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
