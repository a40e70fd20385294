package io.flocker.control.api.wait;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Answers.Address;
import io.flocker.client.api.Answers.Waited;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Endpoint;
import io.flocker.control.api.Refusal;
import io.flocker.control.log.NotLeading;
import io.flocker.core.certificate.Certificates;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ServiceSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `?wait=60s` of a request that starts operations: the answer comes when they have ended, with where their
/// environments are reached. One `curl` is enough for a pipeline. What failed is an error; what goes on after that
/// time is told as it is, with status 202.
public final class Waiting {
    /// What the description of an endpoint says of it.
    public static final String QUERY =
            "wait: how long to wait for the operation's end, such as 60s or 2m, 4m at most; not at all if not said";

    /// The server ends connections on which nothing was said for five minutes.
    private static final Duration MOST = Duration.ofMinutes(4);
    private static final Pattern LENGTH = Pattern.compile("([0-9]{1,5})(s|m|)");

    private final Decisions decisions;

    public Waiting(Decisions decisions) {
        this.decisions = decisions;
    }

    /// Whether an endpoint starts operations.
    public static boolean concerns(Endpoint endpoint) {
        return endpoint.answer().equals(Answers.Change.class)
                || endpoint.answer().equals(Answers.Branches.class);
    }

    /// How long a request asks to wait, in milliseconds.
    public static long millis(Call call) throws Refusal {
        String text = call.query("wait", "0");
        Matcher matcher = LENGTH.matcher(text);
        if (!matcher.matches()) {
            throw Refusal.invalid("wait is a time such as 60s or 2m, not \"" + text + "\"");
        }
        long seconds = Long.parseLong(matcher.group(1)) * (matcher.group(2).equals("m") ? 60 : 1);
        if (seconds > MOST.toSeconds()) {
            throw Refusal.invalid("wait is at most " + MOST.toMinutes()
                    + "m; without it, GET /v2/operations/ID?wait=60 can be asked again and again");
        }
        return seconds * 1_000;
    }

    /// The answer to a request, once the operations it started have ended or the time is over.
    ///
    /// @throws Refusal if one of them failed
    public Object end(Object answer, long millis) throws Refusal, NotLeading, InterruptedException {
        return switch (answer) {
            case Answers.Change change
            when !change.operation().isEmpty() ->
                new Answers.Change(
                        change.operation(), change.changes(), Optional.of(ended(change.operation(), millis)));
            case Answers.Branches branches -> branches(branches, millis);
            default -> answer;
        };
    }

    private Answers.Branches branches(Answers.Branches answer, long millis)
            throws Refusal, NotLeading, InterruptedException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        List<Answers.Branch> ended = new ArrayList<>();
        for (Answers.Branch branch : answer.branches()) {
            long left = Math.max(0, (deadline - System.nanoTime()) / 1_000_000);
            ended.add(
                    branch.operation().isEmpty()
                            ? branch
                            : new Answers.Branch(
                                    branch.environment(),
                                    branch.operation(),
                                    branch.changes(),
                                    branch.error(),
                                    Optional.of(ended(branch.operation(), left))));
        }
        return new Answers.Branches(List.copyOf(ended));
    }

    /// Whether something still goes on that was waited for.
    public static boolean goesOn(Object answer) {
        return switch (answer) {
            case Answers.Change change ->
                change.waited().filter(Waiting::goesOn).isPresent();
            case Answers.Branches branches ->
                branches.branches().stream()
                        .anyMatch(branch ->
                                branch.waited().filter(Waiting::goesOn).isPresent());
            default -> false;
        };
    }

    private static boolean goesOn(Waited waited) {
        return waited.state().equals("running") || waited.state().equals("cancelling");
    }

    private Waited ended(String id, long millis) throws Refusal, NotLeading, InterruptedException {
        decisions.await(
                millis,
                () -> decisions.state().operation(id).filter(Operation::running).isEmpty());
        ClusterState state = decisions.state();
        Operation operation = state.operation(id)
                .orElseThrow(() -> Refusal.notFound("Operation " + id + " is so long over that it is forgotten"));
        if (operation.state() == Operation.State.FAILED || operation.state() == Operation.State.CANCELLED) {
            throw Refusal.of(
                    409,
                    "failed",
                    "It was begun, and failed",
                    "Operation " + id + " (" + operation.verb() + ", environment " + operation.environment() + ") "
                            + word(operation) + (operation.error().isEmpty() ? "" : ": " + operation.error())
                            + "; flocker op show " + id + " tells more");
        }
        return new Waited(word(operation), addresses(state, operation.environment()));
    }

    private static String word(Operation operation) {
        return operation.state().name().toLowerCase(Locale.ROOT);
    }

    private static List<Address> addresses(ClusterState state, String environment) {
        List<Address> addresses = new ArrayList<>();
        String anyNode = state.nodes().values().stream()
                .filter(node -> node.availability() != Node.Availability.DRAINED)
                .map(Node::address)
                .findFirst()
                .orElse("");
        Map<String, ServiceSpec> services = state.environment(environment)
                .<Map<String, ServiceSpec>>map(found -> found.application().services())
                .orElse(Map.of());
        services.forEach((name, spec) -> {
            Certificates.urls(state, spec.http().hosts()).forEach(url -> addresses.add(new Address(name, url)));
            for (Port port : spec.ports()) {
                String scheme = spec.mode(port.target()) == Port.Mode.HTTP
                        ? "http"
                        : port.protocol().name().toLowerCase(Locale.ROOT);
                String host = port.hostAddress().isEmpty() ? anyNode : port.hostAddress();
                addresses.add(new Address(name, scheme + "://" + host + ":" + port.published()));
            }
        });
        return addresses;
    }
}
