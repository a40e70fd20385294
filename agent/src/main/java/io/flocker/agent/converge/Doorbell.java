package io.flocker.agent.converge;

import io.flocker.agent.proxy.Router;
import io.flocker.agent.proxy.Router.Use;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.WantedEnvironment;
import io.flocker.core.plan.RoutePlanner;
import io.flocker.core.plan.RoutingTable.Door;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ServiceSpec;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.pcollections.TreePMap;

/// Hears who connects to environments that are asleep, and when somebody talks to those that fall asleep by themselves:
/// from outside, by a published port or a host name. What services say to each other does not count. Asks the
/// proxy in a thread of its own, and only if there are such environments.
final class Doorbell {
    /// Somebody who waits is heard so soon.
    private static final long ASLEEP_MILLIS = 100;

    private static final long AWAKE_MILLIS = 1_000;

    /// Asking takes at most a fifth of the time.
    private static final int REST = 4;

    /// That somebody talks is told so often at most: each time is a report.
    private static final long TELL_MILLIS = 15_000;

    private final Router router;
    private final Supplier<Assignment> assignment;
    private final Runnable rung;
    private volatile List<String> wanted = List.of();
    private volatile TreePMap<String, Long> used = TreePMap.empty();
    /// What was shown of each counter the last time.
    private Map<Counter, Use> last = Map.of();
    /// Those that were asleep the last time.
    private Set<String> asleep = Set.of();

    private record Counter(long worker, String proxy) {
        static Counter of(Use use) {
            return new Counter(use.worker(), use.proxy());
        }
    }

    /// @param rung is called when somebody waits
    Doorbell(Router router, Supplier<Assignment> assignment, Runnable rung) {
        this.router = router;
        this.assignment = assignment;
        this.rung = rung;
    }

    /// As in [io.flocker.core.plan.Observed#wanted].
    List<String> wanted() {
        return wanted;
    }

    /// As in [io.flocker.core.plan.Observed#used].
    TreePMap<String, Long> used() {
        return used;
    }

    /// Listens until it is interrupted.
    void listen() {
        try {
            while (true) {
                long begun = System.nanoTime();
                listenOnce(System.currentTimeMillis());
                long took = (System.nanoTime() - begun) / 1_000_000;
                TimeUnit.MILLISECONDS.sleep(Math.max(asleep.isEmpty() ? AWAKE_MILLIS : ASLEEP_MILLIS, REST * took));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void listenOnce(long nowMillis) {
        var doors = new HashMap<String, Set<String>>();
        var sleeping = new HashSet<String>();
        for (WantedEnvironment environment : assignment.get().environments().values()) {
            if (environment.asleep() || environment.watched()) {
                doors.put(environment.name(), doors(environment));
            }
            if (environment.asleep()) {
                sleeping.add(environment.name());
            }
        }
        List<Use> uses = doors.isEmpty() ? List.of() : router.uses();
        if (uses.isEmpty() && !doors.isEmpty()) {
            // It does not answer just now: what comes meanwhile is found at the next look, beside what was known.
            return;
        }
        Set<String> called = new HashSet<>();
        Set<String> talking = new HashSet<>();
        uses.forEach(use -> compare(use, called, talking));
        Set<String> waiting = new TreeSet<>(wanted);
        waiting.retainAll(sleeping);
        TreePMap<String, Long> talked = used;
        for (String environment : used.keySet()) {
            talked = doors.containsKey(environment) ? talked : talked.minus(environment);
        }
        for (var entry : doors.entrySet()) {
            String environment = entry.getKey();
            boolean sleeps = sleeping.contains(environment);
            if (Collections.disjoint(entry.getValue(), sleeps ? called : talking)) {
                continue;
            }
            // What was open when it fell asleep does not wake it.
            if (sleeps && asleep.contains(environment)) {
                waiting.add(environment);
            }
            Long told = talked.get(environment);
            if (told == null || nowMillis - told >= TELL_MILLIS) {
                talked = talked.plus(environment, nowMillis);
            }
        }
        boolean rings = !wanted.containsAll(waiting);
        wanted = List.copyOf(waiting);
        used = talked;
        last = uses.stream().collect(Collectors.toMap(Counter::of, use -> use));
        asleep = Set.copyOf(sleeping);
        if (rings) {
            rung.run();
        }
    }

    /// @param called gets the proxies with new connections
    /// @param talking gets those, and the ones where more was said on the connections that there are
    private void compare(Use use, Set<String> called, Set<String> talking) {
        Use before = last.get(Counter.of(use));
        // A new worker begins at 0; when nothing is known yet, one may have any number.
        boolean isNew = before == null ? !last.isEmpty() && use.sessions() > 0 : use.sessions() > before.sessions();
        if (isNew) {
            called.add(use.proxy());
        }
        if (isNew || (before != null && use.bytes() > before.bytes())) {
            talking.add(use.proxy());
        }
    }

    /// The proxies by which the world reaches an environment. Several share the port of host names, and the connections
    /// of a port for HTTP stay open between requests: there the backends count.
    private static Set<String> doors(WantedEnvironment environment) {
        var doors = new HashSet<String>();
        for (var entry : environment.routed().entrySet()) {
            ServiceSpec spec = entry.getValue();
            for (Port port : spec.ports()) {
                if (port.protocol() == Port.Protocol.TCP) {
                    doors.add(
                            spec.mode(port.target()) == Port.Mode.HTTP
                                    ? RoutePlanner.name(environment.name(), entry.getKey(), port.target())
                                    : Door.key(port.hostAddress(), port.published()));
                }
            }
            if (!spec.http().hosts().isEmpty()) {
                doors.add(RoutePlanner.name(
                        environment.name(), entry.getKey(), spec.http().port()));
            }
        }
        return doors;
    }
}
