package io.flocker.control.api.metric;

import io.flocker.client.api.Status;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Endpoint;
import io.flocker.control.api.NodeCalls;
import io.flocker.control.api.Views;
import io.flocker.control.api.load.LoadEndpoints;
import io.flocker.control.log.ClusterLog;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.HostCertificate;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Schedule;
import io.flocker.core.model.Volume;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The cluster in numbers, in the form that Prometheus reads. Any node answers, with what the leader knows. Counts are
/// each voter's own: they begin with its daemon, which Prometheus understands.
public final class Metrics implements AutoCloseable {
    static final String PATH = "/metrics";

    /// More lines than this has no metric: a cluster with more services has other worries than these.
    static final int MAX_LINES = 5_000;

    private static final Logger log = LoggerFactory.getLogger(Metrics.class);
    private static final long PERIOD_MILLIS = 1_000;

    /// Nodes are asked this often how much their volumes hold.
    private static final long USAGE_NANOS = 60_000_000_000L;

    private final Decisions decisions;
    private final NodeCalls nodes;
    private final Ended ended = new Ended();
    private final Thread thread;
    private volatile Map<String, Long> usedBytes = Map.of();
    private long askedNanos = System.nanoTime() - USAGE_NANOS;
    private volatile boolean closed;

    public Metrics(Decisions decisions, NodeCalls nodes) {
        this.decisions = decisions;
        this.nodes = nodes;
        thread = Thread.ofVirtual().name("metrics").start(this::run);
    }

    public Endpoint endpoint() {
        return new Endpoint(
                "GET",
                PATH,
                Right.READ,
                "The cluster in numbers, in the text form that Prometheus reads.",
                List.of(),
                Void.class,
                Void.class,
                this::answer);
    }

    private void run() {
        while (!closed) {
            try {
                Thread.sleep(PERIOD_MILLIS);
                count();
                ask();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                log.atWarn().addKeyValue("reason", e.getMessage()).log("Counting goes on later");
            }
        }
    }

    private void count() {
        synchronized (ended) {
            ended.look(decisions.state());
        }
    }

    /// Only the leader asks: what a node says does not depend on who asks it.
    private void ask() throws InterruptedException {
        boolean leads = decisions
                .plane()
                .filter(plane -> plane.log().leads() != ClusterLog.NOT)
                .isPresent();
        if (leads && System.nanoTime() - askedNanos >= USAGE_NANOS) {
            Views views = decisions.views();
            List<Status.Volume> volumes = decisions.state().volumes().values().stream()
                    .limit(MAX_LINES)
                    .map(views::volume)
                    .toList();
            var used = new HashMap<String, Long>();
            nodes.withUsage(volumes).stream()
                    .filter(volume -> volume.usedBytes() >= 0)
                    .forEach(volume -> used.put(volume.id(), volume.usedBytes()));
            usedBytes = Map.copyOf(used);
            askedNanos = System.nanoTime();
        }
    }

    private Object answer(Call call) throws Exception {
        byte[] text = text().getBytes(StandardCharsets.UTF_8);
        call.response().header("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        try (OutputStream out = call.response().outputStream()) {
            out.write(text);
        }
        return "";
    }

    private String text() throws Exception {
        count();
        ClusterState state = decisions.state();
        Views views = decisions.views();
        var page = new Page();
        for (var node : state.nodes().values()) {
            String now = views.node(node).state();
            page.line(Metric.NODE_READY, now.equals("ready") ? 1 : 0, node.name(), now);
        }
        environments(page, state, views);
        operations(page, state);
        schedules(page, state);
        for (Volume volume : state.volumes().values()) {
            Long used = usedBytes.get(volume.id());
            if (used != null) {
                page.line(Metric.VOLUME_USED, used, volume.environment(), volume.name());
            }
        }
        replicas(page, state, views);
        LoadLines.write(LoadEndpoints.now(decisions, ""), page::line);
        for (HostCertificate certificate : state.certificates().values()) {
            page.line(Metric.CERTIFICATE_EXPIRY, certificate.endMillis() / 1_000.0, certificate.name());
        }
        ClusterLog clusterLog = decisions.here().log();
        page.line(Metric.LOG_INDEX, (double) clusterLog.appliedIndex());
        clusterLog.leader().ifPresent(leader -> page.line(Metric.LEADER, 1, leader));
        return page.text();
    }

