package io.flocker.agent.guard;

import java.nio.file.Path;
import java.util.List;

/// A process that does nothing but renew: `RenewingAgent DIRECTORY GROUP LEASE_MILLIS`.
final class RenewingAgent {
    private RenewingAgent() {}

    public static void main(String[] arguments) throws Exception {
        long leaseNanos = Long.parseLong(arguments[2]) * 1_000_000;
        var guard = new Guard(Path.of(arguments[0]));
        guard.renew(BootClock.nanos() + leaseNanos);
        guard.fence(List.of(Path.of(arguments[1])));
        System.out.println("guarded");
        while (true) {
            Thread.sleep(100);
            guard.renew(BootClock.nanos() + leaseNanos);
        }
    }
}
