package io.flocker.cli.command;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.command.volume.ReplicaTable;
import io.flocker.cli.command.volume.VolumeTable;
import io.flocker.cli.shell.Colour;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import io.flocker.core.plan.Problem;
import io.flocker.core.spec.Port;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// An environment's state as text: the words of `flocker status`.
final class StatusText {
    private StatusText() {}

    static String of(Status.Environment environment, Optional<Status.Operation> operation, Shell shell) {
        var text = new StringBuilder();
        text.append(environment.name())
                .append(": ")
                .append(coloured(environment.state(), shell))
                .append(", version ")
                .append(environment.version())
                .append('\n');
        operation.ifPresent(found -> text.append(operation(found, shell)));
        if (!environment.services().isEmpty()) {
            text.append('\n').append(services(environment));
        }
        if (!environment.volumes().isEmpty()) {
            text.append('\n').append(VolumeTable.of(environment.volumes()));
            String replicas = ReplicaTable.of(environment.volumes(), shell.nowMillis());
            text.append(replicas.isEmpty() ? "" : "\n" + replicas).append(ReplicaTable.notes(environment.volumes()));
        }
        return text.append(problems(environment.problems(), shell)).toString();
    }

    /// Failed steps, a line each; empty if there are none.
    static String problems(List<Problem> problems, Shell shell) {
        return problems.isEmpty()
                ? ""
                : problems.stream()
                        .map(problem -> "  " + problem(problem, shell))
                        .collect(Collectors.joining("", "\nProblems:\n", ""));
    }

    private static String coloured(String state, Shell shell) {
        return switch (state) {
            case "running" -> Colour.GREEN.of(state, shell);
            case "degraded" -> Colour.RED.of(state, shell);
            default -> Colour.YELLOW.of(state, shell);
        };
    }

    private static String operation(Status.Operation operation, Shell shell) {
        String waiting = operation.waiting().isEmpty() ? "" : ", waits for " + String.join(", ", operation.waiting());
        return "operation " + operation.id() + ": " + operation.verb() + " by " + operation.startedBy() + ", "
                + operation.phase() + ", for " + Moment.length(shell.nowMillis() - operation.startedAtMillis())
                + waiting + "\n";
    }

    private static Table services(Status.Environment environment) {
        var table = new Table("SERVICE", "IMAGE", "RELEASE", "SERVING", "STATE", "REACHED AT");
        for (Status.Service service : environment.services()) {
            table.row(
                    service.name(),
                    service.image(),
                    service.release(),
                    service.serving() + "/" + service.scale(),
                    states(service),
                    Stream.concat(
                                    service.urls().stream(),
                                    service.ports().stream().map(StatusText::port))
                            .collect(Collectors.joining(", ")));
        }
        return table;
    }

    private static String states(Status.Service service) {
        String states = service.instances().stream().map(Ps::state).distinct().collect(Collectors.joining(", "));
        String waits = service.waits().isEmpty() ? "" : ", waits for " + service.waits();
        return states + waits + (service.load().isEmpty() ? "" : "; " + service.load());
    }

    private static String port(Port port) {
        String address = port.hostAddress().isEmpty() ? "" : port.hostAddress() + ":";
        return address + port.published() + "->" + port.target() + "/"
                + port.protocol().toString().toLowerCase(Locale.ROOT);
    }

    private static String problem(Problem problem, Shell shell) {
        long nextMillis = Math.max(0, problem.retryAtMillis() - shell.nowMillis());
        String next = problem.lasting() ? "trying again will not help" : "tried again in " + Moment.length(nextMillis);
        String times = problem.attempts() == 1 ? "" : " " + problem.attempts() + " times";
        return Colour.RED.of(problem.subject(), shell) + ": " + problem.step() + " failed" + times + ": "
                + problem.message() + "; " + next + "\n";
    }
}
