package io.flocker.verify.bench;

import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// HAProxy as somebody would write it by hand for one container, inside the node's network.
final class HandWrittenProxy implements AutoCloseable {
    private static final int MOST_THREADS = 8;

    private final Child child;

    /// @param target `address:port` of the container
    HandWrittenProxy(Servers server, int port, String target) throws IOException {
        Path file = server.work.resolve("haproxy.cfg");
        int threads = Math.min(Runtime.getRuntime().availableProcessors(), MOST_THREADS);
        Files.writeString(file, """
                global
                  nbthread %d
                  maxconn 4000
                defaults
                  mode http
                  option forwardfor
                  timeout connect 2s
                  timeout client 1m
                  timeout server 1m
                frontend web
                  bind *:%d
                  default_backend web
                backend web
                  server web %s check
                """.formatted(threads, port, target));
        child = new Child(new ProcessBuilder(server.node.inside("haproxy", "-db", "-f", file.toString()))
                .redirectErrorStream(true)
                .redirectOutput(server.work.resolve("haproxy.out").toFile()));
    }

    @Override
    public void close() {
        child.close();
    }
}
