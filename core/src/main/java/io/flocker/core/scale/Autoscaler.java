package io.flocker.core.scale;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Service;
import io.flocker.core.plan.Sighting;
import io.flocker.core.spec.Autoscale;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// Has services follow their load ([Autoscale]). What it remembers is what was desired lately, which a new
/// leader learns anew: until it has seen a service for as long as fewer instances must be enough, it stops
/// none. One thread decides, everybody may read how services stand.
public final class Autoscaler {
    /// It decides this often at most.
    static final long PERIOD_MILLIS = 1_000;

    private final Map<String, Course> courses = new TreeMap<>();
    private long decidedAtMillis = Long.MIN_VALUE;
    private volatile TreePMap<String, String> stories = TreePMap.empty();

    /// The commands due now.
    ///
    /// @param sightings by node
    /// @param nowMillis by the leader's clock
    public List<Command> decide(ClusterState state, TreePMap<String, Sighting> sightings, long nowMillis) {
        boolean early = nowMillis >= decidedAtMillis && nowMillis - PERIOD_MILLIS < decidedAtMillis;
        if (early) {
            return List.of();
        }
        decidedAtMillis = nowMillis;
        List<Command> commands = new ArrayList<>();
        TreePMap<String, String> told = TreePMap.empty();
        for (Environment environment : state.environments().values()) {
            for (Service service : environment.services().values()) {
                ServiceSpec spec = environment.application().services().get(service.name());
                if (spec == null || spec.autoscale().isEmpty()) {
                    continue;
                }
                String key = key(environment.name(), service.name());
                Course course = courses.computeIfAbsent(key, _ -> new Course(service.scale(), nowMillis));
                Measured measured = Measured.of(
                        environment, environment.living(service.name()), service.scale(), sightings, nowMillis);
                boolean moves = isMoving(state, environment, service);
                told = told.plus(key, story(spec, measured, moves));
                if (moves) {
                    course.hold(service.scale(), nowMillis);
                } else {
                    next(environment, service, spec, measured, course, nowMillis)
                            .ifPresent(commands::add);
                }
            }
        }
        courses.keySet().retainAll(told.keySet());
        stories = told;
        return List.copyOf(commands);
    }

    private static String key(String environment, String service) {
        return environment + "/" + service;
    }

    /// Whether something else changes the service: what is measured meanwhile says nothing of how it will be.
    private static boolean isMoving(ClusterState state, Environment environment, Service service) {
        List<Instance> present = environment.present(service.name());
        return state.running(environment.name()).isPresent()
                || !service.suspended().isEmpty()
                || present.stream()
                        .anyMatch(instance -> instance.held()
                                || instance.isBehind(service)
                                || environment.predecessor(instance).isPresent());
    }

    private static Optional<Command> next(
            Environment environment,
            Service service,
            ServiceSpec spec,
            Measured measured,
            Course course,
            long nowMillis) {
        Autoscale scale = spec.autoscale().orElseThrow();
        int present = service.scale();
        int next = scale.within(course.next(present, measured.desired(spec), scale.downAfterMillis(), nowMillis));
        boolean vacant = environment.living(service.name()).size() < present;
        // Where there is no place for those that it has, more would wait as well.
        if (next == present || (next > present && vacant)) {
            return Optional.empty();
        }
        course.decided(next, nowMillis);
        String enough = next < present && scale.allows(present)
                ? "; no more than " + next + " were needed for " + length(scale.downAfterMillis())
                : "";
        String why = scale.allows(present)
                ? measured.why(spec) + enough
                : "it is to have " + scale.bounds() + " (x-flocker.scale)";
        return Optional.of(new Command.ScaleService(nowMillis, environment.name(), service.name(), present, next, why));
    }

    private static String length(long millis) {
        return millis % 60_000 == 0 ? millis / 60_000 + " min" : millis / 1_000 + " s";
    }

    private static String story(ServiceSpec spec, Measured measured, boolean moves) {
        String bounds = spec.autoscale().orElseThrow().bounds() + " instances: ";
        return bounds + measured.all(spec) + (moves ? "; stays as it is while it is changed" : "");
    }

    /// How a service that follows its load stands, in words; empty if it does not, or is not known yet.
    public String story(String environment, String service) {
        return stories.getOrDefault(key(environment, service), "");
    }
}
