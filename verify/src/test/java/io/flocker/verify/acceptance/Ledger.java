package io.flocker.verify.acceptance;

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
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// A user of a service that keeps numbers in a file: writes one after the other through any node, and remembers which
/// were acknowledged. The service syncs a number to its volume before it answers.
final class Ledger implements AutoCloseable {
    /// The service, whose volume has some content to be copied. `%1$s` marks its process, `%2$d` is a release's.
    static final String SERVICES = """
            services:
              ledger:
                image: flocker/busybox:1
                command:
                  - sh
                  - -c
                  - |
                    [ -e /data/bulk ] || { dd if=/dev/urandom of=/data/bulk bs=1M count=48 2>/dev/null; sync; }
                    exec httpd -f -p 8080 -h /srv/%1$s
                environment: {ROUND: "%2$d"}
                configs:
                  - {source: add, target: /srv/%1$s/cgi-bin/add, mode: 0755}
                  - {source: all, target: /srv/%1$s/cgi-bin/all, mode: 0755}
                volumes: ["data:/data"]
                ports: ["8801:8080"]
                stop_grace_period: 1s
              web:
                image: flocker/busybox:1
                command: httpd -f -p 8080 -h /www
                ports: ["8802:8080"]
                stop_grace_period: 1s
                deploy: {replicas: %3$d}
            volumes: {data: }
            configs:
              add:
                content: |
                  #!/bin/sh
                  if echo "$$QUERY_STRING $$(hostname) $$(date +%%s)" >> /data/ledger && sync /data/ledger; then
                    printf 'Content-Type: text/plain\\r\\n\\r\\n%%s' "$$QUERY_STRING"
                  else
                    printf 'Status: 500 Not kept\\r\\nContent-Type: text/plain\\r\\n\\r\\nnot kept'
                  fi
              all:
                content: |
                  #!/bin/sh
                  printf 'Content-Type: text/plain\\r\\n\\r\\n'
                  cat /data/ledger
            """;

    /// What a proxy answers whose last look at the service failed, as on a machine that is busy elsewhere.
    private static final int BUSY = 503;

    private static final int READ_TRIES = 20;
    private static final int PORT = 8801;
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    private static final long REST_MILLIS = 20;
    private static final long REST_AFTER_FAILURE_MILLIS = 100;

    private final List<LabNode> nodes;
    private final SplittableRandom random;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .build();
    private final List<Long> acknowledged = new ArrayList<>();
    private final Thread writer;
    private long next = 1;
    private long lastNanos = System.nanoTime();
    private long longestNanos;
    private volatile boolean closed;

    Ledger(List<LabNode> nodes, SplittableRandom random) {
        this.nodes = nodes;
        this.random = random;
        writer = Thread.ofVirtual().name("ledger").start(this::write);
    }

    /// How many writes were acknowledged, and the longest time without one.
    record Count(int writes, double longestPauseSeconds) {}

    /// Since it was last asked.
    synchronized Count count(int before) {
        var count = new Count(acknowledged.size() - before, longestNanos / 1e9);
        longestNanos = 0;
        return count;
    }

    synchronized int acknowledged() {
        return acknowledged.size();
    }

    private void write() {
        try {
            while (!closed) {
                long number = next++;
                // A POST, which nobody on the way may send twice.
                boolean kept = send(number);
                if (kept) {
                    acknowledge(number);
                }
                TimeUnit.MILLISECONDS.sleep(kept ? REST_MILLIS : REST_AFTER_FAILURE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void acknowledge(long number) {
        acknowledged.add(number);
        long now = System.nanoTime();
        longestNanos = Math.max(longestNanos, now - lastNanos);
        lastNanos = now;
    }

    private boolean send(long number) throws InterruptedException {
        LabNode through = nodes.get(random.nextInt(nodes.size()));
        HttpRequest request = HttpRequest.newBuilder(uri(through, "add?" + number))
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

    private static URI uri(LabNode node, String path) {
        return URI.create("http://" + node.address() + ":" + PORT + "/cgi-bin/" + path);
    }

    private HttpResponse<String> all() throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(uri(nodes.getFirst(), "all"))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /// What is wrong with the file: every acknowledged number is in it, once, and in order.
    List<String> check() throws IOException, InterruptedException {
        List<Long> promised;
        synchronized (this) {
            promised = List.copyOf(acknowledged);
        }
        HttpResponse<String> answer = all();
        for (int more = 0; more < READ_TRIES && answer.statusCode() == BUSY; more++) {
            TimeUnit.SECONDS.sleep(1);
            answer = all();
        }
        if (answer.statusCode() != 200) {
            throw new IOException("The ledger cannot be read: HTTP " + answer.statusCode() + " " + answer.body());
        }
        Map<Long, Integer> places = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        int place = 0;
        Map<Long, Integer> twice = new TreeMap<>();
        for (String line : answer.body().lines().toList()) {
            int end = line.indexOf(' ');
            if (end > 0 && line.substring(0, end).matches("[0-9]+")) {
                long number = Long.parseLong(line.substring(0, end));
                if (places.putIfAbsent(number, place++) != null) {
                    twice.merge(number, 2, (count, _) -> count + 1);
                }
            }
        }
        List<Long> lost =
                promised.stream().filter(number -> !places.containsKey(number)).toList();
        if (!lost.isEmpty()) {
            wrong.add(lost.size() + " acknowledged writes are lost: " + brief(lost));
        }
        List<Long> doubled = promised.stream().filter(twice::containsKey).toList();
        if (!doubled.isEmpty()) {
            wrong.add("acknowledged writes are there more than once: " + brief(doubled));
        }
        int before = -1;
        for (long number : promised) {
            int here = places.getOrDefault(number, before);
            if (here < before) {
                wrong.add("write " + number + " is out of order");
            }
            before = here;
        }
        return wrong;
    }

    private static String brief(List<Long> numbers) {
        return numbers.size() <= 10
                ? numbers.toString()
                : numbers.subList(0, 5) + " to " + numbers.subList(numbers.size() - 5, numbers.size());
    }

    @Override
    public void close() {
        closed = true;
        writer.interrupt();
        http.shutdownNow();
    }
}
