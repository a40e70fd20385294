package io.flocker.verify.server;

import java.io.IOException;
import java.time.Duration;

/// A Compose file of a PostgreSQL that may be on n1 or n2, and a client of it on n3.
public final class MovingDatabase {
    /// The file. A check costs as much as starting a small container: the first ones come early by themselves.
    public static final String COMPOSE = """
                services:
                  db:
                    image: flocker/postgres:15
                    environment: {POSTGRES_PASSWORD: secret}
                    volumes: ["data:/var/lib/postgresql/data"]
                    healthcheck:
                      {test: [CMD-SHELL, "pg_isready -h 127.0.0.1 -U postgres"], interval: 10s, retries: 6}
                    stop_signal: SIGINT
                    deploy: {placement: {constraints: [node.name != n3]}}
                  client:
                    image: flocker/postgres:15
                    entrypoint: ["sleep", "100000"]
                    environment: {PGPASSWORD: secret}
                    healthcheck: {test: [CMD, "true"], interval: 10s}
                    depends_on: {db: {condition: service_healthy}}
                    deploy: {placement: {constraints: [node.name == n3]}}
                    stop_signal: SIGKILL
                volumes: {data: }
                """;

    private static final Duration FILLING = Duration.ofMinutes(10);

    private MovingDatabase() {}

    /// Makes its volume larger by so much that nothing can make less of.
    public static void fill(Servers server, String environment, int mebibytes) throws IOException {
        server.succeed(
                FILLING,
                "exec",
                environment,
                "db",
                "--",
                "dd",
                "if=/dev/urandom",
                "of=/var/lib/postgresql/data/fill",
                "bs=1M",
                "count=" + mebibytes,
                "conv=fsync",
                "status=none");
    }
}
