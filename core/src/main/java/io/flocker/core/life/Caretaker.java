package io.flocker.core.life;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Life;
import io.flocker.core.model.Operation;
import io.flocker.core.plan.Sighting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Puts environments to sleep that nobody talks to, wakes those that somebody waits for, and removes those whose time
/// is over ([Life]). What it remembers is when each was last used, which a new leader learns anew: it begins with its
/// own first look. One thread's.
public final class Caretaker {
    /// Who does what nobody asked for.
    public static final String NAME = "flocker";

    /// How long everything has to become healthy after waking up.
    private static final long WAKE_MILLIS = 600_000;

    private static final long REMOVE_MILLIS = 600_000;

    /// The warning comes so long before the end, or after nine tenths of the time if that is later.
    private static final long WARNING_MILLIS = 86_400_000;

    /// It looks this often for what is idle or over; for who waits, each time.
    private static final long PERIOD_MILLIS = 1_000;

    /// Nothing goes to sleep while a node is silent so long: somebody may talk to it there.
    private static final long SILENT_MILLIS = 5_000;

    private final Map<String, Use> uses = new HashMap<>();
    private long lookedAtMillis = Long.MIN_VALUE;

    /// @param told what nodes said of when it was used, by node
    /// @param atMillis when that last changed, by the leader's clock
    private record Use(TreePMap<String, Long> told, long atMillis) {}

    /// The commands due now.
    ///
    /// @param sightings by node
    /// @param nowMillis by the leader's clock
    public List<Command> decide(ClusterState state, TreePMap<String, Sighting> sightings, long nowMillis) {
        List<Command> commands = new ArrayList<>();
        boolean early = nowMillis >= lookedAtMillis && nowMillis - PERIOD_MILLIS < lookedAtMillis;
        for (Environment environment : state.environments().values()) {
            if (environment.life().equals(Life.USUAL)) {
                continue;
            }
            if (environment.life().asleep()) {
                wake(state, environment, sightings, nowMillis).ifPresent(commands::add);
            }
            if (!early) {
                end(state, environment, nowMillis).ifPresent(commands::add);
                sleep(state, environment, sightings, nowMillis).ifPresent(commands::add);
            }
        }
        if (!early) {
            lookedAtMillis = nowMillis;
            uses.keySet().retainAll(state.environments().keySet());
        }
        return List.copyOf(commands);
    }

    private static Optional<Command> wake(
            ClusterState state, Environment environment, TreePMap<String, Sighting> sightings, long nowMillis) {
        return sightings.entrySet().stream()
                .filter(entry -> entry.getValue().observed().wanted().contains(environment.name()))
                .findFirst()
                .map(entry -> new Command.Wake(
                        NAME,
                        nowMillis,
                        id("wake", state, environment),
                        nowMillis + WAKE_MILLIS,
                        environment.name(),
                        "somebody connects to it on " + entry.getKey()));
    }

    /// No two states of a cluster have the same version.
    private static String id(String what, ClusterState state, Environment environment) {
        return what + "-" + Long.toString(state.version(), 36) + "-" + environment.name();
    }

    private static Optional<Command> end(ClusterState state, Environment environment, long nowMillis) {
        Life life = environment.life();
        if (life.expiresAtMillis() == 0 || life.isProtected()) {
            return Optional.empty();
        }
        if (nowMillis >= life.expiresAtMillis()) {
            boolean removed = state.running(environment.name())
                    .filter(operation -> operation.kind() instanceof Operation.Kind.Remove)
                    .isPresent();
            return removed
                    ? Optional.empty()
                    : Optional.of(new Command.Remove(
                            NAME,
                            nowMillis,
                            id("expiry", state, environment),
                            nowMillis + REMOVE_MILLIS,
                            environment.name(),
                            true));
        }
        long tenth = (life.expiresAtMillis() - environment.createdAtMillis()) / 10;
        boolean soon = nowMillis >= life.expiresAtMillis() - Math.min(WARNING_MILLIS, Math.max(0, tenth));
        return soon && !life.warned()
                ? Optional.of(new Command.WarnOfExpiry(nowMillis, environment.name(), life.expiresAtMillis()))
                : Optional.empty();
    }

    private Optional<Command> sleep(
            ClusterState state, Environment environment, TreePMap<String, Sighting> sightings, long nowMillis) {
        Life life = environment.life();
        TreePMap<String, Long> told = TreePMap.empty();
        for (var entry : sightings.entrySet()) {
            Long used = entry.getValue().observed().used().get(environment.name());
            told = used == null ? told : told.plus(entry.getKey(), used);
        }
        Use last = uses.get(environment.name());
        boolean changed = last == null
                || !last.told().equals(told)
                || life.asleep()
                || state.running(environment.name()).isPresent()
                || life.sinceMillis() > last.atMillis();
        Use now = changed || last == null ? new Use(told, nowMillis) : last;
        uses.put(environment.name(), now);
        boolean idle = life.sleepAfterMillis() > 0
                && !changed
                && nowMillis - now.atMillis() >= life.sleepAfterMillis()
                && !environment.services().isEmpty()
                && isHeard(state, sightings, nowMillis);
        return idle
                ? Optional.of(new Command.Sleep(
                        NAME, nowMillis, environment.name(), "nobody has talked to it for " + life.sleepAfter()))
                : Optional.empty();
    }

    private static boolean isHeard(ClusterState state, TreePMap<String, Sighting> sightings, long nowMillis) {
        return state.nodes().keySet().stream().allMatch(node -> {
            Sighting sighting = sightings.get(node);
            return sighting != null && nowMillis - sighting.atMillis() < SILENT_MILLIS;
        });
    }
}
