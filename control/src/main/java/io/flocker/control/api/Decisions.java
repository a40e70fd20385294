package io.flocker.control.api;

import io.flocker.client.api.Answers;
import io.flocker.control.api.admission.Admission;
import io.flocker.control.lead.ControlPlane;
import io.flocker.control.lead.Leader;
import io.flocker.control.log.ClusterLog;
import io.flocker.control.log.LogEntry;
import io.flocker.control.log.NotLeading;
import io.flocker.core.access.AuditEntry;
import io.flocker.core.access.Ownership;
import io.flocker.core.access.Reach;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ApplicationSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/// What endpoints share: the state, finding things in it, and getting commands decided.
public final class Decisions {
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int ID_LENGTH = 10;
    private static final int SECRET_BYTES = 20;

    /// A token names so many nodes to ask.
    private static final int MAX_APIS = 5;

    private final AtomicReference<Optional<ControlPlane>> plane = new AtomicReference<>(Optional.empty());
    private final SecureRandom random = new SecureRandom();
    private final Admission admission = new Admission(System::nanoTime);

    /// From now on decisions are made with this control plane, or elsewhere.
    void use(Optional<ControlPlane> next) {
        plane.set(next);
    }

    public Optional<ControlPlane> plane() {
        return plane.get();
    }

    /// This node's control plane.
    ///
    /// @throws NotLeading if there is none any more
    public ControlPlane here() throws NotLeading {
        return plane().orElseThrow(() -> new NotLeading("This node has no control plane"));
    }

    /// What this node knows of what was decided: nothing, if it has no control plane.
    public ClusterState state() {
        return plane().map(known -> known.log().state()).orElse(ClusterState.EMPTY);
    }

    public Leader leader() throws NotLeading {
        return here().leader();
    }

