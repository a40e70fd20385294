package io.flocker.cli.compose.write;

import io.flocker.cli.compose.unit.Durations;
import io.flocker.core.spec.Autoscale;
import io.flocker.core.spec.HealthCheck;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.JobSpec;
import io.flocker.core.spec.Mount;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.QuiesceSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Writes one service: each key in its long form, and only what differs from the default.
public final class ServiceWriter {
    private ServiceWriter() {}

    public static Block write(ServiceSpec spec) {
        var block = new Block().put("image", spec.image());
        switch (spec.pull()) {
            case MISSING -> {}
            case ALWAYS -> block.always("pull_policy", "always");
            case NEVER -> block.always("pull_policy", "never");
        }
        block.put("platform", spec.sandbox().platform());
        process(block, spec.process());
        block.put("ports", spec.ports().stream().map(ServiceWriter::port).toList())
                .put("expose", spec.expose().stream().map(String::valueOf).toList())
                .put("networks", new Block().put("default", new Block().put("aliases", spec.aliases())));
        mounts(block, spec.mounts());
        block.put("depends_on", dependencies(spec));
        spec.healthCheck()
                .ifPresent(
                        check -> block.always("healthcheck", healthCheck(check).entries()));
        if (spec.job().isEmpty()) {
            block.always("restart", restart(spec.restart()));
        }
        var deploy = new Block();
        int usual = spec.autoscale().map(Autoscale::min).orElse(1);
        if (spec.placement().global() && !spec.placement().perCore()) {
            deploy.always("mode", "global");
        } else if (!spec.placement().global()
                && spec.scale() != usual
                && spec.job().isEmpty()) {
            deploy.always("replicas", spec.scale());
        }
        deploy.put("placement", placement(spec.placement()))
                .put("update_config", UpdateWriter.write(spec.upgrade().update()))
                .put("rollback_config", UpdateWriter.write(spec.upgrade().rollback()));
        block.put("deploy", deploy.put("resources", resources(spec.resources())))
                .put("labels", spec.labels());
        sandbox(block, spec.sandbox());
        var upgrade = UpdateWriter.watch(spec.upgrade());
        spec.upgrade().strategy().ifPresent(strategy -> UpdateWriter.write(upgrade, strategy));
        return block.put(
                "x-flocker",
                new Block()
                        .putAll(spec.job().map(ServiceWriter::job).orElse(new Block()))
                        .put("http", http(spec.http()))
                        .put(
                                "quiesce",
                                spec.quiesce().map(ServiceWriter::quiesce).orElse(new Block()))
                        .put("scale", UpdateWriter.scale(spec))
                        .put("upgrade", upgrade));
    }

    private static Block job(JobSpec job) {
        return job.equals(JobSpec.PLAIN)
                ? new Block().always("job", true)
                : new Block().put("job", new Block().always("timeout", Durations.text(job.timeoutMillis())));
    }

    private static Block quiesce(QuiesceSpec quiesce) {
        return new Block()
                .put("pre", quiesce.before())
                .put("post", quiesce.after())
                .always("timeout", Durations.text(quiesce.timeoutMillis()));
    }

    private static Block placement(PlacementSpec placement) {
        return new Block()
                .put(
                        "constraints",
                        placement.constraints().stream()
                                .map(PlacementSpec.Constraint::toString)
                                .toList())
                .put(
                        "preferences",
                        placement.spread().stream()
                                .map(label -> Map.of("spread", "node.labels." + label))
                                .toList())
                .put("max_replicas_per_node", placement.maxPerNode());
    }

    private static void process(Block block, ProcessSpec process) {
        block.put("command", process.command())
                .put("entrypoint", process.entrypoint())
                .put("environment", process.environment())
                .put("working_dir", process.workingDir())
                .put("user", process.user())
                .put("group_add", process.groups())
                .put("hostname", process.hostname())
                .put("tty", process.tty())
                .put("stdin_open", process.stdinOpen())
                .put("init", process.init())
                .put("stop_signal", process.stopSignal());
        if (process.stopGraceMillis() != ProcessSpec.STOP_GRACE_MILLIS) {
            block.always("stop_grace_period", Durations.text(process.stopGraceMillis()));
        }
    }

    private static Block port(Port port) {
        var block = new Block()
                .put("target", port.target())
                .always("published", String.valueOf(port.published()))
                .put("host_ip", port.hostAddress());
        return switch (port.protocol()) {
            case UDP -> block.always("protocol", "udp");
            case TCP ->
                block.always("protocol", "tcp").always("app_protocol", port.mode() == Port.Mode.HTTP ? "http" : "tcp");
        };
    }

