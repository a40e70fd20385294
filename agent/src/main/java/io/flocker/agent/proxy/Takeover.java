package io.flocker.agent.proxy;

import io.flocker.agent.program.Program;
import io.flocker.core.plan.RoutingTable.Door;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Starts workers with a new configuration, each of which takes over from the one before: a reload of HAProxy. One
/// thread at a time.
final class Takeover {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /// What reloads may take before others rest; enough for all that a person does by hand.
    private static final Duration FREE = Duration.ofSeconds(2);

    /// For each second beyond that, so many pass without one, and all of it is forgiven at this pace.
    private static final int SHARE = 6;

    /// The next table, which may release somebody, waits for it.
    private static final Duration MOST_REST = Duration.ofSeconds(2);

    private final ProxyFiles files;
    private final ProxyProcess process;
    private final MasterSocket master;
    private final Supplier<String> structure;
    /// How long reloads have taken, less what was forgiven.
    private long spentNanos;
    /// Until when time was forgiven, by [System#nanoTime].
    private long forgivenNanos = System.nanoTime();

    /// @param structure that of the worker which takes new connections; empty if none answers
    Takeover(ProxyFiles files, ProxyProcess process, MasterSocket master, Supplier<String> structure) {
        this.files = files;
        this.process = process;
        this.master = master;
        this.structure = structure;
    }

    /// Returns when the new worker has taken over.
    ///
    /// @param fingerprint of the table that it brings into force
    /// @param runs whether there is a worker to take over from
    void by(ProxyConfig config, String fingerprint, boolean runs) throws IOException {
        if (runs) {
            rest();
        }
        long begun = System.nanoTime();
        ProxyFiles.replace(files.lua(), config.lua() + program());
        ProxyFiles.replace(files.heldMap(), ProxyConfig.mapText(config.held(fingerprint)));
        ProxyFiles.replace(files.cookiesMap(), ProxyConfig.mapText(Stickiness.map(config.table(), config.slots())));
        for (Door door : config.table().doors().values()) {
            if (door.hasHosts()) {
                Path map = files.hostsMap(ProxyName.of(door.key()));
                ProxyFiles.replace(map, ProxyConfig.mapText(ProxyConfig.hosts(door)));
            }
        }
        // A check costs as much as a reload. After one that failed it is worth it: HAProxy ends a worker that has
        // outlived many.
        if (runs && master.failedReloads() > 0) {
            check(config);
        }
        ProxyFiles.replace(files.config(), config.text());
        String wanted = config.structure();
        BooleanSupplier failed = runs ? reload() : started();
        boolean[] given = {false};
        boolean inForce = ProxyProcess.waitUntil(LIMIT, () -> {
            given[0] = failed.getAsBoolean();
            return given[0] || wanted.equals(structure.get());
        });
        forgivenNanos = System.nanoTime();
        // A burst is over soon after its last reload, however long it was.
        spentNanos = Math.min(spentNanos + forgivenNanos - begun, 2 * FREE.toNanos());
        if (!inForce || given[0]) {
            check(config);
            throw new IOException("HAProxy did not take over " + files.config() + ": " + process.lastOutput());
        }
    }

    /// In a burst, such as many environments that are branched at once, reloads take no more than a part of the
    /// time: each keeps a processor busy on every node, and what changes meanwhile comes with the next one. What
    /// needs no reload was done before.
    private void rest() {
        forgive();
        long rest = Math.min((spentNanos - FREE.toNanos()) * SHARE, MOST_REST.toNanos());
        if (rest > 0) {
            ProxyProcess.waitUntil(Duration.ofNanos(rest), () -> false);
            forgive();
        }
    }

    private void forgive() {
        long now = System.nanoTime();
        spentNanos = Math.max(0, spentNanos - (now - forgivenNanos) / SHARE);
        forgivenNanos = now;
    }

    /// @throws IOException if HAProxy would not take it; says why
    private void check(ProxyConfig config) throws IOException {
        Path proposed = files.config().resolveSibling("haproxy.proposed.cfg");
        ProxyFiles.replace(proposed, config.text());
        Program.of("haproxy", "-c", "-q", "-f", proposed.toString()).run();
    }

    /// Begins a reload and says how to see that it failed.
    private BooleanSupplier reload() throws IOException {
        int before = master.failedReloads();
        master.ask("reload");
        return () -> {
            try {
                return master.failedReloads() > before;
            } catch (IOException e) {
                // In the middle of it the master does not answer.
                return false;
            }
        };
    }

    private BooleanSupplier started() throws IOException {
        Process started = process.start();
        return () -> !started.isAlive();
    }

    private static String program() throws IOException {
        try (var program = Takeover.class.getResourceAsStream("flocker.lua")) {
            if (program == null) {
                throw new AssertionError("flocker.lua is part of this module");
            }
            return new String(program.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
