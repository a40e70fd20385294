package io.flocker.cli.follow;

import io.flocker.client.api.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// How far one service or volume is, in a few words.
///
/// @param what its name
/// @param settled whether nothing more is to be expected
record Stage(String what, String words, boolean settled) {
    /// States of instances, those that keep a service back the most first.
    private static final List<String> STATES = List.of(
            "exited",
            "unhealthy",
            "restarting",
            "unknown",
            "pulling",
            "preparing",
            "stopping",
            "starting",
            "paused",
            "running",
            "healthy",
            "completed",
            "stopped");

    private static final int FIRST_GOOD = STATES.indexOf("running");

    /// What there is to tell of an environment: every service, and the volumes that are not ready.
    static List<Stage> of(Status.Environment environment) {
        var stages = new ArrayList<Stage>();
        for (Status.Volume volume : environment.volumes()) {
            if (!volume.state().equals("ready")) {
                String problem = volume.problem().isEmpty() ? "" : ": " + volume.problem();
                stages.add(new Stage("volume " + volume.name(), volume.state() + problem, false));
            }
        }
        environment.services().forEach(service -> stages.add(of(service)));
        return stages;
    }

    private static Stage of(Status.Service service) {
        if (service.instances().isEmpty()) {
            return service.scale() == 0
                    ? new Stage(service.name(), "stopped", true)
                    : new Stage(service.name(), "waiting" + waits(service), false);
        }
        Status.Instance slowest = service.instances().getFirst();
        for (Status.Instance instance : service.instances()) {
            if (STATES.indexOf(instance.state()) < STATES.indexOf(slowest.state())) {
                slowest = instance;
            }
        }
        boolean settled = STATES.indexOf(slowest.state()) >= FIRST_GOOD && service.serving() >= service.scale();
        var words = new StringBuilder(slowest.state());
        if (slowest.state().equals("exited") || slowest.state().equals("restarting")) {
            words.append(String.format(Locale.ROOT, ", exit code %d", slowest.exitCode()));
        }
        if (service.scale() > 1) {
            words.append(String.format(Locale.ROOT, ", %d of %d serve", service.serving(), service.scale()));
        }
        words.append(shares(service));
        return new Stage(service.name(), words + (settled ? "" : waits(service)), settled);
    }

    /// How much of the requests each release gets, while there are several.
    private static String shares(Status.Service service) {
        var releases = new TreeMap<Integer, Double>();
        service.instances().forEach(each -> releases.merge(each.release(), each.sharePercent(), Double::sum));
        return releases.size() < 2
                ? ""
                : releases.entrySet().stream()
                        .map(release -> "release " + release.getKey() + ": " + Math.round(release.getValue()) + " %")
                        .collect(Collectors.joining(", ", "; ", " of requests"));
    }

    private static String waits(Status.Service service) {
        return service.waits().isEmpty() || service.waits().startsWith("operation ")
                ? ""
                : ", waits for " + service.waits();
    }
}
