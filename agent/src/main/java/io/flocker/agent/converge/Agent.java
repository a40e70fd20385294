package io.flocker.agent.converge;

import io.flocker.agent.engine.ContainerEngine;
import io.flocker.agent.guard.NodeLease;
import io.flocker.agent.volume.VolumeDriver;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Report;
import io.flocker.core.delta.Assigned;
import io.flocker.core.delta.AssignmentDelta;
import io.flocker.core.delta.OffersDelta;
import io.flocker.core.lease.LeaseHolder;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.NodePlanner;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Offers;
import io.flocker.core.plan.Problem;
import io.flocker.core.plan.Step;
import io.flocker.core.plan.StoredVolume;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.pcollections.TreePMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One node's agent. One thread looks and plans, steps run in threads of their own (one a subject), one thread reports,
/// one waits for assignments. The control plane being away stops nothing that runs.
public final class Agent implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Agent.class);

    /// Looks at least this often.
    static final long PERIOD_MILLIS = 1_000;

    /// Looks so soon again while a container without a health check starts: nothing tells when it listens.
    private static final long SOON_MILLIS = 100;

    /// What does not listen so long after its start is looked at as often as all others.
    private static final long COMING_MILLIS = 60_000;

    /// Says that nothing changed at least this often.
    static final long REPORT_MILLIS = 1_000;

    /// After which a report is sent anew: whoever was to answer may be gone without a word.
    private static final Duration REPORT_LIMIT = Duration.ofMillis(LeaseTerms.USUAL.timeoutMillis());

    private static final long ASSIGNMENT_WAIT_MILLIS = 20_000;
    private static final long RETRY_MILLIS = 200;

    private final Edges edges;
    private final FlockerClient control;
    private final NodeLease lease;
    private final Guarded guarded;
    private final Actions actions;
    private final Troubles troubles = new Troubles();
    private final Pauses pauses = new Pauses();
    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    private final Map<Step.Receive, Thread> receiving = new ConcurrentHashMap<>();
    private final Places places = new Places();
    private final Semaphore work = new Semaphore(0);
    private final Rests rests = new Rests();
    private final Semaphore news = new Semaphore(0);
    private final List<Thread> threads;
    private volatile Assigned assigned = Assigned.NOTHING;
    private volatile Offers offers = Offers.NONE;
    private volatile Offers.Heard heard = Offers.Heard.NOTHING;
    private volatile Report report;
    private volatile VolumeDriver.Capacity capacity = new VolumeDriver.Capacity(0, 0);
    private volatile boolean closed;
    /// Containers that do not answer where they are asked.
    private volatile List<Problem> deaf = List.of();
    /// Of the thread that reports: since when the leader has something newer; 0 if it has not.
    private long behindSinceNanos;
    /// Of the thread that looks: how many containers start.
    private int starting;
    /// Of the same thread.
    private final Counters counters;
    private final Doorbell doorbell;
    /// Of the same thread.
    private final JobLogs jobLogs;

    public Agent(Edges edges, FlockerClient control, NodeLease lease) {
        this.edges = edges;
        this.control = control;
        this.lease = lease;
        guarded = new Guarded(edges.engine(), lease);
        actions = new Actions(
                edges,
                guarded,
                meet -> control.post("/v2/agent/cuts?wait=" + Checkpoints.WAIT_MILLIS, meet, Answers.Met.class));
        counters = new Counters(edges, () -> capacity);
        doorbell = new Doorbell(edges.router(), () -> assigned.assignment(), this::hurry);
        jobLogs = new JobLogs(edges.engine());
        report = report(0, Observed.NOTHING, Set.of(), new Told(TreePMap.empty(), 0));
        Thread.ofVirtual().name("left").start(this::goOn);
        edges.engine().onChange(work::release);
        threads = List.of(
                Thread.ofPlatform().name("assignments").daemon().start(this::follow),
                Thread.ofPlatform().name("offers").daemon().start(this::followOffers),
                Thread.ofPlatform().name("converge").daemon().start(this::converge),
                Thread.ofPlatform().name("doorbell").daemon().start(doorbell::listen),
                Thread.ofPlatform().name("reports").daemon().start(this::report));
    }

    private void goOn() {
        try {
            actions.goOn();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What the other nodes are to know.
    private record Told(TreePMap<String, Integer> offered, long followed) {}

    private Report report(long revision, Observed observed, Set<String> busyThen, Told told) {
        return new Report(
                revision,
                observed,
                List.copyOf(new TreeSet<>(busyThen)),
                Stream.of(troubles.list(), deaf, guarded.problems())
                        .flatMap(List::stream)
                        .toList(),
                actions.taken(),
                told.offered(),
                told.followed(),
                actions.transfers(observed.volumes().keySet()),
                capacity.totalBytes(),
                capacity.freeBytes(),
                guarded.held(),
                Optional.empty());
    }

    private void follow() {
        while (!closed) {
            try {
                AssignmentDelta answer = control.get(
                        "/v2/agent/assignment?since=" + assigned.revision() + "&wait=" + ASSIGNMENT_WAIT_MILLIS,
                        AssignmentDelta.class);
                adopt(answer);
            } catch (IOException e) {
                log.atDebug().addKeyValue("reason", e.getMessage()).log("No assignment");
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /// Revisions only grow, whoever leads. What goes on from another one than the present was overtaken on its way.
    private synchronized void adopt(AssignmentDelta answer) {
        Optional<Assigned> next = answer.after(assigned);
        if (answer.revision() > assigned.revision() && next.isPresent()) {
            assigned = next.get();
            troubles.forget();
            hurry();
        }
    }

    private synchronized void adopt(OffersDelta answer) {
        Optional<Offers> next = answer.after(offers);
        if (answer.revision() > offers.revision() && next.isPresent()) {
            offers = next.get();
            work.release();
        }
    }

    /// At a leader that is gone a long poll hangs for as long as it may: what a report's answer tells of is fetched
    /// beside it, if it does not come by itself.
    ///
    /// @return when to report next, in milliseconds
    private long catchUp(Report.Answer answer) throws IOException, InterruptedException {
        if (answer.revision() <= assigned.revision() && answer.offers() <= offers.revision()) {
            behindSinceNanos = 0;
            return REPORT_MILLIS;
        }
        long now = System.nanoTime();
        if (behindSinceNanos == 0) {
            behindSinceNanos = now;
        } else if (now - behindSinceNanos > TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS)) {
            log.atInfo().addKeyValue("revision", answer.revision()).log("What is newer is fetched");
            adopt(control.get("/v2/agent/assignment?since=0&wait=0", AssignmentDelta.class, REPORT_LIMIT));
            adopt(control.get("/v2/agent/offers?since=0&wait=0", OffersDelta.class, REPORT_LIMIT));
        }
        return RETRY_MILLIS;
    }

    private void followOffers() {
        while (!closed) {
            try {
                OffersDelta answer = control.get(
                        "/v2/agent/offers?since=" + offers.revision() + "&wait=" + ASSIGNMENT_WAIT_MILLIS,
                        OffersDelta.class);
                adopt(answer);
            } catch (IOException e) {
                log.atDebug().addKeyValue("reason", e.getMessage()).log("No offers");
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void converge() {
        long wait = 0;
        while (!closed) {
            try {
                work.tryAcquire(wait, TimeUnit.MILLISECONDS);
                work.drainPermits();
                rests.looking();
                long begun = System.nanoTime();
                wait = round();
                rests.after(System.nanoTime() - begun, busy.size() + starting);
            } catch (InterruptedException e) {
                return;
            } catch (IOException e) {
                log.atWarn().addKeyValue("reason", e.getMessage()).log("Cannot look at this node");
                troubles.blind(e, System.currentTimeMillis(), RETRY_MILLIS);
                tell(report(
                        report.revision(),
                        report.observed(),
                        Set.copyOf(busy),
                        new Told(report.offered(), report.followed())));
                pause();
            }
        }
    }

    private void hurry() {
        rests.hurry();
        work.release();
    }

    /// Whether clients may be held until this step is done and known: those of a service that moves or is replaced.
    private static boolean isUrgent(Step step) {
        return switch (step) {
            case Step.Stop _, Step.RemoveContainer _, Step.TakeSnapshots _, Step.Receive _ -> true;
            case Step.MakeHead _, Step.DropHead _, Step.Route _ -> true;
            default -> false;
        };
    }

    /// Looks, tells the leader, and begins the steps that can begin.
    ///
    /// @return how long to wait for news before the next round, in milliseconds
    private long round() throws IOException {
        Assigned current = assigned;
        Offers elsewhere = offers;
        Set<String> busyThen = new HashSet<>(busy);
        Observed observed = observe(current, busyThen);
        troubles.seeing();
        NodePlanner.Plan plan = NodePlanner.plan(current.assignment(), elsewhere, observed, heard, actions.routed());
        long followed = plan.routed() ? elsewhere.revision() : report.followed();
        tell(report(current.revision(), observed, busyThen, new Told(plan.offered(), followed)));
        if (current.revision() == 0) {
            return PERIOD_MILLIS;
        }
        endUnwantedTransfers(current.assignment());
        actions.keepTaken(current.assignment());
        List<Step> steps = plan.steps();
        pauses.keepOnly(steps);
        Set<String> subjects = new HashSet<>(busyThen);
        List<Found> coming = coming(observed);
        starting = coming.size();
        boolean silent = coming.stream().anyMatch(found -> found.health() == Found.Health.NONE);
        long wait = silent ? SOON_MILLIS : PERIOD_MILLIS;
        for (Step step : steps) {
            subjects.add(step.subject());
            long early = Math.max(pauses.waitNanos(step), troubles.waitNanos(step));
            if (early > 0) {
                wait = Math.min(wait, early / 1_000_000 + 1);
            } else if (!Conflicts.with(busyThen, step, current.assignment()) && busy.add(step.subject())) {
                places.announce(step);
                begin(step);
            }
        }
        troubles.keepOnly(subjects);
        return wait;
    }

    /// Containers that run and do not serve yet.
    private static List<Found> coming(Observed observed) {
        long since = System.currentTimeMillis() - COMING_MILLIS;
        return observed.containers().values().stream()
                .filter(found -> found.running() && !found.serving() && found.startedAtMillis() > since)
                .toList();
    }

    /// A transfer may take hours: one whose snapshot or source is not wanted any more is interrupted. All other steps
    /// are left to end by themselves.
    private void endUnwantedTransfers(Assignment assignment) {
        receiving.forEach((step, thread) -> {
            if (!assignment.wants(step)) {
                thread.interrupt();
            }
        });
    }

    private void tell(Report next) {
        if (!next.equals(report)) {
            report = next;
            news.release();
        }
    }

    private Observed observe(Assigned current, Set<String> busyThen) throws IOException {
        Assignment assignment = current.assignment();
        long begun = System.nanoTime();
        ContainerEngine.Sight sight = edges.engine().look();
        TreePMap<String, StoredVolume> volumes = edges.volumes().list();
        if (current.revision() != 0) {
            guarded.see(assignment, sight, volumes, begun);
        }
        deaf = sight.deaf();
        capacity = edges.volumes().capacity();
        counters.count(assignment, sight.containers());
        return new Observed(
                volumes,
                sight.containers(),
                sight.surplus(),
                edges.engine().images(assignment.images().values()),
                edges.engine().exposed(assignment.images().values()),
                sight.networks(),
                // While a table is being applied, that one or the one before may be in force.
                busyThen.contains(Step.Route.SUBJECT) ? "" : edges.router().inForce(),
                counters.answered(),
                counters.loads(),
                jobLogs.of(assignment, sight.containers()),
                doorbell.wanted(),
                doorbell.used(),
                guarded.leased(assignment));
    }

    private void begin(Step step) {
        Thread.ofVirtual().name(step.subject()).start(() -> {
            try {
                places.in(step, () -> attempt(step));
            } finally {
                busy.remove(step.subject());
                if (isUrgent(step)) {
                    hurry();
                } else {
                    work.release();
                }
            }
        });
    }

    private void attempt(Step step) {
        long begun = System.nanoTime();
        try {
            take(step);
            troubles.succeeded(step);
            log.atInfo()
                    .addKeyValue("subject", step.subject())
                    .addKeyValue("step", step.verb())
                    .addKeyValue("millis", (System.nanoTime() - begun) / 1_000_000)
                    .log("Step done");
        } catch (IOException e) {
            troubles.failed(step, e, System.currentTimeMillis());
            log.atWarn()
                    .addKeyValue("subject", step.subject())
                    .addKeyValue("step", step.verb())
                    .addKeyValue("reason", e.getMessage())
                    .log("Step failed");
        } catch (InterruptedException e) {
            log.atInfo()
                    .addKeyValue("subject", step.subject())
                    .addKeyValue("step", step.verb())
                    .log("Step broken off");
            Thread.currentThread().interrupt();
        }
    }

    private void take(Step step) throws IOException, InterruptedException {
        if (!(step instanceof Step.Receive receive)) {
            actions.take(step, assigned.assignment());
            return;
        }
        receiving.put(receive, Thread.currentThread());
        try {
            actions.take(step, assigned.assignment());
        } finally {
            receiving.remove(receive);
        }
    }

    private void report() {
        long wait = REPORT_MILLIS;
        while (!closed) {
            try {
                news.tryAcquire(wait, TimeUnit.MILLISECONDS);
                news.drainPermits();
                Report told = report.with(counters.measurement());
                LeaseHolder.Stamp stamp = lease.stamp(told.held());
                Report.Answer answer = control.post("/v2/agent/report", told, Report.Answer.class, REPORT_LIMIT);
                counters.delivered(told.load());
                hear(told, answer);
                if (lease.hear(stamp, answer.lease())) {
                    // Containers wait for it.
                    hurry();
                }
                wait = catchUp(answer);
            } catch (IOException e) {
                log.atDebug().addKeyValue("reason", e.getMessage()).log("The leader did not hear the report");
                pause();
                news.release();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void hear(Report told, Report.Answer answer) {
        boolean news = !told.offered().equals(heard.counts());
        heard = new Offers.Heard(told.offered(), answer.offers());
        if (news) {
            work.release();
        }
    }

    @Override
    public void close() {
        closed = true;
        counters.close();
        threads.forEach(Thread::interrupt);
        receiving.values().forEach(Thread::interrupt);
    }
}
