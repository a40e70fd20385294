package io.flocker.agent.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerNetwork;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.Problem;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What the engine says of our containers, remembered until something changes: an inspection each second of each
/// container would cost more than everything else.
final class Sightings {
    /// A container that ran for so long and then ends has not failed in a row.
    private static final long STABLE_MILLIS = 10_000;

    /// The address of what has the node's own network.
    private static final String HOST = "127.0.0.1";

    /// What does not answer for so long after its start is told of.
    private static final long DEAF_MILLIS = 5_000;

    /// Where it listens instead is looked at no more often.
    private static final long LISTEN_NANOS = 1_000_000_000;

    private final DockerClient docker;
    private final Ports ports;
    private final Map<String, Long> pids = new HashMap<>();
    private final Map<String, List<String>> mounts = new HashMap<>();
    private List<Problem> deaf = List.of();
    private long lookedAtNanos = System.nanoTime();
    private final EarlyChecks early;
    private final Map<String, Found> known = new HashMap<>();
    private final Set<String> stale = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> failures = new HashMap<>();
    private final Map<String, Long> lastEnds = new HashMap<>();
    private final Set<String> stopped = ConcurrentHashMap.newKeySet();
    /// Those whose start the engine has not answered yet: until then it answers no inspection of them either.
    private final Set<String> starting = ConcurrentHashMap.newKeySet();
    private volatile boolean allStale = true;

    /// @param listener is told when a look would find something new that the engine has no event for
    Sightings(DockerClient docker, Runnable listener) {
        this.docker = docker;
        ports = new Ports(listener);
        early = new EarlyChecks(docker, listener);
    }

    void changed(String container) {
        stale.add(container);
    }

    void allChanged() {
        allStale = true;
    }

    /// We end this container ourselves: that is no failure of its.
    void stopping(String container) {
        stopped.add(container);
    }

    /// The engine is asked to start this container.
    void starting(String container) {
        starting.add(container);
    }

    /// It has answered, whatever it was.
    void started(String container) {
        starting.remove(container);
        changed(container);
    }

    /// Our containers as they are now, by engine id; those whose labels cannot be read with an empty environment.
    Map<String, Found> look() throws EngineFailure {
        Set<String> before = Set.copyOf(stale);
        boolean all = allStale;
        if (all || !before.isEmpty()) {
            allStale = false;
            stale.removeAll(before);
            try {
                refresh(all, before);
            } catch (EngineFailure e) {
                stale.addAll(before);
                allStale |= all;
                throw e;
            }
        }
        Map<String, Found> seen = new HashMap<>(known);
        seen.replaceAll((_, found) -> withServing(found));
        return Map.copyOf(seen);
    }

    /// The containers that are asked whether they serve and do not answer, with where they
    /// listen instead.
    List<Problem> deaf(Collection<Found> seen) {
        long now = System.nanoTime();
        if (now - lookedAtNanos >= LISTEN_NANOS) {
            lookedAtNanos = now;
            deaf = seen.stream().flatMap(found -> deafness(found).stream()).toList();
        }
        return deaf;
    }

    private Optional<Problem> deafness(Found found) {
        long since = found.startedAtMillis() + DEAF_MILLIS;
        Long pid = pids.get(found.id());
        boolean waits = found.state() == Found.State.RUNNING
                && !found.serving()
                && found.health() == Found.Health.NONE
                && since <= System.currentTimeMillis();
        List<Integer> asked = waits ? ports.unanswered(found) : List.of();
        return asked.isEmpty() || pid == null || found.address().equals(HOST)
                ? Optional.empty()
                : Optional.of(
                        new Problem(found.key(), "answer", Listening.of(pid).instead(asked), false, 1, since, since));
    }

    private void refresh(boolean all, Set<String> changed) throws EngineFailure {
        List<Container> listed = EngineFailure.trying(
                "list containers",
                () -> docker.listContainersCmd()
                        .withShowAll(true)
                        .withLabelFilter(List.of(Labels.ENVIRONMENT))
                        .exec());
        Set<String> present = new HashSet<>();
        for (Container container : listed) {
            present.add(container.getId());
            if (starting.contains(container.getId())) {
                known.compute(container.getId(), (_, before) -> coming(container, before));
            } else if (all || changed.contains(container.getId()) || !known.containsKey(container.getId())) {
                inspect(container).ifPresent(found -> known.put(container.getId(), found));
            }
        }
        for (String gone : Set.copyOf(known.keySet())) {
            if (!present.contains(gone)) {
                known.remove(gone);
                pids.remove(gone);
                mounts.remove(gone);
                early.over(gone);
                ports.closed(gone);
            }
        }
        stopped.retainAll(present);
    }

    private Optional<Found> inspect(Container container) throws EngineFailure {
        return EngineFailure.trying("look at container " + container.getId(), () -> {
            try {
                return Optional.of(
                        found(docker.inspectContainerCmd(container.getId()).exec(), container.getLabels()));
            } catch (NotFoundException e) {
                return Optional.empty();
            }
        });
    }

