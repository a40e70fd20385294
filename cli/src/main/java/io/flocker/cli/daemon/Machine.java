package io.flocker.cli.daemon;

import com.sun.management.OperatingSystemMXBean;
import io.flocker.core.model.Node;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Locale;

/// What this machine says of itself.
final class Machine {
    private Machine() {}

    static String hostName() throws IOException {
        String name = InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /// Its first address that is not loopback nor a bridge for containers.
    static String address() throws IOException {
        return NetworkInterface.networkInterfaces()
                .filter(Machine::isOutside)
                .flatMap(NetworkInterface::inetAddresses)
                .filter(Inet4Address.class::isInstance)
                .map(InetAddress::getHostAddress)
                .findFirst()
                .orElse("127.0.0.1");
    }

    /// Its CPUs and its memory.
    static Node.Capacity capacity() {
        var machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Node.Capacity(1_000L * machine.getAvailableProcessors(), machine.getTotalMemorySize());
    }

    private static boolean isOutside(NetworkInterface candidate) {
        try {
            boolean bridge =
                    candidate.getName().startsWith("br-") || candidate.getName().startsWith("docker");
            return candidate.isUp() && !candidate.isLoopback() && !bridge;
        } catch (SocketException e) {
            return false;
        }
    }
}
