package io.flocker.cli.daemon;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `flocker daemon`
@Command(name = "daemon", description = "Run this node. Containers, volumes and traffic go on when it stops.")
public final class DaemonCommand implements Callable<Integer> {
    @Option(
            names = "--root",
            paramLabel = "DIR",
            defaultValue = "${FLOCKER_ROOT:-/}",
            description = "Where /etc/flocker, /var/lib/flocker and /run/flocker are (default: ${DEFAULT-VALUE}).")
    private Path root = Path.of("/");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        Daemon daemon = new Daemon(new Installation(root));
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            try {
                daemon.close();
            } catch (Exception e) {
                spec.commandLine().getErr().println("flocker: stopping failed: " + e.getMessage());
            } finally {
                ended.countDown();
            }
        }));
        spec.commandLine().getOut().println("Flocker is up.");
        ended.await();
        return 0;
    }
}
