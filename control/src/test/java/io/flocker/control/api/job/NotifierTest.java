package io.flocker.control.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.flocker.core.model.Schedule;
import io.flocker.core.model.ScheduleRun;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// Who is told that a run failed, and what.
class NotifierTest {
    @Test
    void postsWhatFailedAndSaysWhyNobodyWasTold() throws Exception {
        var bodies = new LinkedBlockingQueue<String>();
        var status = new AtomicInteger(204);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/hook", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
        try (var http = HttpClient.newHttpClient()) {
            assertThat(Notifier.post(http, schedule(), failed(url))).isEmpty();
            assertThat(bodies.take())
                    .contains("\"environment\":\"staging\"", "\"schedule\":\"nightly\"", "\"run\":7")
                    .contains("\"state\":\"failed\"", "\"error\":\"run import: exit code 3\"", "\"dueMillis\":60000");
            status.set(500);
            assertThat(Notifier.post(http, schedule(), failed(url))).isEqualTo("it answered with status 500");
            server.stop(0);
            assertThat(Notifier.post(http, schedule(), failed(url))).startsWith("it could not be reached");
            assertThat(Notifier.post(http, schedule(), failed("http://[bad/"))).startsWith("it could not be reached");
        } finally {
            server.stop(0);
        }
    }

    private static Schedule schedule() {
        return new Schedule("staging", "nightly", "* * * * *", "UTC", 120_000, false, 0, TreePMap.empty());
    }

    private static ScheduleRun failed(String url) {
        return new ScheduleRun(
                7,
                "schedule",
                60_000,
                60_001,
                60_002,
                ScheduleRun.State.FAILED,
                "run import: exit code 3",
                List.of(),
                List.of(),
                url);
    }
}
