package io.flocker.core.plan;

import java.util.StringJoiner;

/// Addresses inside an environment's network on one node: a /23 whose first address is the bridge, whose lower half
/// belongs to services by their number, and whose upper half to containers.
public final class AddressPlan {
    /// Addresses in a network.
    public static final int PREFIX = 23;

    /// The highest service number that has an address.
    public static final int MAX_SERVICES = 250;

    private AddressPlan() {}

    /// The address of the service with `number` in `subnet` (`10.213.4.0/23`).
    ///
    /// @throws IllegalArgumentException if the number has no place in the plan or the subnet is not one
    public static String of(String subnet, int number) {
        if (number < 1 || number > MAX_SERVICES) {
            throw new IllegalArgumentException("No service address " + number + " in " + subnet);
        }
        return plus(subnet, 1 + number);
    }

    /// The bridge's own address.
    public static String gateway(String subnet) {
        return plus(subnet, 1);
    }

    /// The part containers get their addresses from, in CIDR form.
    public static String containers(String subnet) {
        return plus(subnet, 256) + "/24";
    }

    private static String plus(String subnet, int offset) {
        String[] parts = subnet.split("[./]", -1);
        if (parts.length != 5) {
            throw new IllegalArgumentException("Not an IPv4 network: " + subnet);
        }
        long address = 0;
        for (int i = 0; i < 4; i++) {
            address = address * 256 + Integer.parseInt(parts[i]);
        }
        address += offset;
        StringJoiner text = new StringJoiner(".");
        for (int shift = 24; shift >= 0; shift -= 8) {
            text.add(Long.toString(address >> shift & 255));
        }
        return text.toString();
    }
}
