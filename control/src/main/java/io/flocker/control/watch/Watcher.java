package io.flocker.control.watch;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Service;
import io.flocker.core.plan.Problem;
import io.flocker.core.spec.ServiceSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has services follow their images' names (`x-flocker.upgrade.watch`), on the leader. It asks each registry at the
/// service's interval, and starts what `flocker upgrade SERVICE` would once the name stands for something else. What it
/// remembers is only when to ask again: everything else is in the decided state, so that a later leader goes on.
public final class Watcher {
    /// The term of a member that does not lead.
    public static final long NOT_LEADING = 0;

    private static final Logger log = LoggerFactory.getLogger(Watcher.class);

    /// What is asked first is asked within so long.
    private static final long FIRST_MILLIS = 60_000;

    private final Edges edges;
    private final Executor executor;
    private final LongSupplier clock;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Watched> watched = new TreeMap<>();
    /// The term and the version of the state that `watched` was made in.
    private long term = NOT_LEADING;

    private long version;

    /// What there is around it.
    public interface Edges {
        /// The term in which this member leads, [#NOT_LEADING] if it does not.
        long term();

        ClusterState state();

        /// What an image's name stands for in its registry now.
        ///
        /// @throws IOException if the registry does not say, with the reason and what to do
        String digest(String environment, String image) throws IOException, InterruptedException;

        /// Starts what `flocker upgrade SERVICE` would.
        ///
        /// @param digest what the image's name stands for
        ///
        /// @return whether it was started; if not, something else changes the environment just now
        ///
        /// @throws IOException if it is refused, with the reason
        boolean upgrade(String environment, String service, String digest) throws IOException, InterruptedException;
    }

    /// @param executor runs the questions, each of which may take as long as a registry lets it wait; of them there is
    ///     at most one a service
    /// @param clock in milliseconds
    public Watcher(Edges edges, Executor executor, LongSupplier clock, RandomGenerator random) {
        this.edges = edges;
        this.executor = executor;
        this.clock = clock;
        this.random = random;
    }

    /// Asks whoever is due. Returns at once; to be called more often than the shortest interval.
    public void look() {
        List<Watched> due = new ArrayList<>();
        ClusterState state = edges.state();
        lock.lock();
        try {
            long now = clock.getAsLong();
            freshen(state, now);
            for (Watched one : watched.values()) {
                if (one.isDue(now) && state.running(one.subject.environment()).isEmpty()) {
                    one.begin(now);
                    due.add(one);
                }
            }
        } finally {
            lock.unlock();
        }
        due.forEach(one -> executor.execute(() -> ask(one)));
    }

    /// Somebody says that a tag was pushed: whoever follows it is asked about at once.
    ///
    /// @return the services, as `ENVIRONMENT/SERVICE`
    public List<String> hint(ImageTag pushed) {
        ClusterState state = edges.state();
        lock.lock();
        try {
            long now = clock.getAsLong();
            freshen(state, now);
            List<String> services = new ArrayList<>();
            for (Watched one : watched.values()) {
                if (ImageTag.of(one.subject.image()).equals(pushed)) {
                    one.hint(now);
                    services.add(one.subject.name());
                }
            }
            return services;
        } finally {
            lock.unlock();
        }
    }

