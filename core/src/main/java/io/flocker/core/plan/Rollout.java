package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Vacancy;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Instance.Desired;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Release;
import io.flocker.core.model.Service;
import io.flocker.core.model.Shares;
import io.flocker.core.plan.Observed.Answered;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.Strategy;
import io.flocker.core.spec.UpdatePolicy;
import io.flocker.core.spec.UpgradeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// How instances give way to those of another release: some at a time, as the service's [UpdatePolicy]
/// says, or all at once, as its [Strategy] does; services after what they depend on. A predecessor stops
/// once its successor has served for a while, whatever became of the operation.
final class Rollout {
    private final ClusterState state;
    private final Environment environment;
    private final TreePMap<String, Sighting> sightings;
    private final InstanceGates gates;
    private final long nowMillis;
    /// Of the services that were asked about, the instances that are to stay.
    private final Map<String, Set<String>> living = new TreeMap<>();

    /// The same, whether they are held up.
    private final Map<String, Boolean> heldUp = new TreeMap<>();

    Rollout(
            ClusterState state,
            Environment environment,
            TreePMap<String, Sighting> sightings,
            InstanceGates gates,
            long nowMillis) {
        this.state = state;
        this.environment = environment;
        this.sightings = sightings;
        this.gates = gates;
        this.nowMillis = nowMillis;
    }

    List<Command> commands() {
        List<Command> commands = new ArrayList<>();
        List<String> stop = new ArrayList<>();
        List<String> serving = new ArrayList<>();
        boolean changes = environment.instances().values().stream()
                .anyMatch(instance -> instance.held() || !instance.succeeds().isEmpty());
        for (Service service : changes ? environment.services().values() : List.<Service>of()) {
            letIn(service).stream().map(Instance::name).forEach(serving::add);
            relieved(service).stream().map(Instance::name).forEach(stop::add);
        }
        if (!serving.isEmpty()) {
            commands.add(new Command.ConfirmServing(nowMillis, environment.name(), List.copyOf(serving)));
        }
        if (!stop.isEmpty()) {
            commands.add(new Command.StopInstances(nowMillis, environment.name(), List.copyOf(stop)));
        }
        operation().filter(operation -> !operation.pauses()).ifPresent(operation -> next(operation, commands));
        return commands;
    }

    /// Whether another instance is to take this one's place.
    boolean givesWay(Instance instance) {
        Service service = environment.services().get(instance.service());
        return service != null
                && (instance.isBehind(service) || !living(service.name()).contains(instance.name()));
    }

    private Set<String> living(String service) {
        return living.computeIfAbsent(
                service,
                name -> environment.living(name).stream().map(Instance::name).collect(Collectors.toSet()));
    }

    /// Whether an instance is of a release that an operation made.
    boolean isOf(Operation operation, Instance instance) {
        return environment
                .service(instance.service())
                .flatMap(service -> service.release(instance.release()))
                .filter(release -> release.operation().equals(operation.id()))
                .isPresent();
    }

    /// As [Vacancy#holdsUp].
    boolean isHeldUp(String service) {
        return heldUp.computeIfAbsent(service, name -> Vacancy.holdsUp(state, environment, name));
    }

    /// The held instances that are to get requests now: each once it serves, or all together.
    private List<Instance> letIn(Service service) {
        List<Instance> held = environment.present(service.name()).stream()
                .filter(instance -> instance.held() && !instance.isBehind(service))
                .toList();
        if (held.isEmpty() || !service.suspended().isEmpty()) {
            return List.of();
        }
        Optional<Strategy> strategy = environment
                .strategy(service)
                .filter(_ -> environment.hasEarlier(service) && !environment.isAccepted(service));
        if (strategy.orElse(null) instanceof Strategy.BlueGreen) {
            return !isPaused() && isReady(service, held) ? held : List.of();
        }
        boolean waits = strategy.isPresent() && operation().isPresent();
        return waits ? List.of() : held.stream().filter(this::isServing).toList();
    }

