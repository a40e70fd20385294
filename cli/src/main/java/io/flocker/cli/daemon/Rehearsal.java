package io.flocker.cli.daemon;

import io.flocker.agent.kernel.Kernel;
import io.flocker.agent.proxy.HaProxy;
import io.flocker.agent.volume.MemoryDriver;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerResponse;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;

/// A daemon without Docker Engine and pool, started by the build to make the start-up caches of the daemon and, because
/// it answers, of the command line. It ends with its standard input.
final class Rehearsal {
    private Rehearsal() {}

    /// Runs until then.
    ///
    /// @param args the root, made by `flocker init`
    public static void main(String[] args) throws Exception {
        new CommandLine(new DaemonCommand()).parseArgs("--root", args[0]);
        Class.forName(Kernel.class.getName());
        var installation = new Installation(Path.of(args[0]));
        NodeSettings settings = NodeSettings.read(installation.settings());
        var end = new CountDownLatch(1);
        WebServer engine = engine(Path.of(settings.docker().getPath()), end);
        try (var _ = new Daemon(
                installation,
                settings,
                (place, _) -> new MemoryDriver(place.lib().resolve("pool")))) {
            System.out.println("Flocker is up.");
            System.in.transferTo(System.err);
        } finally {
            end.countDown();
            engine.stop();
            HaProxy.stop(installation.proxy());
        }
        System.exit(0);
    }

    /// A Docker Engine that has nothing.
    private static WebServer engine(Path socket, CountDownLatch end) {
        return WebServer.builder()
                .bindAddress(UnixDomainSocketAddress.of(socket))
                .shutdownHook(false)
                .routing(routing -> nothing(routing, end))
                .build()
                .start();
    }

    private static void nothing(HttpRouting.Builder routing, CountDownLatch end) {
        routing.get("/events", (_, response) -> {
                    end.await();
                    send(response, "");
                })
                .get("/containers/json", (_, response) -> send(response, "[]"))
                .get("/networks", (_, response) -> send(response, "[]"))
                .get("/images/json", (_, response) -> send(response, "[]"))
                // A pull that never ends, so that there is an environment to look at.
                .post("/images/create", (_, response) -> {
                    end.await();
                    send(response, "");
                })
                .any((_, response) -> {
                    response.status(Status.NOT_FOUND_404);
                    send(response, "{\"message\":\"This engine has nothing\"}");
                });
    }

    private static void send(ServerResponse response, String json) {
        response.header("Content-Type", "application/json").send(json);
    }
}
