package io.flocker.control.lead;

import io.flocker.client.api.Report;
import io.flocker.control.log.ClusterLog;
import io.flocker.control.log.NotLeading;
import io.flocker.core.balance.BalancePlan;
import io.flocker.core.balance.Balancer;
import io.flocker.core.balance.Steering;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Forecast;
import io.flocker.core.delta.AssignmentDelta;
import io.flocker.core.delta.OffersDelta;
import io.flocker.core.lease.LeaseGrant;
import io.flocker.core.lease.Tenure;
import io.flocker.core.life.Caretaker;
import io.flocker.core.load.ClusterLoad;
import io.flocker.core.plan.Assignments;
import io.flocker.core.plan.ClusterPlanner;
import io.flocker.core.plan.Offers;
import io.flocker.core.plan.Sighting;
import io.flocker.core.replication.FailoverPlanner;
import io.flocker.core.scale.Autoscaler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.pcollections.TreePMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears the nodes, plans, and gives out assignments. What it knows beside the log is learnt again within one report
/// interval; one thread plans, one tells of what is new, everybody may ask.
public final class Leader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Leader.class);

    /// The longest time between two looks at what is due.
    private static final long TICK_MILLIS = 200;

    /// Plans made in a row without waiting for news: a planner that never rests must not take the machine.
    private static final int MAX_ROUNDS = 50;

    private final ClusterLog clusterLog;
    private final ReentrantLock lock = new ReentrantLock();
    /// Held by the one who makes the next assignments, who takes `lock` then: never the other way round.
    private final ReentrantLock following = new ReentrantLock();

    private final Bell bell = new Bell();
    /// Rung for those who wait for what is another one now.
    private final Bell news = new Bell();
    private final Condition otherOffers = lock.newCondition();
    private final List<Thread> threads;
    private final Forecast.Kept forecasts = new Forecast.Kept();
    /// Of the thread that plans.
    private final ClusterPlanner planner = new ClusterPlanner(forecasts);
    /// The term that all this was learnt in.
    private long term = ClusterLog.NOT;

    private SightingBook heard = new SightingBook();
    private AssignmentBook assignments = new AssignmentBook(lock::newCondition, forecasts, 0);
    private OfferBook offers = new OfferBook(0);
    private final Leases leases = new Leases();
    private final Submission submission;
    private volatile LoadBook loads = new LoadBook();
    private volatile Autoscaler scaler = new Autoscaler();
    private volatile Caretaker caretaker = new Caretaker();
    private volatile Balancer balancer = new Balancer();
    private Steering steering = Steering.NONE;
    /// The offers that those who wait were woken for.
    private long told;

    private volatile boolean closed;

    /// A report and when it arrived.
    public record Heard(Report report, long atMillis, long atNanos) {}

    public Leader(ClusterLog clusterLog) {
        this.clusterLog = clusterLog;
        submission = new Submission(clusterLog, leases);
        clusterLog.onChange(bell::ring);
        threads = List.of(
                Thread.ofPlatform().name("planner").daemon().start(this::run),
                Thread.ofPlatform().name("teller").daemon().start(this::tell));
    }

    /// What was learnt in another term is forgotten: it may be out of date, and a new leader must not take it
    /// for news. A later leader has a higher term, so its revisions are higher than any before.
    private void freshen() {
        long now = clusterLog.leads();
        if (now != term) {
            term = now;
            heard = new SightingBook();
            wakeAll();
            assignments = new AssignmentBook(lock::newCondition, forecasts, now << 32);
            offers = new OfferBook(now << 32);
            leases.begin(now);
            loads = new LoadBook();
            scaler = new Autoscaler();
            caretaker = new Caretaker();
            balancer = new Balancer();
            steering = Steering.NONE;
        }
    }

    private void wakeAll() {
        assignments.end();
        otherOffers.signalAll();
        news.ring();
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
            if (heard.hear(node, report)) {
                bell.ring();
            }
            loads.hear(node, report, state(), System.currentTimeMillis());
            long revision = offers.hear(node, report, state(), System.nanoTime());
            currentOffers();
            LeaseGrant lease = leases.hear(node, report.held(), tenure -> isHeld(node, tenure));
            return new Report.Answer(assignments.revision(node), revision, lease);
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

    /// A node's assignment: at once if it is newer than `since`, which the node has, else when it changes or
    /// `waitMillis` have passed.
    ///
    /// @throws NotLeading if another member is to be asked, also if that came to be meanwhile
    public AssignmentDelta assignment(String node, long since, long waitMillis)
            throws NotLeading, InterruptedException {
        follow();
        await(() -> assignments.changeOf(node), waitMillis, () -> assignments.revision(node) != since);
        clusterLog.confirmed();
        lock.lock();
        try {
            freshen();
            refuseUnlessLeading();
            return assignments.tell(node, since);
        } finally {
            lock.unlock();
        }
    }

    /// What nodes offer each other: at once if it is newer than `since`, which the node has, else when it changes or
    /// `waitMillis` passed.
    ///
    /// @throws NotLeading as for [#assignment]
    public OffersDelta offers(long since, long waitMillis) throws NotLeading, InterruptedException {
        await(() -> otherOffers, waitMillis, () -> currentOffers().revision() != since);
        clusterLog.confirmed();
        lock.lock();
        try {
            freshen();
            refuseUnlessLeading();
            currentOffers();
            return offers.tell(since);
        } finally {
            lock.unlock();
        }
    }

    /// Wakes those who wait for others.
    private Offers currentOffers() {
        lock.lock();
        try {
            Offers current = offers.current(state(), System.nanoTime());
            if (current.revision() != told) {
                told = current.revision();
                otherOffers.signalAll();
            }
            return current;
        } finally {
            lock.unlock();
        }
    }

    private void refuseUnlessLeading() throws NotLeading {
        if (term == ClusterLog.NOT) {
            throw new NotLeading(clusterLog.self() + " does not lead");
        }
    }

    /// Brings the assignments in line with the state, without holding up those who report meanwhile.
    private void follow() {
        following.lock();
        try {
            AssignmentBook book = known(() -> assignments);
            ClusterState state = state();
            if (!book.isOf(state)) {
                turn(book, state, book.present().after(state));
            }
        } finally {
            following.unlock();
        }
    }

    /// What is known in this term.
    private <T> T known(Supplier<T> question) {
        lock.lock();
        try {
            freshen();
            return question.get();
        } finally {
            lock.unlock();
        }
    }

    private void turn(AssignmentBook book, ClusterState state, Assignments next) {
        lock.lock();
        try {
            book.turn(state, next);
        } finally {
            lock.unlock();
        }
    }

    /// Waits until `done` holds, looking again whenever the state changes or a node reports. Ends early when
    /// somebody else leads.
    ///
    /// @param done may ask this leader: nothing is held meanwhile
    /// @return whether it holds
    public boolean await(long waitMillis, Supplier<Boolean> done) throws InterruptedException {
        long begun = clusterLog.leads();
        return news.await(waitMillis, done, () -> closed || clusterLog.leads() != begun);
    }

    /// The same, looking again whenever `change` is signalled. `done` must not bring assignments in line.
    private boolean await(Supplier<Condition> change, long waitMillis, Supplier<Boolean> done)
            throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(waitMillis);
        lock.lock();
        try {
            freshen();
            long begun = term;
            while (!done.get()) {
                if (left <= 0 || closed || clusterLog.leads() != begun) {
                    return false;
                }
                left = change.get().awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// What nodes last reported, each with whether it was up to date.
    public TreePMap<String, Sighting> sightings() {
        follow();
        return known(() -> heard.heard(assignments));
    }

    /// The same, and of the nodes that were not heard since this leads, that they were not.
    public TreePMap<String, Sighting> allSightings() {
        follow();
        return known(() -> heard.all(assignments, state().nodes().keySet()));
    }

    /// The last report of a node.
    public Optional<Heard> heard(String node) {
        return known(() -> heard.last(node));
    }

    public ClusterState state() {
        return clusterLog.state();
    }

    /// How busy everything is and was.
    public LoadBook loads() {
        return loads;
    }

    /// As [Autoscaler#story].
    public String load(String environment, String service) {
        return scaler.story(environment, service);
    }

    /// How busy everything is.
    public ClusterLoad load() {
        return loads.load(System.currentTimeMillis());
    }

    /// As [Balancer#story].
    public String balanceStory() {
        return balancer.story();
    }

    /// What would have to move now for load to be even.
    public BalancePlan balancePlan() {
        return balancer.plan(state(), allSightings(), load(), System.currentTimeMillis());
    }

    private void run() {
        while (!closed) {
            try {
                long seen = bell.rung();
                // It rests as long as it thought, so that hearing and answering have their share of the machine.
                TimeUnit.NANOSECONDS.sleep(plan());
                bell.await(seen, TICK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (IOException e) {
                log.atWarn().addKeyValue("reason", e.getMessage()).log("Planning goes on later");
            }
        }
    }

    private void tell() {
        try {
            while (!closed) {
                long seen = bell.rung();
                long begun = System.nanoTime();
                long due = tellOnce();
                if (clusterLog.leads() != ClusterLog.NOT) {
                    follow();
                }
                TimeUnit.NANOSECONDS.sleep(System.nanoTime() - begun);
                bell.await(seen, due);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Wakes those who wait for what is another one now: also if nobody said anything.
    ///
    /// @return in how many milliseconds to look again
    private long tellOnce() {
        lock.lock();
        try {
            freshen();
            news.ring();
            steering = steering.after(state(), load(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
            offers.share(steering.shares());
            currentOffers();
            return Math.min(TICK_MILLIS, offers.dueMillis());
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
            long begun = System.nanoTime();
            TreePMap<String, Sighting> seen = allSightings();
            long now = System.currentTimeMillis();
            List<Command> commands = new ArrayList<>(planner.due(state(), seen, now));
            commands.addAll(scaler.decide(state(), seen, now));
            commands.addAll(caretaker.decide(state(), seen, now));
            commands.addAll(balancer.decide(state(), seen, load(), now));
            commands.addAll(FailoverPlanner.due(
                    state(), seen, leases.gone(state().nodes().keySet()), now));
            thought += System.nanoTime() - begun;
            if (!submission.accepts(commands, leading)) {
                return thought;
            }
        }
        return thought;
    }

    /// Makes a decision that takes volumes from a node, unless that node's lease may still hold.
    ///
    /// @return whether it was made
    public boolean taking(String node, Decision decision) throws IOException, InterruptedException {
        return submission.taking(node, decision);
    }

    /// Has the log decide something.
    @FunctionalInterface
    public interface Decision {
        /// Waits for its answer.
        ///
        /// @throws IOException if the log does not answer
        void make() throws IOException, InterruptedException;
    }

    @Override
    public void close() {
        closed = true;
        lock.lock();
        try {
            wakeAll();
        } finally {
            lock.unlock();
        }
        threads.forEach(Thread::interrupt);
    }
}