    /// Whether what is tried, or stands by, is to stay so.
    private boolean isPaused() {
        return operation().filter(Operation::pauses).isPresent();
    }

    private boolean isServing(Instance instance) {
        return instance.desired() == Desired.RUN
                && gates.found(instance)
                        .filter(found -> found.running() && found.serving())
                        .isPresent();
    }

    /// Whether a release can take all requests: each of its instances serves, but for those on nodes
    /// that say nothing, and those that may fail.
    private boolean isReady(Service service, List<Instance> held) {
        boolean all = operation().isEmpty() || outdated(service).isEmpty();
        boolean someServes = false;
        for (Instance instance : held) {
            boolean failed = gates.start(instance).failure().isPresent();
            boolean serves = gates.start(instance).complete();
            boolean heard = isHeard(instance);
            someServes |= serves && heard;
            all &= !heard || serves || (failed && tolerates(service.name()));
        }
        return all && someServes;
    }

    /// Whether so few instances of a service fail that the others are to go on.
    boolean tolerates(String service) {
        UpdatePolicy policy = environment.upgrade(service).update();
        List<Instance> living = environment.living(service);
        long failed = living.stream()
                .filter(other -> gates.start(other).failure().isPresent())
                .count();
        // A canary that fails has told what it was to tell.
        if (environment.present(service).stream().anyMatch(environment::isTrying)) {
            return failed == 0;
        }
        return policy.failureAction() == UpdatePolicy.FailureAction.CONTINUE
                || failed * 1_000 <= (long) policy.maxFailurePerMille() * living.size();
    }

    /// The instances whose successors have served for long enough. Those that were let in together
    /// stay until that is so of all of them: until then the way back is a switch.
    private List<Instance> relieved(Service service) {
        List<Instance> successors = environment.present(service.name()).stream()
                .filter(instance -> instance.desired() == Desired.RUN
                        && environment.predecessor(instance).isPresent())
                .toList();
        boolean wait = isPaused()
                || successors.stream()
                        .anyMatch(instance -> isTogether(instance) && isHeard(instance) && isOnTheWay(instance));
        return successors.stream()
                .filter(instance -> isSettled(instance) && !(wait && isTogether(instance)))
                .flatMap(instance -> environment.predecessor(instance).stream())
                .toList();
    }

    private boolean isTogether(Instance instance) {
        return instance.letInAtMillis() > 0 || environment.isTrying(instance);
    }

    private Optional<Operation> operation() {
        return state.running(environment.name())
                .filter(operation -> operation.kind() instanceof Operation.Kind.Deploy
                        && (operation.phase() == Phase.START || operation.phase() == Phase.CLEAN_UP));
    }

    private void next(Operation operation, List<Command> commands) {
        List<String> newFirst = new ArrayList<>();
        List<String> oldFirst = new ArrayList<>();
        for (Service service : environment.services().values()) {
            if (service.spec().dependsOn().keySet().stream().anyMatch(this::isUnderWay)) {
                continue;
            }
            for (Instance instance : due(service, policy(operation, service))) {
                boolean both = order(service, instance, policy(operation, service)) == UpdatePolicy.Order.START_FIRST;
                (both ? newFirst : oldFirst).add(instance.name());
            }
        }
        if (!newFirst.isEmpty()) {
            commands.add(new Command.ReplaceInstances(nowMillis, operation.id(), List.copyOf(newFirst), true));
        }
        if (!oldFirst.isEmpty()) {
            commands.add(new Command.ReplaceInstances(nowMillis, operation.id(), List.copyOf(oldFirst), false));
        }
    }

    private UpdatePolicy policy(Operation operation, Service service) {
        UpgradeSpec upgrade = environment.upgrade(service.name());
        return operation.phase() == Phase.CLEAN_UP ? upgrade.rollback() : upgrade.update();
    }