    private static void mounts(Block block, List<Mount> mounts) {
        var volumes = new ArrayList<Block>();
        var configs = new ArrayList<Block>();
        var secrets = new ArrayList<Block>();
        for (Mount mount : mounts) {
            switch (mount) {
                case Mount.Volume it -> volumes.add(volume("volume", it.volume(), it.path(), it.readOnly()));
                case Mount.Host it -> volumes.add(volume("bind", it.source(), it.path(), it.readOnly()));
                case Mount.Memory it ->
                    volumes.add(volume("tmpfs", "", it.path(), false)
                            .put("tmpfs", new Block().put("size", it.sizeBytes())));
                case Mount.File it -> {
                    var file = new Block()
                            .always("source", FileNames.inFile(it.file()))
                            .always("target", it.path())
                            .always("mode", it.mode());
                    (FileNames.isSecret(it.file()) ? secrets : configs).add(file);
                }
            }
        }
        block.put("volumes", volumes).put("configs", configs).put("secrets", secrets);
    }

    private static Block volume(String type, String source, String path, boolean readOnly) {
        return new Block()
                .always("type", type)
                .put("source", source)
                .always("target", path)
                .put("read_only", readOnly);
    }

    private static Map<String, ?> dependencies(ServiceSpec spec) {
        var dependencies = new TreeMap<String, Map<String, Object>>();
        spec.dependsOn().forEach((other, condition) -> {
            String name = switch (condition) {
                case STARTED -> "service_started";
                case HEALTHY -> "service_healthy";
                case COMPLETED -> "service_completed_successfully";
            };
            dependencies.put(other, Map.of("condition", name));
        });
        return dependencies;
    }

    private static Block healthCheck(HealthCheck check) {
        return new Block()
                .put("test", check.test())
                .put("interval", duration(check.intervalMillis()))
                .put("timeout", duration(check.timeoutMillis()))
                .put("start_period", duration(check.startPeriodMillis()))
                .put("retries", check.retries());
    }

    private static String duration(long millis) {
        return millis == 0 ? "" : Durations.text(millis);
    }

    private static String restart(RestartPolicy policy) {
        return switch (policy.when()) {
            case NEVER -> "no";
            case ALWAYS -> "always";
            case ON_FAILURE -> policy.attempts() == 0 ? "on-failure" : "on-failure:" + policy.attempts();
        };
    }

    private static Block resources(Resources resources) {
        var limits = new Block()
                .put("cpus", cpus(resources.milliCpus()))
                .put("memory", bytes(resources.memoryBytes()))
                .put("pids", resources.pids());
        var reservations = new Block()
                .put("cpus", cpus(resources.reservedMilliCpus()))
                .put("memory", bytes(resources.reservedMemoryBytes()));
        return new Block().put("limits", limits).put("reservations", reservations);
    }

    private static String cpus(long milliCpus) {
        return milliCpus == 0
                ? ""
                : BigDecimal.valueOf(milliCpus, 3).stripTrailingZeros().toPlainString();
    }

    private static String bytes(long bytes) {
        return bytes == 0 ? "" : String.valueOf(bytes);
    }

    private static void sandbox(Block block, Sandbox sandbox) {
        var ulimits = new TreeMap<String, Map<String, Object>>();
        sandbox.ulimits().forEach((name, limit) -> ulimits.put(name, ulimit(limit)));
        var logging = new Block().put("driver", sandbox.logDriver()).put("options", sandbox.logOptions());
        block.put("privileged", sandbox.privileged())
                .put("read_only", sandbox.readOnly())
                .put("cap_add", sandbox.capAdd())
                .put("cap_drop", sandbox.capDrop())
                .put("security_opt", sandbox.securityOpt())
                .put("devices", sandbox.devices())
                .put("sysctls", sandbox.sysctls())
                .put("ulimits", ulimits)
                .put("dns", sandbox.dns())
                .put(
                        "extra_hosts",
                        sandbox.extraHosts().stream().map(ServiceWriter::host).toList())
                .put("network_mode", sandbox.networkMode())
                .put("pid", sandbox.pidMode())
                .put("ipc", sandbox.ipcMode())
                .put("shm_size", bytes(sandbox.shmBytes()))
                .put("logging", logging);
    }

    private static Map<String, Object> ulimit(String limit) {
        int colon = limit.indexOf(':');
        return new Block()
                .always("soft", Long.parseLong(limit.substring(0, Math.max(colon, 0))))
                .always("hard", Long.parseLong(limit.substring(colon + 1)))
                .entries();
    }

    private static String host(String line) {
        return line.replaceFirst(":", "=");
    }

    private static Block http(HttpRouting http) {
        var block = new Block().put("hosts", http.hosts()).put("port", http.port());
        switch (http.balance()) {
            case LEAST_CONNECTIONS -> {}
            case ROUND_ROBIN -> block.always("balance", "roundrobin");
        }
        http.sticky()
                .map(HttpRouting.Sticky::cookie)
                .ifPresent(cookie -> block.always("sticky", cookie.isEmpty() ? true : Map.of("cookie", cookie)));
        if (http.redirect()) {
            block.always("redirect_https", true);
        }
        return block;
    }
}