    /// Why services of an environment do not follow just now, at most one for each.
    public List<Problem> problems(ClusterState state, Environment environment) {
        lock.lock();
        try {
            return watched.values().stream()
                    .filter(one -> one.subject.environment().equals(environment.name()))
                    .flatMap(one ->
                            one
                                    .problem()
                                    .or(() -> verdict(state, one).flatMap(verdict -> problem(one, verdict)))
                                    .stream())
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private static Optional<Problem> problem(Watched one, Verdict verdict) {
        return switch (verdict) {
            case Verdict.Same _, Verdict.Upgrade _ -> Optional.empty();
            case Verdict.Refrain refrain ->
                Optional.of(one.problem(
                        refrain.why() + "; it waits for other content, and flocker upgrade -e "
                                + one.subject.environment() + " " + one.subject.service() + " runs this one",
                        true,
                        1,
                        0));
            case Verdict.Again again ->
                Optional.of(one.problem(
                        "the upgrade to " + one.digest + " failed: " + again.why(),
                        false,
                        again.failures(),
                        retryMillis(one, again)));
        };
    }

    /// What is watched is what the state says. What was learnt in another term is forgotten.
    private void freshen(ClusterState state, long now) {
        long leading = edges.term();
        if (leading != term) {
            term = leading;
            version = -1;
            watched.clear();
        }
        if (term == NOT_LEADING || state.version() <= version) {
            return;
        }
        version = state.version();
        Set<String> present = new HashSet<>();
        for (Environment environment : state.environments().values()) {
            for (var declared : environment.application().services().entrySet()) {
                ServiceSpec spec = declared.getValue();
                if (spec.followsTag() && environment.services().containsKey(declared.getKey())) {
                    var subject = new Watched.Subject(
                            environment.name(),
                            declared.getKey(),
                            spec.image(),
                            spec.upgrade().watchMillis());
                    present.add(subject.name());
                    Watched known = watched.get(subject.name());
                    if (known == null || !known.subject.equals(subject)) {
                        watched.put(subject.name(), new Watched(subject, now + first(subject)));
                    }
                }
            }
        }
        watched.keySet().retainAll(present);
    }

    private long first(Watched.Subject subject) {
        return (long) (Math.min(FIRST_MILLIS, subject.intervalMillis()) * random.nextDouble());
    }

    private void ask(Watched one) {
        Watched.Subject subject = one.subject;
        try {
            String digest = edges.digest(subject.environment(), subject.image());
            if (isToUpgrade(one, digest)) {
                begun(one, edges.upgrade(subject.environment(), subject.service(), digest));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            failed(one, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.atError().setCause(e).addKeyValue("service", subject.name()).log("Following an image failed");
            failed(one, "a bug: " + e + "; the leader's log tells more");
        }
    }

    /// Takes a registry's answer in.
    private boolean isToUpgrade(Watched one, String digest) {
        ClusterState state = edges.state();
        lock.lock();
        try {
            long now = clock.getAsLong();
            freshen(state, now);
            if (watched.get(one.subject.name()) != one) {
                return false;
            }
            one.digest = digest;
            Optional<Verdict> verdict = verdict(state, one);
            boolean busy = state.running(one.subject.environment()).isPresent();
            boolean upgrades =
                    !busy && verdict.filter(it -> isDue(one, it, now)).isPresent();
            if (busy) {
                one.putOff(now);
            } else if (!upgrades) {
                one.succeeded(now, random.nextDouble());
            }
            return upgrades;
        } finally {
            lock.unlock();
        }
    }

    private static boolean isDue(Watched one, Verdict verdict, long now) {
        return switch (verdict) {
            case Verdict.Same _, Verdict.Refrain _ -> false;
            case Verdict.Upgrade _ -> true;
            case Verdict.Again again -> now >= retryMillis(one, again);
        };
    }

    private static long retryMillis(Watched one, Verdict.Again again) {
        return again.sinceMillis() + Watched.backOffMillis(one.subject.intervalMillis(), again.failures());
    }

    private static Optional<Verdict> verdict(ClusterState state, Watched one) {
        if (one.digest.isEmpty()) {
            return Optional.empty();
        }
        Optional<Environment> environment = state.environment(one.subject.environment());
        Optional<Service> service = environment.flatMap(it -> it.service(one.subject.service()));
        return service.map(it -> Verdict.of(state, environment.get(), it, one.digest));
    }

    private void begun(Watched one, boolean started) {
        if (started) {
            log.atInfo()
                    .addKeyValue("service", one.subject.name())
                    .addKeyValue("image", one.subject.image())
                    .log("Service follows its image");
        }
        lock.lock();
        try {
            if (started) {
                one.succeeded(clock.getAsLong(), random.nextDouble());
            } else {
                one.putOff(clock.getAsLong());
            }
        } finally {
            lock.unlock();
        }
    }

    private void failed(Watched one, String why) {
        lock.lock();
        try {
            one.failed(why, clock.getAsLong(), random.nextDouble());
        } finally {
            lock.unlock();
        }
        log.atDebug()
                .addKeyValue("service", one.subject.name())
                .addKeyValue("reason", why)
                .log("Following an image goes on later");
    }
}