    /// Whether instances of a service still give way to others.
    private boolean isUnderWay(String name) {
        Service service = environment.services().get(name);
        return service != null
                && (!outdated(service).isEmpty() || present(service).anyMatch(instance -> !isSettled(instance)));
    }

    private Stream<Instance> present(Service service) {
        return environment.living(service.name()).stream().filter(instance -> !instance.isBehind(service));
    }

    private List<Instance> outdated(Service service) {
        return environment.living(service.name()).stream()
                .filter(instance -> instance.isBehind(service))
                .toList();
    }

    /// The next ones to be replaced: as many as may be on their way at once, after the pause between some and the next.
    private List<Instance> due(Service service, UpdatePolicy policy) {
        List<Instance> outdated = outdated(service);
        Optional<Strategy> strategy = strategy(service);
        if (outdated.isEmpty() || strategy.orElse(null) instanceof Strategy.BlueGreen) {
            return outdated;
        }
        if (strategy.orElse(null) instanceof Strategy.Canary canary
                && !environment.isAccepted(service)
                && (Shares.isTried(environment, service) || outdated.stream().anyMatch(this::isHeard))) {
            return canaries(service, outdated, canary);
        }
        long onTheWay = present(service).filter(this::isOnTheWay).count();
        boolean pausing = present(service)
                .flatMap(instance -> gates.found(instance).stream())
                .anyMatch(found -> ageMillis(found) < policy.monitorMillis() + policy.delayMillis());
        return onTheWay > 0 || (policy.delayMillis() > 0 && pausing)
                ? List.of()
                : outdated.subList(0, Math.min(policy.atOnce(), outdated.size()));
    }

    /// Those that are to try a release for the others, as far as they do not yet.
    private List<Instance> canaries(Service service, List<Instance> outdated, Strategy.Canary canary) {
        List<Instance> all = environment.present(service.name());
        int earlier = (int)
                all.stream().filter(instance -> instance.isBehind(service)).count();
        long trying = all.stream().filter(environment::isTrying).count();
        return outdated.stream()
                .filter(this::isHeard)
                .limit(Math.max(0, canary.instances(earlier) - trying))
                .toList();
    }

    /// Whether it may yet serve for long enough. One that failed is judged elsewhere, and holds up nobody.
    private boolean isOnTheWay(Instance instance) {
        return !isSettled(instance) && gates.start(instance).failure().isEmpty();
    }

    /// Whether an instance has served for as long as its policy asks, or did what it was to do.
    boolean isSettled(Instance instance) {
        long monitor = monitorMillis(instance);
        boolean succeeds = environment.predecessor(instance).isPresent();
        long alone = succeeds && instance.letInAtMillis() > 0 ? ageMillis(instance.letInAtMillis()) : Long.MAX_VALUE;
        return !(succeeds && instance.held())
                && alone >= monitor
                && gates.start(instance).complete()
                && gates.found(instance)
                        .filter(found -> !found.running() || ageMillis(found) >= monitor)
                        .isPresent();
    }

    /// Why a release that an instance tries is not good enough, by how requests to all that try it were
    /// answered.
    Optional<String> objection(Instance instance) {
        if (!environment.isTrying(instance)
                || !(environment.upgrade(instance.service()).strategy().orElse(null)
                        instanceof Strategy.Canary canary)) {
            return Optional.empty();
        }
        List<Instance> present = environment.present(instance.service());
        Answered all = answered(present.stream().filter(environment::isTrying));
        List<Instance> earlier =
                present.stream().filter(other -> !environment.isTrying(other)).toList();
        long most = canary.maxErrorsPerMille().orElse(1_000);
        return all.requests() < Strategy.Canary.LEAST_REQUESTS || all.failed() * 1_000 <= most * all.requests()
                ? slowness(canary, instance, all, earlier)
                : Optional.of("The canary of " + instance.service() + " failed " + all.failed() + " of "
                        + all.requests()
                        + " requests (" + percent(all.failed() * 1_000 / all.requests()) + ", at most " + percent(most)
                        + ")");
    }

