package io.flocker.core.balance;

import io.flocker.core.amount.BinaryUnit;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Planned;
import io.flocker.core.spec.HealthCheck;
import io.flocker.core.spec.ServiceSpec;
import java.util.List;

/// Something that moves so that load gets more even, with what it costs and brings.
///
/// @param what the services, the instance or the volume, in words
/// @param service one of the services; empty for a volume that none uses
/// @param volume that volume's name; else empty
/// @param instance the one instance; empty for what has volumes
/// @param bytes what has to be copied, about
/// @param pauseMillis for how long requests may have to wait while it is handed over, at most about; 0 for not at all
/// @param fromBefore the load of `from` before it, where 1 is its even share
/// @param fromAfter the same after it
/// @param toBefore the load of `to` before it
/// @param toAfter the same after it
public record BalanceMove(
        String environment,
        String what,
        String service,
        String volume,
        String instance,
        String from,
        String to,
        long bytes,
        long pauseMillis,
        double fromBefore,
        double fromAfter,
        double toBefore,
        double toAfter) {
    /// Who starts these moves, as operations and events tell.
    public static final String BY = "balance";

    /// The last copy while a service runs takes about so long at most, and then what was written since is copied.
    private static final long LAST_COPY_MILLIS = 1_500;

    private static final double PERCENT = 100;

    static BalanceMove of(Scene scene, Draft before, Draft.Step step) {
        Unit unit = scene.units.get(step.unit());
        Draft after = before.with(scene, step);
        int from = unit.site();
        int to = step.to();
        return new BalanceMove(
                unit.environment(),
                unit.what(),
                unit.names().isEmpty() ? "" : unit.names().getFirst(),
                unit.names().isEmpty() ? unit.volumes().getFirst().name() : "",
                unit.instance(),
                scene.sites.get(from).name(),
                scene.sites.get(to).name(),
                unit.bytesTo(scene.sites.get(to).name()),
                unit.runs() && unit.instance().isEmpty() ? pause(unit.specs()) : 0,
                before.loads()[from],
                after.loads()[from],
                before.loads()[to],
                after.loads()[to]);
    }

    /// The last copy, and until every service is first asked whether it is healthy, if it says when.
    private static long pause(List<ServiceSpec> specs) {
        return LAST_COPY_MILLIS
                + specs.stream()
                        .flatMap(spec -> spec.healthCheck().stream())
                        .mapToLong(HealthCheck::intervalMillis)
                        .max()
                        .orElse(0);
    }

    /// Why, in words.
    public String why() {
        return "Moving " + what + " from " + from + " to " + to + " to even out load: " + from + " has "
                + percent(fromBefore) + " of its even share, " + to + " " + percent(toBefore) + "; then "
                + percent(fromAfter) + " and " + percent(toAfter)
                + (bytes > 0 ? "; about " + BinaryUnit.text(bytes) + " to copy" : "");
    }

    /// A load for people.
    public static String percent(double load) {
        return Math.round(load * PERCENT) + " %";
    }

    /// What has the cluster do it.
    Planned.Shift command(String operation, long nowMillis, long deadlineMillis) {
        var move = new Command.Move(BY, nowMillis, operation, deadlineMillis, environment, service, volume, from, to);
        return new Planned.Shift(nowMillis, move, instance, why());
    }
}
