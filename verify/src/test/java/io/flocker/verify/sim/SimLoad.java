package io.flocker.verify.sim;

import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.Observed.Answered;
import io.flocker.core.plan.Observed.Load;
import java.util.Collection;
import java.util.List;
import org.pcollections.TreePMap;

/// What simulated proxies count: how busy instances are, all of them alike, now more and now less than their target;
/// how their requests are answered; and who connects.
final class SimLoad {
    /// When the load stays as it is: near the target.
    static final long STEADY = -1;

    private static final long STEADY_MILLI_REQUESTS = 195_000;
    private static final long TIDE_MILLIS = 8_000;
    private static final long VISIT_MILLIS = 8_000;
    private static final long[] MILLI_REQUESTS = {20_000, 450_000, 150_000, 205_000};

    private SimLoad() {}

    /// @param found by instance
    /// @param nowMillis or [#STEADY]
    static TreePMap<String, Load> of(Assignment assignment, TreePMap<String, Found> found, long nowMillis) {
        long milliRequests = nowMillis == STEADY
                ? STEADY_MILLI_REQUESTS
                : MILLI_REQUESTS[(int) (nowMillis / TIDE_MILLIS % MILLI_REQUESTS.length)];
        TreePMap<String, Load> loads = TreePMap.empty();
        for (WantedInstance instance : assignment.instances().values()) {
            Found container = found.get(instance.key());
            if (instance.measured() && container != null && container.serving()) {
                loads = loads.plus(instance.key(), new Load(milliRequests, 0));
            }
        }
        return loads;
    }

    static TreePMap<String, Answered> answered(Collection<SimContainer> containers) {
        TreePMap<String, Answered> answered = TreePMap.empty();
        for (SimContainer container : containers) {
            if (container.answered.requests() > 0) {
                answered = answered.plus(container.instance.key(), container.answered);
            }
        }
        return answered;
    }

    /// The environments that somebody connects to: now and then, all that are asleep.
    static List<String> visited(Assignment assignment, long nowMillis) {
        return nowMillis % VISIT_MILLIS < VISIT_MILLIS / 4
                ? assignment.environments().values().stream()
                        .filter(Assignment.WantedEnvironment::asleep)
                        .map(Assignment.WantedEnvironment::name)
                        .toList()
                : List.of();
    }
}