    /// How requests to instances were answered, all together.
    private Answered answered(Stream<Instance> instances) {
        return instances
                .flatMap(other -> Optional.ofNullable(sightings.get(other.node())).stream()
                        .map(sighting -> sighting.observed()
                                .answered()
                                .getOrDefault(environment.name() + "/" + other.name(), Answered.NOTHING)))
                .reduce(Answered.NOTHING, Answered::plus);
    }

    /// Whether answers take too long beside those of the release before, which has the same requests in the same time.
    private Optional<String> slowness(
            Strategy.Canary canary, Instance instance, Answered tried, List<Instance> earlier) {
        Answered before = answered(earlier.stream());
        long now = tried.averageMillis();
        long then = before.averageMillis();
        int most = canary.maxSlowdownPercent().orElse(0);
        boolean known = most > 0
                && Math.min(tried.timed(), before.timed()) >= Strategy.Canary.LEAST_TIMED
                && !earlier.isEmpty();
        return known && now * 100 > then * most && now - then >= Strategy.Canary.LEAST_SLOWDOWN_MILLIS
                ? Optional.of("The canary of " + instance.service() + " is too slow: its answers took " + now
                        + " ms on average beside " + then + " ms of release "
                        + earlier.getFirst().release() + " (at most " + times(most) + " times as long)")
                : Optional.empty();
    }

    private static String times(int percent) {
        String hundredths =
                percent % 100 == 0 ? "" : "." + percent % 100 / 10 + (percent % 10 == 0 ? "" : percent % 10);
        return percent / 100 + hundredths;
    }

    private static String percent(long perMille) {
        return perMille / 10 + (perMille % 10 == 0 ? "" : "." + perMille % 10) + " %";
    }

    /// What an instance that serves is still to do, in words.
    String goal(Instance instance) {
        if (instance.held()) {
            return " to get requests, with the others";
        }
        return environment.isTrying(instance)
                ? " to serve as canary for " + monitorMillis(instance) / 1_000 + " s"
                : " to stay healthy";
    }

    /// How long an instance must serve: one that tries its release longer than the others.
    private long monitorMillis(Instance instance) {
        UpgradeSpec upgrade = environment.upgrade(instance.service());
        long monitor = upgrade.update().monitorMillis();
        return environment.isTrying(instance) && upgrade.strategy().orElse(null) instanceof Strategy.Canary canary
                ? Math.max(monitor, canary.forMillis())
                : monitor;
    }

    /// How long a container has run, if both clocks go alike; else too long rather than for ever too short.
    private long ageMillis(Found found) {
        return ageMillis(found.startedAtMillis());
    }

    private long ageMillis(long sinceMillis) {
        return Math.abs(nowMillis - sinceMillis);
    }

    private boolean isHeard(Instance instance) {
        return sightings.containsKey(instance.node()) && !new Waits(sightings, nowMillis).isSilent(instance.node());
    }

    /// The way back is always some at a time.
    private Optional<Strategy> strategy(Service service) {
        return operation()
                .filter(operation -> operation.phase() == Phase.START)
                .flatMap(_ -> environment.strategy(service));
    }

    /// The old one stops first if there cannot be two, or if its node says nothing: what is to be there once it is back
    /// is the new one.
    private UpdatePolicy.Order order(Service service, Instance instance, UpdatePolicy policy) {
        boolean twice = service.spec().runsTwice()
                && service.release(instance.release())
                        .map(Release::spec)
                        .filter(ServiceSpec::runsTwice)
                        .isPresent();
        boolean stopFirst = policy.order() == UpdatePolicy.Order.STOP_FIRST
                && strategy(service).isEmpty();
        return twice && isHeard(instance) && !stopFirst
                ? UpdatePolicy.Order.START_FIRST
                : UpdatePolicy.Order.STOP_FIRST;
    }
}
