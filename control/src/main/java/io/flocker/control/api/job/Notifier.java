package io.flocker.control.api.job;

import io.flocker.control.api.Decisions;
import io.flocker.control.api.Refusal;
import io.flocker.control.log.ClusterLog;
import io.flocker.core.cluster.Planned;
import io.flocker.core.model.Schedule;
import io.flocker.core.model.ScheduleRun;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells whoever a schedule names that a run of it failed, while this node leads: a POST of [Told], [#TRIES] times at
/// most. Whether somebody was told is decided; a leader that dies in between has its successor tell them again. One
/// thread, so that who answers slowly keeps the others waiting, up to [#LIMIT] each time.
public final class Notifier implements AutoCloseable {
    static final int TRIES = 5;
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Logger log = LoggerFactory.getLogger(Notifier.class);
    private static final long PERIOD_MILLIS = 1_000;
    private static final int FIRST_ERROR = 300;

    private final Decisions decisions;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(LIMIT).build();
    /// By schedule and run.
    private final Map<String, Attempts> attempts = new HashMap<>();

    private final Thread thread;
    private volatile boolean closed;

    /// What is told.
    ///
    /// @param dueMillis the due time the run was for; 0 if a user asked for it
    record Told(String environment, String schedule, long run, String state, String error, long dueMillis) {}

    private record Attempts(int failed, long againMillis) {}

    public Notifier(Decisions decisions) {
        this.decisions = decisions;
        thread = Thread.ofVirtual().name("notifier").start(this::run);
    }

    private void run() {
        while (!closed) {
            try {
                Thread.sleep(PERIOD_MILLIS);
                look();
            } catch (InterruptedException e) {
                return;
            } catch (IOException | Refusal | RuntimeException e) {
                log.atWarn().addKeyValue("reason", e.getMessage()).log("Telling of failed runs goes on later");
            }
        }
    }

    private void look() throws IOException, InterruptedException, Refusal {
        boolean leads = decisions
                .plane()
                .filter(plane -> plane.log().leads() != ClusterLog.NOT)
                .isPresent();
        if (!leads) {
            attempts.clear();
            return;
        }
        for (Schedule schedule : decisions.state().schedules().values()) {
            for (ScheduleRun run : schedule.runs().values()) {
                if (!run.notifyUrl().isEmpty()) {
                    tell(schedule, run);
                }
            }
        }
    }

    private void tell(Schedule schedule, ScheduleRun run) throws IOException, InterruptedException, Refusal {
        String key = schedule.key() + " " + run.number();
        Attempts before = attempts.getOrDefault(key, new Attempts(0, 0));
        if (System.nanoTime() / 1_000_000 < before.againMillis()) {
            return;
        }
        String error = post(http, schedule, run);
        int failed = before.failed() + 1;
        if (error.isEmpty() || failed >= TRIES) {
            attempts.remove(key);
            decisions.decide(new Planned.ToldSchedule(
                    System.currentTimeMillis(), schedule.environment(), schedule.name(), run.number(), error));
        } else {
            attempts.put(key, new Attempts(failed, System.nanoTime() / 1_000_000 + (1_000L << failed)));
        }
    }

    /// Returns why they were not told; empty if they were.
    static String post(HttpClient http, Schedule schedule, ScheduleRun run) throws InterruptedException {
        try {
            var told = new Told(
                    schedule.environment(), schedule.name(), run.number(), "failed", run.error(), run.dueMillis());
            HttpRequest request = HttpRequest.newBuilder(URI.create(run.notifyUrl()))
                    .timeout(LIMIT)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofByteArray(Json.bytes(told)))
                    .build();
            HttpResponse<Void> response = http.send(request, BodyHandlers.discarding());
            return response.statusCode() < FIRST_ERROR ? "" : "it answered with status " + response.statusCode();
        } catch (IOException | IllegalArgumentException e) {
            return "it could not be reached: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        http.shutdownNow();
    }
}
