package io.flocker.core.scale;

import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.Observed.Load;
import io.flocker.core.plan.Sighting;
import io.flocker.core.spec.Autoscale;
import io.flocker.core.spec.ServiceSpec;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// How busy the instances of a service are at one moment, as far as that is known.
///
/// @param count how many there should be
/// @param starting how many have just started: what they will take is not known
/// @param unknown of how many nobody says anything, because their node is silent
/// @param milliRequests of all that say it, in thousandths of a request a second
/// @param milliCpus of all that say it and are not starting, in thousandths of a core
record Measured(int count, int starting, int unknown, long milliRequests, long milliCpus) {
    /// What takes no more than this long may be what starting costs.
    static final long STARTING_MILLIS = 30_000;

    /// A node that said nothing for so long may have more or less to do by now.
    static final long SILENT_MILLIS = 5_000;

    /// So much more or less than the target is as good as the target, as in Kubernetes' HorizontalPodAutoscaler.
    private static final long TOLERANCE_PERCENT = 10;

    /// A target beside what was measured.
    ///
    /// @param milliTarget of one instance, in the measure's thousandths
    /// @param milliSum of all of them
    private record Figure(String unit, long milliTarget, long milliSum) {}

    /// @param scale how many instances there should be
    static Measured of(
            Environment environment,
            List<Instance> instances,
            int scale,
            TreePMap<String, Sighting> sightings,
            long nowMillis) {
        int starting = Math.max(0, scale - instances.size());
        int unknown = 0;
        long requests = 0;
        long cpus = 0;
        for (Instance instance : instances) {
            Sighting sighting = sightings.get(instance.node());
            if (sighting == null || nowMillis - sighting.atMillis() >= SILENT_MILLIS) {
                unknown++;
                continue;
            }
            String key = environment.name() + "/" + instance.name();
            Found found = sighting.observed().containers().get(key);
            Load load = sighting.observed().loads().get(key);
            boolean young = isYoung(found, nowMillis);
            if (load == null && !young) {
                unknown++;
            }
            starting += young ? 1 : 0;
            requests += load == null ? 0 : load.milliRequests();
            cpus += load == null || young ? 0 : load.milliCpus();
        }
        return new Measured(scale, starting, unknown, requests, cpus);
    }

    private static boolean isYoung(@Nullable Found found, long nowMillis) {
        return found == null
                || !found.running()
                || !found.serving()
                || Math.abs(nowMillis - found.startedAtMillis()) < STARTING_MILLIS;
    }

    /// How many instances it takes, within the bounds, by the target that asks for the most.
    int desired(ServiceSpec spec) {
        Autoscale scale = spec.autoscale().orElseThrow();
        int most = figures(spec).mapToInt(this::desired).max().orElse(count);
        return scale.within(unknown > 0 ? Math.max(most, count) : most);
    }

    /// Those that are starting may take as much as the target: they are a reason neither for more nor for fewer.
    private int desired(Figure figure) {
        long target = figure.milliTarget();
        long now = count * target;
        if (figure.milliSum() * 100 > now * (100 + TOLERANCE_PERCENT)) {
            return instances(figure.milliSum(), target);
        }
        long soon = figure.milliSum() + starting * target;
        return soon * 100 < now * (100 - TOLERANCE_PERCENT) ? instances(soon, target) : count;
    }

    private static int instances(long milliSum, long milliTarget) {
        return (int) Math.min(Integer.MAX_VALUE, Math.ceilDiv(milliSum, milliTarget));
    }

    private Stream<Figure> figures(ServiceSpec spec) {
        Autoscale scale = spec.autoscale().orElseThrow();
        long cpus = spec.resources().milliCpus() == 0 ? 1_000 : spec.resources().milliCpus();
        Stream<Figure> requests = scale.requestsPerSecond().stream()
                .mapToObj(target -> new Figure("requests/s", target * 1_000L, milliRequests));
        Stream<Figure> cpu = scale.cpuPercent().stream()
                .mapToObj(target -> new Figure("% CPU", target * 1_000L, milliCpus * 100_000 / cpus));
        return Stream.concat(requests, cpu);
    }

    /// The figure that asks for the most, in words: `410 requests/s an instance, target 200`.
    String why(ServiceSpec spec) {
        return figures(spec)
                .reduce((a, b) -> desired(b) > desired(a) ? b : a)
                .map(this::words)
                .orElse("");
    }

    /// Every figure, in words.
    String all(ServiceSpec spec) {
        String unheard = unknown == 0 ? "" : "; of " + unknown + " nobody knows, so that none stops";
        return figures(spec).map(this::words).collect(Collectors.joining("; ")) + unheard;
    }

    private String words(Figure figure) {
        int heard = Math.max(1, count - unknown);
        return number(figure.milliSum() / heard) + " " + figure.unit() + " an instance, target "
                + figure.milliTarget() / 1_000;
    }

    private static String number(long thousandths) {
        return thousandths >= 10_000 || thousandths % 1_000 == 0
                ? String.valueOf(Math.round(thousandths / 1_000.0))
                : String.format(Locale.ROOT, "%.1f", thousandths / 1_000.0);
    }
}