    private static void replicas(Page page, ClusterState state, Views views) {
        for (Volume known : state.volumes().values()) {
            Status.Volume volume = views.volume(known);
            String environment = volume.environment();
            for (Status.Replica replica : volume.replicas()) {
                if (replica.lagMillis() >= 0) {
                    page.line(
                            Metric.REPLICA_LAG,
                            replica.lagMillis() / 1_000.0,
                            environment,
                            volume.name(),
                            replica.node());
                }
                if (replica.lagBytes() >= 0) {
                    page.line(Metric.REPLICA_LAG_BYTES, replica.lagBytes(), environment, volume.name(), replica.node());
                }
                page.line(
                        Metric.REPLICA_IN_STEP,
                        replica.state().equals(Status.Replica.IN_STEP) ? 1 : 0,
                        environment,
                        volume.name(),
                        replica.node(),
                        replica.state());
            }
            if (known.spec().replication().isPresent()) {
                page.line(Metric.VOLUME_BLOCKED, volume.blocked().isEmpty() ? 0 : 1, environment, volume.name());
                page.line(Metric.VOLUME_AWAY, volume.home().isEmpty() ? 0 : 1, environment, volume.name());
            }
            if (known.diverges()) {
                page.line(Metric.VOLUME_DIVERGED, 1, environment, volume.name());
            }
        }
    }

    private static void environments(Page page, ClusterState state, Views views) {
        var byState = new TreeMap<String, Integer>();
        int asleep = 0;
        for (var environment : state.environments().values()) {
            Status.Environment shown = views.environment(environment, List.of());
            // `deploy: start` and its like are too many words for a label.
            byState.merge(shown.operation().isEmpty() ? shown.state() : "changing", 1, Integer::sum);
            asleep += environment.life().asleep() ? 1 : 0;
            for (Status.Service service : shown.services()) {
                var instances = new TreeMap<String, Integer>();
                service.instances().forEach(instance -> instances.merge(instance.state(), 1, Integer::sum));
                instances.forEach(
                        (how, count) -> page.line(Metric.INSTANCES, count, environment.name(), service.name(), how));
                page.line(Metric.INSTANCES_WANTED, service.scale(), environment.name(), service.name());
            }
        }
        byState.forEach((how, count) -> page.line(Metric.ENVIRONMENTS, count, how));
        page.line(Metric.ENVIRONMENTS_ASLEEP, asleep);
    }

    private void operations(Page page, ClusterState state) {
        synchronized (ended) {
            ended.operations()
                    .forEach((labels, count) ->
                            page.line(Metric.OPERATIONS, count.doubleValue(), labels.toArray(String[]::new)));
            ended.runs()
                    .forEach((labels, count) ->
                            page.line(Metric.SCHEDULE_RUNS, count.doubleValue(), labels.toArray(String[]::new)));
        }
        var running = new TreeMap<String, Integer>();
        state.operations().values().stream()
                .filter(Operation::running)
                .forEach(operation -> running.merge(operation.verb(), 1, Integer::sum));
        running.forEach((kind, count) -> page.line(Metric.OPERATIONS_RUNNING, count, kind));
    }

    private void schedules(Page page, ClusterState state) {
        for (Schedule schedule : state.schedules().values()) {
            page.line(Metric.SCHEDULE_FAILED, Ended.failed(schedule) ? 1 : 0, schedule.environment(), schedule.name());
            synchronized (ended) {
                ended.lastSuccessMillis(schedule)
                        .ifPresent(millis -> page.line(
                                Metric.SCHEDULE_LAST_SUCCESS,
                                millis / 1_000.0,
                                schedule.environment(),
                                schedule.name()));
            }
        }
    }

    /// One answer: what is not there any more is not in it.
    private static final class Page {
        private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        private final Map<Metric, Integer> lines = new HashMap<>();

        /// @param values of the metric's labels, in their order
        void line(Metric metric, double number, String... values) {
            if (lines.merge(metric, 1, Integer::sum) > MAX_LINES) {
                return;
            }
            List<Tag> tags = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                tags.add(Tag.of(metric.labels().get(i), values[i]));
            }
            if (metric.counts()) {
                Counter.builder(metric.key())
                        .description(metric.help())
                        .tags(tags)
                        .register(registry)
                        .increment(number);
            } else {
                Gauge.builder(metric.key(), () -> number)
                        .description(metric.help())
                        .tags(tags)
                        .register(registry);
            }
        }

        String text() {
            String text = registry.scrape();
            registry.close();
            return text;
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