    /// What is shown of the state as it is now.
    ///
    /// @throws UncheckedIOException of [NotLeading]: views are made in the middle of expressions
    public Views views() {
        try {
            ControlPlane known = here();
            return new Views(known.leader(), known.voters());
        } catch (NotLeading e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The APIs of nodes with a control plane, as many as a token names.
    ///
    /// @param port where nodes' APIs listen
    public List<URI> apis(int port) throws IOException {
        return here().voters().addresses().stream()
                .limit(MAX_APIS)
                .map(address -> URI.create("https://" + address + ":" + port))
                .toList();
    }

    /// The secret part of a new token.
    public String newSecret() {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    /// An id nobody else has: 50 random bits.
    public String newId() {
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }

    public Environment environment(String name) throws Refusal {
        return state().environment(name)
                .orElseThrow(() -> Refusal.notFound("There is no environment \"" + name + "\"; there is "
                        + (state().environments().isEmpty()
                                ? "none yet: flocker up makes one"
                                : String.join(", ", state().environments().keySet()))));
    }

    Volume volume(Call call) throws Refusal {
        String environment = call.path("environment");
        String name = call.path("volume");
        return state().volume(environment, name)
                .orElseThrow(() -> Refusal.notFound(
                        "There is no volume " + environment + "/" + name + "; flocker volume ls shows them"));
    }

    /// Gets `command` accepted, or refuses the request with the reason.
    ///
    /// @return the operation it started; empty for none
    public String require(Call call, Command command) throws Refusal, IOException, InterruptedException {
        return submit(call, call.key(), call.environment(), command);
    }

    /// Like [#require], for one of several commands of a request: each has a key of its own.
    ///
    /// @param part which one
    /// @param environment which one it is about; empty for none
    String require(Call call, String part, String environment, Command command)
            throws Refusal, IOException, InterruptedException {
        return submit(call, partKey(call, part), environment, command);
    }

    /// Has several branches of a request decided, in this order: each has a key of its own.
    ///
    /// @return what came of each
    List<ClusterLog.Decision> decide(Call call, Collection<Command.Branch> branches)
            throws Refusal, IOException, InterruptedException {
        List<LogEntry> entries = new ArrayList<>();
        for (Command.Branch branch : branches) {
            String environment = branch.environment();
            entries.add(entry(call, partKey(call, environment), environment, branch));
        }
        return written(call, entries);
    }

    /// Like [#require], for a command before a request's last one, which alone has the request's key: two commands
    /// with one key are one.
    void requireFirst(Command command) throws Refusal, IOException, InterruptedException {
        decide(command);
    }

    /// Gets `command` accepted that no request asks for.
    public void decide(Command command) throws Refusal, IOException, InterruptedException {
        LogEntry entry = new LogEntry("", command);
        accepted(admission.write(() -> here().log().submit(entry)));
    }

    private String submit(Call call, String key, String environment, Command command)
            throws Refusal, IOException, InterruptedException {
        return accepted(
                written(call, List.of(entry(call, key, environment, command))).getFirst());
    }

    private static LogEntry entry(Call call, String key, String environment, Command command) {
        String by = command instanceof Command.Asked asked ? asked.by() : call.by();
        return new LogEntry(key, command, call.only(), call.audit(by, environment));
    }

    private List<ClusterLog.Decision> written(Call call, List<LogEntry> entries)
            throws Refusal, IOException, InterruptedException {
        // What a node says, and the rest of what was begun, is never refused.
        boolean begins = call.endpoint().right() != Right.NODE && call.begins();
        return begins
                ? admission.writeFirst(() -> here().log().submit(entries))
                : admission.write(() -> here().log().submit(entries));
    }

    private static String accepted(ClusterLog.Decision decision) throws Refusal {
        if (decision.outcome() instanceof Outcome.Refused refused) {
            throw Refusal.of(refused);
        }
        return decision.operation();
    }

    /// Refuses a request that would change something while too much waits to be written down.
    void admit(Call call) throws Refusal {
        if (call.endpoint().audits()) {
            admission.admit();
        }
    }

    /// The environment that a request names, or that the operation it names changes; empty for none.
    String whereabouts(Call call) {
        Optional<String> operation = state().operation(call.path("operation")).map(Operation::environment);
        return operation.orElseGet(() -> call.path("environment"));
    }

    /// Refuses a request that is not the caller's to make, before anything is done.
    ///
    /// @param environment which one it changes; empty for none
    public void allow(Call call, Right right, String environment) throws Refusal {
        call.about(environment);
        Optional<String> owner = state().environment(environment)
                .map(Environment::owner)
                .or(() -> state().operation(call.path("operation")).map(Operation::startedBy));
        Optional<String> objection = call.asker().objection(right, call.action(), environment, owner);
        if (objection.isPresent()) {
            throw Refusal.of(403, "forbidden", "Not yours", objection.get());
        }
        if (right == Right.CHANGE && !call.asker().role().may(right, false)) {
            call.only(new Ownership(environment, call.by()));
        }
    }

    /// Whether the caller does with an environment whatever they like.
    boolean isFree(Call call, Environment environment) {
        return call.asker().role().may(Right.CHANGE, environment.owner().equals(call.by()));
    }

    /// Refuses what would let a developer get at more than their own.
    ///
    /// @param before what is there already
    void refuseReach(Call call, ApplicationSpec next, ApplicationSpec before) throws Refusal {
        Optional<String> added = Reach.added(next, before);
        if (added.isPresent() && !call.asker().role().may(Right.CHANGE, false)) {
            throw Refusal.of(
                    403,
                    "forbidden",
                    "Not yours",
                    call.by() + " (" + call.asker().role().word() + ") may not run " + added.get()
                            + ": it can get at everything on its node; take it out of the file, or ask an operator to"
                            + " make the environment and give it to you (flocker env give ENV " + call.by() + ")");
        }
    }

    /// Has the audit log hold a request that none of its commands has brought there.
    ///
    /// @param refused why it was refused; empty if it was not
    void audit(Call call, String refused) throws IOException, InterruptedException {
        if (call.audited() || call.isRehearsed() || call.endpoint().right() == Right.ANYBODY) {
            return;
        }
        Optional<AuditEntry> entry = call.audit(call.by(), call.environment());
        if (entry.isPresent()) {
            here().log()
                    .submit(new Command.Audit(
                            System.currentTimeMillis(), entry.get().refused(refused)));
        }
    }

    /// The answer to a request that was accepted before: what it named may be gone since.
    public Optional<Answers.Change> repeated(Call call) throws Refusal, NotLeading {
        return here().log()
                .decided(call.key())
                .filter(decision -> decision.outcome() instanceof Outcome.Accepted)
                .map(decision -> new Answers.Change(decision.operation(), List.of()));
    }

    /// The operation that a part of the request started when it was sent before; empty if it started none.
    Optional<String> repeated(Call call, String part) throws Refusal, NotLeading {
        return call.key().isEmpty() || call.flag("dryRun")
                ? Optional.empty()
                : here().log()
                        .decided(partKey(call, part))
                        .filter(decision -> decision.outcome() instanceof Outcome.Accepted)
                        .map(ClusterLog.Decision::operation);
    }

    private static String partKey(Call call, String part) throws Refusal {
        return call.key().isEmpty() ? "" : call.key() + " " + part;
    }

    /// Starts an operation, or with `dryRun` only tells what it would do.
    public Answers.Change change(Call call, Command command, List<String> changes)
            throws Refusal, IOException, InterruptedException {
        if (call.flag("dryRun")) {
            if (state().after(command) instanceof Outcome.Refused refused) {
                throw Refusal.of(refused);
            }
            return new Answers.Change("", changes);
        }
        return new Answers.Change(require(call, command), changes);
    }

    public boolean await(long waitMillis, Supplier<Boolean> done) throws NotLeading, InterruptedException {
        return leader().await(waitMillis, done);
    }
}