    /// What is known without an inspection of a container that is being started: it is there, and does not run yet.
    private Found coming(Container listed, @Nullable Found before) {
        var identity = Labels.read(listed.getLabels()).orElse(Labels.Identity.unknown(listed.getId()));
        return new Found(
                listed.getId(),
                identity.environment(),
                identity.service(),
                identity.slot(),
                identity.release(),
                identity.restarts(),
                Found.State.CREATED,
                Found.Health.NONE,
                "",
                false,
                0,
                0,
                0,
                before == null ? 0 : before.failures(),
                identity.tenures());
    }

    private Found found(InspectContainerResponse inspected, Map<String, String> labels) {
        Labels.Identity identity = Labels.read(labels).orElse(Labels.Identity.unknown(inspected.getId()));
        var state = inspected.getState();
        Found.State shown = state(String.valueOf(state.getStatus()));
        long started = millis(state.getStartedAt());
        long ended = shown == Found.State.EXITED ? millis(state.getFinishedAt()) : 0;
        Long exitCode = state.getExitCodeLong();
        if (!identity.ports().isEmpty()) {
            ports.expect(inspected.getId(), identity.ports());
        }
        if (!identity.http().isEmpty() && shown == Found.State.RUNNING) {
            ports.ask(inspected.getId(), Integer.parseInt(identity.http()), started);
        }
        Long pid = state.getPidLong();
        if (pid != null && pid > 0) {
            pids.put(inspected.getId(), pid);
        }
        mounts.put(inspected.getId(), volumes(inspected));
        Found.Health health = health(inspected);
        if (shown == Found.State.RUNNING && health == Found.Health.STARTING) {
            early.starting(inspected, Ports.addresses(address(inspected), identity.ports()));
        } else {
            early.over(inspected.getId());
        }
        return new Found(
                inspected.getId(),
                identity.environment(),
                identity.service(),
                identity.slot(),
                identity.release(),
                identity.restarts(),
                shown,
                health,
                address(inspected),
                false,
                exitCode == null ? 0 : exitCode.intValue(),
                started,
                ended,
                failures(inspected.getId(), shown, started, ended),
                identity.tenures());
    }

    /// The ids of the volumes that a container has, by container.
    Map<String, List<String>> mounts() {
        return Map.copyOf(mounts);
    }

    private static List<String> volumes(InspectContainerResponse inspected) {
        var all = inspected.getMounts();
        return all == null
                ? List.of()
                : all.stream()
                        .map(mount -> String.valueOf(mount.getName()))
                        .filter(name -> name.startsWith(Blueprint.VOLUME))
                        .map(name -> name.substring(Blueprint.VOLUME.length()))
                        .toList();
    }

    /// How often it ended by itself in a row: the count starts again once it ran for [#STABLE_MILLIS].
    private int failures(String id, Found.State state, long started, long ended) {
        if (state == Found.State.EXITED && !stopped.contains(id) && ended != lastEnds.getOrDefault(id, 0L)) {
            lastEnds.put(id, ended);
            int before = ended - started > STABLE_MILLIS ? 0 : failures.getOrDefault(id, 0);
            failures.put(id, before + 1);
        }
        return failures.getOrDefault(id, 0);
    }

    private Found withServing(Found found) {
        Found.Health health = health(found);
        boolean serving = found.state() == Found.State.RUNNING
                && switch (health) {
                    case HEALTHY -> true;
                    case STARTING, UNHEALTHY -> false;
                    case NONE -> ports.open(found);
                };
        if (!found.running()) {
            ports.closed(found.id());
        }
        return new Found(
                found.id(),
                found.environment(),
                found.service(),
                found.slot(),
                found.release(),
                found.restarts(),
                found.state(),
                health,
                found.address(),
                serving,
                found.exitCode(),
                found.startedAtMillis(),
                found.endedAtMillis(),
                found.failures(),
                found.tenures());
    }

    private Found.Health health(Found found) {
        if (found.running() && early.passed(found.id())) {
            return Found.Health.HEALTHY;
        }
        boolean bad = found.running() && found.health() == Found.Health.NONE && ports.bad(found);
        return bad ? Found.Health.UNHEALTHY : found.health();
    }

    private static Found.State state(String status) {
        return switch (status) {
            case "created" -> Found.State.CREATED;
            case "running", "restarting" -> Found.State.RUNNING;
            case "paused" -> Found.State.PAUSED;
            default -> Found.State.EXITED;
        };
    }

    private static Found.Health health(InspectContainerResponse inspected) {
        var health = inspected.getState().getHealth();
        return switch (health == null ? "none" : String.valueOf(health.getStatus())) {
            case "starting" -> Found.Health.STARTING;
            case "healthy" -> Found.Health.HEALTHY;
            case "unhealthy" -> Found.Health.UNHEALTHY;
            default -> Found.Health.NONE;
        };
    }

    private static String address(InspectContainerResponse inspected) {
        var settings = inspected.getNetworkSettings();
        if (settings == null || settings.getNetworks() == null) {
            return "";
        }
        if (settings.getNetworks().containsKey("host")) {
            return HOST;
        }
        return settings.getNetworks().values().stream()
                .map(ContainerNetwork::getIpAddress)
                .filter(address -> address != null && !address.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static long millis(@Nullable String time) {
        try {
            return time == null || time.startsWith("0001")
                    ? 0
                    : Instant.parse(time).toEpochMilli();
        } catch (DateTimeParseException e) {
            return 0;
        }
    }
}
