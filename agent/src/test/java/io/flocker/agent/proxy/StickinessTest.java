package io.flocker.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.plan.RoutingTable;
import io.flocker.core.plan.RoutingTable.Backend;
import io.flocker.core.plan.RoutingTable.Cookie;
import io.flocker.core.plan.RoutingTable.Door;
import io.flocker.core.spec.HttpRouting.Balance;
import io.flocker.core.spec.Port.Mode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

/// Clients that keep their instance by a cookie, with a real HAProxy.
@Tag("engine")
class StickinessTest {
    private static final String WEB = "production/web:8080";
    private static final String FIRST = "production/web/1";
    private static final String SECOND = "production/web/2";
    private static final String THIRD = "production/web/3";

    @TempDir
    Path directory;

    private HaProxy proxy;
    private HttpInstance one;
    private HttpInstance two;
    private final int port = freePort();

    StickinessTest() throws IOException {}

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
    }

    @Test
    void keepsAClientAtItsInstance() throws IOException {
        proxy.apply(table(Map.of(FIRST, one.address(), SECOND, two.address())));
        try (var client = new HttpConnection(port)) {
            var first = client.get("any");
            assertThat(first.headers().get("set-cookie")).endsWith("; Path=/; HttpOnly; SameSite=Lax");
            assertThat(first.headers()).containsEntry("cache-control", "private");
            for (int request = 0; request < 20; request++) {
                var next = client.get("any", cookie(first));
                assertThat(next.body()).isEqualTo(first.body());
                assertThat(next.headers()).doesNotContainKeys("set-cookie", "cache-control");
            }
            assertThat(List.of(client.get("any").body(), client.get("any").body()))
                    .containsExactlyInAnyOrder("one", "two");
        }
    }

    /// While the instance leaves, others come to where it was.
    @Test
    void givesAClientAnotherInstanceWhenItsOwnLeaves() throws IOException {
        proxy.apply(table(Map.of(FIRST, one.address())));
        try (var client = new HttpConnection(port);
                var third = new HttpInstance("three", 0)) {
            String before = cookie(client.get("any"));
            var traffic = new Traffic(4, () -> {
                var connection = new HttpConnection(port);
                return () -> {
                    var answer = connection.get("any", before);
                    return answer.status() == 200 ? "" : answer.status() + " " + answer.body();
                };
            });
            try (traffic) {
                proxy.apply(table(Map.of(FIRST, one.address(), SECOND, two.address())));
                proxy.apply(table(Map.of(SECOND, two.address())));
                proxy.apply(table(Map.of(SECOND, two.address())));
                String after = cookie(client.get("any", before));
                assertThat(after).isNotEqualTo(before);
                assertThat(client.get("any", after).body()).isEqualTo("two");
                for (int round = 0; round < 3; round++) {
                    // The place that the first one had is the next one's.
                    proxy.apply(table(Map.of(THIRD, third.address(), SECOND, two.address())));
                    assertThat(client.get("any", after).body()).isEqualTo("two");
                    assertThat(client.get("any", before).headers()).containsKey("set-cookie");
                    proxy.apply(table(Map.of(SECOND, two.address())));
                }
                proxy.apply(table(Map.of(FIRST, one.address(), SECOND, two.address())));
                assertThat(client.get("any", before).body()).isEqualTo("one");
            }
            assertThat(traffic.failures).isEmpty();
            assertThat(traffic.answered.get()).isPositive();
        }
    }

    /// Before the health check can know.
    @Test
    void givesAClientAnotherInstanceAtOnceWhenItsOwnDies() throws IOException {
        proxy.apply(table(Map.of(FIRST, one.address(), SECOND, two.address())));
        try (var client = new HttpConnection(port)) {
            var first = client.get("any");
            boolean wasOne = first.body().equals("one");
            (wasOne ? one : two).close();
            long before = System.nanoTime();
            var next = client.get("any", cookie(first));
            long millis = (System.nanoTime() - before) / 1_000_000;
            assertThat(next.status()).isEqualTo(200);
            assertThat(next.body()).isEqualTo(wasOne ? "two" : "one");
            assertThat(cookie(next)).isNotEqualTo(cookie(first));
            assertThat(millis).isLessThan(500);
        }
    }

    private static String cookie(HttpConnection.Answer answer) {
        String set = answer.headers().getOrDefault("set-cookie", "");
        assertThat(set).matches("ID=value-of-[^;]+;.*");
        return set.substring(0, set.indexOf(';'));
    }

    private RoutingTable table(Map<String, String> servers) {
        TreePMap<String, String> values = TreePMap.empty();
        for (String instance : servers.keySet()) {
            values = values.plus(instance, "value-of-" + instance);
        }
        var backend = new Backend(
                WEB,
                Mode.HTTP,
                Balance.ROUND_ROBIN,
                TreePMap.from(servers),
                TreePMap.empty(),
                TreePMap.empty(),
                Optional.of(new Cookie("ID", values)));
        var door = new Door("127.0.0.1", port, Mode.HTTP, WEB, TreePMap.empty());
        return new RoutingTable(TreePMap.singleton(door.key(), door), TreePMap.singleton(WEB, backend), List.of());
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
