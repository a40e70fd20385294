package io.flocker.verify.server;

import io.flocker.lab.LabNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// A user of a service that keeps numbers: sends one after the other through nodes that are not disturbed, and
/// remembers when each was acknowledged. The service beside that writes by itself, all the time; each line says when,
/// by the one clock that all nodes of a lab share, and in which container.
public final class StampedWriter implements AutoCloseable {
    public static final int PORT = 8801;

    /// The service. `%s` is what its volume's `x-flocker` says.
    public static final String SERVICES = """
            services:
              db:
                image: flocker/busybox:1
                command:
                  - sh
                  - -c
                  - |
                    [ -e /data/bulk ] || { dd if=/dev/urandom of=/data/bulk bs=1M count=8 conv=fsync 2>/dev/null; }
                    httpd -p 8080 -h /srv
                    while true; do
                      read up rest < /proc/uptime
                      echo "self $$up $$(hostname)" >> /data/log && sync /data/log
                      sleep 0.02
                    done
                configs:
                  - {source: add, target: /srv/cgi-bin/add, mode: 0755}
                  - {source: all, target: /srv/cgi-bin/all, mode: 0755}
                volumes: ["data:/data"]
                ports: ["8801:8080"]
                stop_grace_period: 1s
                stop_signal: SIGKILL
            volumes:
              data:
                x-flocker: %s
            configs:
              add:
                content: |
                  #!/bin/sh
                  read up rest < /proc/uptime
                  if echo "$$QUERY_STRING $$up $$(hostname)" >> /data/log && sync /data/log; then
                    printf 'Content-Type: text/plain\\r\\n\\r\\n%%s' "$$QUERY_STRING"
                  else
                    printf 'Status: 500 Not kept\\r\\nContent-Type: text/plain\\r\\n\\r\\nnot kept'
                  fi
              all:
                content: |
                  #!/bin/sh
                  printf 'Content-Type: text/plain\\r\\n\\r\\n'
                  cat /data/log
            """;

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final long REST_MILLIS = 20;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .build();
    private final TreeMap<Long, Long> acknowledgedAt = new TreeMap<>();
    private final Thread writer;
    private volatile List<LabNode> through;
    private volatile boolean closed;

    /// @param through by which nodes the service is reached
    public StampedWriter(List<LabNode> through) {
        this.through = through;
        writer = Thread.ofVirtual().name("stamped").start(this::write);
    }

    /// Sends through these nodes from now on.
    public void through(List<LabNode> nodes) {
        through = List.copyOf(nodes);
    }

    private void write() {
        try {
            for (long number = 1; !closed; number++) {
                List<LabNode> nodes = through;
                if (send(nodes.get((int) (number % nodes.size())), number)) {
                    acknowledge(number);
                }
                TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void acknowledge(long number) {
        acknowledgedAt.put(number, System.nanoTime());
    }

    private boolean send(LabNode node, long number) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + node.address() + ":" + PORT + "/cgi-bin/add?" + number))
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 && answer.body().equals(Long.toString(number));
        } catch (IOException e) {
            return false;
        }
    }

    /// All that was acknowledged.
    public synchronized List<Long> acknowledged() {
        return new ArrayList<>(acknowledgedAt.keySet());
    }

    /// When that was, in nanoseconds; as if it were now for what was not acknowledged.
    public synchronized long acknowledgedAt(long number) {
        return acknowledgedAt.getOrDefault(number, System.nanoTime());
    }

    /// From now on, these were never acknowledged.
    public synchronized void forget(Set<Long> numbers) {
        acknowledgedAt.keySet().removeAll(numbers);
    }

    /// From the first of them that was acknowledged to the last, in seconds.
    public synchronized double secondsOf(Set<Long> numbers) {
        var at = acknowledgedAt.entrySet().stream()
                .filter(entry -> numbers.contains(entry.getKey()))
                .mapToLong(Map.Entry::getValue)
                .summaryStatistics();
        return at.getCount() == 0 ? 0 : (at.getMax() - at.getMin()) / 1e9;
    }

    /// The longest time without an answer since `sinceNanos`, in seconds.
    public synchronized double longestPause(long sinceNanos) {
        long before = sinceNanos;
        long longest = 0;
        for (long at : acknowledgedAt.values()) {
            if (at > sinceNanos) {
                longest = Math.max(longest, at - before);
                before = at;
            }
        }
        return Math.max(longest, System.nanoTime() - before) / 1e9;
    }

    /// How many were acknowledged since then.
    public synchronized long answersSince(long sinceNanos) {
        return acknowledgedAt.values().stream().filter(at -> at > sinceNanos).count();
    }

    @Override
    public void close() {
        closed = true;
        writer.interrupt();
        http.shutdownNow();
    }
}
