package io.flocker.cli.command.stream;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.core.model.Event;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `flocker events`: what happened.
@Command(name = "events", description = "Show what happened, oldest first: in all environments, or in one.")
public final class Events extends ClusterCommand {
    private static final int WAIT_SECONDS = 30;

    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final Output output = new Output();

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what happens from now on.")
    private boolean follow;

    @Option(
            names = {"-n", "--tail"},
            paramLabel = "EVENTS",
            description = "How many of the last ones (default: all there are).")
    private int tail = Integer.MAX_VALUE;

    public Events(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        String only = environment.said(shell).orElse("");
        List<Event> all = cluster.events(0, only, 0);
        List<Event> events = all.subList(all.size() - Math.min(Math.max(tail, 0), all.size()), all.size());
        if (!follow) {
            output.show(shell, events, () -> text(events));
            return ExitCode.DONE;
        }
        print(events);
        long last = all.isEmpty() ? 0 : all.getLast().sequence();
        while (!shell.out().checkError()) {
            List<Event> news = cluster.events(last, only, WAIT_SECONDS);
            print(news);
            last = news.isEmpty() ? last : news.getLast().sequence();
        }
        return ExitCode.DONE;
    }

    private void print(List<Event> events) throws Exception {
        for (Event event : events) {
            output.line(shell, event, line(event));
        }
        shell.flush();
    }

    private static String text(List<Event> events) {
        var text = new StringBuilder();
        events.forEach(event -> text.append(line(event)).append('\n'));
        return text.toString();
    }

    private static String line(Event event) {
        return Moment.iso(event.atMillis()) + "  " + event.subject() + ": " + event.text();
    }
}
