package io.flocker.control.lead;

import io.flocker.client.api.AssignmentAnswer;
import io.flocker.client.api.Report;
import io.flocker.control.log.ClusterLog;
import io.flocker.control.log.NotLeading;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.lease.LeaseGrant;
import io.flocker.core.lease.LeaseGranter;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.lease.Tenure;
import io.flocker.core.life.Caretaker;
import io.flocker.core.plan.Assignments;
import io.flocker.core.plan.ClusterPlanner;
import io.flocker.core.plan.Offers;
import io.flocker.core.plan.Sighting;
import io.flocker.core.scale.Autoscaler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.pcollections.TreePMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears the nodes, plans, and gives out assignments. What it knows beside the log is learnt again within one report
/// interval; one thread plans, everybody may ask.
public final class Leader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Leader.class);

    /// The longest time between two looks at what is due.
    private static final long TICK_MILLIS = 200;

    /// Plans made in a row without waiting for news: a planner that never rests must not take the machine.
    private static final int MAX_ROUNDS = 50;

    private final ClusterLog clusterLog;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Map<String, Heard> heard = new TreeMap<>();
    private final Map<String, Long> revisions = new TreeMap<>();
    private final Thread planner;
    /// The term that all this was learnt in.
    private long term = ClusterLog.NOT;

    private long leadsSinceNanos = System.nanoTime();
    private long lastRevision;
    private ClusterState assigned = ClusterState.EMPTY;
    private Assignments assignments = Assignments.NONE;
    private OfferBook offers = new OfferBook(0);
    private LeaseGranter leases = granter(ClusterLog.NOT);
    private volatile Autoscaler scaler = new Autoscaler();
    private volatile Caretaker caretaker = new Caretaker();
    private long changes;
    private volatile boolean closed;

    /// A report and when it arrived.
    public record Heard(Report report, long atMillis, long atNanos) {}

    public Leader(ClusterLog clusterLog) {
        this.clusterLog = clusterLog;
        clusterLog.onChange(this::signal);
        planner = Thread.ofPlatform().name("planner").daemon().start(this::run);
    }

    /// What was learnt in another term is forgotten: it may be out of date, and a new leader must not take it
    /// for news. A later leader has a higher term, so its revisions are higher than any before.
    private void freshen() {
        long now = clusterLog.leads();
        if (now != term) {
            term = now;
            heard.clear();
            revisions.clear();
            assignments = Assignments.NONE;
            assigned = ClusterState.EMPTY;
            lastRevision = now << 32;
            offers = new OfferBook(lastRevision);
            leases = granter(now);
            scaler = new Autoscaler();
            caretaker = new Caretaker();
            leadsSinceNanos = System.nanoTime();
        }
    }

    private static LeaseGranter granter(long term) {
        return new LeaseGranter(LeaseTerms.USUAL, term, System.nanoTime());
    }

    private void signal() {
        lock.lock();
        try {
            changes++;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Takes a node's report.
    ///
    /// @return the revisions of its present assignment and of the offers, and its lease
    ///
    /// @throws NotLeading if another member is to hear it
    public Report.Answer hear(String node, Report report) throws NotLeading, InterruptedException {
        Report.Answer answer = take(node, report);
        LeaseGrant lease = answer.lease();
        // One that was deposed without noticing must not grant: a majority is asked after the report came.
        boolean granted = lease.millis() > 0 && !report.held().isEmpty();
        return granted && clusterLog.confirmed() != lease.term()
                ? new Report.Answer(answer.revision(), answer.offers(), LeaseGrant.refused(lease.term()))
                : answer;
    }

    private Report.Answer take(String node, Report report) throws NotLeading {
        lock.lock();
        try {
            freshen();
            refuseUnlessLeading();
            Heard before = heard.put(node, new Heard(report, System.currentTimeMillis(), System.nanoTime()));
            long revision = offers.revision();
            offers.hear(node, report, state(), System.nanoTime());
            boolean same = before != null && before.report().saysTheSameAs(report);
            if (!same || revision != currentOffers().revision()) {
                changes++;
                news.signalAll();
            }
            boolean grants = leases.grants(node, report.held(), tenure -> isHeld(node, tenure), System.nanoTime());
            return new Report.Answer(
                    assignment(node).revision(), currentOffers().revision(), leases.answer(grants));
        } finally {
            lock.unlock();
        }
    }

    private boolean isHeld(String node, Tenure tenure) {
        return state().volume(tenure.volume())
                .filter(volume ->
                        volume.head().primary().equals(node) && volume.head().epoch() == tenure.epoch())
                .isPresent();
    }

    /// A node's assignment: at once if it is newer than `since`, else when it changes or `waitMillis` have passed.
    ///
    /// @throws NotLeading if another member is to be asked, also if that came to be meanwhile
    public AssignmentAnswer assignment(String node, long since, long waitMillis)
            throws NotLeading, InterruptedException {
        await(waitMillis, () -> assignment(node).revision() != since);
        clusterLog.confirmed();
        lock.lock();
        try {
            freshen();
            refuseUnlessLeading();
            return assignment(node);
        } finally {
            lock.unlock();
        }
    }

    /// What nodes offer each other: at once if it is newer than `since`, else when it changes or `waitMillis` passed.
    ///
    /// @throws NotLeading as for [#assignment]
    public Offers offers(long since, long waitMillis) throws NotLeading, InterruptedException {
        await(waitMillis, () -> currentOffers().revision() != since);
        clusterLog.confirmed();
        lock.lock();
        try {
            freshen();
            refuseUnlessLeading();
            return currentOffers();
        } finally {
            lock.unlock();
        }
    }

    private Offers currentOffers() {
        lock.lock();
        try {
            return offers.current(state(), System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    private void refuseUnlessLeading() throws NotLeading {
        if (term == ClusterLog.NOT) {
            throw new NotLeading(clusterLog.self() + " does not lead");
        }
    }

    private AssignmentAnswer assignment(String node) {
        ClusterState state = clusterLog.state();
        if (state.version() != assigned.version()) {
            Assignments before = assignments;
            assignments = before.after(state);
            for (String name : state.nodes().keySet()) {
                if (!revisions.containsKey(name) || !assignments.of(name).equals(before.of(name))) {
                    revisions.put(name, ++lastRevision);
                }
            }
            assigned = state;
        }
        return new AssignmentAnswer(revisions.getOrDefault(node, 0L), assignments.of(node));
    }

    /// Waits until `done` holds, looking again whenever the state changes or a node reports. Ends early when
    /// somebody else leads.
    ///
    /// @return whether it holds
    public boolean await(long waitMillis, Supplier<Boolean> done) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(waitMillis);
        lock.lock();
        try {
            freshen();
            long begun = term;
            while (!done.get()) {
                if (left <= 0 || closed || clusterLog.leads() != begun) {
                    return false;
                }
                left = news.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// What nodes last reported, each with whether it was up to date.
    public TreePMap<String, Sighting> sightings() {
        lock.lock();
        try {
            freshen();
            TreePMap<String, Sighting> sightings = TreePMap.empty();
            for (var entry : heard.entrySet()) {
                Report report = entry.getValue().report();
                boolean upToDate =
                        report.revision() == assignment(entry.getKey()).revision();
                sightings = sightings.plus(
                        entry.getKey(),
                        new Sighting(
                                report.observed(),
                                upToDate,
                                report.busy(),
                                report.problems(),
                                report.taken(),
                                report.transfers(),
                                millisOf(entry.getValue().atNanos())));
            }
            return sightings;
        } finally {
            lock.unlock();
        }
    }

    /// The same, and of the nodes that were not heard since this leads, that they were not.
    public TreePMap<String, Sighting> allSightings() {
        lock.lock();
        try {
            TreePMap<String, Sighting> sightings = sightings();
            for (String node : state().nodes().keySet()) {
                if (!sightings.containsKey(node)) {
                    sightings = sightings.plus(node, Sighting.none(millisOf(leadsSinceNanos)));
                }
            }
            return sightings;
        } finally {
            lock.unlock();
        }
    }

    /// By the clock as it is now, which somebody may have set since.
    private static long millisOf(long nanos) {
        return System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    /// The last report of a node.
    public Optional<Heard> heard(String node) {
        lock.lock();
        try {
            freshen();
            return Optional.ofNullable(heard.get(node));
        } finally {
            lock.unlock();
        }
    }

    public ClusterState state() {
        return clusterLog.state();
    }

    /// As [Autoscaler#story].
    public String load(String environment, String service) {
        return scaler.story(environment, service);
    }

    private void run() {
        while (!closed) {
            try {
                long seen = seenChanges();
                // It rests as long as it thought, so that hearing and answering have their share of the machine.
                TimeUnit.NANOSECONDS.sleep(plan());
                await(tellOfOffers(), () -> changes != seen);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (IOException e) {
                log.atWarn().addKeyValue("reason", e.getMessage()).log("Planning goes on later");
            }
        }
    }

    /// Has those who wait for offers look at them: what nobody says changes them too.
    ///
    /// @return in how many milliseconds to look again
    private long tellOfOffers() {
        lock.lock();
        try {
            long before = offers.revision();
            if (currentOffers().revision() != before) {
                news.signalAll();
            }
            return Math.min(TICK_MILLIS, offers.dueMillis());
        } finally {
            lock.unlock();
        }
    }

    private long seenChanges() {
        lock.lock();
        try {
            return changes;
        } finally {
            lock.unlock();
        }
    }

    /// Decides all that is due.
    ///
    /// @return the nanoseconds that it thought; waiting for the log does not count
    private long plan() throws IOException, InterruptedException {
        long thought = 0;
        long leading = clusterLog.confirmed();
        if (leading == ClusterLog.NOT) {
            return thought;
        }
        for (int round = 0; round < MAX_ROUNDS; round++) {
            boolean changed = false;
            long begun = System.nanoTime();
            TreePMap<String, Sighting> seen = allSightings();
            long now = System.currentTimeMillis();
            List<Command> commands = new ArrayList<>(ClusterPlanner.plan(state(), seen, now));
            commands.addAll(scaler.decide(state(), seen, now));
            commands.addAll(caretaker.decide(state(), seen, now));
            thought += System.nanoTime() - begun;
            for (Command command : commands) {
                if (clusterLog.leads() != leading) {
                    return thought;
                }
                Outcome outcome = clusterLog.submit(command).outcome();
                changed |= outcome instanceof Outcome.Accepted;
                log.atDebug().addKeyValue("command", command).log("Planned");
            }
            if (!changed) {
                return thought;
            }
        }
        return thought;
    }

    @Override
    public void close() {
        closed = true;
        signal();
        planner.interrupt();
    }
}
