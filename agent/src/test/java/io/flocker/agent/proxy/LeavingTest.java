package io.flocker.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.plan.RoutingTable;
import io.flocker.core.plan.RoutingTable.Backend;
import io.flocker.core.plan.RoutingTable.Door;
import io.flocker.core.spec.HttpRouting.Balance;
import io.flocker.core.spec.Port.Mode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

/// What is known of an instance that leaves the table.
@Tag("engine")
class LeavingTest {
    private static final String WEB = "production/web:8080";
    private static final String ONE = "production/web/1";

    @TempDir
    Path directory;

    private final int port = freePort();

    LeavingTest() throws IOException {}

    /// Idle before it is out, it may have got a request by then, which is counted only at its
    /// place.
    @Test
    void keepsThePlaceOfAnIdleInstanceUntilItIsOut() throws IOException {
        var proxy = new HaProxy(directory, directory);
        try (var one = new HttpInstance("one", 0);
                var two = new HttpInstance("two", 0)) {
            proxy.apply(table(Map.of(ONE, one.address())));
            proxy.apply(table(Map.of()));
            assertThat(places()).hasSize(1);
            proxy.apply(table(Map.of("production/web/2", two.address())));
            assertThat(places()).isEmpty();
        } finally {
            HaProxy.stop(directory);
        }
    }

    private List<Slots.Place> places() throws IOException {
        Path slots = new ProxyFiles(directory.toRealPath()).slots();
        return Slots.parse(Files.readString(slots)).places(ONE);
    }

    private RoutingTable table(Map<String, String> servers) {
        var door = new Door("127.0.0.1", port, Mode.HTTP, WEB, TreePMap.empty());
        var backend = new Backend(WEB, Mode.HTTP, Balance.ROUND_ROBIN, TreePMap.from(servers));
        return new RoutingTable(
                TreePMap.singleton(door.key(), door),
                TreePMap.singleton(WEB, backend),
                servers.isEmpty() ? List.of(WEB) : List.of());
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
